"""A configuration file of the test's own."""

from pathlib import Path

import pytest


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes config.toml into the current directory and returns its name as a host would type it."""
    monkeypatch.chdir(tmp_path)

    def written(content: str | bytes) -> Path:
        path = Path("config.toml")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written
