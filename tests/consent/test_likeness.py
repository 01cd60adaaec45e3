"""Handles and subjects: nobody is mistaken for somebody else, and a refused subject does not hide behind spelling."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.consent.village import LEA, TOM, Village
from walkon.consent import tables
from walkon.consent.handles import BadHandle, HandleTaken, read_handle, skeleton
from walkon.consent.likeness import Topic
from walkon.consent.topics import topics_of


@pytest.mark.parametrize(("written", "handle"), [("@Lea", "lea"), (" léa_b ", "léa_b"), ("LEA.b-2", "lea.b-2"), ("e\u0301ric", "éric")])
def test_a_handle_is_read_in_small_letters(written: str, handle: str) -> None:
    assert read_handle(written) == handle


@pytest.mark.parametrize(
    "written", ["", "@", "l", "a" * 33, "-lea", "lea-", "le a", "l\u0435a", "le\u200ba", "\u202elea", "leа", "ｌｅａ", "le\x00a", "l@a"]
)
def test_anything_else_is_no_handle(written: str) -> None:
    with pytest.raises(BadHandle):
        read_handle(written)


@pytest.mark.parametrize("other", ["1ea", "iea", "l-e-a", "léa", "lea_", "le.a"])
def test_no_two_handles_look_alike(other: str) -> None:
    assert skeleton(other) == skeleton("lea")


@pytest.mark.parametrize(("one", "other"), [("morn", "mom"), ("vvill", "will"), ("c1ara", "dara"), ("o0o", "ooo")])
def test_letters_that_look_like_others_together_count_as_these(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize("looks_like", ["1ea", "léa"])
async def test_a_handle_that_looks_like_anothers_is_refused(village: Village, looks_like: str) -> None:
    await village.enrol(LEA)
    likeness = replace(village.likeness(TOM), handle=looks_like)
    with pytest.raises(HandleTaken):
        await village.do(lambda tx: village.decider.enrol(tx, likeness, village.clock.now()))
    assert await village.do(lambda tx: tables.likeness_of(tx, TOM)) is None


@given(st.text(max_size=40))
def test_any_text_is_a_handle_or_is_refused(text: str) -> None:
    try:
        handle = read_handle(text)
    except BadHandle:
        return
    assert read_handle(handle) == handle


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Lea KISSES a frog", Topic.ROMANCE),
        ("Léa embrasse Tom", Topic.ROMANCE),
        ("a campaign speech for the ÉLECTIONS", Topic.POLITICS),
        ("pol\u200bitics at noon", Topic.POLITICS),
        ("ｂｉｋｉｎｉ party", Topic.SWIMWEAR),
        ("a sword-fight at dawn", Topic.VIOLENCE),
        ("he prays in a church", Topic.RELIGION),
        ("an advert for soap", Topic.ADVERTISING),
    ],
)
def test_a_subject_is_found_however_it_is_written(words: str, topic: Topic) -> None:
    assert topic in topics_of(words)


@pytest.mark.parametrize(
    "words", ["a dog surfs", "the crack of dawn", "un chat dans la cuisine", "a warrant of skill", "godzilla and a naval base"]
)
def test_harmless_words_touch_nothing(words: str) -> None:
    assert topics_of(words) == frozenset()
