"""A chat platform's own means against somebody, beside a mute of ours: what is wanted, and what became of it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from walkon.types.ids import PlaceId
from walkon.types.people import Person, Platform

LONGEST: dict[Platform, timedelta] = {Platform.DISCORD: timedelta(days=28), Platform.TELEGRAM: timedelta(days=366)}
"""How long such a thing may last at most (Discord: resources/guild, a member's timeout; Bot API: restrictChatMember)."""

KNOWS_ENDLESS = frozenset({Platform.TELEGRAM})
"""Where it may also have no end."""


class Restricted(StrEnum):
    """What became of it; keys of `card.native.*` in the locales."""

    DONE = "done"
    LIFTED = "lifted"
    LONGER = "longer"
    """Somebody there has set a longer one, which stays."""
    NOTHING = "nothing"
    """It is over, or what stands there is not ours."""
    NO_MEANS = "no_means"
    """This kind of chat has no such thing."""
    BOT_MAY_NOT = "bot_may_not"
    ASKER_MAY_NOT = "asker_may_not"
    OUT_OF_REACH = "out_of_reach"
    """An owner or administrator, or somebody above the bot or above whoever asks."""
    GONE = "gone"
    """Not in that chat, or the bot is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """What is wanted. by: who asked for it, whose own right there is looked at when it is done. until: None without end.

    lifts: take away the one that walkon set with that end, rather than set one. why: for the platform's own log.
    """

    person: Person
    place: PlaceId
    by: Person
    until: datetime | None
    why: str
    lifts: bool = False

    def over_at(self, now: datetime) -> bool:
        """Whether it has ended by itself by then."""
        return self.until is not None and self.until <= now


def end_of(platform: Platform, now: datetime, until: datetime | None) -> datetime | None:
    """When one ends that is to end at `until`, as far as the platform knows such lengths; None without end."""
    if until is None and platform in KNOWS_ENDLESS:
        return None
    longest = now + LONGEST[platform]
    return longest if until is None else min(until, longest)


def has_means(place: PlaceId | None) -> bool:
    """Whether the platform of that place has any such thing at all."""
    return place is not None and Platform(place.partition(":")[0]) in LONGEST
