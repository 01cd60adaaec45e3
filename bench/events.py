"""Events: how many a second one core takes in through each whole adapter, beside the bare library giving the same answers."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.rig import discord_stream, telegram_stream
from bench.rig.core import Cost, cost_of
from bench.rig.report import Goal, Report, Row
from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.world import Interaction, Message
from tests.doubles.telegram.double import telegram_double
from tests.doubles.telegram.world import Message as TelegramMessage
from tests.faults.conftest import Host
from tests.waiting import until

NAME = "events"

GOALS = (
    Goal(what="Discord: walkon beside bare discord.py", least=0.7),
    Goal(what="Telegram: walkon beside bare python-telegram-bot", least=0.7),
)

COUNT, TELEGRAM_COUNT, WARM_UP = 20_000, 10_000, 2_000
SEED = 20261124


@asynccontextmanager
async def bare(module: str, *arguments: str) -> AsyncIterator[int]:
    """The process id of a bot of `bench/rig`."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", f"bench.rig.{module}", *arguments)
    try:
        yield process.pid
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def walkon(host: Host, **settings: str) -> AsyncIterator[int]:
    """The process id of `walkon bot`."""
    try:
        started = await host.start("bot", page=False, **settings)
        yield started.process.pid
    finally:
        await host.close()


async def on_discord(pid: int, crowd: discord_stream.Crowd, card: Message) -> tuple[Cost, dict[str, Interaction]]:
    """What the stream costs the bot, and an answer of each kind."""
    await until(lambda: crowd.discord.gateway.connected, 60)
    answers = await discord_stream.pour(crowd, card, WARM_UP, SEED)
    cost = await cost_of(pid, COUNT, lambda: discord_stream.pour(crowd, card, COUNT, SEED + 1))
    if crowd.discord.violations:
        raise SystemExit(f"Discord would refuse: {crowd.discord.violations[:3]}")
    return cost, answers


async def walkon_on_discord(folder: Path) -> tuple[Cost, dict[str, object], Message]:
    host = Host(folder / "discord")
    host.folder.mkdir()
    async with DiscordDouble(strict=True) as discord:
        crowd = discord_stream.Crowd.gathered(discord)
        settings = {"WALKON_DISCORD__TOKEN": discord.token, "WALKON_DISCORD__API_URL": discord.api_url}
        async with walkon(host, **settings) as pid:
            worker = await host.start("worker", page=False)
            await until(lambda: discord.gateway.connected, 60)
            await discord.slash("prompt", {"prompt": "a cat runs 3s"})
            await until(discord.clips, 60)
            await worker.stop()
            card = discord.messages()[-1]
            cost, asked = await on_discord(pid, crowd, card)
            return cost, _said(asked), card


def _said(asked: dict[str, Interaction]) -> dict[str, object]:
    said: dict[str, object] = {kind.rpartition(" ")[2]: each.message.text for kind, each in asked.items() if each.original}
    said["press"] = said.pop("Details")
    return said | {"choices": next(each.choices for each in asked.values() if each.choices)}


async def bare_on_discord(folder: Path, said: dict[str, object], card: Message) -> Cost:
    answers = folder / "answers.json"
    answers.write_text(json.dumps(said))
    async with DiscordDouble(strict=True) as discord:
        crowd = discord_stream.Crowd.gathered(discord)
        discord.world.guilds[str(card.channel.guild_id)] = discord.guild
        async with bare("bare_discord", discord.token, discord.api_url, str(answers)) as pid:
            cost, asked = await on_discord(pid, crowd, card)
            if _said(asked) != said:
                raise SystemExit("the bare bot says something else")
            return cost


async def on_telegram(pid: int, crowd: telegram_stream.Crowd, card: TelegramMessage) -> Cost:
    """What the stream costs the bot."""
    await until(lambda: crowd.telegram.polling, 60)
    await telegram_stream.pour(crowd, telegram_stream.prepared(crowd, card, WARM_UP, SEED))
    stream = telegram_stream.prepared(crowd, card, TELEGRAM_COUNT, SEED + 1)
    return await cost_of(pid, TELEGRAM_COUNT, lambda: telegram_stream.pour(crowd, stream))


async def walkon_on_telegram(folder: Path) -> tuple[Cost, dict[str, str], TelegramMessage]:
    host = Host(folder / "telegram")
    host.folder.mkdir()
    async with telegram_double() as telegram:
        crowd = telegram_stream.Crowd.gathered(telegram)
        settings = {"WALKON_TELEGRAM__TOKEN": telegram.token, "WALKON_TELEGRAM__API_URL": telegram.url}
        async with walkon(host, **settings) as pid:
            worker = await host.start("worker", page=False)
            group, asker = crowd.groups[0], crowd.people[0]
            [card] = await telegram.message(group, asker, "/prompt a cat runs 3s")
            await until(lambda: card.video, 60)
            await worker.stop()
            cost = await on_telegram(pid, crowd, card)
            asked = {name: await telegram.message(telegram.private(asker), asker, f"/{name}") for name in ("help", "queue")}
            said = {name: replies[0].text for name, replies in asked.items()}
            return cost, {**said, "press": (await telegram.press(card, "Details", asker))["text"]}, card


async def bare_on_telegram(folder: Path, said: dict[str, str], card: TelegramMessage) -> Cost:
    answers = folder / "answers.json"
    answers.write_text(json.dumps(said))
    async with telegram_double() as telegram:
        crowd = telegram_stream.Crowd.gathered(telegram)
        async with bare("bare_telegram", telegram.token, telegram.url, str(answers)) as pid:
            return await on_telegram(pid, crowd, card)


async def measured() -> Report:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = await walkon_on_discord(folder)
        discord = _rows("Discord", "discord.py", before[0], await bare_on_discord(folder, *before[1:]))
        ours, said, card = await walkon_on_telegram(folder)
        telegram = _rows("Telegram", "python-telegram-bot", ours, await bare_on_telegram(folder, said, card))
    return Report(
        rows=(*discord, *telegram),
        notes=(
            f"{COUNT} events on Discord in random order, of a hundred: {_mix(discord_stream.MIX)}.",
            f"{TELEGRAM_COUNT} updates on Telegram, of a hundred: {_mix(telegram_stream.MIX)}.",
            "Each bot is alone on its core; a second is one of that core's time, whoever drives it and whatever else the machine does."
            " The bare bots hear the same and send the same words, from memory. Prompts are measured by `accept`.",
        ),
    )


def _mix(mix: Mapping[str, int]) -> str:
    return ", ".join(f"{share} {kind}" for kind, share in mix.items())


def _rows(platform: str, library: str, ours: Cost, theirs: Cost) -> Sequence[Row]:
    return (
        Row(what=f"{platform}: walkon, events a second of one core", value=ours.per_core_s, unit="1/s"),
        Row(what=f"{platform}: bare {library}, events a second of one core", value=theirs.per_core_s, unit="1/s"),
        Row(what=f"{platform}: walkon beside bare {library}", value=ours.per_core_s / theirs.per_core_s, unit="x"),
    )


def run() -> Report:
    """About two minutes."""
    return asyncio.run(measured())
