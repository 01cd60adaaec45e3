"""Consent under a million random deeds on its rules alone: no frame of a likeness is shown without a yes that holds."""

import time
from random import Random

from bench.rig.report import Goal, Report, Row
from tests.consent.world import World

NAME = "consent"

GOALS = (Goal(what="frames shown without a yes", most=0), Goal(what="deeds", least=1_000_000))
DEEDS = 1_000_000
SEED = 20261124


def run() -> Report:
    """A minute or two. Every deed after which something stands or was shown without a yes counts."""
    world, began, unagreed = World(Random(SEED)), time.monotonic(), 0
    for _ in range(DEEDS):
        try:
            world.step()
        except AssertionError:
            unagreed += 1
    spent_s = time.monotonic() - began
    return Report(
        rows=(
            Row(what="frames shown without a yes", value=unagreed, unit=""),
            Row(what="deeds", value=DEEDS, unit=""),
            Row(what="films shown", value=world.published, unit=""),
            Row(what="films withheld at the gate", value=world.withheld, unit=""),
            Row(what="a deed, its judgement included", value=1e6 * spent_s / DEEDS, unit="µs"),
        ),
        notes=(
            "Ask, answer, take away a reaction, take back, revoke, change rules, run out, render, remix, alter the store, restore a"
            " backup, in random order; every showing is judged by a record of what people said that shares no code with the product.",
        ),
    )
