"""Clips in a folder: what only a folder has."""

from pathlib import Path

import pytest

from walkon.store.media import MediaStore


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip é.mp4"
    path.write_bytes(b"frames" * 1000)
    return path


async def test_the_same_content_twice_is_one_file(media: MediaStore, clip: Path) -> None:
    assert await media.put(clip) == await media.put(clip)
    assert len(list((clip.parent / "media").iterdir())) == 1


async def test_what_a_killed_process_left_half_written_is_swept(media: MediaStore, clip: Path) -> None:
    await media.put(clip)
    (clip.parent / "media" / ".0123.part").write_bytes(b"half")
    assert media.sweep_parts() == 1
    assert len(list((clip.parent / "media").iterdir())) == 1


async def test_the_directory_is_private(media: MediaStore, clip: Path) -> None:
    await media.put(clip)
    assert (clip.parent / "media").stat().st_mode & 0o077 == 0
