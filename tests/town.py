"""A house with its router on the real store and queue, and people who talk to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.doubles.clock import StandingClock
from tests.stores import open_store, place_of
from walkon.bot import commands
from walkon.bot.ask_posts import following_asks
from walkon.bot.command import Invocation, Pressed, RawValue, Reply
from walkon.bot.house import House
from walkon.bot.router import Router
from walkon.bot.words import Words
from walkon.consent.casting import Caster
from walkon.consent.deciding import Decider
from walkon.consent.enrolling import Enrolments, Means
from walkon.consent.enrolment import Decoded
from walkon.consent.lending import lends
from walkon.consent.proof import Proof
from walkon.library import tables
from walkon.library.clips import Clip, Finished
from walkon.library.endings import end_finished, result_of
from walkon.queue.port import Lease
from walkon.queue.rules import Depth
from walkon.queue.sqlite import SqliteQueue
from walkon.store.database import Database
from walkon.store.keys import Keys
from walkon.store.media import MediaStore
from walkon.telemetry import build_metrics
from walkon.types.ids import ClipId, EventId, PersonId, PlaceId, WorkerId
from walkon.types.people import Locale, Person, Place

FINISHED = Finished(
    video="a.mp4",
    poster="a.jpg",
    captions="a.vtt",
    bytes=1000,
    seconds=6.0,
    width=854,
    height=480,
    energy_wh=0.02,
    energy_metered=False,
    drawn=True,
    not_staged=(),
    spent_ms=1800,
)

DEPTH = Depth(all=50, person=20)


@dataclass
class Town:
    """A house with its router, and people who talk to it."""

    house: House
    router: Router
    clock: StandingClock
    numbers: count = field(default_factory=lambda: count(1))

    def person(self, name: str, locale: Locale = Locale.EN) -> Person:
        return Person(id=PersonId(f"web:{name}"), name=name, locale=locale)

    def place(self, name: str = "local", locale: Locale = Locale.EN) -> Place:
        return Place(id=PlaceId(f"web:{name}"), channel="lobby", locale=locale)

    def said(self, name: str, command: str, event: str | None = None, place: Place | None = None, **options: RawValue) -> Invocation:
        return Invocation(
            event=EventId(event or f"web:{next(self.numbers)}"),
            command=command,
            options=options,
            person=self.person(name),
            place=place or self.place(),
            at=self.clock.now(),
            upload_limit=20_000_000,
        )

    async def say(self, name: str, command: str, event: str | None = None, place: Place | None = None, **options: RawValue) -> Reply:
        return await self.router.command(self.said(name, command, event, place, **options))

    async def finished(self, name: str, prompt: str, place: Place | None = None, **options: RawValue) -> Clip:
        """A clip that somebody asked for and that is finished; nothing else may be in line."""
        asked = await self.say(name, "prompt", place=place, prompt=prompt, **options)
        await self.finish(await self.claim())
        return await self.clip(asked)

    async def press(self, name: str, token: str, *, moderator: bool = False, place: Place | None = None, event: str | None = None) -> Reply:
        pressed = Pressed(
            event=EventId(event or f"web:{next(self.numbers)}"),
            token=token,
            person=self.person(name),
            place=place or self.place(),
            at=self.clock.now(),
            upload_limit=20_000_000,
            moderator=moderator,
        )
        return await self.router.press(pressed)

    async def clip(self, reply: Reply) -> Clip:
        async with self.house.database.reading() as tx:
            clip = await tables.get(tx, ClipId(str(reply.card.clip)))
        assert clip
        return clip

    async def claim(self) -> Lease:
        lease = await self.house.queue.claim(WorkerId("w1"), claim_id=str(next(self.numbers)), lanes=[self.house.lane])
        assert lease
        return lease

    async def finish(self, lease: Lease, finished: Finished = FINISHED) -> None:
        await self.house.queue.complete(lease, result_of(finished))
        await self.house.database.write(
            lambda tx: end_finished(tx, ClipId(lease.job.payload.decode()), lease.token, finished, self.clock.now())
        )
        self.house.database.announce()

    async def restart(self, folder: Path) -> None:
        """The process ends and another begins on the same files: store, queue, house and router are new."""
        before = self.house
        await before.queue.close()
        await before.database.close()
        database = await open_store(place_of(folder))
        queue = await SqliteQueue.open(folder / "queue.db", depth=DEPTH, clock=self.clock)
        made = house_over(database, queue, before.media, keys=before.keys, clock=self.clock, lane=before.lane)  # type: ignore[arg-type]
        self.house = replace(made, storage=before.storage)
        self.router = router_of(self.house)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


async def unread(upload: bytes) -> Decoded:
    """Stands for the process that reads uploads: every upload is the same good video."""
    return Decoded(stills=(b"still",) * 3, voice=b"voice", review=b"review", seconds=5)


@pytest.fixture
def lane() -> str:
    """The queue lane of the town's engine."""
    return "animatic"


@pytest.fixture
async def town(tmp_path: Path, clock: StandingClock, lane: str) -> AsyncIterator[Town]:
    async with town_in(tmp_path, clock, lane) as found:
        yield found


def house_over(database: Database, queue: SqliteQueue, media: MediaStore, *, keys: Keys, clock: StandingClock, lane: str) -> House:
    """A house over these, with nothing in it from any before."""
    record = following_asks(Proof(keys).record)
    decider = Decider(record)
    means = Means(database=database, keys=keys, decode=unread, clock=clock, then=lends(decider))
    return House(
        database=database,
        queue=queue,
        media=media,
        caster=Caster(record=record, open_for=timedelta(hours=24), chance=lambda: 0.5),
        decider=decider,
        keys=keys,
        enrolments=Enrolments(means),
        words=Words.load(),
        clock=clock,
        lane=lane,
        drawn=lane == "animatic",
        command_names=tuple(command.name for command in commands.load()),
        operators=frozenset({"web:Olga"}),
    )


def router_of(house: House) -> Router:
    """A router over that house."""
    return Router(house, {command.name: command for command in commands.load()}, build_metrics())


@asynccontextmanager
async def town_in(folder: Path, clock: StandingClock | None = None, lane: str = "animatic") -> AsyncIterator[Town]:
    """A town with its store and queue in that folder."""
    clock = clock or StandingClock()
    database = await open_store(place_of(folder))
    queue = await SqliteQueue.open(folder / "queue.db", depth=DEPTH, clock=clock)
    house = house_over(database, queue, MediaStore(folder / "media"), keys=Keys.new(), clock=clock, lane=lane)
    town = Town(house, router_of(house), clock)
    yield town
    # A test may have started them anew.
    await town.house.queue.close()
    await town.house.database.close()
