"""One core for a process that is measured, the others for whoever drives it, and the processor time that a piece of work took there."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.rig.machine import cpu_s

CALM_S, CALM_SHARE = 0.25, 0.1
"""A process is at rest once it used less than this share of a core for this long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What `events` events took. cpu_s: processor time of the process on its core. wall_s: as clocks saw it."""

    events: int
    cpu_s: float
    wall_s: float

    @property
    def per_core_s(self) -> float:
        """Events in a second of one core's time."""
        return self.events / self.cpu_s

    @property
    def us(self) -> float:
        """Microseconds of a core an event."""
        return self.cpu_s / self.events * 1e6


@contextmanager
def own_core(pid: int) -> Iterator[None]:
    """The process, with every thread it has, alone on the last core; this one beside it on the others, where there are others."""
    mine = os.sched_getaffinity(0)
    last = {max(mine)}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), last)
    try:
        os.sched_setaffinity(0, mine - last or mine)
        yield
    finally:
        os.sched_setaffinity(0, mine)


async def cost_of(pid: int, events: int, work: Callable[[], Awaitable[object]]) -> Cost:
    """Have the process do the work on a core of its own, until it is at rest again."""
    with own_core(pid):
        await at_rest(pid)
        began_cpu_s, began_s = cpu_s(pid), asyncio.get_running_loop().time()
        await work()
        wall_s = asyncio.get_running_loop().time() - began_s
        await at_rest(pid)
        return Cost(events=events, cpu_s=cpu_s(pid) - began_cpu_s, wall_s=wall_s)


async def at_rest(pid: int) -> None:
    """Wait until the process has nothing to do."""
    while True:
        before = cpu_s(pid)
        await asyncio.sleep(CALM_S)
        if cpu_s(pid) - before < CALM_SHARE * CALM_S:
            return
