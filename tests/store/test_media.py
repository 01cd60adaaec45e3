"""Media: named by content, whole or absent, and nothing outside its directory."""

import hashlib
from pathlib import Path

import pytest

from walkon.store.media import MediaMissing, MediaStore


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip é.mp4"
    path.write_bytes(b"frames" * 1000)
    return path


async def test_a_file_is_kept_under_the_hash_of_its_content(media: MediaStore, clip: Path) -> None:
    key = await media.put(clip)
    assert key == hashlib.sha256(clip.read_bytes()).hexdigest() + ".mp4"
    assert await media.read(key) == clip.read_bytes()


async def test_the_same_content_twice_is_one_file(media: MediaStore, clip: Path) -> None:
    assert await media.put(clip) == await media.put(clip)
    assert len(list((clip.parent / "media").iterdir())) == 1


@pytest.mark.parametrize("key", ["../store.db", "/etc/passwd", ".", "", "ab.mp4", "a/b.mp4", ".hidden.part", "ab\0.mp4"])
async def test_a_name_that_is_none_of_ours_is_missing(media: MediaStore, clip: Path, key: str) -> None:
    await media.put(clip)
    with pytest.raises(MediaMissing):
        media.path(key)


async def test_what_a_killed_process_left_half_written_is_swept(media: MediaStore, clip: Path) -> None:
    await media.put(clip)
    (clip.parent / "media" / ".0123.part").write_bytes(b"half")
    assert media.sweep_parts() == 1
    assert len(list((clip.parent / "media").iterdir())) == 1


async def test_the_directory_is_private(media: MediaStore, clip: Path) -> None:
    await media.put(clip)
    assert (clip.parent / "media").stat().st_mode & 0o077 == 0
