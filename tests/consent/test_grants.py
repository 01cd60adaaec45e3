"""Whether a grant holds: each thing that can be wrong with it, one at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.consent.village import ANA, FACE, HERE, LEA, THERE
from tests.doubles.clock import StandingClock
from walkon.consent.grants import Circumstances, Grant, Permission, Source, Use, Verdict, effective, withdraw
from walkon.consent.likeness import UNUSED_FOR, Audience, Likeness, Part, Topic
from walkon.types.ids import ClipId, GrantId, LikenessId, PermissionId
from walkon.types.terms import Terms

NOW = StandingClock().now()
TERMS = Terms(clip=ClipId("C"), requester=ANA, place=HERE, words="@lea surfs", scene=b"scene")
LENT = Likeness(id=LikenessId("L"), owner=LEA, handle="lea", name="Léa", parts=frozenset(Part), enrolled_at=NOW, used_at=NOW)
GRANT = Grant(
    id=GrantId("G"),
    clip=TERMS.clip,
    owner=LEA,
    requester=ANA,
    likeness=LENT.id,
    place=HERE,
    digest=TERMS.digest(FACE),
    parts=FACE,
    source=Source.ASK,
    given_at=NOW,
)
FACTS = Circumstances(terms=TERMS, place=HERE, topics=frozenset(), now=NOW, likeness=LENT)
PERMISSION = Permission(
    id=PermissionId("P"), owner=LEA, to=ANA, likeness=LENT.id, place=HERE, parts=FACE, given_at=NOW, until=NOW + timedelta(hours=24)
)
Changed = Callable[[], tuple[Grant | None, Circumstances]]

WRONG: dict[str, tuple[Verdict, Changed]] = {
    "nothing was given": (Verdict.NOT_GIVEN, lambda: (None, FACTS)),
    "it was taken back": (Verdict.WITHDRAWN, lambda: (withdraw(GRANT, NOW), FACTS)),
    "what it rests on is gone": (Verdict.SOURCE_GONE, lambda: (replace(GRANT, source=Source.STANDING, via="P"), FACTS)),
    "what it rests on was taken back": (
        Verdict.SOURCE_GONE,
        lambda: (replace(GRANT, source=Source.STANDING, via="P"), replace(FACTS, rests_on=replace(PERMISSION, withdrawn_at=NOW))),
    ),
    "the remixed clip's yes was taken back": (
        Verdict.SOURCE_GONE,
        lambda: (replace(GRANT, source=Source.REMIX, via="G0"), replace(FACTS, rests_on=withdraw(GRANT, NOW))),
    ),
    "the person lends nothing": (Verdict.LIKENESS_GONE, lambda: (GRANT, replace(FACTS, likeness=None))),
    "the person enrolled anew": (Verdict.LIKENESS_GONE, lambda: (GRANT, replace(FACTS, likeness=replace(LENT, id=LikenessId("L2"))))),
    "the words changed": (Verdict.CHANGED, lambda: (GRANT, replace(FACTS, terms=replace(TERMS, words="@lea surfs!")))),
    "the scene changed": (Verdict.CHANGED, lambda: (GRANT, replace(FACTS, terms=replace(TERMS, scene=b"scenes")))),
    "the reference changed": (Verdict.CHANGED, lambda: (GRANT, replace(FACTS, terms=replace(TERMS, reference=ClipId("D"))))),
    "another asks": (Verdict.CHANGED, lambda: (GRANT, replace(FACTS, terms=replace(TERMS, requester=LEA)))),
    "more is shown than was agreed": (Verdict.CHANGED, lambda: (replace(GRANT, parts=frozenset(Part)), FACTS)),
    "it is another clip": (Verdict.CHANGED, lambda: (replace(GRANT, clip=ClipId("D")), FACTS)),
    "it is seen elsewhere": (Verdict.OUT_OF_SCOPE, lambda: (GRANT, replace(FACTS, place=THERE))),
    "its time is over": (Verdict.EXPIRED, lambda: (replace(GRANT, expires_at=NOW), FACTS)),
    "the owner asks nobody any more": (Verdict.RULES, lambda: (GRANT, replace(FACTS, likeness=replace(LENT, audience=Audience.ONLY_ME)))),
    "the words touch what the owner refuses": (
        Verdict.RULES,
        lambda: (GRANT, replace(FACTS, topics=frozenset({Topic.ROMANCE}), likeness=replace(LENT, refused=frozenset({Topic.ROMANCE})))),
    ),
    "the part is lent no more": (Verdict.RULES, lambda: (GRANT, replace(FACTS, likeness=replace(LENT, parts=frozenset({Part.VOICE}))))),
    "the likeness lay unused for a year": (Verdict.RULES, lambda: (GRANT, replace(FACTS, now=NOW + UNUSED_FOR))),
    "its owner's own end has come": (Verdict.RULES, lambda: (GRANT, replace(FACTS, likeness=replace(LENT, ends_at=NOW)))),
}


def test_a_yes_to_exactly_this_holds() -> None:
    assert effective(GRANT, FACTS) is Verdict.LIVE


@pytest.mark.parametrize("what", sorted(WRONG))
def test_a_yes_does_not_hold_where(what: str) -> None:
    verdict, changed = WRONG[what]
    assert effective(*changed()) is verdict


def test_a_yes_that_may_travel_holds_everywhere() -> None:
    assert effective(replace(GRANT, may_travel=True), replace(FACTS, place=THERE)) is Verdict.LIVE


@pytest.mark.parametrize("what", ["its time is over", "the owner asks nobody any more", "the words touch what the owner refuses"])
def test_what_stands_already_is_not_taken_down_because(what: str) -> None:
    grant, facts = WRONG[what][1]()
    assert effective(grant, replace(facts, use=Use.KEEP)) is Verdict.LIVE


@pytest.mark.parametrize("what", ["it was taken back", "the person lends nothing", "the words changed", "what it rests on was taken back"])
def test_what_stands_already_comes_down_where(what: str) -> None:
    grant, facts = WRONG[what][1]()
    assert effective(grant, replace(facts, use=Use.KEEP)) is not Verdict.LIVE


def test_a_yes_once_taken_back_stays_taken_back() -> None:
    gone = withdraw(GRANT, NOW)
    assert withdraw(gone, NOW + timedelta(days=1)) == gone
