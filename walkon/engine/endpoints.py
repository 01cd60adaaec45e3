"""Several servers that render for one worker: which takes the next clip, how many each has, and which is left alone for a while."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from walkon.engine.videos_api import UNKNOWN, Reference, Server, VideosApi, jittered

FIRST_REST_S, LONGEST_REST_S = 2.0, 60.0
"""How long a server that failed is left alone: after every further failure twice as long."""


@dataclass(slots=True, eq=False)
class Endpoint:
    """A server. most: clips at once, its replicas. busy: those it has, also such as nobody wants any more but it cannot stop.

    met: whether it has told what it is since it last failed. now: seconds that never go back.
    """

    api: VideosApi
    most: int = 1
    server: Server = UNKNOWN
    met: bool = False
    busy: int = 0
    failures: int = 0
    again_s: float = 0.0
    fault: str = ""
    now: Callable[[], float] = monotonic

    @property
    def up(self) -> bool:
        """Whether it may be asked now."""
        return self.now() >= self.again_s

    @property
    def free(self) -> int:
        """Clips that it can take now."""
        return max(0, self.most - self.busy) if self.up else 0

    @property
    def load(self) -> float:
        """How much of it is taken, 0 to 1."""
        return self.busy / self.most

    def failed(self, fault: str) -> None:
        """Leave it alone for a while: it is away, or has a fault of its own."""
        self.failures, self.fault, self.met = self.failures + 1, fault, False
        self.again_s = self.now() + jittered(min(LONGEST_REST_S, FIRST_REST_S * 2 ** (self.failures - 1)))

    def full(self, seconds: float) -> None:
        """It takes nothing more for so long, though it is well: others ask it too."""
        self.again_s = self.now() + jittered(seconds)

    def did_well(self) -> None:
        """It does what it is asked."""
        self.failures = 0


class Endpoints:
    """The servers of one worker."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self.all = tuple(endpoints)
        self._freed = asyncio.Event()

    @property
    def free(self) -> int:
        """Clips that could begin now."""
        return sum(endpoint.free for endpoint in self.all)

    def takes(self, reference: Reference) -> bool:
        """Whether one of them, there or not, can be given that."""
        return any(reference in endpoint.server.takes for endpoint in self.all)

    def reached(self, suits: Callable[[Endpoint], bool]) -> bool:
        """Whether one that suits is not failing now: it is free or will be."""
        return any(endpoint.up or not endpoint.failures for endpoint in self.all if suits(endpoint))

    def best(self, suits: Callable[[Endpoint], bool]) -> Endpoint | None:
        """The one with the most room, any of several equal ones; None while all that suit are full or left alone."""
        found = [endpoint for endpoint in self.all if endpoint.free and suits(endpoint)]
        return min(found, key=lambda one: (one.load, random.random())) if found else None  # noqa: S311  no secret

    def leave(self, endpoint: Endpoint) -> None:
        """A clip is off that server."""
        endpoint.busy -= 1
        self._freed.set()

    async def change(self, most_s: float = 1.0) -> None:
        """Until a clip is off a server, or one may be asked again that was left alone; `most_s` at most."""
        self._freed.clear()
        rests = [endpoint.again_s - endpoint.now() for endpoint in self.all]
        try:
            async with asyncio.timeout(min([rest for rest in rests if rest > 0] + [most_s])):
                await self._freed.wait()
        except TimeoutError:
            return
