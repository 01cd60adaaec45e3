"""Floors: rules as they were set, in few letters, so that no backup brings looser ones back. Pure.

A floor names no place and no person: of places it keeps a hash, so that where they differ nobody may ask until the owner says where.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from walkon.consent.likeness import Audience, Likeness, Part, Topic
from walkon.types.clock import to_ms
from walkon.types.ids import LikenessId, PlaceId

_AUDIENCES = {
    "m": Audience.ONLY_ME,
    "a": Audience.PEOPLE_I_APPROVE,
    "p": Audience.MEMBERS_OF_PLACES,
    "e": Audience.EVERYONE,
}
_PARTS = {"f": Part.FACE, "v": Part.VOICE}
_TOPICS = {
    "p": Topic.POLITICS,
    "a": Topic.ADVERTISING,
    "r": Topic.ROMANCE,
    "v": Topic.VIOLENCE,
    "s": Topic.SWIMWEAR,
    "g": Topic.RELIGION,
}
_HASH_LETTERS = 8


def floor_of(likeness: Likeness) -> str:
    """The rules of a likeness, at most 64 letters: its id, parts, audience, switches, refused topics, end, hash of its places."""
    parts = "".join(letter for letter, part in _PARTS.items() if part in likeness.parts)
    audience = next(letter for letter, audience in _AUDIENCES.items() if audience is likeness.audience)
    switches = ("k" if likeness.always_ask else "") + ("t" if likeness.may_travel else "")
    refused = "".join(letter for letter, topic in _TOPICS.items() if topic in likeness.refused)
    ends = f"{to_ms(likeness.ends_at):x}" if likeness.ends_at else ""
    return ":".join((likeness.id, parts, audience, switches, refused, ends, _hash(likeness.places)))


def likeness_in(floor: str) -> LikenessId:
    """Whose rules they are."""
    return LikenessId(floor.partition(":")[0])


def no_looser(likeness: Likeness, floor: str) -> Likeness:
    """The likeness with rules that allow only what both its own and the floor's allow."""
    _, parts, audience, switches, refused, ends, places = floor.split(":")
    end = datetime.fromtimestamp(int(ends, 16) / 1000, UTC) if ends else None
    tighter = replace(
        likeness,
        parts=likeness.parts & {part for letter, part in _PARTS.items() if letter in parts},
        always_ask=likeness.always_ask or "k" in switches,
        may_travel=likeness.may_travel and "t" in switches,
        refused=likeness.refused | {topic for letter, topic in _TOPICS.items() if letter in refused},
        ends_at=min((one for one in (likeness.ends_at, end) if one), default=None),
    )
    return _for_fewer(tighter, _AUDIENCES[audience], places)


def _for_fewer(likeness: Likeness, audience: Audience, places: str) -> Likeness:
    both = {likeness.audience, audience}
    if Audience.ONLY_ME in both:
        return replace(likeness, audience=Audience.ONLY_ME)
    if Audience.MEMBERS_OF_PLACES in both:
        same = likeness.audience is audience and _hash(likeness.places) == places
        named = likeness.places if same or audience is not Audience.MEMBERS_OF_PLACES else frozenset[PlaceId]()
        asked = likeness.always_ask or Audience.PEOPLE_I_APPROVE in both
        return replace(likeness, audience=Audience.MEMBERS_OF_PLACES, places=named, always_ask=asked)
    return replace(likeness, audience=Audience.PEOPLE_I_APPROVE if Audience.PEOPLE_I_APPROVE in both else Audience.EVERYONE)


def _hash(places: Iterable[PlaceId]) -> str:
    return hashlib.sha256("\n".join(sorted(places)).encode()).hexdigest()[:_HASH_LETTERS]
