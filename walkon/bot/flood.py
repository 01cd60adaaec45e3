"""Flood control: more events than anybody can mean are answered with a wait, before anything is looked up for them.

Where the queue is on a Redis server the counts are there too, and any number of processes answer as one; otherwise, and while that
server is away, they are in this process's memory. What may be asked for in an hour or a day is counted in the store (`quota.py`).
"""

from time import monotonic
from typing import TYPE_CHECKING

import structlog
from throttled.asyncio import BaseStore, MemoryStore, RateLimiterType, Throttled, rate_limiter
from throttled.exceptions import StoreUnavailableError

from walkon.queue.redis_keys import TAG

if TYPE_CHECKING:
    from walkon.queue.redis_counters import RedisCounters

log = structlog.get_logger(__name__)

PERSON_PER_S, PERSON_AT_ONCE = 5, 200
PLACE_PER_S, PLACE_AT_ONCE = 100, 1000
"""How many events a second, and how many at once after a quiet time: far above what hands can do, far below what a script can."""

PREFIX = f"{TAG}:flood"
"""Before every key, so that in a cluster all live where the queue does, and one rule of access covers both."""

LONGEST_WAIT_S = max(PERSON_AT_ONCE / PERSON_PER_S, PLACE_AT_ONCE / PLACE_PER_S) + 1
"""Nobody waits longer for a quiet place: a server that says so has had its clock set back."""

REMEMBERED = 100_000
"""People and places in memory; the ones heard longest ago are forgotten first."""

AWAY_S = 5.0
"""How long a server that did not answer is not asked again, so that its silence delays nobody twice."""


class _Counts:
    """Counts in one store."""

    def __init__(self, store: BaseStore) -> None:
        person = rate_limiter.per_sec(PERSON_PER_S, burst=PERSON_AT_ONCE)
        place = rate_limiter.per_sec(PLACE_PER_S, burst=PLACE_AT_ONCE)
        gcra = RateLimiterType.GCRA.value
        self._person = Throttled(using=gcra, quota=person, store=store, key_prefix=PREFIX)
        self._place = Throttled(using=gcra, quota=place, store=store, key_prefix=PREFIX)

    async def wait_s(self, person: str, place: str) -> float:
        # A person who floods costs the place nothing: the others there go on.
        for limiter, key in ((self._person, f"person:{person}"), (self._place, f"place:{place}")):
            answer = await limiter.limit(key)
            if answer.limited:
                return answer.state.retry_after
        return 0.0


def _server(url: str) -> "RedisCounters":
    from walkon.queue.redis_counters import RedisCounters

    return RedisCounters(url)


class Flood:
    """Counts the events of each person and each place. queue_url: of a Redis server that counts for all processes, None for none."""

    def __init__(self, queue_url: str | None = None) -> None:
        self._here = _Counts(MemoryStore(options={"MAX_SIZE": REMEMBERED}))
        self._store = _server(queue_url) if queue_url else None
        self._shared = _Counts(self._store) if self._store else None
        self._ask_again_s = 0.0

    async def wait_s(self, person: str, place: str) -> float:
        """Count an event; 0 where it may be heard, else the seconds until the next may be."""
        shared_s = await self._shared_wait_s(person, place)
        return await self._here.wait_s(person, place) if shared_s is None else shared_s

    async def _shared_wait_s(self, person: str, place: str) -> float | None:
        """What the server says; None where there is none that answers sensibly."""
        if self._shared is None or monotonic() < self._ask_again_s:
            return None
        try:
            wait_s = await self._shared.wait_s(person, place)
        except StoreUnavailableError as error:
            if monotonic() >= self._ask_again_s:
                log.warning("flood_counts_away", reason=type(error.__cause__ or error).__name__)
            self._ask_again_s = monotonic() + AWAY_S
            return None
        return wait_s if wait_s <= LONGEST_WAIT_S else None

    async def close(self) -> None:
        """Let go of the server."""
        if self._store:
            await self._store.close()
