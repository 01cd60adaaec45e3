"""What a command is: its name, its typed options, and the function that answers."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain, count
from typing import Any, Generic, TypeVar, cast

from walkon.bot.cards import Card, Form
from walkon.bot.files import Attachment
from walkon.bot.house import House
from walkon.moderation.mutes import DURATIONS, read_duration
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, EventId, PersonId, read_clip_id
from walkon.types.people import Person, Place

T = TypeVar("T", covariant=True)
V = TypeVar("V")


UNASKED_FILE = "file"
"""The name under which a platform hands on a file that the command has no option for, so that its sender is told."""

RawValue = str | int | float | bool | Attachment | Person
"""An option as a platform delivers it. A Person is one whom the platform itself resolved."""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody named in words. name: without the @. id: where the words are a whole account (`telegram:42`)."""

    name: str
    id: PersonId | None = None


Whom = Person | Called
"""Somebody meant: as the platform knows them, or as they were called."""


class OptionKind(StrEnum):
    """How an option is asked for and checked."""

    TEXT = "text"
    INTEGER = "integer"
    CHOICE = "choice"
    CLIP = "clip"
    ATTACHMENT = "attachment"
    PERSON = "person"
    DURATION = "duration"
    FLAG = "flag"


@dataclass(eq=False)
class BadOption(WalkonError):
    """An option's value cannot be meant. allowed: what would pass, in words or examples."""

    option: str
    value: str
    allowed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(Generic[T]):
    """One typed option. Its help is `option.NAME` in the locales. rest: takes all words after the command where it is typed.

    word: takes one word before those, if the word can be meant for it; a required one takes its word whatever it is.
    named: takes only a word that names it, `native:yes`, so that no word of a reason can be meant for it.
    low, high: bounds of an INTEGER, or of a TEXT's length in characters. choices: for CHOICE; their words are
    `choice.NAME.VALUE`. suggested: for TEXT, keys of words a platform may offer while somebody types (`suggestion.NAME.KEY`).
    """

    name: str
    kind: OptionKind
    required: bool = False
    rest: bool = False
    word: bool = False
    named: bool = False
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()

    def read(self, raw: RawValue) -> T:
        """The typed value. Raises BadOption."""
        return cast("T", _READERS[self.kind](self, raw))


def text_option(
    name: str, *, required: bool = False, rest: bool = False, high: int | None = None, suggested: tuple[str, ...] = ()
) -> Option[str]:
    """Free text of at most `high` characters; longer text is the command's to refuse."""
    return Option(name=name, kind=OptionKind.TEXT, required=required, rest=rest, high=high, suggested=suggested)


def style_option() -> Option[str]:
    """A style, in anybody's own words."""
    styles = ("watercolour", "claymation", "paper", "pixels", "noir", "comic", "silent", "documentary")
    return text_option("style", high=100, suggested=styles)


def integer_option(name: str, *, low: int, high: int) -> Option[int]:
    """A whole number from low to high."""
    return Option(name=name, kind=OptionKind.INTEGER, low=low, high=high)


def choice_option(name: str, choices: tuple[str, ...], *, required: bool = False, word: bool = False) -> Option[str]:
    """One of a few words."""
    return Option(name=name, kind=OptionKind.CHOICE, choices=choices, required=required, word=word)


def person_option(name: str, *, word: bool = False) -> Option[Whom]:
    """Somebody, as a mention, an account's id or a name after an @."""
    return Option(name=name, kind=OptionKind.PERSON, word=word)


def duration_option(name: str, *, word: bool = False) -> Option[timedelta]:
    """A length of time such as `2h`, of a minute to a year."""
    return Option(name=name, kind=OptionKind.DURATION, word=word)


def flag_option(name: str) -> Option[bool]:
    """Yes or no, never meant by accident."""
    return Option(name=name, kind=OptionKind.FLAG, word=True, named=True)


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


# A mention as Discord writes it, or a word after an @, which quotes keep together.
_CALLED = re.compile(r'<@!?(?P<mention>[0-9]+)>|@(?:"(?P<quoted>[^"]+)"|(?P<name>[^"].*))')
_ACCOUNT = re.compile(r"(?:discord|telegram):[0-9]+|web:.+")


def _read_person(option: Option[Any], raw: RawValue) -> Whom:
    if isinstance(raw, Person):
        return raw
    text = str(raw).strip()
    called = _CALLED.fullmatch(text)
    if called:
        return Called(called["mention"] or called["quoted"] or called["name"])
    if _ACCOUNT.fullmatch(text):
        return Called(text.partition(":")[2], PersonId(text))
    if re.fullmatch(r"[0-9]{5,20}", text, re.ASCII):
        return Called(text)
    raise BadOption(option.name, text, "@name")


def _read_duration(option: Option[Any], raw: RawValue) -> timedelta:
    length = read_duration(str(raw))
    if length is None:
        raise BadOption(option.name, str(raw), DURATIONS)
    return length


_FLAGS = {"true": True, "yes": True, "oui": True, "false": False, "no": False, "non": False}


def _read_flag(option: Option[Any], raw: RawValue) -> bool:
    found = _FLAGS.get(str(raw).strip().lower())
    if found is None:
        raise BadOption(option.name, str(raw), "yes, no")
    return found


_READERS: Mapping[OptionKind, Callable[[Option[Any], RawValue], object]] = {
    OptionKind.TEXT: _read_text,
    OptionKind.INTEGER: _read_integer,
    OptionKind.CHOICE: _read_choice,
    OptionKind.CLIP: _read_clip,
    OptionKind.ATTACHMENT: _read_attachment,
    OptionKind.PERSON: _read_person,
    OptionKind.DURATION: _read_duration,
    OptionKind.FLAG: _read_flag,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A command as a platform delivered it, typed but not yet checked.

    upload_limit: bytes of a file that may be posted as answer. moderator: the platform lets this person hold others back in
    this place; false where it was not asked. roles: what the place calls the person, by name or number. lacks: rights that walkon
    itself needs there to post a clip and does not have, keys of `right.*` in the locales. mentions: the people
    named in the words, by how they stand there (`mention_token`), no two alike; a name that the platform could not resolve is
    not among them. about: the message that it is about, by the name that reactions have for it: one that is answered, or one
    whose menu was used. reply: what the platform needs to answer this event later, its own JSON (an interaction token, a message
    to reply to); it is stored, so that an answer survives a restart.
    """

    event: EventId
    command: str
    options: Mapping[str, RawValue]
    person: Person
    place: Place
    at: datetime
    upload_limit: int
    moderator: bool = False
    mentions: Mapping[str, Person] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    lacks: tuple[str, ...] = ()
    about: str | None = None
    reply: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button that somebody pressed. token: as the button carried it. moderator, roles, lacks, reply: as in Invocation."""

    event: EventId
    token: str
    person: Person
    place: Place
    at: datetime
    upload_limit: int
    moderator: bool = False
    roles: frozenset[str] = frozenset()
    lacks: tuple[str, ...] = ()
    reply: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """A reaction that a person put under one of walkon's messages, or took away. Never the bot's own, another bot's or a webhook's.

    emoji: without variation selectors. message: as `port.message_name` names it. event: the same for the same person, message
    and emoji, so that taking it away and putting it back is one event. reply: as in Invocation.
    """

    event: EventId
    emoji: str
    added: bool
    message: str
    person: Person
    place: Place
    at: datetime
    upload_limit: int
    reply: str = "{}"


Asked = Invocation | Pressed | Reacted
"""Something that a person did and that walkon acts on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Somebody who is no longer in a place."""

    person: Person
    place: Place


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody may mean who is still typing. value: what the option becomes. label: unescaped, may be user text."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The first answer. private: only the person sees it, where the platform can.

    confidential: others must not read it; where the platform cannot answer in private, it is told elsewhere or not at all.
    post, revision: the outbox row this answer shows, so that its message becomes the placeholder that later turns into the
    clip. ref: where that row stands already, because the same event came a second time; nothing is to be answered then.
    passing: a word that needs no second look.
    form: what a platform that has forms opens in the card's place. instead: the name under which a private answer stands; pressed
    on, its next one takes its place.
    """

    card: Card
    private: bool = False
    confidential: bool = False
    passing: bool = False
    post: str | None = None
    revision: int = 0
    ref: str | None = None
    form: Form | None = None
    instead: str | None = None


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
    """A chat command. Its one-line description is `command.NAME` in the locales. public: everybody sees its usual answer.

    moderates: it matters whether a moderator says it, so the platform is asked where it does not say so by itself. menu: it is
    offered in the menu of every message too, as `menu.NAME`, and is then about the clip that the message shows. own_right: with
    which options it is a person's own right, which no mute takes away.
    """

    name: str
    run: Callable[[Context], Awaitable[Reply]]
    options: tuple[Option[object], ...] = ()
    public: bool = False
    moderates: bool = False
    menu: bool = False
    own_right: Callable[[Mapping[str, RawValue]], bool] | None = None

    @property
    def takes_words(self) -> bool:
        """Whether some of its options take one word each where it is typed."""
        return any(option.word for option in self.options)

    def spread(self, words: str, *, named: Collection[str] = ()) -> dict[str, RawValue]:
        """Typed words as options, in the options' order: a word each for those that take one, all that is left for the rest.

        A word may name its option, `duration:2h`. named: options that were given by name already; they take no word.
        """
        given: dict[str, RawValue] = {}
        for option in (option for option in self.options if option.word and option.name not in named):
            word = _WORD.match(words)
            value = word[1].removeprefix(f"{option.name}:") if word else ""
            if option.named and (not word or value == word[1]):
                continue
            if word and (option.required or _readable(option, value)):
                given[option.name], words = value, words[word.end() :]
        rest = next((option.name for option in self.options if option.rest), None)
        return {**given, rest: words.strip()} if rest and words.strip() else given


def mention_token(name: str, taken: Collection[str] = ()) -> str:
    """How somebody of that name is written in words: `@Léa`, `@"Léa Martin"`, and with a number where that is `taken` already."""
    wanted = " ".join(name.replace('"', "").split()) or "?"
    numbered = chain([wanted], (f"{wanted} {number}" for number in count(2)))
    tokens = (f"@{one}" if re.fullmatch(r"\w+", one) else f'@"{one}"' for one in numbered)
    return next(token for token in tokens if token not in taken)


_WORD = re.compile(r'\s*(@"[^"]*"|\S+)')


def _readable(option: Option[object], word: str) -> bool:
    try:
        option.read(word)
    except BadOption:
        return False
    return True
