from pathlib import Path

import pytest

from walkon.config import EngineSection
from walkon.engine.backends import load, names
from walkon.engine.backends.animatic import FIRST_GUESS_MS, AnimaticBackend
from walkon.engine.port import BackendUnavailable
from walkon.types.scene import Scene


def test_a_backend_is_found_by_the_name_of_its_file() -> None:
    assert "animatic" in names()
    assert isinstance(load("animatic")(EngineSection(), Path()), AnimaticBackend)


@pytest.mark.parametrize("name", ["nothing", "../child", "__init__", ""])
def test_a_name_without_a_file_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(BackendUnavailable) as refusal:
        load(name)
    assert "animatic" in refusal.value.reason


def test_the_first_estimate_is_a_third_of_the_clip() -> None:
    assert AnimaticBackend().estimate_ms(Scene(prompt="", shots=(), seconds=6)) == round(6 * FIRST_GUESS_MS)


async def test_estimates_are_learned_for_each_shape(toy, order) -> None:
    asked = order("slowly")
    before = toy.estimate_ms(asked.scene)
    for _ in range(2):
        await toy.render(asked, lambda _: None)
    assert toy.estimate_ms(asked.scene) != before
    assert toy.estimate_ms(asked.scene) >= 480 * 2
