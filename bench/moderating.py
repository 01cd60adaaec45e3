"""A moderator's word: from a mute to the last job stopped, and how fast 500 posts of a clip vanish from Telegram, within what it allows."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
from telegram.constants import FloodLimit

from bench.rig.report import Goal, Report, Row
from tests.bot.platforms.telegram.conftest import bot_for
from tests.doubles.telegram.double import TelegramDouble, telegram_double
from tests.doubles.telegram.methods import Message
from tests.doubles.telegram.world import BOT, Chat, StoredFile, Version
from tests.town import FINISHED, Town, town_in
from tests.waiting import until
from walkon.bot.delivery import Delivery
from walkon.bot.platforms.telegram.sending import Ref
from walkon.bot.takedown import Removal, reach_of, take_down
from walkon.library.clips import Clip, RemovedBy
from walkon.queue.port import Beat, JobState, Lease
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.store.media import MediaStore
from walkon.store.outbox import NewRow, OutboxKind
from walkon.telemetry import build_metrics
from walkon.types.clock import SystemClock
from walkon.types.ids import PlaceId, render_job
from walkon.types.people import Place

NAME = "moderating"

COPIES = 500
JOBS = 18
FLOOR_S = COPIES / FloodLimit.MESSAGES_PER_SECOND
"""Telegram takes about 30 messages a second from one bot, edits among them (core.telegram.org/bots/faq)."""

GOALS = (
    Goal(what="mute: the last job is stopped", most=2.0),
    Goal(what="takedown: beside Telegram's own rate limit", most=1.2),
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


async def taken_down_after() -> float:
    """Seconds until COPIES posts of one clip, each in a chat of its own, show that it was taken down."""
    async with _town() as town, telegram_double() as telegram:
        clip = await town.finished("Ana", "a cat runs")
        chats = await _posted(town, telegram, clip)
        platform = bot_for(telegram, MediaStore(Path(tempfile.gettempdir())), town.house.database)
        delivering = asyncio.create_task(Delivery(platform, town.house, build_metrics()).run())
        began = time.perf_counter()
        removal = await take_down(town.house, [clip.id], RemovedBy.MODERATOR)
        await until(lambda: len(telegram.calls) >= COPIES, timeout_s=10 * FLOOR_S)
        await until(lambda: _all_gone(town, removal), timeout_s=10 * FLOOR_S)
        wall_s = time.perf_counter() - began
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)
        await platform.close()
        if telegram.violations or any(message.video for chat in chats for message in chat.from_bot):
            raise SystemExit(f"a post still shows the clip, or Telegram would refuse: {telegram.violations[:3]}")
    return wall_s


async def _told_to_stop(town: Town, lease: Lease) -> bool:
    return await town.house.queue.heartbeat(lease) is Beat.CANCEL


async def _all_gone(town: Town, removal: Removal) -> bool:
    return (await reach_of(town.house, removal.clips)).gone >= COPIES


async def _posted(town: Town, telegram: TelegramDouble, clip: Clip) -> Sequence[Chat]:
    """COPIES posts that stand, as Telegram and the outbox know them; no other message of the clip is owed."""
    chats = [telegram.private(telegram.user(f"person {number}")) for number in range(COPIES)]
    film = StoredFile(file_id="film", name="clip.mp4", content=b"film")
    for chat in chats:
        chat.messages.append(Message(id=1, chat=chat, sender=BOT, versions=[Version(text="clip", entities=[], markup=None, video=film)]))

    async def owed(tx: Transaction) -> None:
        await outbox.withdraw(tx, f"clip:{clip.id}")
        for number, chat in enumerate(chats):
            place = Place(id=PlaceId(f"telegram:{chat.id}"), channel=str(chat.id), private=True)
            where, key = msgspec.json.encode(place).decode(), f"show:{number}"
            row = NewRow(key=key, kind=OutboxKind.CARD, platform="telegram", subject=clip.id, place=where, urgent=True)
            await outbox.put(tx, row, 0)
            await outbox.acknowledge(tx, key, 1, str(Ref(chat_id=chat.id, message_id=1, video=FINISHED.video)))

    await town.house.database.write(owed)
    return chats


@contextlib.asynccontextmanager
async def _town() -> AsyncIterator[Town]:
    with tempfile.TemporaryDirectory(prefix="walkon-bench-") as folder:
        async with town_in(Path(folder)) as town:
            yield replace(town, house=replace(town.house, clock=SystemClock()))


async def measured() -> Report:
    """Both figures."""
    muted_s, removed_s = await muted_after(), await taken_down_after()
    return Report(
        rows=(
            Row(what="mute: the last job is stopped", value=muted_s, unit="s"),
            Row(what="takedown: the last of 500 posts is gone", value=removed_s, unit="s"),
            Row(what="takedown: beside Telegram's own rate limit", value=removed_s / FLOOR_S, unit="x"),
        ),
        notes=(
            f"{JOBS} clips of one person, one of them under a worker; stopped is what the queue says and the worker's heartbeat hears.",
            f"{COPIES} posts in as many chats on a local Telegram that checks every call; its limit of {FloodLimit.MESSAGES_PER_SECOND}"
            f" messages a second makes {FLOOR_S:.1f} s the least. In one group, which takes 20 a minute, it would be hours.",
        ),
    )


def run() -> Report:
    """About half a minute."""
    return asyncio.run(measured())
