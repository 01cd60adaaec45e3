"""Clips on an S3 server: what only a server can do to them."""

import os
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from tests.store.s3_server import new_bucket, shared_server
from walkon.store.media import MediaAway
from walkon.store.s3 import S3Media


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in shared_server().environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"frames" * 1000)
    return path


async def test_a_fetched_file_is_gone_after_its_use(clip: Path, tmp_path: Path) -> None:
    media = S3Media(new_bucket(), tmp_path / "fetched")
    key = await media.put(clip)
    async with media.local(key) as path:
        assert path.is_relative_to(tmp_path / "fetched")
    assert list((tmp_path / "fetched").iterdir()) == []
    assert (tmp_path / "fetched").stat().st_mode & 0o077 == 0


async def test_what_a_killed_process_had_fetched_is_swept_but_not_what_is_under_way(tmp_path: Path) -> None:
    media = S3Media(new_bucket(), tmp_path / "fetched")
    for name, age_s in (("old", 7200), ("new", 0)):
        folder = tmp_path / "fetched" / name
        folder.mkdir(parents=True)
        os.utime(folder, (folder.stat().st_mtime - age_s,) * 2)
    assert media.sweep_parts() == 1
    assert [folder.name for folder in (tmp_path / "fetched").iterdir()] == ["new"]


async def test_a_clip_is_stored_with_its_type_below_the_prefix(clip: Path, tmp_path: Path) -> None:
    url = new_bucket()
    key = await S3Media(url, tmp_path).put(clip)
    found = await obstore.get_async(S3Store.from_url(url, client_options={"allow_http": True}), key)
    assert found.attributes["Content-Type"] == "video/mp4"


async def test_a_bucket_that_is_not_there_and_a_server_that_is_not_there_are_away(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaAway):
        await S3Media("s3://nobody-made-this/clips", tmp_path, patience=timedelta(seconds=1)).put(clip)
    os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"  # the fixture puts it back
    with pytest.raises(OSError, match=r"127\.0\.0\.1:1"):
        await S3Media("s3://bucket/clips", tmp_path, patience=timedelta(seconds=1)).put(clip)
    with pytest.raises(OSError, match=r"127\.0\.0\.1:1"):
        await S3Media("s3://bucket/clips", tmp_path, patience=timedelta(seconds=1)).check()
