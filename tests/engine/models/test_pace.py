"""How much of a clip is done is told by what past takes of its shape took."""

from collections.abc import Callable

import pytest

from tests.engine.models.paper_press import paper_press
from walkon.engine.models.darkroom import Darkroom
from walkon.engine.models.driver import Driver
from walkon.engine.models.pace import FIRST_PAINTED, UNTIL_DEVELOPED, Marks, Pace, Spent, Stopwatch
from walkon.engine.port import Order, Phase, Step
from walkon.engine.sound.voice import Voices

SHAPE, OTHER = ((864, 480), 121), ((864, 480), 25)


def test_a_stopwatch_tells_reading_from_steps_and_steps_from_developing() -> None:
    watch = Stopwatch(began_s=100.0)
    for at_s in (105.0, 107.0, 109.0):
        watch.step(at_s)
    assert watch.spent(114.0) == Spent(read_s=3.0, paint_s=6.0, develop_s=5.0)
    assert Stopwatch(began_s=0.0).spent(1.0) is None


def test_takes_of_a_shape_are_told_apart_from_others_and_the_newest_counts_most() -> None:
    pace = Pace()
    pace.learn(SHAPE, Spent(1.0, 1.0, 8.0))
    assert pace.marks(OTHER) == Marks()
    assert pace.marks(SHAPE).painted == pytest.approx(UNTIL_DEVELOPED * 0.2)
    for _ in range(20):
        pace.learn(SHAPE, Spent(1.0, 8.0, 1.0))
    assert pace.marks(SHAPE).painted == pytest.approx(UNTIL_DEVELOPED * 0.9, abs=0.01)


def test_the_second_clip_of_a_shape_counts_by_what_the_first_took(drivers: Callable[[str], Driver], order: Callable[..., Order]) -> None:
    done: list[float] = []

    def report(step: Step) -> None:
        if step.phase is Phase.PAINTING and step.step == step.steps:
            done.append(step.fraction)

    with paper_press() as (_, room):
        darkroom = Darkroom(drivers("wan"), room, Voices())
        for seed in (1, 2):
            darkroom.make_clip(order(seed=seed), report)
    assert done[0] == FIRST_PAINTED
    assert done[1] != FIRST_PAINTED
    assert 0 < done[1] < UNTIL_DEVELOPED
