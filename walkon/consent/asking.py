"""Asks: one question to one person, and the only ways it may go. Pure: an ask and the time in, another ask or an error out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from walkon.consent.grants import Lasting
from walkon.consent.likeness import Part, Topic
from walkon.types.errors import WalkonError
from walkon.types.ids import AskId, ClipId, PersonId, PlaceId

A_DAY = timedelta(days=1)

MOST_OF_A_PAIR, MOST_OF_A_PERSON = 3, 10
"""Asks in a day from one person to another, and to one person from everybody."""

SHUT_S = (60, 20 * 60)
"""Where a door was closed from the start, the ask ends after a random time between these, so that time tells nothing."""


class AskState(StrEnum):
    """Where a question stands."""

    OPEN = "open"
    WITH_GUARDIAN = "with_guardian"
    """A young person said yes; whoever looks after them has not answered yet."""
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"
    """Nobody answered in time; that is a no."""
    WITHDRAWN = "withdrawn"
    """The yes was taken back before anything was shown."""
    VOID = "void"
    """What was asked is no longer wanted: the clip was stopped, changed, or somebody else said no."""


MAY_BECOME: Mapping[AskState, frozenset[AskState]] = {
    AskState.OPEN: frozenset({AskState.WITH_GUARDIAN, AskState.APPROVED, AskState.REFUSED, AskState.EXPIRED, AskState.VOID}),
    AskState.WITH_GUARDIAN: frozenset(
        {AskState.OPEN, AskState.APPROVED, AskState.REFUSED, AskState.EXPIRED, AskState.WITHDRAWN, AskState.VOID}
    ),
    AskState.APPROVED: frozenset({AskState.REFUSED, AskState.WITHDRAWN, AskState.VOID}),
    AskState.REFUSED: frozenset(),
    AskState.EXPIRED: frozenset(),
    AskState.WITHDRAWN: frozenset(),
    AskState.VOID: frozenset(),
}
"""The only transitions there are. A question comes back from a guardian to its owner where there is no guardian any more."""

UNANSWERED = (AskState.OPEN, AskState.WITH_GUARDIAN)
"""What silence ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A yes as it is given. parts: at most those asked for. The default is the narrowest: these words, this clip, this chat."""

    parts: frozenset[Part]
    lasting: Lasting = Lasting.THIS_CLIP
    covers_remix: bool = False
    may_travel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question to one person: may your likeness appear in exactly this clip?

    owner: the only person whose answer counts. digest: of the terms and the parts asked for; anything else is another question.
    expires_at: silence past it is a no. heard: false where the door was closed from the start: the owner is never told, and to
    whoever asked it looks like any other. given: what its owner said yes to, while WITH_GUARDIAN.
    """

    id: AskId
    clip: ClipId
    owner: PersonId
    requester: PersonId
    place: PlaceId
    digest: bytes
    parts: frozenset[Part]
    asked_at: datetime
    expires_at: datetime
    heard: bool = True
    state: AskState = AskState.OPEN
    answered_at: datetime | None = None
    given: Consent | None = None

    def state_at(self, now: datetime) -> AskState:
        """Its state; one that nobody answered has run out from `expires_at` on, whether anybody has noted it or not."""
        return AskState.EXPIRED if self.state in UNANSWERED and now >= self.expires_at else self.state


class Reach(StrEnum):
    """How far "never ask me again" goes."""

    BY_PERSON = "by_person"
    HERE = "here"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverAsk:
    """A door closed for good, until its owner opens it. asker, place: what BY_PERSON and HERE mean."""

    owner: PersonId
    reach: Reach
    asker: PersonId | None = None
    place: PlaceId | None = None

    def closes(self, asker: PersonId, place: PlaceId) -> bool:
        """Whether this person, asking there, is not to be heard."""
        meant = {Reach.BY_PERSON: self.asker == asker, Reach.HERE: self.place == place, Reach.ANYWHERE: True}
        return meant[self.reach]


@dataclass(eq=False)
class UnknownAsk(WalkonError):
    """There is no such ask."""

    ask: str


@dataclass(eq=False)
class NotYoursToAnswer(WalkonError):
    """Only the owner of a likeness answers for it, and after them whoever looks after them."""

    ask: AskId


@dataclass(eq=False)
class AskClosed(WalkonError):
    """The question has ended, and how."""

    ask: AskId
    state: AskState
    ended_at: datetime


@dataclass(eq=False)
class NothingLent(WalkonError):
    """A yes without face and without voice, or to more than was asked for."""

    ask: AskId


@dataclass(eq=False)
class NotEnrolled(WalkonError):
    """The person has lent no likeness (any more), so there is nothing a yes could mean yet."""

    owner: PersonId


@dataclass(eq=False)
class TooManyAsks(WalkonError):
    """Enough questions for today."""

    until: datetime


@dataclass(eq=False)
class TopicRefused(WalkonError):
    """The owner's rules leave this out; said only to those the owner's rules let ask."""

    owner: PersonId
    topics: frozenset[Topic]


def approve(ask: Ask, by: PersonId, consent: Consent, now: datetime) -> Ask:
    """The ask, approved; saying so again changes nothing. Raises NotYoursToAnswer, AskClosed, NothingLent."""
    _owner_only(ask, by)
    if not consent.parts or not consent.parts <= ask.parts:
        raise NothingLent(ask.id)
    return ask if ask.state is AskState.APPROVED else _become(ask, AskState.APPROVED, now)


def hand_on(ask: Ask, by: PersonId, consent: Consent, now: datetime) -> Ask:
    """The ask, to which its young owner says yes: their guardian is asked the same now. Saying so again changes nothing.

    Raises NotYoursToAnswer, AskClosed, NothingLent.
    """
    _owner_only(ask, by)
    if not consent.parts or not consent.parts <= ask.parts:
        raise NothingLent(ask.id)
    if ask.state_at(now) in (AskState.WITH_GUARDIAN, AskState.APPROVED):
        return ask
    return replace(_become(ask, AskState.WITH_GUARDIAN, now), given=consent)


def second(ask: Ask, by: PersonId, guardian: PersonId | None, now: datetime) -> Ask:
    """The ask, to which the guardian says yes too; only after its owner has. Raises NotYoursToAnswer, AskClosed."""
    _guardian_only(ask, by, guardian)
    return _become(ask, AskState.APPROVED, now)


def veto(ask: Ask, by: PersonId, guardian: PersonId | None, now: datetime) -> Ask:
    """The ask, refused by the guardian, for good. Raises NotYoursToAnswer, AskClosed."""
    _guardian_only(ask, by, guardian)
    return _become(ask, AskState.REFUSED, now)


def hand_back(ask: Ask, now: datetime) -> Ask:
    """The ask, whose owner has no guardian any more: it is theirs alone to answer anew. Any other stays as it is."""
    if ask.state_at(now) is not AskState.WITH_GUARDIAN:
        return ask
    return replace(_become(ask, AskState.OPEN, now), answered_at=None)


def refuse(ask: Ask, by: PersonId, now: datetime) -> Ask:
    """The ask, refused, for good; also after a yes. Raises NotYoursToAnswer, AskClosed."""
    _owner_only(ask, by)
    return ask if ask.state is AskState.REFUSED else _become(ask, AskState.REFUSED, now)


def withdraw(ask: Ask, by: PersonId, now: datetime) -> Ask:
    """The ask, its yes taken back: a removed ✅. Raises NotYoursToAnswer, AskClosed where there is no yes to take back."""
    _owner_only(ask, by)
    return _become(ask, AskState.WITHDRAWN, now)


def void(ask: Ask, now: datetime) -> Ask:
    """The ask, no longer wanted; one that has ended stays as it is."""
    state = ask.state_at(now)
    return _become(ask, AskState.VOID, now) if AskState.VOID in MAY_BECOME[state] else ask


def expire(ask: Ask, now: datetime) -> Ask:
    """The ask, its time over; one that was answered, or has time left, stays as it is."""
    if ask.state in UNANSWERED and ask.state_at(now) is AskState.EXPIRED:
        return replace(ask, state=AskState.EXPIRED, answered_at=ask.expires_at, given=None)
    return ask


def _owner_only(ask: Ask, by: PersonId) -> None:
    # An ask that nobody heard does not exist for anybody, its owner included.
    if by != ask.owner or not ask.heard:
        raise NotYoursToAnswer(ask.id)


def _guardian_only(ask: Ask, by: PersonId, guardian: PersonId | None) -> None:
    # What its owner has not said yes to is no guardian's to know of.
    if guardian is None or by != guardian or by == ask.owner or ask.state is AskState.OPEN:
        raise NotYoursToAnswer(ask.id)


def _become(ask: Ask, state: AskState, now: datetime) -> Ask:
    present = ask.state_at(now)
    if state not in MAY_BECOME[present]:
        raise AskClosed(ask.id, present, ask.answered_at or ask.expires_at)
    return replace(ask, state=state, answered_at=now, given=None)


class Together(StrEnum):
    """What a clip's asks come to."""

    WAITING = "waiting"
    AGREED = "agreed"
    DECLINED = "declined"


def together(asks: Iterable[Ask], now: datetime) -> Together:
    """All must approve: one no, one silence past its time or one yes taken back ends it; no asks at all are agreement."""
    states = {ask.state_at(now) for ask in asks}
    if states - {*UNANSWERED, AskState.APPROVED}:
        return Together.DECLINED
    return Together.AGREED if states <= {AskState.APPROVED} else Together.WAITING
