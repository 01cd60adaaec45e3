"""Memory of the bot in a thousand servers of Discord, beside a bare discord.py bot that asks for the same events."""

import asyncio
import tempfile
from pathlib import Path

from bench.events import bare, walkon
from bench.rig.core import at_rest
from bench.rig.machine import resident_mb
from bench.rig.report import Goal, Report, Row
from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.payloads import channel_json
from tests.faults.conftest import Host
from tests.waiting import until

NAME = "guilds"

GOALS = (Goal(what="what a thousand servers take: walkon beside bare discord.py", most=1.2),)

GUILDS, CHANNELS, ROLES = 1_000, 30, 25
SETTLE_S = 3.0
"""discord.py waits two seconds for the last server before it calls itself ready."""


def busy(discord: DiscordDouble, guilds: int) -> None:
    """Let the bot be in that many servers beside its first."""
    for number in range(guilds):
        guild = discord.world.guild(f"server {number}")
        guild.more_roles = ROLES
        for _ in range(CHANNELS - 1):
            discord.world.channel(guild)


async def weighed(discord: DiscordDouble, pid: int) -> float:
    """MiB of the bot once it knows all its servers."""
    await until(lambda: discord.gateway.connected, 60)
    # It is told only after all servers are.
    await discord.gateway.dispatch("CHANNEL_UPDATE", channel_json(discord.channel))
    await asyncio.sleep(SETTLE_S)
    await at_rest(pid)
    return resident_mb(pid)


async def walkon_mb(folder: Path, guilds: int) -> float:
    async with DiscordDouble(strict=True) as discord:
        busy(discord, guilds)
        settings = {"WALKON_DISCORD__TOKEN": discord.token, "WALKON_DISCORD__API_URL": discord.api_url}
        async with walkon(Host(folder), **settings) as pid:
            return await weighed(discord, pid)


async def bare_mb(folder: Path, guilds: int) -> float:
    answers = folder / "answers.json"
    await asyncio.to_thread(answers.write_text, "{}")
    async with DiscordDouble(strict=True) as discord:
        busy(discord, guilds)
        async with bare("bare_discord", discord.token, discord.api_url, str(answers)) as pid:
            return await weighed(discord, pid)


async def measured() -> Report:
    """Both bots, in no server and in a thousand."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        homes = [Path(tempfile.mkdtemp(dir=folder)) for _ in range(2)]
        ours = [await walkon_mb(home, guilds) for home, guilds in zip(homes, (0, GUILDS), strict=True)]
        theirs = [await bare_mb(folder, guilds) for guilds in (0, GUILDS)]
    growth = [whole - alone for alone, whole in (ours, theirs)]
    return Report(
        rows=(
            Row(what="walkon: in one server", value=ours[0], unit="MiB"),
            Row(what="walkon: in a thousand", value=ours[1], unit="MiB"),
            Row(what="bare discord.py: in one server", value=theirs[0], unit="MiB"),
            Row(what="bare discord.py: in a thousand", value=theirs[1], unit="MiB"),
            Row(what="what a thousand servers take: walkon beside bare discord.py", value=growth[0] / growth[1], unit="x"),
        ),
        notes=(
            f"{GUILDS} servers of {CHANNELS} channels and {ROLES} roles; members, messages and presences are asked for by neither.",
            "The goal is about what grows; the rest of walkon is its store, queue, commands and words.",
        ),
    )


def run() -> Report:
    """About a minute."""
    return asyncio.run(measured())
