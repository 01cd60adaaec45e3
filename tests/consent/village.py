"""Consent alone, on a real store: people with likenesses, clips that would show them, and what was written down."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TypeVar

from tests.doubles.clock import StandingClock
from walkon.consent import tables
from walkon.consent.asking import Ask, Consent
from walkon.consent.casting import Caster, Casting
from walkon.consent.deciding import Answered, Decider
from walkon.consent.decisions import Decision, DecisionKind
from walkon.consent.gate import Passage, judge
from walkon.consent.grants import Use, Verdict
from walkon.consent.likeness import Likeness, Part
from walkon.store.database import Database, Transaction
from walkon.store.thread import Step
from walkon.types.ids import AskId, ClipId, LikenessId, PersonId, PlaceId, new_long_id
from walkon.types.terms import Terms

T = TypeVar("T")

ANA, LEA, TOM, EVE = (PersonId(f"web:{name}") for name in ("Ana", "Lea", "Tom", "Eve"))
HERE, THERE = PlaceId("web:local"), PlaceId("discord:9")
FACE = frozenset({Part.FACE})
BOTH = frozenset(Part)
OPEN_FOR = timedelta(hours=24)


@dataclass
class Village:
    """Everything happens through the steps that the bot and the engine use."""

    database: Database
    clock: StandingClock
    written: list[Decision] = field(default_factory=list)
    chance: float = 0.5
    _clips: count = field(default_factory=lambda: count(1))

    @property
    def caster(self) -> Caster:
        return Caster(record=self._record, open_for=OPEN_FOR, chance=lambda: self.chance)

    @property
    def decider(self) -> Decider:
        return Decider(self._record)

    async def _record(self, tx: Transaction, decision: Decision) -> None:
        self.written.append(decision)

    async def do(self, step: Step[T]) -> T:
        return await self.database.write(step)

    def likeness(self, owner: PersonId, **rules: object) -> Likeness:
        now = self.clock.now()
        name = owner.partition(":")[2]
        plain: dict[str, object] = {"parts": BOTH, "enrolled_at": now, "used_at": now}
        facts = {**plain, **rules}
        return Likeness(id=LikenessId(new_long_id()), owner=owner, handle=name.lower(), name=name, **facts)  # type: ignore[arg-type]

    async def enrol(self, owner: PersonId, **rules: object) -> Likeness:
        likeness = self.likeness(owner, **rules)
        await self.do(lambda tx: self.decider.enrol(tx, likeness, self.clock.now()))
        return likeness

    def terms(
        self, words: str = "a surfer", by: PersonId = ANA, place: PlaceId = HERE, scene: bytes = b"scene", of: ClipId | None = None
    ) -> Terms:
        clip = ClipId(f"C{next(self._clips):05}")
        return Terms(clip=clip, requester=by, place=place, words=words, scene=scene, reference=of)

    async def cast(self, terms: Terms, *people: PersonId, parts: frozenset[Part] = FACE) -> Casting:
        return await self.do(lambda tx: self.caster.cast(tx, terms, dict.fromkeys(people, parts), self.clock.now()))

    async def approve(self, ask: Ask | AskId, by: PersonId, terms: Terms, consent: Consent | None = None) -> Answered:
        id = ask.id if isinstance(ask, Ask) else ask
        given = consent or Consent(parts=FACE)
        return await self.do(lambda tx: self.decider.approve(tx, id, by, given, terms, self.clock.now()))

    async def refuse(self, ask: Ask, by: PersonId) -> Answered:
        return await self.do(lambda tx: self.decider.refuse(tx, ask.id, by, self.clock.now()))

    async def withdraw(self, ask: Ask, by: PersonId) -> Answered:
        return await self.do(lambda tx: self.decider.withdraw(tx, ask.id, by, self.clock.now()))

    async def agreed(self, terms: Terms, *people: PersonId, consent: Consent | None = None) -> Casting:
        """Cast, and everybody asked says yes."""
        casting = await self.cast(terms, *people)
        for ask in casting.asks:
            await self.approve(ask, ask.owner, terms, consent)
        return casting

    async def verdicts(
        self, terms: Terms, place: PlaceId | None = None, use: Use = Use.MAKE, named: Iterable[PersonId] = ()
    ) -> dict[PersonId, Verdict]:
        passage = Passage(terms=terms, place=place or terms.place, use=use, named=named)
        return {judged.person: judged.verdict for judged in await self.do(lambda tx: judge(tx, passage, self.clock.now()))}

    async def may(self, terms: Terms, place: PlaceId | None = None, use: Use = Use.MAKE) -> bool:
        return all(verdict is Verdict.LIVE for verdict in (await self.verdicts(terms, place, use)).values())

    async def ask(self, id: AskId) -> Ask:
        ask = await self.do(lambda tx: tables.ask_of(tx, id))
        assert ask
        return ask

    def kinds(self, about: PersonId) -> list[DecisionKind]:
        return [decision.kind for decision in self.written if decision.about == about]
