"""Flood control: more events than anybody can mean are answered with a wait, before anything is looked up for them.

It lives in this process's memory. What may be asked for in an hour or a day is counted in the store (`quota.py`).
"""

from throttled.asyncio import MemoryStore, RateLimiterType, Throttled, rate_limiter

PERSON_PER_S, PERSON_AT_ONCE = 5, 200
PLACE_PER_S, PLACE_AT_ONCE = 100, 1000
"""How many events a second, and how many at once after a quiet time: far above what hands can do, far below what a script can."""

REMEMBERED = 100_000
"""People and places; the ones heard longest ago are forgotten first."""


class Flood:
    """Counts the events of each person and each place."""

    def __init__(self) -> None:
        store = MemoryStore(options={"MAX_SIZE": REMEMBERED})
        person = rate_limiter.per_sec(PERSON_PER_S, burst=PERSON_AT_ONCE)
        place = rate_limiter.per_sec(PLACE_PER_S, burst=PLACE_AT_ONCE)
        self._person = Throttled(using=RateLimiterType.GCRA.value, quota=person, store=store)
        self._place = Throttled(using=RateLimiterType.GCRA.value, quota=place, store=store)

    async def wait_s(self, person: str, place: str) -> float:
        """Count an event; 0 where it may be heard, else the seconds until the next may be.

        A person who floods costs the place nothing: the others there go on.
        """
        for limiter, key in ((self._person, f"person:{person}"), (self._place, f"place:{place}")):
            answer = await limiter.limit(key)
            if answer.limited:
                return answer.state.retry_after
        return 0.0
