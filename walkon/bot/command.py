"""What a command is: its name, its typed options, and the function that answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

from walkon.bot.cards import Card, Form
from walkon.bot.house import House
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, EventId, read_clip_id
from walkon.types.people import Person, Place

T = TypeVar("T", covariant=True)
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file somebody sent, not yet fetched. size: bytes. content_type: what the sender's client claims."""

    name: str
    content_type: str
    size: int
    url: str


RawValue = str | int | float | bool | Attachment
"""An option as a platform delivers it."""


class OptionKind(StrEnum):
    """How an option is asked for and checked."""

    TEXT = "text"
    INTEGER = "integer"
    CHOICE = "choice"
    CLIP = "clip"
    ATTACHMENT = "attachment"


@dataclass(eq=False)
class BadOption(WalkonError):
    """An option's value cannot be meant. allowed: what would pass, in words or examples."""

    option: str
    value: str
    allowed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(Generic[T]):
    """One typed option. Its help is `option.NAME` in the locales. rest: takes all words after the command where it is typed.

    low, high: bounds of an INTEGER, or of a TEXT's length in characters. choices: for CHOICE; their words are
    `choice.NAME.VALUE`.
    """

    name: str
    kind: OptionKind
    required: bool = False
    rest: bool = False
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()

    def read(self, raw: RawValue) -> T:
        """The typed value. Raises BadOption."""
        return cast("T", _READERS[self.kind](self, raw))


def text_option(name: str, *, required: bool = False, rest: bool = False, high: int | None = None) -> Option[str]:
    """Free text of at most `high` characters; longer text is the command's to refuse."""
    return Option(name=name, kind=OptionKind.TEXT, required=required, rest=rest, high=high)


def integer_option(name: str, *, low: int, high: int) -> Option[int]:
    """A whole number from low to high."""
    return Option(name=name, kind=OptionKind.INTEGER, low=low, high=high)


def choice_option(name: str, choices: tuple[str, ...]) -> Option[str]:
    """One of a few words."""
    return Option(name=name, kind=OptionKind.CHOICE, choices=choices)


def clip_option(name: str, *, required: bool = False) -> Option[ClipId]:
    """A clip, by its id."""
    return Option(name=name, kind=OptionKind.CLIP, required=required, rest=True)


def attachment_option(name: str) -> Option[Attachment]:
    """A file."""
    return Option(name=name, kind=OptionKind.ATTACHMENT)


def _read_text(option: Option[Any], raw: RawValue) -> str:
    return str(raw)


def _read_integer(option: Option[Any], raw: RawValue) -> int:
    low, high = cast("int", option.low), cast("int", option.high)
    try:
        number = int(str(raw).strip())
    except ValueError:
        raise BadOption(option.name, str(raw), f"{low}-{high}") from None
    if not low <= number <= high:
        raise BadOption(option.name, str(raw), f"{low}-{high}")
    return number


def _read_choice(option: Option[Any], raw: RawValue) -> str:
    value = str(raw).strip().lower()
    if value not in option.choices:
        raise BadOption(option.name, str(raw), ", ".join(option.choices))
    return value


def _read_clip(option: Option[Any], raw: RawValue) -> ClipId:
    clip = read_clip_id(str(raw))
    if clip is None:
        raise BadOption(option.name, str(raw), "7KQ2M9")
    return clip


def _read_attachment(option: Option[Any], raw: RawValue) -> Attachment:
    if not isinstance(raw, Attachment):
        raise BadOption(option.name, str(raw), "a file")
    return raw


_READERS: Mapping[OptionKind, Callable[[Option[Any], RawValue], object]] = {
    OptionKind.TEXT: _read_text,
    OptionKind.INTEGER: _read_integer,
    OptionKind.CHOICE: _read_choice,
    OptionKind.CLIP: _read_clip,
    OptionKind.ATTACHMENT: _read_attachment,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A command as a platform delivered it, typed but not yet checked.

    upload_limit: bytes of a file that may be posted as answer. reply: what the platform needs to answer this event later,
    its own JSON (an interaction token, a message to reply to); it is stored, so that an answer survives a restart.
    """

    event: EventId
    command: str
    options: Mapping[str, RawValue]
    person: Person
    place: Place
    at: datetime
    upload_limit: int
    reply: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button that somebody pressed. token: as the button carried it. reply: as in Invocation."""

    event: EventId
    token: str
    person: Person
    place: Place
    at: datetime
    upload_limit: int
    moderator: bool = False
    reply: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The first answer. private: only the person sees it, where the platform can.

    post, revision: the outbox row this answer shows, so that its message becomes the placeholder that later turns into the
    clip. ref: where that row stands already, because the same event came a second time; nothing is to be answered then.
    form: what a platform that has forms opens in the card's place.
    """

    card: Card
    private: bool = False
    post: str | None = None
    revision: int = 0
    ref: str | None = None
    form: Form | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a command is given: who asks, where, the options already read, and the house's rooms."""

    house: House
    invocation: Invocation
    values: Mapping[str, object]

    def __getitem__(self, option: Option[V]) -> V:
        return cast("V", self.values[option.name])

    def get(self, option: Option[V]) -> V | None:
        """The option's value, None where it was not given."""
        return cast("V | None", self.values.get(option.name))


@dataclass(frozen=True, slots=True)
class Command:
    """A chat command. Its one-line description is `command.NAME` in the locales. public: everybody sees its usual answer."""

    name: str
    run: Callable[[Context], Awaitable[Reply]]
    options: tuple[Option[object], ...] = ()
    public: bool = False
