"""A small real handler for the page's tests: it promises clips, shows progress, and delivers when told to."""

import asyncio
import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from PIL import Image

from walkon.bot.cards import Bar, Button, ButtonStyle, Card, Handout, Mention, Tone, Video
from walkon.bot.command import Command, Context, Invocation, Pressed, Reply, choice_option, clip_option, integer_option, text_option
from walkon.bot.commands.cameo import COMMAND as CAMEO
from walkon.bot.commands.mod import COMMAND as MOD
from walkon.bot.platforms.web.server import WebPlatform
from walkon.bot.port import Post
from walkon.store.media import MediaStore
from walkon.types.ids import PersonId
from walkon.types.people import Locale, Person

RATE = 48_000
FPS = 24


async def _unused(_: Context) -> Reply:
    raise AssertionError("the studio answers, not the command")


COMMANDS = (
    Command("cancel", _unused, options=(clip_option("clip"),)),
    Command("help", _unused),
    Command(
        "prompt",
        _unused,
        options=(
            text_option("prompt", required=True, rest=True),
            integer_option("seconds", low=2, high=20),
            choice_option("aspect", ("16:9", "9:16", "1:1")),
            text_option("style"),
        ),
    ),
    Command("queue", _unused),
    replace(MOD, run=_unused),
)
WITH_CAMEO = (*COMMANDS, replace(CAMEO, run=_unused))


def film(target: Path, *, seconds: float = 2.0, width: int = 320, height: int = 180) -> None:
    """An mp4 of a moving bar with a tone, H.264 and AAC."""
    with av.open(str(target), "w", options={"movflags": "faststart"}) as container:
        picture = container.add_stream("libx264", rate=FPS, width=width, height=height, pix_fmt="yuv420p")
        sound = container.add_stream("aac", rate=RATE, layout="mono")
        for number in range(int(seconds * FPS)):
            image = np.full((height, width, 3), (90, 60, 140), np.uint8)
            image[:, number * 4 % width :][:, :40] = (255, 213, 138)
            container.mux(picture.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        wave = np.sin(np.arange(int(seconds * RATE)) * 2 * math.pi * 440 / RATE).astype(np.float32) * 0.2
        for start in range(0, len(wave), 1024):
            frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            container.mux(sound.encode(frame))
        container.mux(picture.encode())
        container.mux(sound.encode())


async def stored_clip(media: MediaStore, *, width: int = 320, height: int = 180) -> Video:
    """A clip in the media store, as a card shows it."""
    with TemporaryDirectory() as folder:
        clip, poster, captions = (Path(folder) / name for name in ("clip.mp4", "poster.jpg", "captions.vtt"))
        film(clip, width=width, height=height)
        Image.new("RGB", (width, height), (90, 60, 140)).save(poster)
        captions.write_text("WEBVTT\n\n00:00.000 --> 00:01.500\n<v Cat>Watch this!\n")
        size = clip.stat().st_size
        keys = [await media.put(path) for path in (clip, poster, captions)]
    return Video(
        video=keys[0],
        poster=keys[1],
        captions=keys[2],
        alt='2-second clip. A bar moves. Cat says: "Watch this!".',
        name="Clip 7KQ2M9",
        seconds=2.0,
        width=width,
        height=height,
        bytes=size,
    )


CANCEL = Button(label="Cancel", token="w1:cancel:7KQ2M9")
LOOK = Button(label="Look at 1", token="w1:ask-look:A1")
DETAILS = Button(label="Details", token="w1:details:7KQ2M9")


@dataclass
class Studio:
    """A `Handler`. What was promised is rendered step by step by the test."""

    platform: WebPlatform
    media: MediaStore
    heard: list[Invocation] = field(default_factory=list)
    pressed: list[Pressed] = field(default_factory=list)
    stands: dict[str, tuple[int, str]] = field(default_factory=dict)
    promised: asyncio.Event = field(default_factory=asyncio.Event)
    films: dict[tuple[PersonId, str], bytes] = field(default_factory=dict)
    handout: Handout | None = None
    questions: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def command(self, invocation: Invocation) -> Reply:
        """A promise for `prompt`, a private word for anything else; nothing at all while the studio is closed."""
        await self.open.wait()
        self.heard.append(invocation)
        words = str(invocation.options.get("prompt", ""))
        if invocation.options.get("deed") == "requests":
            return Reply(card=Card(tone=Tone.QUIET, head=("1 question is open.",), buttons=(LOOK,)), private=True)
        if self.handout is not None and (invocation.command == "queue" or invocation.options.get("deed") == "receipts"):
            return Reply(card=Card(tone=Tone.QUIET, head=("Your receipts",), handout=self.handout), private=True)
        if invocation.command != "prompt":
            return _private(f"I heard {invocation.command}.")
        if not words:
            return _private("There are no words here yet.")
        return Reply(card=line_card(words), post=f"card:{invocation.event}", revision=1)

    async def press(self, pressed: Pressed) -> Reply:
        """A private word."""
        self.pressed.append(pressed)
        return _private(f"You pressed {pressed.token}.")

    async def asking(self, person: PersonId) -> int:
        """As many as the test says."""
        return self.questions

    async def film(self, person: PersonId, about: str) -> bytes | None:
        """What was put there for that person."""
        return self.films.get((person, about))

    async def answered(self, post: str, revision: int, ref: str) -> None:
        """Note where the answer stands."""
        self.stands[post] = (revision, ref)
        self.promised.set()

    async def show(self, card: Card, *, place: int = -1) -> str:
        """Edit the newest promise, or an earlier one, into another card."""
        key = list(self.stands)[place]
        invocation = next(heard for heard in self.heard if key.endswith(heard.event))
        post = Post(key=key, place=invocation.place, reply=invocation.reply, ref=self.stands[key][1])
        return await self.platform.show(post, card)

    async def progress(self, percent: int) -> None:
        """The newest promise is being rendered."""
        await self.show(rendering_card(self._asker, self._words, percent))

    async def deliver(self, *, width: int = 320, height: int = 180) -> None:
        """The newest promise is kept."""
        video = await stored_clip(self.media, width=width, height=height)
        await self.show(finished_card(self._asker, self._words, video))

    @property
    def _asker(self) -> Person:
        return next(heard.person for heard in reversed(self.heard) if heard.command == "prompt")

    @property
    def _words(self) -> str:
        return next(str(heard.options["prompt"]) for heard in reversed(self.heard) if heard.command == "prompt")


def _private(sentence: str) -> Reply:
    return Reply(card=Card(tone=Tone.WAIT, head=(sentence,)), private=True)


def line_card(words: str) -> Card:
    """The first answer."""
    body = (("Turns go round between people, so the order can shift by one.",),)
    return Card(tone=Tone.QUIET, head=("Got it. Next · starts in a few seconds",), words=words, body=body, buttons=(CANCEL,), clip="7KQ2M9")


def rendering_card(asker: Person, words: str, percent: int) -> Card:
    """At work."""
    french = asker.locale is Locale.FR
    text = f"peinture, étape {percent} sur 100, environ 5 s" if french else f"painting, step {percent} of 100, about 5 s"
    head = f"{'peinture' if french else 'painting'} · {percent} % · {'environ' if french else 'about'} 5 s"
    bar = Bar(fraction=percent / 100, text=text, name="Rendering clip 7KQ2M9")
    return Card(tone=Tone.BUSY, head=(head,), words=words, bar=bar, buttons=(CANCEL,), clip="7KQ2M9")


def finished_card(asker: Person, words: str, video: Video) -> Card:
    """Done."""
    remix = Button(label="Remix", token="w1:remix:7KQ2M9", style=ButtonStyle.PRIMARY, emoji="🔁")
    like = Button(label="3", spoken="Like · 3 so far", token="w1:like:7KQ2M9", emoji="❤️")
    buttons = (remix, like, DETAILS)
    return Card(
        tone=Tone.DONE,
        head=("For ", Mention(asker.id, asker.name), ", your drawn clip"),
        video=video,
        words=words,
        body=(("Nobody real in it",),),
        small="Computer-drawn · 2 s · 0.04 Wh (estimate) · 7KQ2M9",
        buttons=buttons,
        clip="7KQ2M9",
    )
