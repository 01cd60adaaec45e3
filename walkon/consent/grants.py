"""Grants: one person's yes for one clip, and whether it holds now. Everybody who is about to use a likeness asks `effective`; pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from walkon.consent.likeness import Likeness, Part, Topic, Wish, rules_of
from walkon.types.ids import ClipId, GrantId, LikenessId, PermissionId, PersonId, PlaceId
from walkon.types.terms import Terms


class Source(StrEnum):
    """Where a yes comes from."""

    OWN = "own"
    """One's own likeness."""
    ASK = "ask"
    """The person was asked and said yes to exactly this."""
    STANDING = "standing"
    """A standing permission covers it."""
    AUDIENCE = "audience"
    """The owner's rules say that these people need not ask."""
    REMIX = "remix"
    """The yes for the clip it was made from covers remixes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A standing yes: this person may, until then, without asking. until: None for until taken back.

    place: where alone it holds, unless it may travel. A permission ends what it allows to begin; clips made under it stay.
    """

    id: PermissionId
    owner: PersonId
    to: PersonId
    likeness: LikenessId
    place: PlaceId
    parts: frozenset[Part]
    given_at: datetime
    until: datetime | None
    covers_remix: bool = False
    may_travel: bool = False
    withdrawn_at: datetime | None = None

    def covers(self, wish: Wish, likeness: Likeness) -> bool:
        """Whether it answers this wish for this likeness in the owner's place."""
        lasting = self.withdrawn_at is None and (self.until is None or wish.at < self.until)
        fits = self.to == wish.asker and self.likeness == likeness.id and wish.parts <= self.parts
        return lasting and fits and (self.may_travel or wish.place == self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A yes. digest: of the terms it was given for. via: the permission or the grant it rests on. expires_at: when it stops
    allowing anything new."""

    id: GrantId
    clip: ClipId
    owner: PersonId
    requester: PersonId
    likeness: LikenessId
    place: PlaceId
    digest: bytes
    parts: frozenset[Part]
    source: Source
    given_at: datetime
    via: str | None = None
    covers_remix: bool = False
    may_travel: bool = False
    expires_at: datetime | None = None
    withdrawn_at: datetime | None = None


class Use(StrEnum):
    """What is about to be done."""

    MAKE = "make"
    """Put it in line, render it, show it for the first time, show it again, build on it."""
    KEEP = "keep"
    """Leave standing what was shown already. Rules that were tightened since and permissions that ran out end nothing here."""


class Verdict(StrEnum):
    """Whether a grant holds, or why it does not."""

    LIVE = "live"
    NOT_GIVEN = "not_given"
    WITHDRAWN = "withdrawn"
    SOURCE_GONE = "source_gone"
    """What it rests on was taken back."""
    LIKENESS_GONE = "likeness_gone"
    CHANGED = "changed"
    """The clip is not the one that was agreed to."""
    OUT_OF_SCOPE = "out_of_scope"
    """Another place, and it may not travel."""
    EXPIRED = "expired"
    RULES = "rules"
    UNSECONDED = "unseconded"
    """Its owner has a guardian since, who did not agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a grant is judged by. likeness: the owner's present one. rests_on: the permission or grant of `via`, if that is still there.

    guarded_since: since when somebody looks after the owner, None where nobody does.
    """

    terms: Terms
    place: PlaceId
    topics: frozenset[Topic]
    now: datetime
    use: Use = Use.MAKE
    likeness: Likeness | None = None
    rests_on: "Permission | Grant | None" = None
    guarded_since: datetime | None = None

    def may_travel(self, grant: Grant) -> bool:
        """Whether a clip may leave its chat as far as that yes goes; nobody's may who is looked after."""
        return grant.may_travel and self.guarded_since is None


def effective(grant: Grant | None, facts: Circumstances) -> Verdict:
    """Whether the grant holds: given, not taken back, for exactly this clip, in scope, and, for anything new, neither run out nor
    against the owner's rules as they are now."""
    if grant is None:
        return Verdict.NOT_GIVEN
    if grant.withdrawn_at is not None:
        return Verdict.WITHDRAWN
    if grant.source in (Source.STANDING, Source.REMIX) and (facts.rests_on is None or facts.rests_on.withdrawn_at is not None):
        return Verdict.SOURCE_GONE
    if facts.likeness is None or facts.likeness.id != grant.likeness:
        return Verdict.LIKENESS_GONE
    if grant.clip != facts.terms.clip or grant.digest != facts.terms.digest(grant.parts):
        return Verdict.CHANGED
    if facts.place != grant.place and not facts.may_travel(grant):
        return Verdict.OUT_OF_SCOPE
    return Verdict.LIVE if facts.use is Use.KEEP else _for_new_use(grant, facts, facts.likeness)


def _for_new_use(grant: Grant, facts: Circumstances, likeness: Likeness) -> Verdict:
    # A standing permission may have been cut short since.
    ends = [grant.expires_at, facts.rests_on.until if isinstance(facts.rests_on, Permission) else None]
    if any(end is not None and facts.now >= end for end in ends):
        return Verdict.EXPIRED
    if facts.guarded_since is not None and grant.given_at < facts.guarded_since:
        return Verdict.UNSECONDED
    wish = Wish(asker=grant.requester, place=grant.place, parts=grant.parts, topics=facts.topics, at=facts.now)
    return Verdict.RULES if rules_of(likeness).objection(wish) else Verdict.LIVE


def withdraw(grant: Grant, now: datetime) -> Grant:
    """The grant, taken back; once is for good."""
    return grant if grant.withdrawn_at else replace(grant, withdrawn_at=now)


class Lasting(StrEnum):
    """For how long a yes is meant."""

    THIS_CLIP = "this_clip"
    DAY = "day"
    WEEK = "week"
    UNTIL_TAKEN_BACK = "until_taken_back"


_LENGTHS = {Lasting.DAY: timedelta(hours=24), Lasting.WEEK: timedelta(days=7)}


def until(lasting: Lasting, now: datetime) -> datetime | None:
    """When a standing permission given now ends, None for without end."""
    length = _LENGTHS.get(lasting)
    return now + length if length else None
