"""Which of several servers takes the next clip, and which is left alone for a while."""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace

import pytest

from walkon.engine.endpoints import LONGEST_REST_S, Endpoint, Endpoints
from walkon.engine.videos_api import SGLANG, Reference, VideosApi


@dataclass
class Hand:
    """A clock that is moved by hand."""

    s: float = 100.0

    def __call__(self) -> float:
        return self.s


def servers(*most: int, hand: Hand | None = None) -> Endpoints:
    return Endpoints([Endpoint(VideosApi(f"http://10.0.0.{number}"), each, now=hand or Hand()) for number, each in enumerate(most)])


def anybody(endpoint: Endpoint) -> bool:
    return True


def taken(among: Endpoints, count: int) -> list[int]:
    """How many clips each has after so many were handed out."""
    for _ in range(count):
        best = among.best(anybody)
        assert best
        best.busy += 1
    return [endpoint.busy for endpoint in among.all]


def test_clips_are_spread_by_how_much_each_server_can_do() -> None:
    assert taken(servers(1, 2, 4), 7) == [1, 2, 4]
    assert taken(servers(4, 8), 6) == [2, 4]
    assert max(taken(servers(3, 3, 3), 3)) == 1


def test_a_server_is_never_given_more_than_its_replicas() -> None:
    among = servers(1, 1)
    taken(among, 2)
    assert (among.best(anybody), among.free) == (None, 0)


def test_of_equal_servers_no_one_is_always_the_first() -> None:
    chosen = Counter(best.api.address for _ in range(200) if (best := servers(1, 1).best(anybody)))
    assert len(chosen) == 2


def test_a_server_that_fails_is_left_alone_twice_as_long_each_time() -> None:
    hand = Hand()
    among = servers(1, 1, hand=hand)
    failing, other = among.all
    rests = []
    for _ in range(8):
        failing.failed("it is away")
        rests.append(failing.again_s - hand.s)
        assert among.best(anybody) is other
    assert rests[0] == pytest.approx(2.0, rel=0.26)
    assert rests[2] == pytest.approx(8.0, rel=0.26)
    assert max(rests) <= 1.25 * LONGEST_REST_S
    hand.s += 1.25 * LONGEST_REST_S
    assert failing.free == 1
    failing.did_well()
    failing.failed("it is away")
    assert failing.again_s - hand.s == pytest.approx(2.0, rel=0.26)


def test_what_a_server_was_is_forgotten_when_it_fails() -> None:
    [only] = servers(1).all
    only.server, only.met = replace(SGLANG, takes=frozenset({Reference.PICTURE})), True
    only.failed("it is away")
    assert not only.met


def test_waiting_for_a_full_server_is_worth_while_and_for_one_that_is_away_it_is_not() -> None:
    hand = Hand()
    among = servers(1, hand=hand)
    [only] = among.all
    only.full(5)
    assert (among.free, among.reached(anybody)) == (0, True)
    only.failed("it is away")
    assert not among.reached(anybody)
    hand.s += 10
    assert among.reached(anybody)


async def test_a_clip_that_leaves_a_server_wakes_who_waits_for_one() -> None:
    among = servers(1)
    [only] = among.all
    only.busy = 1
    waiting = asyncio.ensure_future(among.change(most_s=60))
    await asyncio.sleep(0)
    among.leave(only)
    async with asyncio.timeout(5):
        await waiting
    assert among.free == 1
