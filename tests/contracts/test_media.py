"""Where clips are kept, in a folder and on an S3 server: named by content, whole or absent, and nothing else is reached."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.store.s3_server import new_bucket, shared_server
from walkon.store.media import PIECE, Media, MediaMissing, MediaStore
from walkon.store.s3 import S3Media


@pytest.fixture(params=["folder", "s3"])
def media(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Media:
    if request.param == "folder":
        return MediaStore(tmp_path / "media")
    for name, value in shared_server().environment.items():
        monkeypatch.setenv(name, value)
    return S3Media(new_bucket(), tmp_path / "fetched")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip é.mp4"
    path.write_bytes(b"frames" * 1000)
    return path


async def part(media: Media, key: str, start: int, stop: int) -> bytes:
    return b"".join([piece async for piece in media.pieces(key, start, stop)])


async def test_a_file_is_kept_under_the_hash_of_its_content(media: Media, clip: Path) -> None:
    key = await media.put(clip)
    assert key == hashlib.sha256(clip.read_bytes()).hexdigest() + ".mp4"
    assert await media.read(key) == clip.read_bytes()
    assert await media.size(key) == clip.stat().st_size


async def test_the_same_content_twice_is_one_file(media: Media, clip: Path) -> None:
    assert await media.put(clip) == await media.put(clip)
    await media.remove(await media.put(clip))
    with pytest.raises(MediaMissing):
        await media.size(await key_of(clip))


async def key_of(clip: Path) -> str:
    return hashlib.sha256(clip.read_bytes()).hexdigest() + clip.suffix


@pytest.mark.parametrize(("start", "stop"), [(0, 6000), (0, 1), (5999, 6000), (7, 13), (0, 0), (6, 6)])
async def test_any_part_of_a_file_is_read_alone(media: Media, clip: Path, start: int, stop: int) -> None:
    key = await media.put(clip)
    assert await part(media, key, start, stop) == clip.read_bytes()[start:stop]


async def test_a_large_file_comes_in_pieces_and_whole(media: Media, clip: Path) -> None:
    clip.write_bytes(os.urandom(12 * 2**20 + 1))
    key = await media.put(clip)
    pieces = [piece async for piece in media.pieces(key, 0, await media.size(key))]
    assert b"".join(pieces) == clip.read_bytes()
    assert len(pieces) > 1 and max(map(len, pieces)) <= 8 * PIECE


async def test_a_local_file_is_the_kept_one(media: Media, clip: Path) -> None:
    key = await media.put(clip)
    async with media.local(key) as path:
        assert path.read_bytes() == clip.read_bytes() and path.suffix == ".mp4"


async def test_a_removed_file_is_missing_and_may_be_removed_again(media: Media, clip: Path) -> None:
    key = await media.put(clip)
    await media.remove(key)
    await media.remove(key)
    with pytest.raises(MediaMissing):
        await media.read(key)
    assert await media.put(clip) == key
    assert await media.read(key) == clip.read_bytes()


@pytest.mark.parametrize("key", ["../store.db", "/etc/passwd", ".", "", "ab.mp4", "a/b.mp4", ".hidden.part", "ab\0.mp4", "é.mp4"])
async def test_a_name_that_is_none_of_ours_is_missing(media: Media, clip: Path, key: str) -> None:
    await media.put(clip)
    with pytest.raises(MediaMissing):
        await media.size(key)
    with pytest.raises(MediaMissing):
        await media.read(key)
    with pytest.raises(MediaMissing):
        await part(media, key, 0, 1)
    with pytest.raises(MediaMissing):
        async with media.local(key):
            pass
    await media.remove(key)
