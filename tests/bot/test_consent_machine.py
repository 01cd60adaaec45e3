"""A random history through store, queue, engine and delivery, with crashes: nothing is ever shown that is not agreed to.

The long run is `bench/consent_house.py`.
"""

from random import Random

from tests.bot.consent_machine import run
from tests.troupe import Troupe


async def test_no_frame_is_shown_without_a_yes_that_holds_whatever_dies_when(troupe: Troupe) -> None:
    machine = await run(troupe, Random(1), steps=150)
    assert not machine.faults
    assert machine.crashes > 0
    assert machine.shown > 0
