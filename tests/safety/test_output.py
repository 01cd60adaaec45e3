"""From what score on a clip is held back, and which of its pictures are looked at."""

import pytest

from walkon.safety.output import HeldFor, Look, judge_pictures, sampled, thinned


@pytest.mark.parametrize(
    ("scores", "held"),
    [
        ((0.0, 0.12, 0.35), None),
        ((0.45, 0.1), None),
        ((0.45, 0.41), HeldFor.PICTURE),
        ((0.01, 0.01, 0.5), HeldFor.PICTURE),
        ((), HeldFor.UNCHECKED),
    ],
)
def test_one_sure_picture_or_two_likely_ones_hold_a_clip_back(scores: tuple[float, ...], held: HeldFor | None) -> None:
    assert judge_pictures(Look(scores=scores)) is held


def test_a_check_that_could_not_be_made_holds_it_back_too() -> None:
    assert judge_pictures(None) is HeldFor.UNCHECKED


@pytest.mark.parametrize(("fps", "step"), [(24, 12), (16, 8), (25, 12), (1, 1)])
def test_two_pictures_a_second_are_looked_at(fps: float, step: int) -> None:
    assert [index for index in range(60) if sampled(index, fps=fps, cut=False, last=False)] == list(range(0, 60, step))


def test_cuts_and_the_last_picture_are_looked_at_between_them() -> None:
    assert sampled(7, fps=24, cut=True, last=False)
    assert sampled(7, fps=24, cut=False, last=True)


def test_too_many_are_thinned_evenly_and_keep_both_ends() -> None:
    kept = thinned(range(1000), 10)
    assert (kept[0], kept[-1], len(kept)) == (0, 999, 10)
    assert thinned([3, 5], 10) == [3, 5]
