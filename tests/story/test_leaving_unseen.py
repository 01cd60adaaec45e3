"""Whoever leaves a server or a group without anything being said there: everybody is looked up all round, with the real adapters."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.platforms.telegram.conftest import stored_clip
from tests.doubles.discord.faults import How
from tests.story.stages import OnDiscord, OnTelegram, Stage, on_discord, on_telegram
from tests.town import FINISHED, Town
from tests.waiting import until
from walkon.bot.port import PlatformDown
from walkon.bot.presence import look_round
from walkon.consent import tables as consent
from walkon.consent.asking import AskState
from walkon.consent.grants import Permission
from walkon.consent.likeness import Audience, Likeness, Part
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.types.ids import ClipId, LikenessId, PermissionId, PlaceId, WorkerId, new_long_id

STAGES = {"discord": on_discord, "telegram": on_telegram}
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40


@pytest.fixture(params=STAGES)
async def stage(request: pytest.FixtureRequest, town: Town, tmp_path: Path) -> AsyncIterator[Stage]:
    async with STAGES[request.param](town, tmp_path) as stage:
        yield stage


async def lends(town: Town, stage: Stage, **rules: object) -> Likeness:
    now, facts = town.clock.now(), {"parts": frozenset(Part), **rules}
    owner = stage.account["Lea"]
    likeness = Likeness(id=LikenessId(new_long_id()), owner=owner, handle="lea", name="Lea", enrolled_at=now, used_at=now, **facts)  # type: ignore[arg-type]
    await town.house.database.write(lambda tx: town.house.decider.enrol(tx, likeness, now))
    return likeness


async def only_clip(town: Town, stage: Stage) -> Clip:
    [id], _ = await town.house.database.read(lambda tx: consent.appearances_of(tx, stage.account["Lea"]))
    clip = await town.house.database.read(lambda tx: tables.get(tx, ClipId(id)))
    assert clip
    return clip


async def shown(town: Town, stage: Stage, folder: Path) -> None:
    """A clip with Lea, who agreed, stands in the chat."""
    kept = await stored_clip(town.house.media, folder, FILM)
    await lends(town, stage)
    await stage.prompts("Ana", "{} surfs a wave", "Lea")
    await stage.question()
    await stage.answers("Lea", yes=True)
    lease = await until(lambda: town.house.queue.claim(WorkerId("w1"), claim_id=str(next(town.numbers)), lanes=["animatic"]))
    film = replace(FINISHED, video=kept.video, poster=kept.poster, captions=kept.captions, bytes=len(FILM))
    await town.finish(lease, film)  # type: ignore[arg-type]
    await stage.clip()


async def look(town: Town, stage: Stage) -> int:
    return await look_round(stage.platform, town.house, each_s=0)


async def test_a_clip_comes_down_once_who_is_in_it_has_left_unseen(town: Town, stage: Stage, tmp_path: Path) -> None:
    await shown(town, stage, tmp_path)
    assert await look(town, stage) == 0
    assert (await only_clip(town, stage)).state is ClipState.FINISHED
    stage.slips_away("Lea")
    assert await look(town, stage) == 1
    assert (await only_clip(town, stage)).state is ClipState.TAKEN_DOWN
    assert "taken down" in await stage.gone()
    assert await look(town, stage) == 0


async def test_an_open_question_to_who_has_left_ends(town: Town, stage: Stage) -> None:
    await lends(town, stage)
    await stage.prompts("Ana", "{} surfs a wave", "Lea")
    await stage.question()
    stage.slips_away("Lea")
    assert await look(town, stage) == 1
    clip = await only_clip(town, stage)
    assert clip.state is ClipState.DECLINED
    [ask] = await town.house.database.read(lambda tx: consent.asks_of(tx, clip.id))
    assert ask.state is AskState.REFUSED


async def test_a_standing_permission_ends_for_the_place_that_was_left(town: Town, stage: Stage) -> None:
    likeness, now = await lends(town, stage), town.clock.now()
    here, platform = await place_of(town, stage), stage.platform.platform
    for place in (here, PlaceId(f"{platform}:dm-1"), PlaceId("web:local")):
        permission = Permission(
            id=PermissionId(new_long_id()),
            owner=likeness.owner,
            to=stage.account["Ana"],
            likeness=likeness.id,
            place=place,
            parts=frozenset(Part),
            given_at=now,
            until=None,
            covers_remix=False,
            may_travel=False,
        )
        await town.house.database.write(lambda tx, given=permission: consent.put_permission(tx, given))
    stage.slips_away("Lea")
    assert await look(town, stage) == 1
    left = await town.house.database.read(lambda tx: consent.permissions_of(tx, likeness.owner))
    assert {permission.place for permission in left} == {f"{platform}:dm-1", "web:local"}


async def place_of(town: Town, stage: Stage) -> PlaceId:
    if isinstance(stage, OnDiscord):
        return PlaceId(f"discord:{stage.discord.guild.id}")
    assert isinstance(stage, OnTelegram)
    return PlaceId(f"telegram:{stage.club.id}")


async def test_who_lets_everybody_have_their_likeness_is_not_looked_up(town: Town, stage: Stage) -> None:
    await lends(town, stage, audience=Audience.EVERYONE, always_ask=False)
    await stage.prompts("Ana", "{} surfs a wave", "Lea")
    clip = await until(lambda: only_clip_if_any(town, stage))
    stage.slips_away("Lea")
    assert await look(town, stage) == 0
    assert isinstance(clip, Clip)
    assert (await only_clip(town, stage)).state is ClipState.PROMISED


async def only_clip_if_any(town: Town, stage: Stage) -> Clip | None:
    _, count = await town.house.database.read(lambda tx: consent.appearances_of(tx, stage.account["Lea"]))
    return await only_clip(town, stage) if count else None


async def test_while_discord_is_away_nobody_has_left(town: Town, tmp_path: Path) -> None:
    async with on_discord(town, tmp_path) as stage:
        assert isinstance(stage, OnDiscord)
        await shown(town, stage, tmp_path)
        stage.slips_away("Lea")
        stage.discord.fail_next("get_guild_member", How.REFUSE, status=503, times=9)
        with pytest.raises(PlatformDown):
            await look(town, stage)
        assert (await only_clip(town, stage)).state is ClipState.FINISHED


async def test_telegram_tells_an_administrator_who_left_a_large_group(town: Town, tmp_path: Path) -> None:
    async with on_telegram(town, tmp_path) as stage:
        assert isinstance(stage, OnTelegram)
        await shown(town, stage, tmp_path)
        stage.double.slip_away(stage.club, stage.people["Lea"], told=True)
        assert "taken down" in await stage.gone()


async def test_everybody_is_looked_up_slowly(town: Town, tmp_path: Path) -> None:
    async with on_telegram(town, tmp_path) as stage:
        assert isinstance(stage, OnTelegram)
        await shown(town, stage, tmp_path)
        before = stage.double.count("getChatMember")
        looking = asyncio.create_task(look_round(stage.platform, town.house, each_s=3600))
        await until(lambda: stage.double.count("getChatMember") == before + 1)
        assert not looking.done()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
