"""Real discord.py over HTTP and WebSocket against the double; the handler is scripted by each test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.world import Interaction
from tests.waiting import until
from walkon.bot.cards import Button, Card, Mention, Tone, Video
from walkon.bot.command import (
    Command,
    Context,
    Invocation,
    Left,
    Pressed,
    Reacted,
    Reply,
    Suggestion,
    choice_option,
    clip_option,
    integer_option,
    text_option,
)
from walkon.bot.platforms.discord.cards import Layout
from walkon.bot.platforms.discord.client import DiscordPlatform
from walkon.bot.port import Awaiting, Post
from walkon.bot.words import Words
from walkon.store.media import MediaStore
from walkon.types.ids import PersonId
from walkon.types.people import Place, Platform

CLIP = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 300


async def _elsewhere(_: Context) -> Reply:
    raise AssertionError("the desk answers, not the command")


COMMANDS = (
    Command(
        "prompt",
        _elsewhere,
        options=(
            integer_option("seconds", low=2, high=20),
            text_option("prompt", required=True, rest=True),
            choice_option("aspect", ("16:9", "9:16", "1:1")),
        ),
        public=True,
    ),
    Command("queue", _elsewhere),
    Command("remix", _elsewhere, options=(clip_option("clip", required=True), text_option("words", rest=True)), public=True, menu=True),
    Command("show", _elsewhere, options=(clip_option("clip", required=True),), public=True),
)


@dataclass
class Desk:
    """A handler whose replies a test chooses. gate: closed, it keeps everybody waiting."""

    reply: Callable[[Any], Reply]
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    invocations: list[Invocation] = field(default_factory=list)
    presses: list[Pressed] = field(default_factory=list)
    answers: list[tuple[str, int, str]] = field(default_factory=list)
    typed: list[tuple[Invocation, str]] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    reactions: list[Reacted] = field(default_factory=list)
    watched: list[Awaiting] = field(default_factory=list)
    read: list[tuple[Awaiting, Sequence[Reacted]]] = field(default_factory=list)

    async def command(self, invocation: Invocation) -> Reply:
        self.invocations.append(invocation)
        await self.gate.wait()
        return self.reply(invocation)

    async def press(self, pressed: Pressed) -> Reply:
        self.presses.append(pressed)
        await self.gate.wait()
        return self.reply(pressed)

    async def answered(self, post: str, revision: int, ref: str) -> None:
        self.answers.append((post, revision, ref))

    async def suggest(self, asked: Invocation, option: str) -> Sequence[Suggestion]:
        self.typed.append((asked, option))
        return self.suggestions

    def means(self, platform: Platform, emoji: str) -> bool:
        return True

    async def reacted(self, reacted: Reacted) -> None:
        self.reactions.append(reacted)

    async def left(self, left: Left) -> None:
        raise AssertionError("Discord says so to nobody without a privileged intent")

    async def awaiting(self, platform: Platform) -> Sequence[Awaiting]:
        return self.watched

    async def read_back(self, awaiting: Awaiting, standing: Sequence[Reacted]) -> None:
        self.read.append((awaiting, standing))

    async def ref(self) -> str:
        """Where the newest answer stands, once that is known."""
        await until(lambda: self.answers)
        return self.answers[-1][2]


@dataclass
class Town:
    """A double, a platform and a desk that belong together."""

    discord: DiscordDouble
    desk: Desk
    platform: DiscordPlatform
    clip: Video
    build: Callable[..., DiscordPlatform]

    def finished(self, *, words: str = "a cat", pings: bool = True) -> Card:
        """The card of a finished clip for Ana."""
        asker = PersonId(f"discord:{self.discord.ana.id}")
        head = ("For ", Mention(asker, "Ana"), ", your clip")
        pinged = frozenset({asker}) if pings else frozenset[PersonId]()
        return Card(tone=Tone.DONE, head=head, video=self.clip, words=words, small="Computer-drawn · 5 s", buttons=BUTTONS, pings=pinged)

    def post(self, *, ref: str | None = None, follows: str | None = None, key: str = "clip:7KQ2M9") -> Post:
        """The outbox's side of the newest command."""
        invocation = self.desk.invocations[-1]
        return Post(key=key, place=invocation.place, reply=invocation.reply, ref=ref, follows=follows)

    def note(self, place: Place, *, ref: str | None = None) -> Post:
        """A message of its own, which answers nothing."""
        return Post(key="ask:7KQ2M9", place=place, reply="{}", ref=ref)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Town"]:
        """The platform serves meanwhile."""
        serving = asyncio.create_task(self.platform.serve(self.desk))
        try:
            yield self
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
            # Otherwise what happens next might be told to this connection, which nobody reads any more.
            await until(lambda: not self.discord.gateway.connected)


BUTTONS = (Button(label="Cancel", token="w1:cancel:7KQ2M9"), Button(label="Details", token="w1:details:7KQ2M9"))


def placeholder(words: str = "a cat") -> Card:
    return Card(tone=Tone.QUIET, head=("Got it. In line",), words=words, buttons=BUTTONS)


def promised(asked: Invocation | Pressed) -> Reply:
    """What `/sora prompt` answers."""
    words = str(asked.options.get("prompt", "")) if isinstance(asked, Invocation) else "a cat"
    return Reply(card=placeholder(words), post="clip:7KQ2M9", revision=1)


async def begun(asking: Awaitable[Interaction]) -> Interaction:
    """What somebody asked and did not wait for, once it is answered, if only by "thinking"."""
    interaction = await asking
    await until(lambda: interaction.answered)
    return interaction


def told_privately(_: Any) -> Reply:
    """What most other commands answer."""
    return Reply(card=Card(tone=Tone.QUIET, head=("Nothing of yours is in line here.",)), private=True)


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double
    assert double.violations == []


@pytest.fixture
async def closed_town(discord: DiscordDouble, tmp_path: Path) -> AsyncIterator[Town]:
    (tmp_path / "clip.mp4").write_bytes(CLIP)
    media = MediaStore(tmp_path / "media")
    key = await media.put(tmp_path / "clip.mp4")
    video = Video(
        video=key, poster="", captions="", alt='Draft: a cat says: "watch".', name="Clip", seconds=5, width=854, height=480, bytes=len(CLIP)
    )
    desk = Desk(reply=promised)
    desk.gate.set()

    def build(**other: Any) -> DiscordPlatform:
        usual: dict[str, Any] = {"token": discord.token, "api_url": discord.api_url, "root": "sora", "dev_guild": None, "media": media}
        rest: dict[str, Any] = {"commands": COMMANDS, "layout": Layout(Words.load()), "state_dir": tmp_path}
        return DiscordPlatform(**{**usual, **rest, **other})

    town = Town(discord, desk, build(), video, build)
    yield town
    await town.platform.close()


@pytest.fixture
async def town(closed_town: Town) -> AsyncIterator[Town]:
    async with closed_town.open():
        yield closed_town
