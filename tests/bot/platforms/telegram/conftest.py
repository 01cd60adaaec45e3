import asyncio
import io
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PIL import Image

from tests.doubles.telegram.double import TOKEN, TelegramDouble, telegram_double
from tests.doubles.telegram.world import Chat
from tests.stores import open_store
from walkon.bot.cards import Button, Card, Mention, Text, Tone, Video
from walkon.bot.command import (
    Command,
    Context,
    Invocation,
    Left,
    Pressed,
    Reacted,
    Reply,
    attachment_option,
    choice_option,
    clip_option,
    integer_option,
    text_option,
)
from walkon.bot.commands.mod import COMMAND as MOD
from walkon.bot.commands.remix import COMMAND as REMIX
from walkon.bot.platforms.telegram.client import Account, TelegramPlatform, Timeouts
from walkon.bot.platforms.telegram.receiving import Pressing
from walkon.bot.platforms.telegram.webhook import Hook
from walkon.bot.port import Awaiting, PlatformDown, Post, Shelf
from walkon.bot.tokens import Seal
from walkon.bot.words import Words
from walkon.store.database import Database
from walkon.store.media import MediaStore
from walkon.types.ids import ClipId, PersonId, PlaceId
from walkon.types.people import Locale, Place, Platform

QUICK = Timeouts(poll_retries_s=(0.01, 0.01), pressing=Pressing(answer_s=60, moderator_s=60))


async def nothing(ctx: Context) -> Reply:
    raise AssertionError("the adapter itself runs no command")


COMMANDS = (
    Command("prompt", nothing, options=(text_option("prompt", required=True, rest=True), integer_option("seconds", low=2, high=20))),
    Command("queue", nothing),
    Command("settings", nothing),
    replace(REMIX, run=nothing),
    Command("cancel", nothing, options=(clip_option("clip"),)),
    Command("show", nothing, options=(clip_option("clip", required=True),)),
    Command("help", nothing),
    Command("forget-me", nothing),
    Command("enrol", nothing, options=(attachment_option("file"),)),
    Command(
        "cameo",
        nothing,
        options=(
            choice_option("deed", ("enrol", "requests", "revoke"), required=True, word=True),
            clip_option("clip"),
            attachment_option("file"),
        ),
    ),
    replace(MOD, run=nothing),
)
ENGLISH = {f"command.{command.name}": f"What {command.name} does" for command in COMMANDS}
FRENCH = {f"command.{command.name}": f"Ce que fait {command.name}" for command in COMMANDS}
SAID = {"telegram.faceless": "Please write as yourself.", "telegram.confidential": "The answer is private."}
SAID |= {
    key: text
    for key, text in Words.load().catalogues[Locale.EN].items()
    if key.startswith(("telegram.inline.", "telegram.once_more", "telegram.answer_with_words", "press.", "time."))
}
WORDS = Words({Locale.EN: ENGLISH | SAID, Locale.FR: FRENCH | SAID})


def card(head: str | Text = "Got it. Next", **more: object) -> Card:
    text: Text = (head,) if isinstance(head, str) else head
    return Card(tone=Tone.QUIET, head=text, **more)


@dataclass
class Desk:
    """A handler that writes down what it was asked and replies what the test wants."""

    asked: list[Invocation] = field(default_factory=list)
    presses: list[Pressed] = field(default_factory=list)
    browsed: list[Invocation] = field(default_factory=list)
    carriages: list[tuple[Invocation, ClipId, str]] = field(default_factory=list)
    placed: dict[str, str] = field(default_factory=dict)
    reactions: list[Reacted] = field(default_factory=list)
    gone: list[Left] = field(default_factory=list)
    shelf: Callable[[Invocation], Shelf] = lambda asked: Shelf()
    on_command: Callable[[Invocation], Awaitable[Reply]] | None = None
    on_press: Callable[[Pressed], Awaitable[Reply]] | None = None
    reply: Callable[[Invocation], Reply] = lambda asked: Reply(card=card("Got it. Next", words=str(asked.options.get("prompt", ""))))
    press_reply: Callable[[Pressed], Reply] = lambda pressed: Reply(card=card("Stopped."), private=True)

    async def command(self, invocation: Invocation) -> Reply:
        self.asked.append(invocation)
        return await self.on_command(invocation) if self.on_command else self.reply(invocation)

    async def press(self, pressed: Pressed) -> Reply:
        self.presses.append(pressed)
        return await self.on_press(pressed) if self.on_press else self.press_reply(pressed)

    async def browse(self, asked: Invocation) -> Shelf:
        self.browsed.append(asked)
        return self.shelf(asked)

    async def carried(self, asked: Invocation, clip: ClipId, ref: str) -> None:
        self.carriages.append((asked, clip, ref))

    async def answered(self, post: str, revision: int, ref: str) -> None:
        self.placed[post] = ref

    def means(self, platform: Platform, emoji: str) -> bool:
        return True

    async def reacted(self, reacted: Reacted) -> None:
        self.reactions.append(reacted)

    async def left(self, left: Left) -> None:
        self.gone.append(left)

    async def awaiting(self, platform: Platform) -> Sequence[Awaiting]:
        raise AssertionError("Telegram has no way to ask for reactions")

    async def read_back(self, awaiting: Awaiting, standing: Sequence[Reacted]) -> None:
        raise AssertionError("Telegram has no way to ask for reactions")

    @property
    def typed(self) -> list[tuple[str, dict[str, object]]]:
        return [(one.command, dict(one.options)) for one in self.asked]


@dataclass
class Rig:
    """A real bot, served and restarted as the host does it, in front of the local Telegram."""

    double: TelegramDouble
    platform: TelegramPlatform
    desk: Desk
    media: MediaStore
    database: Database
    clip: Video
    clip_bytes: bytes
    storage: Chat
    losses: list[PlatformDown] = field(default_factory=list)
    server: asyncio.Task[None] | None = None

    async def supervise(self) -> None:
        while True:
            try:
                await self.platform.serve(self.desk)
            except PlatformDown as loss:
                self.losses.append(loss)
                await asyncio.sleep(0.02)

    def start(self) -> None:
        self.server = asyncio.create_task(self.supervise())

    async def stop(self) -> None:
        if self.server:
            self.server.cancel()
            await asyncio.gather(self.server, return_exceptions=True)
        await self.platform.close()

    def post(self, chat: int, *, ref: str | None = None, key: str = "clip:7KQ2M9", thread: str | None = None, **more: object) -> Post:
        place = Place(id=PlaceId(f"telegram:{chat}"), channel=str(chat), thread=thread, private=chat > 0)
        return Post(key=key, place=place, reply='{"message_id":1}', ref=ref, **more)

    def finished(self, asker: int, words: str = "a cat does a backflip") -> Card:
        mention = Mention(PersonId(f"telegram:{asker}"), "Ana")
        details = Button(label="Details", token="w1:details:7KQ2M9")
        return Card(
            tone=Tone.DONE,
            head=("For ", mention, ", your clip"),
            video=self.clip,
            words=words,
            small="Computer-drawn · 6 s · 7KQ2M9",
            buttons=(details,),
            pings=frozenset({mention.person}),
        )


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with telegram_double() as running:
        yield running


@pytest.fixture
def clip_bytes() -> bytes:
    return b"\x00\x00\x00\x18ftypmp42" + random.Random(7).randbytes(400_000)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_store(tmp_path / "store.db")
    yield opened
    await opened.close()


@pytest.fixture
async def rig(double: TelegramDouble, database: Database, tmp_path: Path, clip_bytes: bytes) -> AsyncIterator[Rig]:
    media = MediaStore(tmp_path / "media")
    clip = await stored_clip(media, tmp_path, clip_bytes)
    storage = double.group("Storage")
    rig = Rig(double, bot_for(double, media, database, storage_chat=storage.id), Desk(), media, database, clip, clip_bytes, storage)
    rig.start()
    try:
        yield rig
    finally:
        with suppress(PlatformDown):
            await rig.stop()


def bot_for(
    double: TelegramDouble,
    media: MediaStore,
    database: Database,
    *,
    timeouts: Timeouts = QUICK,
    token: str = TOKEN,
    storage_chat: int | None = None,
    hook: Hook | None = None,
    seal: Seal | None = None,
) -> TelegramPlatform:
    account = Account(token=token, api_url=double.url, storage_chat=storage_chat, hook=hook)
    usual = {"root": "sora", "commands": COMMANDS, "words": WORDS}
    return TelegramPlatform(account, **usual, media=media, database=database, timeouts=timeouts, seal=seal)


async def stored_clip(media: MediaStore, folder: Path, content: bytes) -> Video:
    clip, poster, captions = folder / "clip.mp4", folder / "poster.jpg", folder / "captions.vtt"
    clip.write_bytes(content)
    picture = io.BytesIO()
    Image.effect_noise((854, 480), 60).convert("RGB").save(picture, "JPEG", quality=90)
    poster.write_bytes(picture.getvalue())
    captions.write_text("WEBVTT\n")
    keys = [await media.put(file) for file in (clip, poster, captions)]
    return Video(
        video=keys[0],
        poster=keys[1],
        captions=keys[2],
        alt="A cat",
        name="Clip 7KQ2M9",
        seconds=6.0,
        width=854,
        height=480,
        bytes=len(content),
    )
