"""What walkon says, before any platform's markup. Adapters escape every plain string; only a `Mention` names a person."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

from walkon.types.ids import PersonId


class Tone(Enum):
    """The state behind a card, as an accent colour (0xRRGGBB); the words say the same."""

    QUIET = 0x80848E
    WAIT = 0xE8A33D
    DRAFT = 0x8B6FE8
    BUSY = 0x5865F2
    DONE = 0x3BA55D
    BAD = 0xD9534F


class Signal(Enum):
    """Where something stands, as a sign on the message that asked for it. NONE takes a former sign away."""

    NONE = "none"
    ASKED = "asked"
    AGREED = "agreed"
    """Everybody asked has said yes."""
    RENDERING = "rendering"
    KEPT = "kept"
    FINISHED = "finished"
    HELD = "held"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Mention:
    """A person named in a text. It notifies only if the card's `pings` has them."""

    person: PersonId
    name: str


Text = tuple[str | Mention, ...]
"""A sentence: plain strings (unescaped, may be user text) and mentions."""


def plain(text: Text) -> str:
    """The sentence with names in place of mentions, for places that know no mentions."""
    return "".join(part.name if isinstance(part, Mention) else part for part in text)


class ButtonStyle(StrEnum):
    """How much a button asks to be pressed: PRIMARY at most once a card, DANGER only in a confirmation."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button. token: what `tokens.py` made of the action, ≤ 64 bytes. emoji is decoration beside the word.

    spoken: what a screen reader says in place of a label that is only a number.
    carries: words that open the platform's own picker of chats, in place of any action; platforms without one leave it out.
    lists: in place of any action it opens the list of the clips of the chat where it stands; platforms without one leave it out.
    alone: what a person says to walkon alone to the same effect, as words joined by dashes. In a chat with others, a platform that
    cannot answer a press in private makes the button a link to that.
    """

    label: str
    token: str
    style: ButtonStyle = ButtonStyle.SECONDARY
    emoji: str | None = None
    spoken: str | None = None
    carries: str | None = None
    lists: bool = False
    alone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A clip to show. video, poster, captions: keys in the media store. bytes: size of the mp4. alt: ≤ 1,024 characters.

    name: accessible name of the player, `Clip 7KQ2M9`. spoiler: covered until whoever reads wants to see it.
    """

    video: str
    poster: str
    captions: str
    alt: str
    name: str
    seconds: float
    width: int
    height: int
    bytes: int
    spoiler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Film:
    """A film for one pair of eyes, from memory and never from the media store. about: what it is of. content: mp4."""

    about: str
    content: bytes
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Handout:
    """A file that is handed over with a private answer. name: with its ending."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Progress: fraction 0 to 1, None where it is not known; `text` says it in words; `name` names the bar."""

    fraction: float | None
    text: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A question with the old answer ready to edit. token: comes back with what was written. text: unescaped user text."""

    token: str
    title: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """How words that take more than one message are read in pieces. at: the piece to show, from 0. back, on: to its neighbours."""

    at: int
    back: Button
    on: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One message. Reading order: head, video, words, body, small, buttons.

    head: one line that is enough alone. words: the prompt, as written. body: sentences under it. small: the provenance
    line. pings: the only people this message may notify. reactions: emoji put under a new
    message, ready to be joined, where the platform can. film: in the place of
    a video, for an operator alone. handout: only in a private answer. clip: the id it is about, for the page's links. whole: somebody
    decides by it, so that its words are not shortened where the platform can help it; a video that leaves no room for them stands
    beside it. turning: for words that are whole only in pieces; a platform that shows any number of words leaves it out. signal: for
    the message that is answered, None where that one asked for nothing.
    """

    tone: Tone
    head: Text
    video: Video | None = None
    words: str | None = None
    body: tuple[Text, ...] = ()
    bar: Bar | None = None
    small: str | None = None
    buttons: tuple[Button, ...] = ()
    pings: frozenset[PersonId] = frozenset()
    reactions: tuple[str, ...] = ()
    film: Film | None = None
    handout: Handout | None = None
    clip: str | None = None
    whole: bool = False
    turning: Turning | None = None
    signal: Signal | None = None

    @property
    def deeds(self) -> tuple[Button, ...]:
        """The buttons that every platform has."""
        return tuple(button for button in self.buttons if button.carries is None and not button.lists)

    def turned(self, pieces: Sequence[str]) -> "Card":
        """The card with the piece of its words that is to be read now, and the buttons to those before and after it."""
        if self.turning is None or len(pieces) < 2:
            return self
        at, last = min(self.turning.at, len(pieces) - 1), len(pieces) - 1
        words = f"{'…' if at else ''}{pieces[at]}{'…' if at < last else ''}"
        ways = (*((self.turning.back,) if at else ()), *((self.turning.on,) if at < last else ()))
        return replace(self, words=words, buttons=(*ways, *self.buttons))

    def without_video(self, line: Text) -> "Card":
        """The same card where the clip itself cannot be shown, and a sentence that says so."""
        return replace(self, video=None, body=(*self.body, line))


def pieces_of(words: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
    """The words in as few pieces as `fits` takes, parted between words where one piece holds a word at all. Nothing is lost but the
    space at a joint. fits: of every text that it takes, it takes each beginning."""
    pieces: list[str] = []
    while words and not fits(words):
        most = max(1, bisect_right(range(1, len(words) + 1), 0, key=lambda n: not fits(words[:n])))
        at = max(words.rfind(" ", 1, most + 1), words.rfind("\n", 1, most + 1))
        end = at if at > 0 else most
        pieces.append(words[:end].rstrip())
        words = words[end:].lstrip()
    return (*pieces, words) if words else tuple(pieces)
