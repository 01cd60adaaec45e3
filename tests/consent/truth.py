"""The truth about who agreed to what, kept apart from the code under test and far simpler: what people said, and when they unsaid it."""

from dataclasses import dataclass, field
from datetime import datetime

from walkon.consent.likeness import Topic
from walkon.types.ids import ClipId, PersonId, PlaceId


@dataclass(slots=True)
class Yes:
    """Somebody's yes for one clip. lent: which enrolment it was given with."""

    lent: int
    place: PlaceId
    travels: bool
    until: datetime | None
    stands: bool = True


@dataclass(slots=True)
class Truth:
    """lent: the number of each person's present enrolment, absent for none. people: who is in each clip."""

    lent: dict[PersonId, int] = field(default_factory=dict)
    refused: dict[PersonId, frozenset[Topic]] = field(default_factory=dict)
    alone: set[PersonId] = field(default_factory=set)
    people: dict[ClipId, frozenset[PersonId]] = field(default_factory=dict)
    topics: dict[ClipId, frozenset[Topic]] = field(default_factory=dict)
    asked_by: dict[ClipId, PersonId] = field(default_factory=dict)
    said: dict[tuple[ClipId, PersonId], Yes] = field(default_factory=dict)
    _enrolments: int = 0

    def enrolled(self, person: PersonId) -> None:
        self._enrolments += 1
        self.lent[person] = self._enrolments
        self.refused[person] = frozenset()
        self.alone.discard(person)

    def lends_nothing(self, person: PersonId) -> None:
        self.lent.pop(person, None)
        for (_, owner), yes in self.said.items():
            if owner == person:
                yes.stands = False

    def yes(self, clip: ClipId, person: PersonId, place: PlaceId, *, travels: bool = False, until: datetime | None = None) -> None:
        self.said[clip, person] = Yes(self.lent[person], place, travels, until)

    def no(self, clip: ClipId, person: PersonId | None = None) -> None:
        """The person's yes for the clip is gone, or (None) everybody's: the clip is not to be made."""
        for (about, owner), yes in self.said.items():
            if about == clip and person in (None, owner):
                yes.stands = False

    def faults(self, clip: ClipId, place: PlaceId | None, now: datetime, *, first: bool) -> list[str]:
        """Why no frame of the clip may be shown there. first: it is not standing there already, so rules and times bind as well."""
        return [fault for person in self.people[clip] if (fault := self._fault(clip, person, place, now, first))]

    def _fault(self, clip: ClipId, person: PersonId, place: PlaceId | None, now: datetime, first: bool) -> str | None:
        yes = self.said.get((clip, person))
        if yes is None or not yes.stands:
            return f"{person} did not say yes to {clip}, or took it back"
        if self.lent.get(person) != yes.lent:
            return f"{person} lends nothing any more, or another likeness"
        if place is not None and place != yes.place and not yes.travels:
            return f"{person} agreed to {yes.place}, not to {place}"
        if not first:
            return None
        if yes.until is not None and now >= yes.until:
            return f"{person} agreed until {yes.until}"
        against = self.topics[clip] & self.refused[person] or (person in self.alone and self.asked_by[clip] != person)
        return f"{person}'s rules are against {clip}" if against else None
