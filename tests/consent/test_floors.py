"""Rules that a backup may not loosen: whatever a floor and a likeness say, together they allow only what both do."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.consent.village import ANA, HERE, LEA, THERE
from walkon.consent.floors import floor_of, likeness_in, no_looser
from walkon.consent.likeness import Audience, Likeness, Part, Topic, Wish, needs_no_ask, rules_of
from walkon.types.ids import LikenessId

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLACES = [HERE, THERE]


def subsets(kind):
    return st.frozensets(st.sampled_from(list(kind)))


likenesses = st.builds(
    Likeness,
    id=st.just(LikenessId("K" * 16)),
    owner=st.just(LEA),
    handle=st.just("lea"),
    name=st.just("Lea"),
    parts=subsets(Part),
    enrolled_at=st.just(NOW),
    used_at=st.just(NOW),
    audience=st.sampled_from(Audience),
    places=subsets(PLACES),
    always_ask=st.booleans(),
    refused=subsets(Topic),
    may_travel=st.booleans(),
    ends_at=st.sampled_from([None, NOW + timedelta(days=1), NOW + timedelta(days=90)]),
)
wishes = st.builds(
    Wish,
    asker=st.sampled_from([ANA, LEA]),
    place=st.sampled_from(PLACES),
    parts=subsets(Part),
    topics=subsets(Topic),
    at=st.sampled_from([NOW, NOW + timedelta(days=30), NOW + timedelta(days=200)]),
)


@given(likenesses, likenesses, wishes)
def test_what_comes_back_allows_nothing_that_either_would_not(old: Likeness, new: Likeness, wish: Wish) -> None:
    back = no_looser(old, floor_of(new))
    allowed = rules_of(back).objection(wish) is None
    assert not allowed or (rules_of(old).objection(wish) is None and rules_of(new).objection(wish) is None)
    if allowed and needs_no_ask(back, wish):
        assert needs_no_ask(old, wish) and needs_no_ask(new, wish)
    assert back.may_travel <= (old.may_travel and new.may_travel)


@given(likenesses)
def test_rules_that_did_not_change_come_back_as_they_were(likeness: Likeness) -> None:
    assert no_looser(likeness, floor_of(likeness)) == likeness


@given(likenesses)
def test_a_floor_fits_its_column_and_names_nobody_and_nowhere(likeness: Likeness) -> None:
    floor = floor_of(likeness)
    assert len(floor) <= 64
    assert likeness_in(floor) == likeness.id
    assert "lea" not in floor.lower() and "web" not in floor and "discord" not in floor
