"""A likeness, and the rules its owner sets for it. Rules are values that can be put together; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from walkon.types.ids import LikenessId, PersonId, PlaceId

UNUSED_FOR = timedelta(days=365)
"""A likeness that appeared in nothing for so long ends by itself."""


class Part(StrEnum):
    """What of a person can be lent, each apart from the other."""

    FACE = "face"
    VOICE = "voice"


class Audience(StrEnum):
    """Who may ask for a likeness at all."""

    ONLY_ME = "only_me"
    PEOPLE_I_APPROVE = "people_i_approve"
    """Anybody may ask; only a yes counts."""
    MEMBERS_OF_PLACES = "members_of_places"
    """Whoever speaks in one of these places."""
    EVERYONE = "everyone"


class Topic(StrEnum):
    """Subjects an owner may refuse for good."""

    POLITICS = "politics"
    ADVERTISING = "advertising"
    ROMANCE = "romance"
    VIOLENCE = "violence"
    SWIMWEAR = "swimwear"
    RELIGION = "religion"


class Objection(StrEnum):
    """Why a likeness may not be used so."""

    NOT_ENROLLED = "not_enrolled"
    ENDED = "ended"
    AUDIENCE = "audience"
    TOPIC = "topic"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What somebody lends, and to whom.

    owner: the person, whatever account they use. handle: what others may type after an @. parts: lent at all. places: for
    MEMBERS_OF_PLACES. always_ask: also those of the audience need a yes for each clip; without it, being of the audience of
    MEMBERS_OF_PLACES or EVERYONE is enough. may_travel: a clip may leave the chat it was made for. used_at: the last grant.
    ends_at: the owner's own end, None for none. version: counts changes of the rules.
    """

    id: LikenessId
    owner: PersonId
    handle: str
    name: str
    parts: frozenset[Part]
    enrolled_at: datetime
    used_at: datetime
    audience: Audience = Audience.PEOPLE_I_APPROVE
    places: frozenset[PlaceId] = frozenset()
    always_ask: bool = True
    refused: frozenset[Topic] = frozenset()
    may_travel: bool = False
    ends_at: datetime | None = None
    version: int = 1

    @property
    def lapses_at(self) -> datetime:
        """When it ends: by the owner's word, or by a year in which nobody used it."""
        unused = self.used_at + UNUSED_FOR
        return min(unused, self.ends_at) if self.ends_at else unused


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A likeness that somebody would like to use: who, where, which parts, and what the words are about."""

    asker: PersonId
    place: PlaceId
    parts: frozenset[Part]
    topics: frozenset[Topic]
    at: datetime


class Rule(Protocol):
    """Something that may speak against a wish."""

    def objection(self, wish: Wish) -> Objection | None:
        """What speaks against it, None if nothing does."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every rule must be content; the first that is not speaks."""

    rules: tuple[Rule, ...]

    def objection(self, wish: Wish) -> Objection | None:
        """The first objection."""
        return next((found for rule in self.rules if (found := rule.objection(wish))), None)


@dataclass(frozen=True, slots=True)
class NotEnded:
    """The likeness is still lent."""

    until: datetime

    def objection(self, wish: Wish) -> Objection | None:
        """ENDED from that moment on."""
        return Objection.ENDED if wish.at >= self.until else None


@dataclass(frozen=True, slots=True)
class AudienceAllows:
    """The asker is among those who may ask. The owner always is."""

    audience: Audience
    owner: PersonId
    places: frozenset[PlaceId]

    def objection(self, wish: Wish) -> Objection | None:
        """AUDIENCE for whoever is not."""
        if wish.asker == self.owner:
            return None
        closed = self.audience is Audience.ONLY_ME
        elsewhere = self.audience is Audience.MEMBERS_OF_PLACES and wish.place not in self.places
        return Objection.AUDIENCE if closed or elsewhere else None


@dataclass(frozen=True, slots=True)
class SubjectAllowed:
    """The words touch nothing the owner refuses. This binds the owner's own wishes too."""

    refused: frozenset[Topic]

    def objection(self, wish: Wish) -> Objection | None:
        """TOPIC where they do."""
        return Objection.TOPIC if wish.topics & self.refused else None


@dataclass(frozen=True, slots=True)
class PartsLent:
    """Only what is lent is wished for."""

    parts: frozenset[Part]

    def objection(self, wish: Wish) -> Objection | None:
        """PART for anything more, and for nothing at all."""
        return None if wish.parts and wish.parts <= self.parts else Objection.PART


def rules_of(likeness: Likeness) -> Rule:
    """What must hold before its owner is even asked, and as long as a clip is not out."""
    return AllOf(
        (
            NotEnded(likeness.lapses_at),
            AudienceAllows(likeness.audience, likeness.owner, likeness.places),
            SubjectAllowed(likeness.refused),
            PartsLent(likeness.parts),
        )
    )


def needs_no_ask(likeness: Likeness, wish: Wish) -> bool:
    """Whether the owner has said that whoever is of the audience need not ask. The rules must be content besides."""
    open_to = likeness.audience in (Audience.MEMBERS_OF_PLACES, Audience.EVERYONE)
    return wish.asker == likeness.owner or (open_to and not likeness.always_ask)
