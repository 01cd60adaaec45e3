"""Consent through the whole house: random deeds over store, queue, engine and delivery, with crashes between any two steps."""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

from bench.rig.report import Goal, Report, Row
from tests.bot.consent_machine import Machine
from tests.town import town_in
from tests.troupe import LEA, TOM, Troupe

NAME = "consent_house"

GOALS = (Goal(what="frames shown without a yes", most=0), Goal(what="deeds", least=20_000))
DEEDS, A_HISTORY = 20_000, 500
"""Deeds in all, and in one town before another is founded."""

AT_ONCE = 4
SEED = 20261124


async def history(seed: int, door: asyncio.Lock) -> Machine:
    """One town, one history. door: stores are made one after the other."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        async with door:
            town = await stack.enter_async_context(town_in(folder))
        troupe = Troupe(town, folder)
        await troupe.enrol(LEA)
        await troupe.enrol(TOM)
        machine = Machine(troupe, Random(seed))
        await machine.begin()
        for _ in range(A_HISTORY):
            await machine.step()
        await machine.settle()
        return machine


async def measured() -> list[Machine]:
    """Histories with twenty thousand deeds together, a few at a time."""
    turn, door = asyncio.Semaphore(AT_ONCE), asyncio.Lock()

    async def one(seed: int) -> Machine:
        async with turn:
            return await history(seed, door)

    return await asyncio.gather(*(one(SEED + number) for number in range(DEEDS // A_HISTORY)))


def run() -> Report:
    """Five minutes or more. Raises AssertionError at the first frame that is not agreed to."""
    began = time.monotonic()
    machines = asyncio.run(measured())
    spent_s = time.monotonic() - began
    return Report(
        rows=(
            Row(what="frames shown without a yes", value=sum(len(machine.faults) for machine in machines), unit=""),
            Row(what="deeds", value=len(machines) * A_HISTORY, unit=""),
            Row(what="crashes between two steps", value=sum(machine.crashes for machine in machines), unit=""),
            Row(what="cards with a film shown", value=sum(machine.shown for machine in machines), unit=""),
            Row(what="a deed, delivery included", value=1e3 * spent_s / DEEDS, unit="ms"),
        ),
        notes=(
            "Nearly a third of the deeds may lose their process within eight calls to store or queue; what is left is reconciled."
            " Every card with a film is judged as it is shown, and everything that stands whenever somebody takes something back.",
        ),
    )
