"""A world of clips and people on the pure rules of consent alone: every step is a random thing that somebody does."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from tests.consent.truth import Truth
from walkon.consent import asking
from walkon.consent.asking import Ask, AskClosed, AskState, Consent, NotYoursToAnswer, Together, together
from walkon.consent.grants import Circumstances, Grant, Lasting, Permission, Source, Use, Verdict, effective, until, withdraw
from walkon.consent.likeness import Audience, Likeness, Part, Topic, Wish, rules_of
from walkon.types.ids import AskId, ClipId, GrantId, LikenessId, PermissionId, PersonId, PlaceId
from walkon.types.terms import Terms

PEOPLE = tuple(PersonId(f"web:{name}") for name in ("Ana", "Lea", "Tom", "Eve"))
PLACES = (PlaceId("web:local"), PlaceId("discord:9"))
FACE = frozenset({Part.FACE})
WORDS_SAID = ("yes",) * 10 + ("no", "unreact")
MOST_CLIPS = 24
"""Clips remembered at once; older ones make room."""


@dataclass(slots=True)
class Film:
    """A clip on its way. people: everybody in it. shown: where it stands."""

    terms: Terms
    people: frozenset[PersonId]
    topics: frozenset[Topic]
    parent: ClipId | None
    claimed: bool = False
    recorded: bool = False
    ended: bool = False
    shown: set[PlaceId] = field(default_factory=set)


@dataclass
class World:
    """Likenesses, questions, grants and clips in plain dictionaries. published: how often anything was shown."""

    pick: Random
    truth: Truth = field(default_factory=Truth)
    now: datetime = datetime(2026, 11, 24, tzinfo=UTC)
    likenesses: dict[PersonId, Likeness] = field(default_factory=dict)
    asks: dict[AskId, Ask] = field(default_factory=dict)
    grants: dict[tuple[ClipId, PersonId], Grant] = field(default_factory=dict)
    permissions: dict[PermissionId, Permission] = field(default_factory=dict)
    films: dict[ClipId, Film] = field(default_factory=dict)
    backup: tuple[dict[PersonId, Likeness], dict[tuple[ClipId, PersonId], Grant]] | None = None
    tombstones: list[str] = field(default_factory=list)
    published: int = 0
    withheld: int = 0
    _number: int = 0

    def step(self) -> str:
        """Somebody does something; then nothing may stand that should not. The name of what was done."""
        deed = self.pick.choice(DEEDS)
        deed(self)
        self.check()
        return deed.__name__

    def check(self) -> None:
        for id, film in self.films.items():
            for _ in film.shown:
                assert not self.truth.faults(id, None, self.now, first=False)

    def wait(self) -> None:
        self.now += timedelta(minutes=self.pick.choice((1, 30, 300, 3000)))

    def enrol(self) -> None:
        owner = self.pick.choice(PEOPLE)
        if owner in self.likenesses:
            return
        likeness = Likeness(
            id=LikenessId(self._new("L")),
            owner=owner,
            handle=owner[4:].lower(),
            name=owner,
            parts=FACE,
            enrolled_at=self.now,
            used_at=self.now,
        )
        self.likenesses[owner] = likeness
        self.truth.enrolled(owner)

    def revoke(self) -> None:
        owner = self.pick.choice(PEOPLE)
        likeness = self.likenesses.pop(owner, None)
        if likeness:
            self.tombstones.append(likeness.id)
        self._end_permissions(lambda permission: permission.owner == owner)
        self._end(grant for grant in self.grants.values() if grant.owner == owner)
        for ask in list(self.asks.values()):
            if ask.owner == owner:
                self._drop(ask.clip)
        self.truth.lends_nothing(owner)
        self._sweep()

    def change_rules(self) -> None:
        owner = self.pick.choice(PEOPLE)
        if owner not in self.likenesses:
            return
        refused = frozenset(self.pick.sample(tuple(Topic), self.pick.randrange(2)))
        alone = self.pick.random() < 0.3
        audience = Audience.ONLY_ME if alone else Audience.PEOPLE_I_APPROVE
        self.likenesses[owner] = replace(
            self.likenesses[owner], refused=refused, audience=audience, version=self.likenesses[owner].version + 1
        )
        self.truth.refused[owner] = refused
        self.truth.alone.add(owner) if alone else self.truth.alone.discard(owner)

    def ask(self) -> None:
        parent = self.pick.choice((None, *(id for id, film in self.films.items() if film.shown)))
        self._cast(self.pick.choice(PEOPLE), frozenset(self.pick.sample(PEOPLE, self.pick.randrange(1, 3))), parent)

    def remix(self) -> None:
        shown = [id for id, film in self.films.items() if film.shown]
        if shown:
            self._cast(self.pick.choice(PEOPLE), frozenset(), self.pick.choice(shown))

    def _cast(self, by: PersonId, named: frozenset[PersonId], parent: ClipId | None) -> None:
        clip, place = ClipId(self._new("C")), self.pick.choice(PLACES)
        people = named | (self.films[parent].people if parent else frozenset())
        topics = frozenset(self.pick.sample(tuple(Topic), self.pick.randrange(2)))
        terms = Terms(clip=clip, requester=by, place=place, words=f"words of {clip}", scene=clip.encode(), reference=parent)
        self.films[clip] = Film(terms=terms, people=people, topics=topics, parent=parent)
        self.truth.people[clip], self.truth.topics[clip], self.truth.asked_by[clip] = people, topics, by
        for owner in sorted(people):
            self._settle(self.films[clip], owner, by)
        self._forget_oldest()

    def _settle(self, film: Film, owner: PersonId, by: PersonId) -> None:
        terms, likeness = film.terms, self.likenesses.get(owner)
        wish = Wish(asker=by, place=terms.place, parts=FACE, topics=film.topics, at=self.now)
        if likeness and not rules_of(likeness).objection(wish):
            if by == owner:
                self._give(film, likeness, Source.OWN)
                return
            parent = self.grants.get((film.parent, owner)) if film.parent else None
            if (
                parent
                and not parent.withdrawn_at
                and parent.covers_remix
                and parent.likeness == likeness.id
                and parent.place == terms.place
            ):
                self._give(film, likeness, Source.REMIX, via=parent.id)
                return
            permission = next((one for one in self.permissions.values() if one.owner == owner and one.covers(wish, likeness)), None)
            if permission and not film.parent:
                self._give(film, likeness, Source.STANDING, via=permission.id, expires_at=permission.until)
                return
        ask = Ask(
            id=AskId(self._new("A")),
            clip=terms.clip,
            owner=owner,
            requester=by,
            place=terms.place,
            digest=terms.digest(FACE),
            parts=FACE,
            asked_at=self.now,
            expires_at=self.now + timedelta(hours=24),
        )
        self.asks[ask.id] = ask

    def _give(self, film: Film, likeness: Likeness, source: Source, **more: object) -> Grant:
        terms = film.terms
        plain = Grant(
            id=GrantId(self._new("G")),
            clip=terms.clip,
            owner=likeness.owner,
            requester=terms.requester,
            likeness=likeness.id,
            place=terms.place,
            digest=terms.digest(FACE),
            parts=FACE,
            source=source,
            given_at=self.now,
        )
        grant = replace(plain, **more)  # type: ignore[arg-type]
        self.grants[terms.clip, likeness.owner] = grant
        self.truth.yes(terms.clip, likeness.owner, terms.place, travels=grant.may_travel, until=grant.expires_at)
        return grant

    def answer(self) -> None:
        """Anybody answers anything, also what is over and what is not theirs."""
        if not self.asks:
            return
        still_open = [ask for ask in self.asks.values() if ask.state is AskState.OPEN] or list(self.asks.values())
        ask = self.pick.choice(still_open if self.pick.random() < 0.8 else list(self.asks.values()))
        by = ask.owner if self.pick.random() < 0.9 else self.pick.choice(PEOPLE)
        with suppress(AskClosed, NotYoursToAnswer):
            self._say(ask, by, self.pick.choice(WORDS_SAID))
        self._sweep()

    def _say(self, ask: Ask, by: PersonId, word: str) -> None:
        if word == "yes":
            self._say_yes(ask, by)
            return
        ended = asking.refuse(ask, by, self.now) if word == "no" else asking.withdraw(ask, by, self.now)
        self.asks[ask.id] = ended
        self.truth.no(ask.clip, by)
        self._end([grant for grant in self.grants.values() if (grant.clip, grant.owner) == (ask.clip, by)])
        self._drop(ask.clip)

    def _say_yes(self, ask: Ask, by: PersonId) -> None:
        likeness, film = self.likenesses.get(by), self.films.get(ask.clip)
        lasting = self.pick.choice(tuple(Lasting))
        consent = Consent(parts=FACE, lasting=lasting, covers_remix=self.pick.random() < 0.5, may_travel=self.pick.random() < 0.3)
        agreed = asking.approve(ask, by, consent, self.now)
        if agreed is ask or likeness is None or film is None or film.ended:
            return
        self.asks[ask.id] = agreed
        grant = self._give(film, likeness, Source.ASK, covers_remix=consent.covers_remix, may_travel=consent.may_travel)
        if lasting is not Lasting.THIS_CLIP:
            permission = Permission(
                id=PermissionId(self._new("P")),
                owner=by,
                to=ask.requester,
                likeness=likeness.id,
                place=ask.place,
                parts=FACE,
                given_at=self.now,
                until=until(lasting, self.now),
                covers_remix=grant.covers_remix,
            )
            self.permissions[permission.id] = permission
            for id in list(self.permissions)[:-MOST_CLIPS]:
                del self.permissions[id]

    def expire(self) -> None:
        for ask in list(self.asks.values()):
            ended = asking.expire(ask, self.now)
            if ended is not ask:
                self.asks[ask.id] = ended
                self._drop(ask.clip)
        self._sweep()

    def take_back(self) -> None:
        if self.grants:
            grant = self.pick.choice(list(self.grants.values()))
            self._end([grant])
            self._sweep()

    def end_permission(self) -> None:
        if self.permissions:
            id = self.pick.choice(list(self.permissions))
            self._end_permissions(lambda permission: permission.id == id)
            self._sweep()

    def claim(self) -> None:
        for film in self._some_films():
            film.claimed = not film.recorded and self._may(film, film.terms.place)

    def record(self) -> None:
        for film in self._some_films():
            if film.claimed and self._may(film, film.terms.place):
                film.recorded = True
            film.claimed = False

    def publish(self) -> None:
        for film in self._some_films():
            place = self.pick.choice((film.terms.place, *PLACES))
            if not film.recorded:
                continue
            if self._may(film, place):
                assert not self.truth.faults(film.terms.clip, place, self.now, first=True)
                film.shown.add(place)
                self.published += 1
            else:
                self.withheld += 1

    def alter(self) -> None:
        """Somebody with a hand in the store changes the words of a clip that was agreed to."""
        for film in self._some_films():
            if self.pick.random() < 0.1 and not film.shown:
                film.terms = replace(film.terms, words=film.terms.words + "!")
                self.truth.no(film.terms.clip)

    def back_up(self) -> None:
        self.backup = (dict(self.likenesses), dict(self.grants))
        self.tombstones.clear()

    def restore(self) -> None:
        """The store of some time ago comes back, without what ended since: that is remembered outside of it."""
        if self.backup is None:
            return
        self.likenesses, self.grants = dict(self.backup[0]), {key: one for key, one in self.backup[1].items() if key[0] in self.films}
        gone = set(self.tombstones)
        self.likenesses = {owner: one for owner, one in self.likenesses.items() if one.id not in gone}
        for grant in list(self.grants.values()):
            if grant.id in gone:
                self.grants[grant.clip, grant.owner] = withdraw(grant, self.now)
        for owner in PEOPLE:
            present = self.likenesses.get(owner)
            if present is None:
                self.truth.lends_nothing(owner)
            else:
                # Rules of then bind again; the truth follows, as nobody can remember what the backup does not know.
                self.truth.refused[owner] = present.refused
                self.truth.alone.add(owner) if present.audience is Audience.ONLY_ME else self.truth.alone.discard(owner)
        self._sweep()

    def _may(self, film: Film, place: PlaceId, use: Use = Use.MAKE) -> bool:
        return not film.ended and all(self._verdict(film, owner, place, use) is Verdict.LIVE for owner in film.people)

    def _verdict(self, film: Film, owner: PersonId, place: PlaceId, use: Use) -> Verdict:
        grant = self.grants.get((film.terms.clip, owner))
        rests_on: Permission | Grant | None = None
        if grant and grant.source is Source.STANDING:
            rests_on = self.permissions.get(PermissionId(grant.via or ""))
        elif grant and grant.via:
            rests_on = next((one for one in self.grants.values() if one.id == grant.via), None)
        facts = Circumstances(
            terms=film.terms,
            place=place,
            topics=film.topics,
            now=self.now,
            use=use,
            likeness=self.likenesses.get(owner),
            rests_on=rests_on,
        )
        return effective(grant, facts)

    def _end(self, grants: Iterable[Grant]) -> None:
        due = [grant for grant in list(grants) if grant.withdrawn_at is None]
        while due:
            for grant in due:
                self.grants[grant.clip, grant.owner] = withdraw(grant, self.now)
                self.tombstones.append(grant.id)
                self.truth.no(grant.clip, grant.owner)
            ids = {grant.id for grant in due}
            due = [grant for grant in self.grants.values() if grant.via in ids and grant.withdrawn_at is None]

    def _end_permissions(self, which: Callable[[Permission], bool]) -> None:
        for permission in [one for one in self.permissions.values() if which(one) and one.withdrawn_at is None]:
            self.permissions[permission.id] = replace(permission, withdrawn_at=self.now)
            self._end([grant for grant in self.grants.values() if grant.via == permission.id])

    def _drop(self, clip: ClipId) -> None:
        film = self.films.get(clip)
        asks = [ask for ask in self.asks.values() if ask.clip == clip]
        if film is None or together(asks, self.now) is not Together.DECLINED:
            return
        for ask in asks:
            self.asks[ask.id] = asking.void(ask, self.now)
        self._end([grant for grant in self.grants.values() if grant.clip == clip])
        film.ended = True

    def _sweep(self) -> None:
        """What stands and is no longer agreed to comes down, with all that was made from it."""
        down = {id for id, film in self.films.items() if film.shown and not self._may(film, film.terms.place, Use.KEEP)}
        while down:
            for id in down:
                self.films[id].shown.clear()
                self.films[id].ended = True
            ended = {id for id, film in self.films.items() if film.ended}
            down = {id for id, film in self.films.items() if film.parent in ended and not film.ended}

    def _some_films(self) -> list[Film]:
        films = list(self.films.values())
        return self.pick.sample(films, min(len(films), 4))

    def _forget_oldest(self) -> None:
        while len(self.films) > MOST_CLIPS:
            id = next(iter(self.films))
            del self.films[id]
            self.asks = {key: ask for key, ask in self.asks.items() if ask.clip != id}
            self.grants = {key: grant for key, grant in self.grants.items() if key[0] != id}
            self.truth.said = {key: yes for key, yes in self.truth.said.items() if key[0] != id}

    def _new(self, kind: str) -> str:
        self._number += 1
        return f"{kind}{self._number}"


DEEDS: tuple[Callable[[World], None], ...] = (
    *(World.answer,) * 10,
    *(World.claim, World.record, World.publish) * 5,
    *(World.ask, World.enrol) * 3,
    World.remix,
    World.wait,
    World.revoke,
    World.change_rules,
    World.expire,
    World.take_back,
    World.end_permission,
    World.alter,
    World.back_up,
    World.restore,
)
"""What may happen, as often as it stands here."""
