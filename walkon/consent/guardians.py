"""Guardians: somebody looks after a young person's account. What that means for a yes, a wish and a limit; pure.

Whether an account is a young person's is never guessed: it is one's while a guardianship says so. The young person can't end it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from walkon.consent.asking import Consent
from walkon.consent.grants import Lasting
from walkon.consent.likeness import Likeness, Topic
from walkon.types.errors import WalkonError
from walkon.types.ids import PlaceId
from walkon.types.people import Person
from walkon.types.quiet import QuietHours

OF_AGE = 18
"""Years. From that birthday on nobody answers for somebody else here."""

NOT_WITH_THE_YOUNG = frozenset({Topic.ROMANCE, Topic.SWIMWEAR})
"""Subjects that no clip with real people has which a young person is in or asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a young person can't lift. seconds_per_day: of clips, None for no limit. quiet_hours: `HH:MM-HH:MM` in the machine's
    own time, None for never. places: where alone they may ask for clips; empty for everywhere.
    """

    seconds_per_day: int | None = None
    quiet_hours: str | None = None
    places: frozenset[PlaceId] = frozenset()

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end that it is in now."""
        return QuietHours.read(self.quiet_hours).until(now) if self.quiet_hours else None

    def allow(self, place: PlaceId) -> bool:
        """Whether they may ask there."""
        return not self.places or place in self.places


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardianship:
    """guardian: the account that said so; None where a backup was put back that did not know who, so that nobody can say yes.

    of_age_at: when it ends by itself, None where that is not known.
    """

    ward: Person
    guardian: Person | None
    since: datetime
    of_age_at: datetime | None
    limits: Limits

    def holds(self, now: datetime) -> bool:
        """Whether the ward is not of age yet."""
        return self.of_age_at is None or now < self.of_age_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A guardian's offer to look after whichever account shows its code. ward: the account that did, and agreed to it."""

    guardian: Person
    code_sha256: bytes
    of_age_at: datetime
    expires_at: datetime
    ward: Person | None = None


@dataclass(eq=False)
class AlreadyGuarded(WalkonError):
    """Somebody looks after that account already; they, or an operator, must end it first."""


@dataclass(eq=False)
class MayNotGuard(WalkonError):
    """Whoever is looked after looks after nobody, and nobody after themselves."""


@dataclass(eq=False)
class NoSuchAge(WalkonError):
    """The birthday has been, is more than 18 years ahead, or means an age below this host's least (`least`)."""

    least: int


@dataclass(eq=False)
class NotYours(WalkonError):
    """Only whoever looks after the account, or an operator, may do that."""


def of_age_at(birthday: date, now: datetime, minimum_age: int) -> datetime:
    """The moment of an 18th birthday. minimum_age: years below which nobody may be here. Raises NoSuchAge."""
    moment = datetime.combine(birthday, time(), UTC)
    if moment <= now or _years_before(birthday, OF_AGE - minimum_age) > now.date():
        raise NoSuchAge(minimum_age)
    return moment


def _years_before(day: date, years: int) -> date:
    leapt = day.month == 2 and day.day == 29
    return day.replace(year=day.year - years, day=28 if leapt else day.day)


def narrowed(consent: Consent) -> Consent:
    """The most that a young person's yes may say: a week, and never out of its chat."""
    lasting = Lasting.WEEK if consent.lasting is Lasting.UNTIL_TAKEN_BACK else consent.lasting
    return replace(consent, lasting=lasting, may_travel=False)


def bound(likeness: Likeness, *, young_owner: bool, young_asker: bool) -> Likeness:
    """The likeness with what holds besides its owner's own rules where somebody young is concerned."""
    if not young_owner and not young_asker:
        return likeness
    refused = likeness.refused | NOT_WITH_THE_YOUNG
    if not young_owner:
        return replace(likeness, refused=refused)
    return replace(likeness, refused=refused, may_travel=False, always_ask=True)


def counts(guarded: Guardianship | None, given_at: datetime) -> bool:
    """Whether a yes of that moment allows anything new: one from before somebody looked after its owner was the owner's alone."""
    return guarded is None or given_at >= guarded.since
