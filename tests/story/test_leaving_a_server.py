"""Whoever leaves a Discord server, which tells nobody: the real adapter asks, and no film of theirs or for them is shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.bot.platforms.telegram.conftest import stored_clip
from tests.doubles.discord.faults import How
from tests.story.stages import OnDiscord, on_discord
from tests.town import FINISHED, Town
from tests.waiting import until
from walkon.consent import tables as consent
from walkon.consent.likeness import Audience, Likeness, Part
from walkon.library import tables
from walkon.library.clips import Clip, ClipState, Finished
from walkon.queue.port import JobState, Lease
from walkon.store import outbox
from walkon.types.ids import ClipId, LikenessId, WorkerId, new_long_id, render_job
from walkon.types.people import Platform

FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40


@dataclass
class Server:
    """A server where Ana asks for a clip with Lea."""

    town: Town
    stage: OnDiscord
    film: Finished

    async def lends(self, **rules: Any) -> None:
        now = self.town.clock.now()
        facts: dict[str, Any] = {"parts": frozenset(Part), "enrolled_at": now, "used_at": now, **rules}
        likeness = Likeness(id=LikenessId(new_long_id()), owner=self.stage.account["Lea"], handle="lea", name="Lea", **facts)
        await self.town.house.database.write(lambda tx: self.town.house.decider.enrol(tx, likeness, now))

    async def agreed(self) -> None:
        """Lea lends her face, is asked and says yes."""
        await self.lends()
        await self.stage.prompts("Ana", "{} surfs a wave", "Lea")
        await self.stage.question()
        await self.stage.answers("Lea", yes=True)

    async def claimed(self) -> Lease:
        async def claim() -> Lease | None:
            return await self.town.house.queue.claim(WorkerId("w1"), claim_id=str(next(self.town.numbers)), lanes=["animatic"])

        lease = await until(claim)
        assert isinstance(lease, Lease)
        return lease

    async def finish(self, lease: Lease) -> ClipId:
        await self.town.finish(lease, self.film)
        return ClipId(lease.job.payload.decode())

    def leaves(self, name: str) -> None:
        self.stage.discord.guild.strangers.add(self.stage.people[name].id)

    async def clip(self, id: ClipId) -> Clip:
        clip = await self.town.house.database.read(lambda tx: tables.get(tx, id))
        assert clip
        return clip

    async def settles(self) -> None:
        """Everything that is owed is shown."""

        async def settled() -> bool:
            self.town.clock.pass_s(0.1)
            return await self.town.house.database.read(lambda tx: outbox.owed(tx, Platform.DISCORD)) == 0

        await until(settled)

    def films(self) -> int:
        """How many films the server ever saw."""
        return sum(1 for one in self.stage.discord.messages() if any(revision.files for revision in one.revisions))


@asynccontextmanager
async def opened(town: Town, folder: Path) -> AsyncIterator[Server]:
    kept = await stored_clip(town.house.media, folder, FILM)
    film = replace(FINISHED, video=kept.video, poster=kept.poster, captions=kept.captions, bytes=len(FILM))
    async with on_discord(town, folder) as stage:
        assert isinstance(stage, OnDiscord)
        yield Server(town, stage, film)


@pytest.fixture
async def server(town: Town, tmp_path: Path) -> AsyncIterator[Server]:
    async with opened(town, tmp_path) as server:
        yield server


async def test_who_stays_is_shown(server: Server) -> None:
    await server.agreed()
    await server.finish(await server.claimed())
    await server.stage.clip()
    await server.settles()
    assert server.films() == 1


@pytest.mark.parametrize("name", ["Lea", "Ana"])
async def test_a_film_is_not_shown_once_who_is_in_it_or_asked_for_it_has_left(server: Server, name: str) -> None:
    await server.agreed()
    lease = await server.claimed()
    await server.settles()
    server.leaves(name)
    id = await server.finish(lease)
    await server.settles()
    clip = await server.clip(id)
    assert (clip.state, clip.finished, server.films()) == (ClipState.TAKEN_DOWN, None, 0)
    [grant] = await server.town.house.database.read(lambda tx: consent.grants_of(tx, id))
    assert grant.withdrawn_at is not None


@pytest.mark.parametrize("name", ["Lea", "Ana"])
async def test_a_clip_that_has_just_entered_the_line_stops_where_one_of_them_has_left(server: Server, name: str) -> None:
    await server.lends()
    await server.stage.prompts("Ana", "{} surfs a wave", "Lea")
    await server.stage.question()
    await server.settles()
    server.leaves(name)
    await server.stage.answers("Lea", yes=True)
    ids, _ = await server.town.house.database.read(lambda tx: consent.appearances_of(tx, server.stage.account["Lea"]))

    async def stopped() -> bool:
        view = await server.town.house.queue.view(render_job(ids[0]))
        return view is not None and view.state is JobState.CANCELLED

    await until(stopped)
    assert (await server.clip(ids[0])).state is ClipState.DECLINED


@pytest.mark.parametrize("fault", [{"how": How.REFUSE, "status": 503}, {"how": How.THROTTLE, "retry_after_s": 30.0}])
async def test_while_discord_does_not_say_nothing_is_shown_and_it_is_asked_again(server: Server, fault: dict[str, Any]) -> None:
    await server.agreed()
    lease = await server.claimed()
    await server.settles()
    server.stage.discord.fail_next("get_guild_member", **fault)
    await server.finish(lease)

    async def put_off() -> bool:
        row = await server.town.house.database.read(lambda tx: outbox.row(tx, f"clip:{lease.job.payload.decode()}"))
        return row is not None and row.attempts > 0

    await until(put_off)
    assert server.films() == 0
    server.town.clock.pass_s(60)
    await server.stage.clip()


async def test_who_lets_everybody_have_their_likeness_need_not_be_there(server: Server) -> None:
    await server.lends(audience=Audience.EVERYONE, always_ask=False)
    await server.stage.prompts("Ana", "{} surfs a wave", "Lea")
    server.leaves("Lea")
    await server.finish(await server.claimed())
    await server.stage.clip()
