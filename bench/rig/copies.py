"""A clip that stands in hundreds of chats, as the outbox and the platform know it."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.rules import COMPONENTS_V2
from tests.doubles.discord.world import File, Revision
from tests.doubles.discord.world import Message as Posted
from tests.doubles.telegram.double import TelegramDouble
from tests.doubles.telegram.world import BOT, Message, StoredFile, Version
from tests.town import FINISHED, Town
from walkon.bot.platforms.discord.messages import Standing
from walkon.bot.platforms.telegram.sending import Ref
from walkon.library.clips import Clip
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.store.outbox import NewRow, OutboxKind
from walkon.types.ids import PlaceId
from walkon.types.people import Place


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy."""

    place: Place
    ref: str


async def post(town: Town, clip: Clip, copies: Sequence[Copy]) -> None:
    """Let the outbox know these copies; no other message of the clip is owed."""

    async def step(tx: Transaction) -> None:
        await outbox.withdraw(tx, f"clip:{clip.id}")
        for number, copy in enumerate(copies):
            where, key = msgspec.json.encode(copy.place).decode(), f"show:{number}"
            row = NewRow(key=key, kind=OutboxKind.CARD, platform=copy.place.platform, subject=clip.id, place=where, urgent=True)
            await outbox.put(tx, row, 0)
            await outbox.acknowledge(tx, key, 1, copy.ref)

    await town.house.database.write(step)


def on_telegram(telegram: TelegramDouble, count: int) -> tuple[Sequence[Message], Sequence[Copy]]:
    """Each in a chat of its own."""
    chats = [telegram.private(telegram.user(f"person {number}")) for number in range(count)]
    film = StoredFile(file_id="film", name="clip.mp4", content=b"film")
    messages = [
        Message(id=1, chat=chat, sender=BOT, versions=[Version(text="clip", entities=[], markup=None, video=film)]) for chat in chats
    ]
    for message in messages:
        message.chat.messages.append(message)
    places = [Place(id=PlaceId(f"telegram:{chat.id}"), channel=str(chat.id), private=True) for chat in chats]
    refs = [str(Ref(chat_id=chat.id, message_id=1, video=FINISHED.video)) for chat in chats]
    return messages, [Copy(place, ref) for place, ref in zip(places, refs, strict=True)]


def on_discord(discord: DiscordDouble, count: int, channels: int) -> tuple[Sequence[Posted], Sequence[Copy]]:
    """The same number in each of the channels of one server."""
    world = discord.world
    rooms = [world.channel(discord.guild) for _ in range(channels)]
    film = File(world.clock.snowflake(), "clip.mp4", b"film", None)
    text, at = [{"type": 10, "content": "clip"}], world.clock.now()
    shown = Revision(components=text, content="", files=(film,), flags=COMPONENTS_V2, allowed_mentions=None, pings=frozenset(), at=at)
    messages = [world.post(rooms[number % channels], shown) for number in range(count)]
    return messages, [_standing(discord, message, film) for message in messages]


def _standing(discord: DiscordDouble, message: Posted, film: File) -> Copy:
    ids = {"channel_id": message.channel.id, "application_id": discord.world.me.id, "message_id": message.id}
    ref = Standing(**ids, token=None, at=0.0, video=FINISHED.video, attachment=film.id)
    return Copy(Place(id=PlaceId(f"discord:{discord.guild.id}"), channel=message.channel.id), ref.write())
