"""Credentials of a host, made once, and clips to sign."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.provenance.filming import film
from walkon.provenance.certificates import Credentials, now, own_credentials


@pytest.fixture(scope="session")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Credentials:
    return own_credentials(tmp_path_factory.mktemp("host") / "signing", now())


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unsigned clip; not to be changed."""
    return film(tmp_path_factory.mktemp("films") / "raw.mp4")


@pytest.fixture
def clip(raw: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A fresh unsigned clip of that name."""

    def copy(name: str = "clip.mp4") -> Path:
        return Path(shutil.copy(raw, tmp_path / name))

    return copy
