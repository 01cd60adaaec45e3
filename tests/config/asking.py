"""What loading says of faulty settings."""

from pathlib import Path

import pytest

from walkon.config import load
from walkon.types.errors import SetupError

CANARY = "canary-7f3b-never-print-this-x9Qk"


def problems(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SetupError) as refused:
        load(path, environ or {})
    return list(refused.value.problems)
