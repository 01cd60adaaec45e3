"""Accepting a command: the whole of `walkon bot` on a local Discord, beside a bare discord.py bot that only answers, in the same run."""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.job_queue import fsync_ms
from bench.rig.machine import cpu_s
from bench.rig.report import Goal, Report, Row, percentile
from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.world import Interaction
from tests.faults.conftest import Host
from tests.waiting import until

NAME = "accept"

LEAST_RATIO = 0.05
"""A guard against falling behind: reading the words, two records and a job on the disk, and a card, beside one line from memory."""

GOALS = (
    Goal(what="walkon: p99 to the answer", most=1.5),
    Goal(what="walkon: answers later than 3 s", most=0),
    Goal(what="walkon's throughput beside the bare bot's", least=LEAST_RATIO),
)

IN_FLIGHT = 50
WARM_UP = 50
COUNT = 500
BARE_COUNT = 1500
"""More than walkon's, before and after its turn, for about as long a look."""

PEOPLE = 100
TOO_LATE_S = 3.0
"""Discord gives up on an interaction after three seconds (docs: interactions/receiving-and-responding)."""

PROMPT = 'a cat does a backflip on a skateboard, "watch this!" says the cat'
LOOK_EVERY_S = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """What some commands got, IN_FLIGHT at a time. bot_cpu_s, driver_cpu_s: processor time they took."""

    asked: tuple[Interaction, ...]
    wall_s: float
    bot_cpu_s: float
    driver_cpu_s: float

    @property
    def per_s(self) -> float:
        """Commands a second."""
        return len(self.asked) / self.wall_s

    @property
    def bot_ms(self) -> float:
        """Milliseconds of the bot's processor time a command."""
        return self.bot_cpu_s / len(self.asked) * 1000

    @property
    def answers_s(self) -> list[float]:
        """To what Discord counts as an answer, which may be "thinking"."""
        return [each.answered_after_s or 0.0 for each in self.asked]

    @property
    def words_s(self) -> list[float]:
        """To words that a person can read."""
        return [worded_after_s(each) or 0.0 for each in self.asked]


def worded_after_s(asked: Interaction) -> float | None:
    """Seconds until it was answered with more than "thinking", None if it was not yet."""
    shown = asked.original.revisions[asked.deferred :] if asked.original else []
    return shown[0].at - asked.at if shown else None


async def pour(discord: DiscordDouble, count: int) -> tuple[Interaction, ...]:
    """Send that many commands, never more than IN_FLIGHT without words in answer."""
    people = [discord.user(f"person {number}") for number in range(PEOPLE)]
    waiting: list[Interaction] = []
    sent: list[Interaction] = []
    while len(sent) < count or waiting:
        while len(waiting) < IN_FLIGHT and len(sent) < count:
            sent.append(await discord.slash("prompt", {"prompt": PROMPT}, user=people[len(sent) % PEOPLE], wait=False))
            waiting.append(sent[-1])
        await asyncio.sleep(LOOK_EVERY_S)
        waiting = [asked for asked in waiting if worded_after_s(asked) is None]
    return tuple(sent)


async def flood(discord: DiscordDouble, pid: int, count: int) -> Flood:
    """Warm up, then measure. pid: the bot's."""
    await until(lambda: discord.gateway.connected, 60)
    await pour(discord, WARM_UP)
    began_s, bot_s, driver_s = time.perf_counter(), cpu_s(pid), time.process_time()
    asked = await pour(discord, count)
    wall_s = time.perf_counter() - began_s
    if discord.violations or len(discord.messages()) != WARM_UP + count:
        raise SystemExit(f"{len(discord.messages())} answers for {WARM_UP + count} commands; {discord.violations[:3]}")
    return Flood(asked=asked, wall_s=wall_s, bot_cpu_s=cpu_s(pid) - bot_s, driver_cpu_s=time.process_time() - driver_s)


@asynccontextmanager
async def bare_bot(discord: DiscordDouble) -> AsyncIterator[int]:
    """A bare bot's process id."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.rig.bare_bot", discord.token, discord.api_url)
    try:
        yield process.pid
    finally:
        process.kill()
        await process.wait()


async def measured_bare() -> Flood:
    async with DiscordDouble(strict=True) as discord, bare_bot(discord) as pid:
        return await flood(discord, pid, BARE_COUNT)


async def measured_walkon(folder: Path) -> Flood:
    host = Host(folder)
    async with DiscordDouble(strict=True) as discord:
        settings = {"WALKON_DISCORD__TOKEN": discord.token, "WALKON_DISCORD__API_URL": discord.api_url}
        try:
            walkon = await host.start("bot", page=False, **settings)
            return await flood(discord, walkon.process.pid, COUNT)
        finally:
            await host.close()


async def measured() -> Report:
    with tempfile.TemporaryDirectory() as name:
        before, walkon, after = await measured_bare(), await measured_walkon(Path(name)), await measured_bare()
        disk_ms = fsync_ms(Path(name))
    bare_per_s, bare_ms = (before.per_s + after.per_s) / 2, (before.bot_ms + after.bot_ms) / 2
    return Report(
        rows=(
            *_of("walkon", walkon),
            Row(what="walkon: p99 to words", value=percentile(walkon.words_s, 99), unit="s"),
            Row(what="walkon: first told to wait", value=_share(walkon), unit="%"),
            Row(what="walkon: answers later than 3 s", value=sum(each > TOO_LATE_S for each in walkon.answers_s), unit=""),
            *_of("bare bot", after),
            Row(what="walkon's throughput beside the bare bot's", value=walkon.per_s / bare_per_s, unit="x"),
            Row(what="walkon's processor time beside the bare bot's", value=walkon.bot_ms / bare_ms, unit="x"),
            Row(what="one fsync where the store is", value=disk_ms, unit="ms"),
        ),
        notes=(
            f"{COUNT} commands of {PEOPLE} people, {IN_FLIGHT} without words in answer at any time; nothing renders, so the line grows.",
            f"The local Discord checks every call; its process was busy for {_busy(walkon):.0%} of walkon's turn and {_busy(after):.0%}"
            " of the bare bot's: the busier it is, the more it holds that bot back.",
            "walkon parses the prompt, writes request and job to the disk, answers with a card and edits places in line;"
            " the bare bot says one line.",
        ),
    )


def _of(who: str, found: Flood) -> tuple[Row, ...]:
    return (
        Row(what=f"{who}: commands a second", value=found.per_s, unit="1/s"),
        Row(what=f"{who}: p50 to the answer", value=percentile(found.answers_s, 50), unit="s"),
        Row(what=f"{who}: p99 to the answer", value=percentile(found.answers_s, 99), unit="s"),
        Row(what=f"{who}: processor time a command", value=found.bot_ms, unit="ms"),
    )


def _share(found: Flood) -> float:
    return 100 * sum(each.deferred for each in found.asked) / len(found.asked)


def _busy(found: Flood) -> float:
    return found.driver_cpu_s / found.wall_s


def run() -> Report:
    """Bare bot, walkon, bare bot: about half a minute."""
    return asyncio.run(measured())
