"""The doctor on a host whose clips are made by video servers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import pytest

from tests.doubles.videos import VideosDouble
from walkon.config import load
from walkon.doctor import Finding, Level, examine

AWAY = "http://127.0.0.1:9"


@pytest.fixture
async def servers() -> AsyncIterator[Sequence[VideosDouble]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(VideosDouble(tasks=("T2V", "TI2V", "V2V")).open()),
            await stack.enter_async_context(VideosDouble(owner="vllm").open()),
        ]


async def engine(tmp_path, *addresses: str) -> list[Finding]:
    """What the doctor finds about the engine."""
    named = "[" + ", ".join(f'"{address}"' for address in addresses) + "]"
    config = load(
        None,
        {
            "WALKON_WALKON__DATA_DIR": str(tmp_path / "data"),
            "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys"),
            "WALKON_WEB__PORT": "0",
            "WALKON_ENGINE__BACKEND": "openai-videos",
            "WALKON_ENGINE__API_URL": named,
        },
    )
    return [finding for finding in await asyncio.to_thread(lambda: list(examine(config))) if finding.check == "engine"]


async def test_each_server_is_named_with_what_it_takes_and_one_that_is_away_is_looked_at(servers, tmp_path) -> None:
    able, plain, away = await engine(tmp_path, servers[0].url, servers[1].url, AWAY)
    assert [one.level for one in (able, plain, away)] == [Level.OK, Level.OK, Level.LOOK]
    assert able.what == f"engine: {servers[0].url}: sglang, takes words and a film and a picture"
    assert plain.what.endswith("vllm, takes words")
    assert AWAY in away.what


async def test_where_none_answers_no_clip_would_arrive(tmp_path) -> None:
    [finding] = await engine(tmp_path, AWAY)
    assert finding.level is Level.STOP
    assert "api_url" in str(finding.mend)
