"""Flood control: in no window is more heard than the rate allows, however many ask at once, in one process or in several."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.queue.redis_server import RedisServer, database_for
from walkon.bot.flood import LONGEST_WAIT_S, PERSON_AT_ONCE, PERSON_PER_S, PLACE_AT_ONCE, PLACE_PER_S, Flood

ROOT = Path(__file__).parents[2]
PROCESSES, EVENTS = 4, 200


@pytest.fixture(params=["memory", "redis"])
async def flood(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Flood]:
    """Flood control that has counted nothing yet, with its counts in each of the two places."""
    made = Flood(database_for(tmp_path) if request.param == "redis" else None)
    yield made
    await made.close()


async def heard(flood: Flood, events: int, person: str = "ana", place: str = "lobby") -> int:
    return sum(wait_s == 0 for wait_s in await asyncio.gather(*(flood.wait_s(person, place) for _ in range(events))))


async def test_as_many_at_once_as_hands_can_mean_are_heard_and_then_the_rate(flood: Flood) -> None:
    began = monotonic()
    found = await heard(flood, 2 * PERSON_AT_ONCE)
    assert PERSON_AT_ONCE <= found <= PERSON_AT_ONCE + PERSON_PER_S * (monotonic() - began) + 1


async def test_whoever_is_not_heard_is_told_when_they_are(flood: Flood) -> None:
    waits = [await flood.wait_s("ana", "lobby") for _ in range(PERSON_AT_ONCE + 1)]
    assert all(0 <= wait_s <= 1 / PERSON_PER_S for wait_s in waits)


async def test_one_who_floods_keeps_nobody_else_from_being_heard(flood: Flood) -> None:
    await heard(flood, 2 * PERSON_AT_ONCE)
    assert await flood.wait_s("tom", "lobby") == 0


async def test_200_accounts_leave_a_place_its_rate(flood: Flood) -> None:
    began = monotonic()
    found = [await heard(flood, 10, f"bot {number}") for number in range(200)]
    assert PLACE_AT_ONCE <= sum(found) <= PLACE_AT_ONCE + PLACE_PER_S * (monotonic() - began) + 1
    assert await flood.wait_s("ana", "elsewhere") == 0


@settings(max_examples=25, deadline=None)
@given(bursts=st.lists(st.tuples(st.integers(1, 120), st.booleans()), min_size=1, max_size=8))
async def test_no_window_holds_more_than_the_rate_allows_whoever_asks_at_once(bursts: list[tuple[int, bool]]) -> None:
    flood, passed = Flood(), list[tuple[float, int]]()
    for events, breathes in bursts:
        passed.append((monotonic(), await heard(flood, events)))
        if breathes:
            await asyncio.sleep(0)
        passed.append((monotonic(), 0))
    for at, (since_s, _) in enumerate(passed):
        for until_s, _ in passed[at:]:
            inside = sum(count for began_s, count in passed if since_s <= began_s < until_s)
            assert inside <= PERSON_AT_ONCE + PERSON_PER_S * (until_s - since_s) + 1


async def test_several_processes_hear_as_many_as_one(tmp_path: Path) -> None:
    url = database_for(tmp_path)
    command = (sys.executable, "-m", "tests.bot.flooding_process", url, "ana", str(EVENTS))
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    started = [await asyncio.create_subprocess_exec(*command, cwd=ROOT, **pipes) for _ in range(PROCESSES)]
    for one in started:
        assert await one.stdout.readline() == b"ready\n"
    began = monotonic()
    outputs = await asyncio.gather(*(one.communicate(b"go\n") for one in started))
    assert [one.returncode for one in started] == [0] * PROCESSES
    found = sum(int(said) for said, _ in outputs)
    assert PERSON_AT_ONCE <= found <= PERSON_AT_ONCE + PERSON_PER_S * (monotonic() - began) + 1


async def test_a_restart_gives_nothing_back_where_a_server_counts(tmp_path: Path) -> None:
    began = monotonic()
    first = Flood(database_for(tmp_path))
    await heard(first, 2 * PERSON_AT_ONCE)
    await first.close()
    second = Flood(database_for(tmp_path))
    assert await heard(second, PERSON_AT_ONCE) <= PERSON_PER_S * (monotonic() - began) + 1
    await second.close()


async def test_while_the_server_is_away_each_process_counts_for_itself_and_nobody_waits_for_it() -> None:
    server = RedisServer().start()
    flood = Flood(server.url())
    assert await flood.wait_s("ana", "lobby") == 0
    server.stop()
    began = monotonic()
    found = await heard(flood, 2 * PERSON_AT_ONCE)
    assert PERSON_AT_ONCE <= found <= PERSON_AT_ONCE + PERSON_PER_S * (monotonic() - began) + 1
    await flood.close()


async def test_a_server_whose_clock_was_set_back_silences_nobody(tmp_path: Path) -> None:
    server = RedisServer()
    server.start()
    flood = Flood(server.url())
    await flood.wait_s("ana", "lobby")
    with server.admin() as admin:
        [key] = [one for one in admin.keys() if b"person:ana" in one]
        admin.set(key, float(admin.get(key)) + 10 * LONGEST_WAIT_S)
    assert await flood.wait_s("ana", "lobby") == 0
    await flood.close()
    server.stop()


async def test_every_key_lives_beside_the_queues_and_goes_by_itself(tmp_path: Path) -> None:
    server = RedisServer().start()
    flood = Flood(server.url())
    await flood.wait_s("{web}:ana", "lobby")
    with server.admin() as admin:
        assert [(key.startswith(b"{walkon}:flood:"), admin.ttl(key) > 0) for key in admin.keys()] == [(True, True)] * 2
    await flood.close()
    server.stop()
