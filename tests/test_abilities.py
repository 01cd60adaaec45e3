"""What a worker finds out about its servers is known to bots that never speak to them, as long as it is true."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles.engine import ScriptedBackend
from tests.stores import place_of
from tests.waiting import until
from walkon.abilities import extends_of, tell_abilities
from walkon.config import Backend
from walkon.store.database import Database
from walkon.types.clock import SystemClock


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(place_of(tmp_path))
    yield opened
    await opened.close()


async def says(extends: Callable[[], Awaitable[bool]], wanted: bool) -> bool:
    return await extends() is wanted


async def test_a_bot_learns_from_a_worker_that_its_servers_can_go_on_from_a_clip_and_when_they_no_longer_can(database: Database) -> None:
    worker, extends = ScriptedBackend(), extends_of(Backend.OPENAI_VIDEOS, database, SystemClock())
    assert not await extends()
    worker.capabilities = replace(worker.capabilities, extends=True)
    telling = asyncio.create_task(tell_abilities(worker, database, SystemClock()))
    await until(lambda: says(extends, True))
    worker.capabilities = replace(worker.capabilities, extends=False)
    await until(lambda: says(extends, False))
    worker.capabilities = replace(worker.capabilities, extends=True)
    await until(lambda: says(extends, True))
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    assert not await extends()


@pytest.mark.parametrize(("backend", "can"), [(Backend.ANIMATIC, False), (Backend.DIFFUSERS, True)])
async def test_of_its_own_engines_a_bot_knows_it_without_being_told(database: Database, backend: Backend, can: bool) -> None:
    assert await extends_of(backend, database, SystemClock())() is can
