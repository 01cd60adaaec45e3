"""Whatever people do, in whatever order: no frame of a likeness is shown without a yes that holds. The long run is `bench/consent.py`."""

from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.consent.world import DEEDS, World

NAMES = {deed.__name__: deed for deed in DEEDS}


class Consents(RuleBasedStateMachine):
    """Ask, answer, withdraw, revoke, expire, render, remix, alter, back up and restore; the truth is kept apart."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.world = World(Random(seed))

    @rule(name=st.sampled_from(sorted(NAMES)), pick=st.randoms(use_true_random=False))
    def somebody_does(self, name: str, pick: Random) -> None:
        self.world.pick = pick
        NAMES[name](self.world)

    @invariant()
    def nothing_stands_that_is_not_agreed_to(self) -> None:
        if hasattr(self, "world"):
            self.world.check()


TestConsents = Consents.TestCase
TestConsents.settings = settings(max_examples=30, stateful_step_count=60, deadline=None)


def test_a_thousand_random_deeds_show_something_and_never_what_nobody_agreed_to() -> None:
    world = World(Random(0))
    for _ in range(4000):
        world.step()
    assert world.published > 10
    assert world.withheld > 10
