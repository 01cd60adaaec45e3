"""The client of `/v1/videos` beside servers that fall silent, tear what they send or say why in forms of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.doubles.videos import VideosDouble
from walkon.engine.videos_api import Refused, ServerAway, VideosApi, Wish, jittered

WISH = Wish(model=None, prompt="a cat", seconds=2, size=(832, 480), fps=24, seed=1)


@asynccontextmanager
async def answering(first: bytes) -> AsyncIterator[VideosApi]:
    """A client, with little patience, of a server that begins so and then says no more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    api = VideosApi(f"http://{host}:{port}/v1", patience_s=0.2)
    try:
        yield api
    finally:
        await api.close()
        server.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize("first", [b"", HEAD, HEAD + b"half a film"], ids=["says nothing", "says it will", "begins"])
async def test_a_server_that_falls_silent_is_away(first: bytes, tmp_path: Path) -> None:
    async with answering(first) as api:
        with pytest.raises(ServerAway):
            await api.fetch("video_1", tmp_path / "film.mp4")
        with pytest.raises(ServerAway):
            await api.create(WISH)


async def test_a_server_that_sends_us_elsewhere_is_not_followed(tmp_path: Path) -> None:
    async with VideosDouble().open() as server:
        api = VideosApi(server.url)
        server.fail_next("content", 302, {}, Location="http://127.0.0.1:1/film.mp4")
        with pytest.raises(Refused, match="HTTP 302"):
            await api.fetch("video_1", tmp_path / "film.mp4")
        await api.close()
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"error": {"message": "too\nlong"}}, "too long"),
        ({"error": "too long"}, "too long"),
        ({"detail": [{"loc": ["body", "size"], "msg": "not supported"}]}, "not supported"),
        ({"detail": "x" * 1000}, "x" * 300),
        ({"detail": [7]}, "HTTP 422"),
        ("<html>", "HTTP 422"),
    ],
)
async def test_why_is_read_in_every_form_and_kept_short(body: object, told: str) -> None:
    async with VideosDouble().open() as server:
        api = VideosApi(server.url)
        server.fail_next("create", 422, body)
        with pytest.raises(Refused) as refusal:
            await api.create(WISH)
        await api.close()
    assert refusal.value.reason == told


def test_many_who_wait_for_one_server_do_not_come_back_at_once() -> None:
    waits = [jittered(4.0) for _ in range(200)]
    assert 3.0 <= min(waits) < 3.5 < 4.5 < max(waits) <= 5.0
