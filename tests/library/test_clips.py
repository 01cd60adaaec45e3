"""A clip's transitions: pure, total, and final states stay final."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.library.clips import CancelledBy, Clip, ClipEnded, ClipState, FailureCause, Finished, StaleToken, cancel, fail, finish
from walkon.types.ids import ClipId, EventId, PersonId, PlaceId
from walkon.types.people import Person, Place

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DONE = Finished(
    video="v",
    poster="p",
    captions="c",
    bytes=1,
    seconds=6,
    width=854,
    height=480,
    energy_wh=0,
    energy_metered=False,
    drawn=True,
    not_staged=(),
    spent_ms=1,
)
CLIP = Clip(
    id=ClipId("AAAAAA"),
    event=EventId("web:1"),
    asker=Person(id=PersonId("web:Ana"), name="Ana"),
    place=Place(id=PlaceId("web:local"), channel="lobby"),
    prompt="a dog",
    scene=b"{}",
    lane="animatic",
    max_bytes=1,
    asked_at=NOW,
)


def test_the_same_render_may_say_twice_that_it_finished() -> None:
    once = finish(CLIP, 7, DONE, NOW)
    assert finish(once, 7, replace(DONE, video="other"), NOW) == once


def test_another_render_cannot_finish_a_finished_clip() -> None:
    with pytest.raises(StaleToken):
        finish(finish(CLIP, 7, DONE, NOW), 6, DONE, NOW)


def test_a_cancelled_clip_cannot_finish() -> None:
    with pytest.raises(ClipEnded):
        finish(cancel(CLIP, CancelledBy.ASKER, NOW), 7, DONE, NOW)


def test_a_clip_given_up_too_early_may_still_finish() -> None:
    assert finish(fail(CLIP, FailureCause.LOST, NOW), 7, DONE, NOW).state is ClipState.FINISHED


@given(st.lists(st.sampled_from(["finish", "cancel", "fail"]), max_size=8), st.integers(1, 3))
def test_whatever_happens_in_whatever_order_there_is_at_most_one_finish_and_no_way_back(steps: list[str], token: int) -> None:
    clip, seen = CLIP, []
    for step in steps:
        try:
            if step == "finish":
                clip = finish(clip, token, DONE, NOW)
            elif step == "cancel":
                clip = cancel(clip, CancelledBy.ASKER, NOW)
            else:
                clip = fail(clip, FailureCause.RENDER, NOW)
        except (ClipEnded, StaleToken):
            continue
        seen.append(clip.state)
    assert not (ClipState.CANCELLED in seen and ClipState.FINISHED in seen)
    assert ClipState.PROMISED not in seen
    if ClipState.FINISHED in seen:
        assert seen[-1] is ClipState.FINISHED
