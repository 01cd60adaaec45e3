"""People who lend a likeness, and everything that happens to clips with them: asked, answered, rendered by the engine, shown in a chat."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.chat import Chat
from tests.doubles.engine import ScriptedBackend, ScriptedFinisher
from tests.town import FINISHED, Town
from tests.waiting import until
from walkon.bot import agreeing
from walkon.bot.delivery import Delivery
from walkon.bot.house import House
from walkon.bot.intake import promise
from walkon.consent import tables as consent
from walkon.consent.asking import Ask, Consent
from walkon.consent.likeness import Likeness, Part
from walkon.engine.people import NotAgreed
from walkon.engine.render import Studio
from walkon.engine.worker import MAKES
from walkon.library import tables
from walkon.library.clips import Clip
from walkon.queue.port import DRAFT_LANE, JobCancelled, JobState, Lease, LeaseLost
from walkon.scene.parser import parse
from walkon.store import outbox
from walkon.telemetry import build_metrics
from walkon.types.ids import ClipId, LikenessId, PersonId, WorkerId, new_long_id, render_job
from walkon.types.people import Place, Platform

ANA, LEA, TOM, EVE = (PersonId(f"web:{name}") for name in ("Ana", "Lea", "Tom", "Eve"))
PEOPLE: Mapping[str, PersonId] = {"@lea": LEA, "@tom": TOM}
YES = Consent(parts=frozenset({Part.FACE}))


class Troupe:
    """Lea and Tom, who lend a likeness, in a town where Ana asks for them."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town = town
        self.folder = folder
        self.chat = Chat()
        self.backend = ScriptedBackend()
        self.finisher = ScriptedFinisher()
        self._renders = count(1)

    @property
    def house(self) -> House:
        return self.town.house

    async def enrol(self, owner: PersonId, **rules: object) -> Likeness:
        now, name = self.house.clock.now(), owner.partition(":")[2]
        facts: dict[str, object] = {"parts": frozenset(Part), "enrolled_at": now, "used_at": now, **rules}
        likeness = Likeness(id=LikenessId(new_long_id()), owner=owner, handle=name.lower(), name=name, **facts)  # type: ignore[arg-type]
        await self.house.database.write(lambda tx: self.house.decider.enrol(tx, likeness, now))
        return likeness

    async def likeness(self, owner: PersonId) -> Likeness:
        found = await self.house.database.read(lambda tx: consent.likeness_of(tx, owner))
        assert found
        return found

    async def ask(self, words: str = "@lea surfs", by: str = "Ana", parent: ClipId | None = None, place: Place | None = None) -> Clip:
        reply = await promise(self.house, self.town.said(by, "prompt", place=place), parse(words, people=PEOPLE), parent=parent)
        return await self.town.clip(reply)

    async def asks(self, clip: Clip) -> list[Ask]:
        return list(await self.house.database.read(lambda tx: consent.asks_of(tx, clip.id)))

    async def agreed(self, words: str = "@lea surfs", given: Consent = YES, **options: object) -> Clip:
        clip = await self.ask(words, **options)  # type: ignore[arg-type]
        for ask in await self.asks(clip):
            await agreeing.approve(self.house, ask.id, ask.owner, given)
        return await self.now(clip)

    async def finished(self, words: str = "@lea surfs", given: Consent = YES, **options: object) -> Clip:
        """A clip that is finished and not shown yet; nothing else may be in line."""
        clip = await self.agreed(words, given, **options)
        names = {"video": f"{clip.id}.mp4", "poster": f"{clip.id}.jpg", "captions": f"{clip.id}.vtt"}
        await self.town.finish(await self.town.claim(), replace(FINISHED, **names))
        return await self.now(clip)

    async def now(self, clip: Clip) -> Clip:
        after = await self.house.database.read(lambda tx: tables.get(tx, clip.id))
        assert after
        return after

    async def job(self, clip: Clip) -> JobState | None:
        view = await self.house.queue.view(render_job(clip.id))
        return view.state if view else None

    async def claim(self) -> Lease | None:
        """A worker that nobody has seen before takes the next job."""
        number = next(self._renders)
        return await self.house.queue.claim(WorkerId(f"worker-{number}"), claim_id=f"claim-{number}", lanes=["animatic"])

    @property
    def studio(self) -> Studio:
        """What the engine works with."""
        return Studio(
            queue=self.house.queue,
            database=self.house.database,
            media=self.house.media,  # type: ignore[arg-type]
            backend=self.backend,
            finishing=self.finisher,
            clock=self.house.clock,
            scratch=self.folder / "scratch",
        )

    async def render(self, lease: Lease, **means: Any) -> bool:
        """The engine does the leased job; whether anything came of it."""
        try:
            await MAKES[lease.job.kind](replace(self.studio, **means), lease, lambda step: None)
        except (NotAgreed, JobCancelled, LeaseLost):
            return False
        return True

    async def claim_draft(self) -> Lease | None:
        """A worker takes the next preview."""
        number = next(self._renders)
        return await self.house.queue.claim(WorkerId(f"worker-{number}"), claim_id=f"claim-{number}", lanes=[DRAFT_LANE])

    async def deliver(self) -> None:
        """Show everything that is owed."""
        if await self._settled():
            return
        running = asyncio.create_task(Delivery(self.chat, self.house, build_metrics()).run())
        await until(self._settled)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def _settled(self) -> bool:
        # What was put off a little comes due.
        self.town.clock.pass_s(0.1)
        return await self.house.database.read(lambda tx: outbox.owed(tx, Platform.WEB)) == 0

    async def films_shown(self) -> int:
        """How many films stand in the chat once everything is shown."""
        await self.deliver()
        return len(self.chat.clips())

    async def restart(self) -> None:
        """The process ends and another begins on the same files."""
        await self.town.restart(self.folder)


@pytest.fixture
async def troupe(town: Town, tmp_path: Path) -> Troupe:
    found = Troupe(town, tmp_path)
    await found.enrol(LEA)
    await found.enrol(TOM)
    return found
