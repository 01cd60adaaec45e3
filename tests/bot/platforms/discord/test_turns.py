"""Turns of a channel: at most five changes in five seconds, first come, first served."""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.bot.platforms.discord.turns import CHANGES, MOST_KEPT, WINDOW_S, ChannelTurns, Turns


@dataclass
class Watch:
    """A clock that stands until it is set."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_the_first_changes_of_a_channel_go_at_once_and_the_next_wait_for_the_window() -> None:
    watch = Watch()
    turns = ChannelTurns(watch)
    assert [turns.wait_s("a", f"{number}") for number in range(CHANGES)] == [0.0] * CHANGES
    assert turns.wait_s("a", "late") == WINDOW_S
    assert turns.wait_s("b", "elsewhere") == 0.0


def test_whoever_was_told_a_turn_keeps_it_however_often_it_asks() -> None:
    watch = Watch()
    turns = ChannelTurns(watch)
    for number in range(CHANGES):
        turns.wait_s("a", f"{number}")
    assert turns.wait_s("a", "late") == WINDOW_S
    watch.now_s += 2.0
    assert turns.wait_s("a", "late") == pytest.approx(WINDOW_S - 2.0)
    watch.now_s += WINDOW_S
    assert turns.wait_s("a", "late") == 0.0


@given(st.lists(st.floats(0, 3), max_size=60))
def test_whoever_comes_back_when_told_never_finds_the_window_full(gaps_s: list[float]) -> None:
    watch = Watch()
    turns = ChannelTurns(watch)
    asks = [(sum(gaps_s[: number + 1]), f"{number}") for number in range(len(gaps_s))]
    heapify(asks)
    gone: list[float] = []
    while asks:
        watch.now_s, key = heappop(asks)
        if wait_s := turns.wait_s("a", key):
            heappush(asks, (watch.now_s + wait_s, key))
        else:
            gone.append(watch.now_s)
    assert len(gone) == len(gaps_s)
    assert all(later - earlier >= WINDOW_S - 1e-6 for earlier, later in zip(gone, gone[CHANGES:], strict=False))


def test_what_must_be_put_differently_needs_no_other_turn() -> None:
    turns = ChannelTurns(Watch())
    for number in range(CHANGES):
        turns.wait_s("a", f"{number}")
    turns.again("0")
    assert [turns.wait_s("a", "0") for _ in range(2)] == [0.0, WINDOW_S]


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 7))
def test_no_window_ever_holds_more_turns_than_agreed_and_none_is_later_than_it_must_be(gaps_s: list[float], most: int) -> None:
    turns, asks_s = Turns(most, 1.0), [sum(gaps_s[: number + 1]) for number in range(len(gaps_s))]
    given_s = [turns.next_s(ask_s) for ask_s in asks_s]
    must_s: list[float] = []
    for ask_s in asks_s:
        must_s.append(max([ask_s, *(each + 1.0 for each in must_s[-most:][:1] if len(must_s) >= most)]))
    assert given_s == must_s


def test_what_is_long_past_is_let_go_and_nothing_else() -> None:
    watch = Watch()
    turns = ChannelTurns(watch)
    for number in range(CHANGES):
        turns.wait_s("busy", f"{number}")
    assert turns.wait_s("busy", "late") == WINDOW_S
    for number in range(2 * MOST_KEPT):
        turns.wait_s(f"{number}", "once")
    assert turns.wait_s("busy", "late") == WINDOW_S
    assert turns.wait_s("busy", "later") == WINDOW_S
