from pathlib import Path

import pytest

from walkon.config import EngineSection
from walkon.engine.backends import load, names
from walkon.engine.backends.animatic import AnimaticBackend
from walkon.engine.port import BackendUnavailable


def test_a_backend_is_found_by_the_name_of_its_file() -> None:
    assert "animatic" in names()
    assert isinstance(load("animatic")(EngineSection(), Path()), AnimaticBackend)


@pytest.mark.parametrize("name", ["nothing", "../child", "__init__", ""])
def test_a_name_without_a_file_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(BackendUnavailable) as refusal:
        load(name)
    assert "animatic" in refusal.value.reason
