"""A moderator's word: from a mute to the last job stopped, and how fast 500 posts of a clip vanish, within what the platforms allow."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from telegram.constants import FloodLimit

from bench.rig.copies import on_discord, on_telegram, post
from bench.rig.report import Goal, Report, Row
from tests.bot.platforms.telegram.conftest import bot_for
from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.pace import EDITS, EDITS_S, GLOBAL, GLOBAL_S, Pace
from tests.doubles.telegram.double import telegram_double
from tests.town import Town, town_in
from tests.waiting import until
from walkon.bot import commands
from walkon.bot.delivery import Delivery
from walkon.bot.platforms.discord.cards import Layout
from walkon.bot.platforms.discord.client import DiscordPlatform
from walkon.bot.port import ChatPlatform
from walkon.bot.takedown import Removal, reach_of, take_down
from walkon.library.clips import Clip, RemovedBy
from walkon.queue.port import Beat, JobState, Lease
from walkon.store.media import MediaStore
from walkon.telemetry import build_metrics
from walkon.types.clock import SystemClock
from walkon.types.ids import render_job

NAME = "moderating"

COPIES = 500
CHANNELS = 25
JOBS = 18
PATIENCE_S = 300.0
LOOK_EVERY_S = 0.05
"""At the record of 500 posts: oftener, and looking takes the machine from what is measured."""

TELEGRAM_FLOOR_S = (COPIES - FloodLimit.MESSAGES_PER_SECOND) / FloodLimit.MESSAGES_PER_SECOND
"""Telegram takes about 30 messages a second from one bot, edits among them (core.telegram.org/bots/faq)."""

DISCORD_FLOOR_S = max((COPIES / CHANNELS / EDITS - 1) * EDITS_S, (COPIES / GLOBAL - 1) * GLOBAL_S)
"""The first changes of a channel and the first requests of a second may all come at once."""

GOALS = (
    Goal(what="mute: the last job is stopped", most=2.0),
    Goal(what="takedown: beside Telegram's own rate limit", most=1.2),
    Goal(what="takedown: beside Discord's own rate limit", most=1.2),
)


async def muted_after() -> float:
    """Seconds from the moderator's command until every job of the person is stopped, the one that renders included."""
    async with _town() as town:
        asked = [await town.say("Sam", "prompt", prompt="a cat runs") for _ in range(JOBS)]
        lease = await town.claim()
        jobs = [render_job((await town.clip(reply)).id) for reply in asked]
        began = time.perf_counter()
        await town.say("Olga", "mod", deed="mute", person="web:Sam", duration="2h")
        await until(lambda: _told_to_stop(town, lease))
        views = await town.house.queue.views(jobs)
        wall_s = time.perf_counter() - began
    if any(view.state is not JobState.CANCELLED for view in views.values()):
        raise SystemExit("a job of a muted person goes on")
    return wall_s


async def taken_down_from_telegram() -> float:
    """Seconds until COPIES posts of one clip, each in a chat of its own, show that it was taken down."""
    async with _town() as town, telegram_double() as telegram:
        clip = await town.finished("Ana", "a cat runs")
        messages, copies = on_telegram(telegram, COPIES)
        await post(town, clip, copies)
        platform = bot_for(telegram, MediaStore(Path(tempfile.gettempdir())), town.house.database)
        wall_s = await _gone_after(town, platform, clip)
        if telegram.violations or any(message.video for message in messages):
            raise SystemExit(f"a post still shows the clip, or Telegram would refuse: {telegram.violations[:3]}")
    return wall_s


async def taken_down_from_discord() -> tuple[float, int]:
    """The same for COPIES posts in CHANNELS channels of Discord, and how many requests came before Discord's limits allowed them."""
    async with _town() as town, DiscordDouble(strict=True) as discord:
        clip = await town.finished("Ana", "a cat runs")
        messages, copies = on_discord(discord, COPIES, CHANNELS)
        await post(town, clip, copies)
        discord.rest.pace = Pace(time.time)
        with tempfile.TemporaryDirectory() as folder:
            platform = DiscordPlatform(
                token=discord.token,
                api_url=discord.api_url,
                root="sora",
                dev_guild=None,
                commands=commands.load(),
                layout=Layout(town.house.words, town.house.seal),
                media=MediaStore(Path(folder)),
                state_dir=Path(folder),
            )
            wall_s = await _gone_after(town, platform, clip)
        if discord.violations or any(message.files for message in messages):
            raise SystemExit(f"a post still shows the clip, or Discord would refuse: {discord.violations[:3]}")
    return wall_s, discord.rest.pace.refused


async def _gone_after(town: Town, platform: ChatPlatform, clip: Clip) -> float:
    await platform.check()
    delivering = asyncio.create_task(Delivery(platform, town.house, build_metrics()).run())
    began = time.perf_counter()
    removal = await take_down(town.house, [clip.id], RemovedBy.MODERATOR)
    await until(lambda: _all_gone(town, removal), timeout_s=PATIENCE_S, every_s=LOOK_EVERY_S)
    wall_s = time.perf_counter() - began
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)
    await platform.close()
    return wall_s


async def _told_to_stop(town: Town, lease: Lease) -> bool:
    return await town.house.queue.heartbeat(lease) is Beat.CANCEL


async def _all_gone(town: Town, removal: Removal) -> bool:
    return (await reach_of(town.house, removal.clips)).gone >= COPIES


@contextlib.asynccontextmanager
async def _town() -> AsyncIterator[Town]:
    with tempfile.TemporaryDirectory(prefix="walkon-bench-") as folder:
        async with town_in(Path(folder)) as town:
            yield replace(town, house=replace(town.house, clock=SystemClock()))


async def measured() -> Report:
    """All figures."""
    muted_s, telegram_s, (discord_s, early) = await muted_after(), await taken_down_from_telegram(), await taken_down_from_discord()
    return Report(
        rows=(
            Row(what="mute: the last job is stopped", value=muted_s, unit="s"),
            Row(what="takedown on Telegram: the last of 500 posts is gone", value=telegram_s, unit="s"),
            Row(what="takedown: beside Telegram's own rate limit", value=telegram_s / TELEGRAM_FLOOR_S, unit="x"),
            Row(what="takedown on Discord: the last of 500 posts is gone", value=discord_s, unit="s"),
            Row(what="takedown: beside Discord's own rate limit", value=discord_s / DISCORD_FLOOR_S, unit="x"),
            Row(what="takedown on Discord: requests that came too early", value=early, unit=""),
        ),
        notes=(
            f"{JOBS} clips of one person, one of them under a worker; stopped is what the queue says and the worker's heartbeat hears.",
            f"Telegram: {COPIES} posts in as many chats, on a local one that checks every call. {FloodLimit.MESSAGES_PER_SECOND} messages"
            f" a second, as many at once after a quiet time, make {TELEGRAM_FLOOR_S:.1f} s the least. In one group, which takes 20 a"
            " minute, it would be hours.",
            f"Discord: {COPIES} posts in {CHANNELS} channels, on a local one that refuses what is too early. {EDITS} changes in"
            f" {EDITS_S:.0f} s and channel, {GLOBAL} requests a second in all, make {DISCORD_FLOOR_S:.0f} s the least.",
        ),
    )


def run() -> Report:
    """About a minute."""
    return asyncio.run(measured())
