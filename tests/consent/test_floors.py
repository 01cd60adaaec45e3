"""Rules that a backup may not loosen: whatever a floor and a likeness say, together they allow only what both do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.consent.village import ANA, HERE, LEA, THERE
from walkon.consent.floors import floor_of, likeness_in, no_looser
from walkon.consent.likeness import Audience, Likeness, Part, Topic, Wish, needs_no_ask, rules_of
from walkon.types.ids import LikenessId

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLACES = [HERE, THERE]


def subsets(kind, least: int = 0, most: int | None = None):
    return st.frozensets(st.sampled_from(list(kind)), min_size=least, max_size=most)


likenesses = st.builds(
    Likeness,
    id=st.just(LikenessId("K" * 16)),
    owner=st.just(LEA),
    handle=st.just("lea"),
    name=st.just("Lea"),
    parts=subsets(Part, least=1),
    enrolled_at=st.just(NOW),
    used_at=st.just(NOW),
    audience=st.sampled_from(Audience),
    places=subsets(PLACES),
    always_ask=st.booleans(),
    refused=subsets(Topic, most=2),
    may_travel=st.booleans(),
    ends_at=st.sampled_from([None, NOW + timedelta(days=1), NOW + timedelta(days=90)]),
)
wishes = st.builds(
    Wish,
    asker=st.sampled_from([ANA, LEA]),
    place=st.sampled_from(PLACES),
    parts=subsets(Part, least=1, most=1),
    topics=subsets(Topic, most=1),
    at=st.sampled_from([NOW, NOW + timedelta(days=30), NOW + timedelta(days=200)]),
)


@settings(max_examples=300)
@given(likenesses, likenesses, wishes)
def test_what_comes_back_allows_nothing_that_either_would_not(old: Likeness, new: Likeness, wish: Wish) -> None:
    back = no_looser(old, floor_of(new))
    allowed = rules_of(back).objection(wish) is None
    assert not allowed or (rules_of(old).objection(wish) is None and rules_of(new).objection(wish) is None)
    if allowed and needs_no_ask(back, wish):
        assert needs_no_ask(old, wish) and needs_no_ask(new, wish)
    assert back.may_travel <= (old.may_travel and new.may_travel)


WHO_MAY = [
    {"audience": audience, "always_ask": always_ask, "places": places}
    for audience, always_ask, places in product(Audience, (True, False), map(frozenset, ([], [HERE], [THERE], PLACES)))
]


def test_for_every_two_audiences_only_those_may_ask_or_need_not_whom_both_let() -> None:
    plain = Likeness(id=LikenessId("K" * 16), owner=LEA, handle="lea", name="Lea", parts=frozenset(Part), enrolled_at=NOW, used_at=NOW)
    for one, other, place in product(WHO_MAY, WHO_MAY, PLACES):
        old, new = replace(plain, **one), replace(plain, **other)
        back = no_looser(old, floor_of(new))
        wish = Wish(asker=ANA, place=place, parts=frozenset({Part.FACE}), topics=frozenset(), at=NOW)
        may = [rules_of(each).objection(wish) is None for each in (back, old, new)]
        free = [allowed and needs_no_ask(each, wish) for allowed, each in zip(may, (back, old, new), strict=True)]
        assert may[0] <= (may[1] and may[2])
        assert free[0] <= (free[1] and free[2])


@given(likenesses)
def test_rules_that_did_not_change_come_back_as_they_were(likeness: Likeness) -> None:
    assert no_looser(likeness, floor_of(likeness)) == likeness


@given(likenesses)
def test_a_floor_fits_its_column_and_names_nobody_and_nowhere(likeness: Likeness) -> None:
    floor = floor_of(likeness)
    assert len(floor) <= 64
    assert likeness_in(floor) == likeness.id
    assert "lea" not in floor.lower() and "web" not in floor and "discord" not in floor
