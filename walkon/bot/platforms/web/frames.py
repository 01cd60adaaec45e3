"""What page and server say to each other: small typed JSON messages over one WebSocket."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from walkon.bot.platforms.web.tables import Message

FRAME_LIMIT = 64 * 1024
"""Bytes of one frame from the page; a longer one closes the connection with code 1009."""
TEXT_LIMIT = 20_000
"""Characters of one message: well above any prompt that passes, so that the router says what is too long."""

Uuid = Annotated[str, Meta(pattern=r"^[0-9a-fA-F-]{36}$")]


class Hello(Struct, tag="hello", frozen=True):
    """The page is there, speaks this language and has every change up to revision `since`, 0 for nothing."""

    since: Annotated[int, Meta(ge=0, le=2**62)] = 0
    locale: Annotated[str, Meta(max_length=35)] = "en"


class Say(Struct, tag="say", frozen=True):
    """The person typed this. id: made by the page; the same id is the same message."""

    id: Uuid
    text: Annotated[str, Meta(max_length=TEXT_LIMIT)]


class Press(Struct, tag="press", frozen=True):
    """The person pressed a button. aside: a private answer is shown and not kept in the conversation."""

    id: Uuid
    token: Annotated[str, Meta(max_length=64)]
    aside: bool = False


class Look(Struct, tag="look", frozen=True):
    """The person wants to see, beside the conversation, what `/sora cameo DEED` shows them."""

    id: Uuid
    deed: Literal["requests", "appearances", "audience", "rules", "receipts"]


class Name(Struct, tag="name", frozen=True):
    """The person says what to be called."""

    name: Annotated[str, Meta(max_length=400)]


class Earlier(Struct, tag="earlier", frozen=True):
    """The page wants messages before seq `before`."""

    before: Annotated[int, Meta(ge=0, le=2**62)]


FromPage = Hello | Say | Press | Look | Name | Earlier


class MessageView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message in the log: `text` said by somebody, or `card` said by walkon. id: the page's own, of what was said."""

    seq: int
    revision: int
    at: int
    id: str | None = None
    person: str | None = None
    author: str | None = None
    text: str | None = None
    card: Raw | None = None
    private: bool = False


class Me(Struct, tag="me", frozen=True, kw_only=True):
    """Who the page speaks for. people: every account of this browser. name: null until one was given."""

    people: tuple[str, ...]
    name: str | None


class OptionView(Struct, frozen=True, kw_only=True):
    """An option of a command. rest: it is simply the words."""

    name: str
    help: str
    rest: bool
    choices: tuple[str, ...]


class CommandView(Struct, frozen=True, kw_only=True):
    """A command that can be typed."""

    name: str
    help: str
    options: tuple[OptionView, ...]


class Welcome(Struct, tag="welcome", frozen=True, kw_only=True):
    """The state of things. fresh: forget what you have, this is the newest part of the conversation; else these changed."""

    me: Me
    root: str
    commands: tuple[CommandView, ...]
    fresh: bool
    earlier: bool
    messages: tuple[MessageView, ...]
    revision: int


class News(Struct, tag="news", frozen=True):
    """A message is new or changed."""

    message: MessageView


class Older(Struct, tag="older", frozen=True, kw_only=True):
    """What came before. earlier: there is more."""

    messages: tuple[MessageView, ...]
    earlier: bool


class Shown(Struct, tag="shown", frozen=True):
    """A card that answers what the page sent under this id, for this page alone and kept nowhere."""

    id: str
    card: Raw


class Asking(Struct, tag="asking", frozen=True):
    """So many questions wait for an answer of whoever the page speaks for."""

    count: int


class Done(Struct, tag="done", frozen=True):
    """What the page sent under this id is kept and answered."""

    id: str


class Refused(Struct, tag="refused", frozen=True):
    """What the page sent was not taken. reason: `frame`, `name`, `id` or `broken`, in the page's words as `refused.REASON`."""

    reason: str
    id: str | None = None


ToPage = Welcome | News | Asking | Shown | Older | Me | Done | Refused

_decoder: msgspec.json.Decoder[FromPage] = msgspec.json.Decoder(FromPage)
_encoder = msgspec.json.Encoder()

SAID = "said:"


def read(frame: str) -> FromPage | None:
    """The page's message, None if it is none."""
    try:
        return _decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None


def write(message: ToPage) -> str:
    """The frame for a message."""
    return _encoder.encode(message).decode()


def view(message: Message) -> MessageView:
    """A kept message as the page sees it."""
    return MessageView(
        seq=message.seq,
        revision=message.revision,
        at=message.at_ms,
        id=message.key.removeprefix(SAID) if message.text is not None else None,
        person=message.person_id,
        author=message.author,
        text=message.text,
        card=Raw(message.card.encode()) if message.card is not None else None,
        private=message.visible_to is not None,
    )
