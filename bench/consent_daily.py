"""Consent in daily life: from a yes to the job in line, from taking it back to the last job stopped and the last of 500 copies replaced."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from telegram.constants import FloodLimit

from bench.rig.copies import on_telegram, post
from bench.rig.report import Goal, Report, Row, percentile
from tests.bot.canary import chatting, lived, moderated_and_heard, secrets_of
from tests.consent.theft import LEA, enrolled, lent, readable
from tests.story import stages
from tests.town import Town, town_in
from tests.waiting import until
from walkon.bot.takedown import reach_of
from walkon.consent.likeness import Audience, Likeness, Part
from walkon.library import tables
from walkon.library.clips import Clip
from walkon.queue.port import Beat, JobState, Lease
from walkon.store import outbox
from walkon.types.clock import SystemClock
from walkon.types.ids import LikenessId, PersonId, new_long_id, render_job
from walkon.types.people import Platform

NAME = "consent_daily"

GOALS = (
    *(Goal(what=f"{platform}: p95 from a yes to the job in line", most=2.0) for platform in ("Discord", "Telegram")),
    Goal(what="taken back: the last job is stopped", most=2.0),
    Goal(what="taken back: beside Telegram's own rate limit", most=1.2),
    Goal(what="stolen disk without the key: of a person readable", most=0),
)

YESSES = 20
JOBS = 18
COPIES = 500
FLOOR_S = (COPIES - FloodLimit.MESSAGES_PER_SECOND) / FloodLimit.MESSAGES_PER_SECOND
PATIENCE_S = 300.0

Platforms = Callable[[Town, Path], AbstractAsyncContextManager[Any]]


async def lends(town: Town, owner: PersonId, **rules: object) -> None:
    """Somebody lends face and voice."""
    now, name = town.house.clock.now(), owner.rpartition(":")[2]
    facts: dict[str, object] = {"parts": frozenset(Part), "enrolled_at": now, "used_at": now, **rules}
    likeness = Likeness(id=LikenessId(new_long_id()), owner=owner, handle=f"p{name[-12:]}", name=name, **facts)  # type: ignore[arg-type]
    await town.house.database.write(lambda tx: town.house.decider.enrol(tx, likeness, now))


async def yesses(platform: Platforms, newcomer: Callable[[Any, str], Any], marked: Callable[[Any], Any]) -> list[float]:
    """Seconds from each reaction that says yes to its clip's job in line; every question is to somebody else, by somebody else.

    newcomer: makes another person. marked: the newest question that stands, ready to be reacted to.
    """
    taken: list[float] = []
    async with _town() as (town, folder), platform(town, folder) as stage:
        for number in range(YESSES):
            asker, owner = f"Ana {number}", f"Lea {number}"
            stage.people |= {name: newcomer(stage, name) for name in (asker, owner)}
            await lends(town, stage.account[owner])
            before = marked(stage)
            await stage.prompts(asker, "{} surfs a wave", owner)
            stage.marked = await until(lambda before=before: (now := marked(stage)) is not before and now)  # type: ignore[misc]
            await until(lambda: _nothing_owed(town))
            began = time.perf_counter()
            await stage.answers(owner, yes=True)
            await until(lambda number=number: _in_line(town, number + 1))  # type: ignore[misc]
            taken.append(time.perf_counter() - began)
    return taken


async def _in_line(town: Town, count: int) -> bool:
    jobs = [render_job(clip.id) for clip in await _clips(town)]
    return len(jobs) == count and len(await town.house.queue.views(jobs)) == count


def _on_discord(stage: Any) -> Any:
    return next((one for one in reversed(stage.discord.messages()) if "❌" in one.reactions), None)


def _in_a_group_of_their_own(stage: Any, name: str) -> Any:
    # One group takes 20 messages a minute, which is another limit than the one that is looked at.
    stage.club = stage.double.group(name)
    return stage.double.user(name)


def _on_telegram(stage: Any) -> Any:
    return next((one for one in reversed(stage.club.from_bot) if "Approve" in one.buttons), None)


async def stopped_after() -> float:
    """Seconds from the press that takes everything back until every job with the person in it is stopped, one under a worker."""
    async with _town() as (town, folder), stages.on_discord(town, folder) as stage:
        await lends(town, stage.account["Lea"], audience=Audience.EVERYONE, always_ask=False)
        for _ in range(JOBS):
            await stage.prompts("Ana", "{} surfs a wave", "Lea")
        await until(lambda: _in_line(town, JOBS))
        lease = await town.claim()
        clips = await _clips(town)
        await stage.types("Lea", "cameo revoke")
        began = time.perf_counter()
        await stage.presses("Lea", "Take all back")
        await until(lambda: _told_to_stop(town, lease))
        views = await town.house.queue.views([render_job(clip.id) for clip in clips])
        wall_s = time.perf_counter() - began
    if len(views) != JOBS or any(view.state is not JobState.CANCELLED for view in views.values()):
        raise SystemExit("a job with somebody who took their yes back goes on")
    return wall_s


async def _clips(town: Town) -> list[Clip]:
    return list(await town.house.database.read(tables.promised))


async def _told_to_stop(town: Town, lease: Lease) -> bool:
    return await town.house.queue.heartbeat(lease) is Beat.CANCEL


async def replaced_after() -> float:
    """Seconds from the same press until COPIES posts of a finished clip, each in a chat of its own, show that it is gone."""
    async with _town() as (town, folder), stages.on_telegram(town, folder) as stage:
        await lends(town, stage.account["Lea"], audience=Audience.EVERYONE, always_ask=False)
        await stage.prompts("Ana", "{} surfs a wave", "Lea")
        [clip] = await until(lambda: _clips(town))  # type: ignore[misc]
        await town.finish(await town.claim())
        await until(lambda: _nothing_owed(town))
        messages, copies = on_telegram(stage.double, COPIES)
        await post(town, clip, copies)
        await stage.types("Lea", "cameo revoke")
        began = time.perf_counter()
        await stage.presses("Lea", "Take all back")
        await until(lambda: _all_gone(town, clip), timeout_s=PATIENCE_S)
        wall_s = time.perf_counter() - began
        if any(message.video for message in messages):
            raise SystemExit("a post still shows the clip")
    return wall_s


async def _nothing_owed(town: Town) -> bool:
    owed = [await town.house.database.read(lambda tx, on=on: outbox.owed(tx, on)) for on in Platform]  # type: ignore[misc]
    return not any(owed)


async def _all_gone(town: Town, clip: Clip) -> bool:
    return (await reach_of(town.house, [clip.id])).gone >= COPIES


async def stolen() -> tuple[int, int]:
    """How many things a thief reads of people, from a copy of the disk without the key file, and how many were there."""
    with tempfile.TemporaryDirectory(prefix="walkon-bench-") as name:
        async with town_in(Path(name)) as town, chatting(town) as chat:
            film = await enrolled(town)
            kept = {**await lent(town.house.database, town.house.keys, LEA), "film": film}
            await lived(town, chat)
            await moderated_and_heard(town)
            kept |= await secrets_of(town)
            copy = Path(name) / "stolen"
            shutil.copytree(name, copy, ignore=shutil.ignore_patterns(copy.name))
            return len(readable(copy, kept)), len(kept)


@asynccontextmanager
async def _town() -> AsyncIterator[tuple[Town, Path]]:
    with tempfile.TemporaryDirectory(prefix="walkon-bench-") as folder:
        async with town_in(Path(folder), SystemClock()) as town:  # type: ignore[arg-type]
            yield town, Path(folder)


async def measured() -> Report:
    """All figures."""
    discord = await yesses(stages.on_discord, lambda stage, name: stage.discord.user(name), _on_discord)
    telegram = await yesses(stages.on_telegram, _in_a_group_of_their_own, _on_telegram)
    stopped_s, replaced_s, (read, things) = await stopped_after(), await replaced_after(), await stolen()
    return Report(
        rows=(
            Row(what="Discord: median from a yes to the job in line", value=percentile(discord, 50), unit="s"),
            Row(what="Discord: p95 from a yes to the job in line", value=percentile(discord, 95), unit="s"),
            Row(what="Telegram: median from a yes to the job in line", value=percentile(telegram, 50), unit="s"),
            Row(what="Telegram: p95 from a yes to the job in line", value=percentile(telegram, 95), unit="s"),
            Row(what="taken back: the last job is stopped", value=stopped_s, unit="s"),
            Row(what="taken back: the last of 500 posts is replaced", value=replaced_s, unit="s"),
            Row(what="taken back: beside Telegram's own rate limit", value=replaced_s / FLOOR_S, unit="x"),
            Row(what="stolen disk without the key: of a person readable", value=read, unit=""),
        ),
        notes=(
            f"{YESSES} reactions on each platform, through the real library and adapter, each of somebody else to a question by somebody"
            f" else; {JOBS} clips stopped by the press that takes everything back, one of them under a worker.",
            f"{COPIES} posts in as many chats of a local Telegram that checks every call; {FLOOR_S:.1f} s is the least its limit allows.",
            f"{things} things: stills, voice and film of one person enrolled as one does; name, handle, prompt, report, what a moderator"
            " noted and what was said on the page of another. Looked for in every file of the copied disk, log of changes included, and"
            " in every cell, in pieces, also coded, escaped and packed. A finished clip itself lies there as it was posted.",
        ),
    )


def run() -> Report:
    """About a minute."""
    return asyncio.run(measured())
