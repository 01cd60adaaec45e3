"""What a guardian changes, as pure rules: ages, how much a young person's yes may say, and the only ways a question may go."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.consent.village import ANA, BOTH, EVE, FACE, HERE, LEA, TOM
from walkon.consent import asking
from walkon.consent.asking import UNANSWERED, Ask, AskClosed, AskState, Consent, NotYoursToAnswer, Together, together
from walkon.consent.grants import Lasting
from walkon.consent.guardians import Limits, NoSuchAge, narrowed, of_age_at
from walkon.types.ids import AskId, ClipId, PersonId, PlaceId

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
consents = st.builds(
    Consent, parts=st.sampled_from([FACE, BOTH]), lasting=st.sampled_from(Lasting), covers_remix=st.booleans(), may_travel=st.booleans()
)


@given(consents)
def test_a_young_persons_yes_never_lasts_beyond_a_week_nor_leaves_its_chat(consent: Consent) -> None:
    less = narrowed(consent)
    assert less.lasting is not Lasting.UNTIL_TAKEN_BACK
    assert not less.may_travel
    assert (less.parts, less.covers_remix) == (consent.parts, consent.covers_remix)


@pytest.mark.parametrize("birthday", ["2026-11-24", "2020-01-01", "2031-11-25", "2050-01-01"])
def test_a_birthday_that_has_been_or_means_too_young_a_person_is_refused(birthday: str) -> None:
    with pytest.raises(NoSuchAge):
        of_age_at(date.fromisoformat(birthday), NOW, 13)


@pytest.mark.parametrize(("birthday", "least"), [("2026-11-25", 13), ("2031-11-24", 13), ("2044-11-24", 0), ("2028-02-29", 17)])
def test_the_18th_birthday_begins_at_midnight(birthday: str, least: int) -> None:
    day = date.fromisoformat(birthday)
    if least == 17:
        with pytest.raises(NoSuchAge):
            of_age_at(day, NOW, least)
    else:
        assert of_age_at(day, NOW, least) == datetime(day.year, day.month, day.day, tzinfo=UTC)


def test_limits_say_where_and_when() -> None:
    limits = Limits(quiet_hours="00:00-23:59", places=frozenset({HERE}))
    assert limits.allow(HERE)
    assert not limits.allow(PlaceId("discord:9"))
    assert Limits().allow(PlaceId("discord:9"))
    assert Limits().quiet_until(NOW) is None
    assert limits.quiet_until(NOW) is not None


class Questions(RuleBasedStateMachine):
    """One question to a young person, answered by anybody in any order; what each really said is kept apart."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.guardian = NOW, TOM
        self.said: list[str] = []
        self.ask = Ask(
            id=AskId("A"),
            clip=ClipId("C"),
            owner=LEA,
            requester=ANA,
            place=HERE,
            digest=b"",
            parts=BOTH,
            asked_at=NOW,
            expires_at=NOW + timedelta(hours=24),
        )

    def _try(self, who: PersonId, word: str, become: object) -> None:
        before = self.ask
        try:
            self.ask = become()  # type: ignore[operator]
        except (AskClosed, NotYoursToAnswer):
            self.ask = before
            return
        if self.ask is not before:
            self.said.append(f"{who} {word}")

    @rule(who=st.sampled_from([ANA, LEA, TOM, EVE]), consent=consents)
    def says_yes(self, who: PersonId, consent: Consent) -> None:
        if self.guardian:
            self._try(who, "yes", lambda: asking.hand_on(self.ask, who, narrowed(consent), self.now))
        else:
            self._try(who, "alone", lambda: asking.approve(self.ask, who, consent, self.now))

    @rule(who=st.sampled_from([ANA, LEA, TOM, EVE]))
    def says_yes_for_lea(self, who: PersonId) -> None:
        self._try(who, "second", lambda: asking.second(self.ask, who, self.guardian, self.now))

    @rule(who=st.sampled_from([ANA, LEA, TOM, EVE]))
    def says_no_for_lea(self, who: PersonId) -> None:
        self._try(who, "veto", lambda: asking.veto(self.ask, who, self.guardian, self.now))

    @rule(who=st.sampled_from([ANA, LEA, TOM, EVE]))
    def says_no(self, who: PersonId) -> None:
        self._try(who, "no", lambda: asking.refuse(self.ask, who, self.now))

    @rule(who=st.sampled_from([ANA, LEA, TOM, EVE]))
    def takes_back(self, who: PersonId) -> None:
        self._try(who, "back", lambda: asking.withdraw(self.ask, who, self.now))

    @rule()
    def comes_of_age(self) -> None:
        self.guardian = None
        self.ask = asking.hand_back(self.ask, self.now)
        self.said.append("of age")

    @rule(hours=st.sampled_from([1, 30]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.ask = asking.expire(self.ask, self.now)

    @invariant()
    def only_both_together_agree_or_lea_alone_once_of_age(self) -> None:
        agreed = together([self.ask], self.now) is Together.AGREED
        yes_then_second = f"{LEA} yes" in self.said and self.said[-1:] == [f"{TOM} second"]
        came_of_age_after = "of age" in self.said and any(word in self.said for word in (f"{TOM} second", f"{LEA} alone"))
        assert not agreed or yes_then_second or came_of_age_after
        assert not agreed or not any(word.endswith((" no", " veto", " back")) for word in self.said)

    @invariant()
    def nobody_else_ever_said_anything(self) -> None:
        assert {word.split()[0] for word in self.said} <= {LEA, TOM, "of"}
        assert f"{TOM} yes" not in self.said

    @invariant()
    def what_was_said_is_kept_only_while_the_guardian_is_asked(self) -> None:
        assert (self.ask.given is not None) == (self.ask.state is AskState.WITH_GUARDIAN)
        assert self.ask.state in UNANSWERED or self.ask.answered_at is not None


TestQuestions = Questions.TestCase
TestQuestions.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
