"""Resident memory of each process: bot with Discord and Telegram, page, worker and the two that draw and press, idle and at work."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.rig.machine import resident_mb
from bench.rig.report import Goal, Report, Row
from tests.doubles.discord.double import DiscordDouble
from tests.doubles.telegram.double import TOKEN as TELEGRAM_TOKEN
from tests.doubles.telegram.double import TelegramDouble, telegram_double
from tests.faults.conftest import Host, Visitor, descendants
from tests.waiting import until

NAME = "memory"
PROCESSES = ("bot", "page", "worker", "desk", "press")
GOALS = tuple(Goal(what=f"{process}: after 20 clips beside after 10", most=1.1) for process in PROCESSES)

PROMPTS = (
    'a cat does a backflip on a skateboard, "watch this!" says the cat 3s',
    "at sunset two dogs play basketball on the beach 3s",
    "a rocket launches from a snowy forest at night 3s",
    "une grand-mère danse le tango sur la lune 3s",
    'a fox and a bear meet in the forest. "Have you seen my honey?" asks the bear 3s',
    "loneliness in a big city 3s",
    "a girl rides a horse through a field 9:16 3s",
    "a slice of pizza runs away from a hungry boy 1:1 3s",
    "a castle burns at night 3s",
    "a city street in the rain 3s",
)
SETTLE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Everything that runs, with the process ids by name."""

    discord: DiscordDouble
    telegram: TelegramDouble
    page: Visitor
    pids: Mapping[str, int]

    async def clips(self) -> None:
        """Every prompt once, one after the other, on the three platforms in turn."""
        tom = self.telegram.user("Tom")
        chat = self.telegram.private(tom)
        for index, prompt in enumerate(PROMPTS):
            before = self._delivered(chat)
            if index % 3 == 0:
                await self.page.say(f"/sora prompt {prompt}")
            elif index % 3 == 1:
                await self.discord.slash("prompt", {"prompt": prompt})
            else:
                await self.telegram.message(chat, tom, f"/prompt {prompt}")
            await until(lambda before=before: self._delivered(chat) > before, 60)  # type: ignore[misc]

    def _delivered(self, chat: object) -> int:
        videos = [message for message in self.telegram.messages(chat) if message.video]  # type: ignore[arg-type]
        return len(self.page.clips()) + len(self.discord.clips()) + len(videos)

    async def weigh(self) -> dict[str, float]:
        """MiB of each process, when it has come to rest."""
        await asyncio.sleep(SETTLE_S)
        return {name: resident_mb(pid) for name, pid in self.pids.items()}


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """The three roles as processes of their own on one folder, with all platforms."""
    host = Host(folder)
    async with DiscordDouble(strict=True) as discord, telegram_double() as telegram:
        tokens = {"WALKON_DISCORD__TOKEN": discord.token, "WALKON_TELEGRAM__TOKEN": TELEGRAM_TOKEN}
        addresses = {"WALKON_DISCORD__API_URL": discord.api_url, "WALKON_TELEGRAM__API_URL": telegram.url}
        try:
            web = await host.start("web")
            worker = await host.start("worker", page=False)
            bot = await host.start("bot", page=False, **tokens, **addresses)
            await until(lambda: discord.gateway.connected and telegram.polling and len(_drawing(worker.process.pid)) == 2, 60)
            pids = {"bot": bot.process.pid, "page": web.process.pid, "worker": worker.process.pid, **_drawing(worker.process.pid)}
            async with Visitor(web.address, "Léa") as page:
                yield Town(discord=discord, telegram=telegram, page=page, pids=pids)
        finally:
            await host.close()


def _drawing(worker: int) -> dict[str, int]:
    """The worker's two children, once they are what they are named."""
    found: dict[str, int] = {}
    for pid in descendants(worker):
        command = Path(f"/proc/{pid}/cmdline").read_text()
        found |= {name: pid for name in ("desk", "press") if f"walkon.engine.{name}" in command}
    return found


async def measured() -> Report:
    weighed: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as name:
        async with town(Path(name)) as made:
            weighed.append(await made.weigh())
            for _ in range(2):
                await made.clips()
                weighed.append(await made.weigh())
    return Report(
        rows=tuple(row for process in PROCESSES for row in _rows(process, [each[process] for each in weighed])),
        notes=(
            f"{len(PROMPTS)} different prompts of 3 s, one after the other, on page, Discord and Telegram in turn; then the same again.",
            "Pages of memory that processes share count in each: desk and press share the pictures between them.",
        ),
    )


def _rows(process: str, weighed: Sequence[float]) -> Sequence[Row]:
    idle, half, whole = weighed
    return (
        Row(what=f"{process}: idle", value=idle, unit="MiB"),
        Row(what=f"{process}: after 10 clips", value=half, unit="MiB"),
        Row(what=f"{process}: after 20 clips beside after 10", value=whole / half, unit="x"),
    )


def run() -> Report:
    """Start everything, weigh, work, weigh, work, weigh: about a minute."""
    return asyncio.run(measured())
