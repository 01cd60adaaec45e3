"""Random deeds through the whole house: store, queue, engine and delivery, with crashes between any two steps, against a truth kept
apart."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from random import Random

from tests.consent.truth import Truth
from tests.shaky import Crash, Shaky, ShakyDatabase, ShakyQueue
from tests.troupe import LEA, TOM, Troupe
from walkon.bot import agreeing
from walkon.bot.cards import Card
from walkon.bot.port import Post
from walkon.bot.reconcile import reconcile
from walkon.consent import tables as consent
from walkon.consent.asking import AskClosed, Consent, NotEnrolled, NothingLent, NotYoursToAnswer, TooManyAsks, TopicRefused, UnknownAsk
from walkon.consent.grants import Grant, Lasting, Source
from walkon.consent.likeness import Audience, Part, Topic
from walkon.consent.topics import topics_of
from walkon.library import tables
from walkon.library.clips import Clip, ClipState, ClipTakenDown
from walkon.moderation.limits import LimitReached
from walkon.queue.port import QueueFull
from walkon.types.ids import ClipId, PersonId, PlaceId

OWNERS = (LEA, TOM)
WORDS = ("@lea surfs", "@tom dances", "@lea and @tom dance", "@lea kisses a frog", "a dog surfs")
ASKERS = ("Ana", "Eve", "Lea")
FACE = frozenset({Part.FACE})
REFUSALS = (
    AskClosed,
    ClipTakenDown,
    LimitReached,
    NotEnrolled,
    NothingLent,
    NotYoursToAnswer,
    QueueFull,
    TooManyAsks,
    TopicRefused,
    UnknownAsk,
)
SHARE_OF_CRASHES = 0.3
LOOKED_AT = 12
"""Clips that things still happen to."""


class Machine:
    """One history. Whatever is shown is looked at the moment it is shown, and everything that stands after every deed that ends one."""

    def __init__(self, troupe: Troupe, pick: Random) -> None:
        self.troupe, self.pick = troupe, pick
        self.truth = Truth()
        self.clips: list[ClipId] = []
        self.shaky = Shaky()
        self.stable = troupe.house
        self.crashes = self.shown = 0
        self.faults: list[str] = []
        troupe.chat.refuses = self._looked_at
        database, queue = ShakyDatabase(self.stable.database, self.shaky), ShakyQueue(self.stable.queue, self.shaky)
        self.unstable = replace(self.stable, database=database, queue=queue)  # type: ignore[arg-type]

    async def begin(self) -> None:
        for owner in OWNERS:
            self.truth.enrolled(owner)

    def _looked_at(self, post: Post, card: Card) -> Exception | None:
        if card.video is not None and card.clip is not None:
            self.shown += 1
            clip = ClipId(str(card.clip))
            first = post.ref is None or clip not in self._standing()
            # Noted and not raised: delivery would take it for a fault of the chat.
            self.faults += self.truth.faults(clip, post.place.id, self.stable.clock.now(), first=first)
        return None

    def _standing(self) -> set[ClipId]:
        return {ClipId(str(card.clip)) for card in self.troupe.chat.clips()}

    async def step(self) -> None:
        """Somebody does something; the process may die on the way, and is started again then."""
        self.shaky.plan(self.pick, SHARE_OF_CRASHES)
        with suppress(*REFUSALS):
            await self.pick.choice(DEEDS)(self)
        self.shaky.left = None

    async def _do(self, deed: Callable[[object], Awaitable[object]], *, again: bool = True) -> None:
        """Do it in the shaky house; where that died, start anew, and do it again if somebody would press the button again."""
        self.troupe.town.house = self.unstable
        try:
            await deed(self.unstable)
        except Crash:
            self.crashes += 1
            self.shaky.left = None
            self.troupe.town.house = self.stable
            await self.stable.queue.reclaim()  # type: ignore[attr-defined]
            if again:
                await deed(self.stable)
        finally:
            self.troupe.town.house = self.stable

    async def settle(self) -> None:
        """Everything owed is shown; nothing may stand then that is not agreed to."""
        await reconcile(self.stable)
        await self.troupe.deliver()
        for id in self._standing():
            self.faults += self.truth.faults(id, None, self.stable.clock.now(), first=False)
        assert not self.faults

    async def wait(self) -> None:
        self.troupe.town.clock.pass_s(self.pick.choice((60, 1800, 3600 * 7)))
        await agreeing.expire_due(self.stable)
        for id in self.clips:
            clip = await self._clip(id)
            if clip and clip.state is ClipState.DECLINED:
                self.truth.no(id)

    async def ask(self) -> None:
        words, by = self.pick.choice(WORDS), self.pick.choice(ASKERS)
        standing = self._standing()
        parents = [id for id in self.clips if id in standing]
        parent = self.pick.choice((None, None, *parents))
        before = {*self.clips}
        await self._do(lambda house: self._asked(words, by, parent), again=False)
        await self._note_new(before)

    async def _asked(self, words: str, by: str, parent: ClipId | None) -> None:
        await self.troupe.ask(words, by=by, parent=parent)

    async def _note_new(self, before: set[ClipId]) -> None:
        """Whatever was recorded, the crash notwithstanding."""
        for by in ASKERS:
            for clip in await self.stable.database.read(
                lambda tx, by=by: tables.latest_of(tx, PersonId(f"web:{by}"), HERE, promised_only=False)
            ):
                if clip.id not in self.truth.people:
                    await self._note(clip)
        self.clips = self.clips[-LOOKED_AT:]

    async def _note(self, clip: Clip) -> None:
        named = {person for token, person in (("@lea", LEA), ("@tom", TOM)) if token in clip.prompt}
        kept = self.truth.people.get(clip.parent, frozenset()) if clip.parent else frozenset()
        self.truth.people[clip.id] = frozenset(named) | kept
        self.truth.topics[clip.id] = topics_of(clip.prompt)
        self.truth.asked_by[clip.id] = clip.asker.id
        self.clips.append(clip.id)
        for grant in await self.stable.database.read(lambda tx: consent.grants_of(tx, clip.id)):
            await self._note_unasked(clip, grant)

    async def _note_unasked(self, clip: Clip, grant: Grant) -> None:
        owner = grant.owner
        if grant.source is Source.OWN:
            assert clip.asker.id == owner
        elif grant.source is Source.REMIX:
            before = self.truth.said[clip.parent or ClipId(""), owner]
            assert before.stands
            assert before.lent == self.truth.lent[owner]
        else:
            assert grant.source is Source.STANDING
            assert grant.via in {
                one.id for one in await self.stable.database.read(lambda tx: consent.permissions_of(tx, owner, clip.asker.id))
            }
        self.truth.yes(clip.id, owner, clip.place.id, travels=grant.may_travel, until=grant.expires_at)

    async def answer(self) -> None:
        asks = [ask for id in self.clips for ask in await self.stable.database.read(lambda tx, id=id: consent.asks_of(tx, id))]
        if not asks:
            return
        ask, by = self.pick.choice(asks), self.pick.choice(OWNERS)
        if self.pick.random() < 0.8:
            by = ask.owner
        word = self.pick.choice(("yes", "yes", "yes", "yes", "yes", "no", "unreact"))
        if word == "yes":
            given = Consent(parts=FACE, lasting=self.pick.choice(tuple(Lasting)), covers_remix=self.pick.random() < 0.5)
            with suppress(*REFUSALS):
                await self._do(lambda house: agreeing.approve(house, ask.id, by, given))  # type: ignore[arg-type]
            grants = await self.stable.database.read(lambda tx: consent.grants_of(tx, ask.clip))
            if any(grant.owner == by == ask.owner and not grant.withdrawn_at for grant in grants) and by in self.truth.lent:
                known = self.truth.said.get((ask.clip, by))
                if known is None:
                    self.truth.yes(ask.clip, by, ask.place)
            return
        deed = agreeing.refuse if word == "no" else agreeing.unreact
        try:
            await self._do(lambda house: deed(house, ask.id, by))  # type: ignore[arg-type]
        except REFUSALS:
            return
        self.truth.no(ask.clip)
        await self.settle()

    async def take_back(self) -> None:
        if not self.clips:
            return
        id, owner = self.pick.choice(self.clips), self.pick.choice(OWNERS)
        await self._do(lambda house: agreeing.take_back(house, owner, [id]))  # type: ignore[arg-type]
        if owner in self.truth.people[id]:
            self.truth.no(id)
        await self.settle()

    async def revoke(self) -> None:
        owner = self.pick.choice(OWNERS)
        await self._do(lambda house: agreeing.revoke(house, owner))  # type: ignore[arg-type]
        self.truth.lends_nothing(owner)
        await self.settle()
        await self.troupe.enrol(owner)
        self.truth.enrolled(owner)

    async def change_rules(self) -> None:
        owner = self.pick.choice(OWNERS)
        refused = frozenset({Topic.ROMANCE}) if self.pick.random() < 0.5 else frozenset()
        alone = self.pick.random() < 0.2
        audience = Audience.ONLY_ME if alone else Audience.PEOPLE_I_APPROVE
        changed = replace(await self.troupe.likeness(owner), refused=refused, audience=audience)
        await self._do(lambda house: agreeing.change_rules(house, changed))  # type: ignore[arg-type]
        self.truth.refused[owner] = refused
        self.truth.alone.add(owner) if alone else self.truth.alone.discard(owner)

    async def render(self) -> None:
        """A worker takes a job; in the middle of it somebody may take their yes back, or the worker may die."""
        lease = await self.troupe.claim()
        if lease is None:
            return
        if self.pick.random() < 0.2:
            self.troupe.backend.script.append(lambda order: None)
            rendering = asyncio.create_task(self._rendered(lease))
            await self.take_back()
            await rendering
            return
        await self._rendered(lease)

    async def _rendered(self, lease: object) -> None:
        await self._do(lambda house: self.troupe.render(lease), again=False)  # type: ignore[arg-type]

    async def deliver(self) -> None:
        await self.settle()

    async def _clip(self, id: ClipId) -> Clip | None:
        return await self.stable.database.read(lambda tx: tables.get(tx, id))


HERE = PlaceId("web:local")
DEEDS: tuple[Callable[[Machine], Awaitable[None]], ...] = (
    *(Machine.ask,) * 4,
    *(Machine.answer,) * 8,
    *(Machine.render,) * 6,
    *(Machine.deliver,) * 2,
    *(Machine.wait,) * 2,
    Machine.take_back,
    Machine.revoke,
    Machine.change_rules,
)
"""What may happen, as often as it stands here."""


async def run(troupe: Troupe, pick: Random, steps: int) -> Machine:
    """A history of that many deeds."""
    machine = Machine(troupe, pick)
    await machine.begin()
    for _ in range(steps):
        await machine.step()
    await machine.settle()
    return machine
