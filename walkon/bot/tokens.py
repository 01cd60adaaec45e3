"""Button tokens: what is pressed, on which clip. They carry no rights: every press is checked for who may press it.

Where they leave this host, on the buttons of a chat, they are sealed: what comes back is what walkon itself made once, however long
ago, and nothing that somebody put together.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from walkon.types.ids import AskId, ClipId, PersonId, PlaceId, read_clip_id

PREFIX = "w1"
MOST_DIGITS = 16
SHELF = f"{PREFIX}:here:"
"""How a query for the clips of a place begins."""

_Deed = TypeVar("_Deed", bound=StrEnum)

MOST_BYTES = 64
"""Of a sealed token: Telegram's limit of callback data (Bot API, InlineKeyboardButton); Discord takes 100 characters."""

SEAL_CHARS, SEAL_MARK = 10, "~"
"""Six bits each: sixty bits, fewer under the few tokens that leave no room for them."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Says which tokens are this host's own. mac: of its key file, so that a button lives as long as that; None seals nothing."""

    mac: Callable[[bytes], bytes] | None = None

    def put_on(self, token: str) -> str:
        """The token as it goes onto a button."""
        if self.mac is None:
            return token
        signed = urlsafe_b64encode(self.mac(f"button {token}".encode())).decode()
        return f"{token}{SEAL_MARK}{signed[: min(SEAL_CHARS, MOST_BYTES - len(token.encode()) - 1)]}"

    def taken_off(self, pressed: str) -> str:
        """The token of a button; "" for one that this host never made."""
        token = pressed.rpartition(SEAL_MARK)[0] if self.mac else pressed
        return token if hmac.compare_digest(self.put_on(token).encode(), pressed.encode("utf-8", "replace")) else ""


class Deed(StrEnum):
    """What a button does."""

    CANCEL = "cancel"
    AGAIN = "again"
    DETAILS = "details"
    VARY = "vary"
    REMIX = "remix"
    EXTEND = "extend"
    """Goes on with the clip after its end."""
    DELETE = "delete"
    """Asks whether the clip is to go."""
    DELETE_SURE = "delete-sure"
    """Takes it down; the asking was answered."""
    REVIEW = "review"
    """Look at a clip that is held back; moderators only."""
    RELEASE = "release"
    """Show it after all; moderators only."""
    KEEP = "keep"
    LIKE = "like"
    """Says that one likes it, and takes that back."""
    REPORT = "report"
    SECOND_LOOK = "second-look"
    """Asks for a second look at why the clip was taken down."""
    LET_STAY = "stay"
    REMOVE = "remove"
    REMOVE_AND_MUTE = "remove-mute"

    @property
    def judges(self) -> bool:
        """It decides about what was reported."""
        return self in (Deed.LET_STAY, Deed.REMOVE, Deed.REMOVE_AND_MUTE)

    @property
    def ranked(self) -> bool:
        """What comes of it depends on whether a moderator pressed."""
        return self is not Deed.DETAILS

    @property
    def public(self) -> bool:
        """Everybody sees its usual answer: it makes a clip at once."""
        return self in (Deed.AGAIN, Deed.VARY, Deed.EXTEND)


@dataclass(frozen=True, slots=True)
class Token:
    """A press on a clip's button."""

    deed: Deed
    clip: ClipId

    def __str__(self) -> str:
        return f"{PREFIX}:{self.deed}:{self.clip}"


def read_token(text: str) -> Token | None:
    """The token in a button's id; None where it is none of ours or from another release."""
    deed, about = _read(text, Deed)
    clip = read_clip_id(about)
    return Token(deed, clip) if deed and clip else None


def _read(text: str, deeds: type[_Deed]) -> tuple[_Deed | None, str]:
    """The deed, and what it is about; None where it is no press of these deeds or one of another release."""
    prefix, _, rest = text.partition(":")
    deed, _, about = rest.partition(":")
    return (deeds(deed), about) if prefix == PREFIX and deed in frozenset(deeds) else (None, "")


@dataclass(frozen=True, slots=True)
class ShelfToken:
    """Asks for the clips of one place, wherever it is written. It carries no right: whoever asks must be there."""

    place: PlaceId

    def __str__(self) -> str:
        return f"{SHELF}{self.place}"


def read_shelf_token(text: str) -> ShelfToken | None:
    """The token, its seal taken off; None where it is another's."""
    place = text.removeprefix(SHELF)
    return ShelfToken(PlaceId(place)) if text.startswith(SHELF) and place else None


class LineDeed(StrEnum):
    """What a button about a moderator's deed does."""

    UNDO = "undo"
    NATIVE = "native"
    """Uses the platform's own means beside a mute."""
    APPEAL = "appeal"
    """Asks for a second look."""
    LOG = "log"
    """Shows the last lines of the log around the deed."""
    UPHOLD = "uphold"
    OVERTURN = "overturn"


@dataclass(frozen=True, slots=True)
class LineToken:
    """A press about a moderator's deed. seq: its line in the log."""

    deed: LineDeed
    seq: int

    def __str__(self) -> str:
        return f"{PREFIX}:{self.deed}:{self.seq}"


def read_line_token(text: str) -> LineToken | None:
    """The token in a button's id; None where it is another's."""
    deed, seq = _read(text, LineDeed)
    return LineToken(deed, int(seq)) if deed and seq.isascii() and seq.isdecimal() and len(seq) < MOST_DIGITS else None


def moderates(token: str) -> bool:
    """Whether the press may decide over others, so that it must be known who moderates at this moment."""
    line, about_clip = read_line_token(token), read_token(token)
    if line is not None:
        return line.deed is not LineDeed.APPEAL
    return about_clip is not None and (about_clip.deed.judges or about_clip.deed in (Deed.REVIEW, Deed.RELEASE, Deed.DELETE_SURE))


class AskDeed(StrEnum):
    """What a button under a question does."""

    APPROVE = "yes"
    REFUSE = "no"
    LOOK = "look"
    """Show the question to whoever is asked, alone, with all that a yes may say."""
    NEVER_BY = "never-by"
    NEVER_HERE = "never-here"
    NEVER = "never"
    SECOND = "second"
    """A guardian's yes, after the young person's."""
    VETO = "veto"
    SECOND_LOOK = "second-look"

    @property
    def guardians(self) -> bool:
        """It is pressed by whoever looks after the person asked."""
        return self in (AskDeed.SECOND, AskDeed.VETO, AskDeed.SECOND_LOOK)


@dataclass(frozen=True, slots=True)
class AskToken:
    """A press under a question. terms: what the yes would say, as `ask_sheet` writes it; empty for the narrowest."""

    deed: AskDeed
    ask: AskId
    terms: str = ""

    def __str__(self) -> str:
        return f"{PREFIX}:ask-{self.deed}:{self.ask}:{self.terms}"


def ward_mark(ward: PersonId) -> str:
    """A young person's account in few enough letters for a button."""
    return sha256(ward.encode()).hexdigest()[:MARK_LETTERS]


MARK_LETTERS = 16

SURE = "!"
"""At the end of what a taking back is about: its cost was shown."""


class OwnDeed(StrEnum):
    """What a button about one's own likeness does."""

    TAKE_BACK = "take-back"
    """Ends a yes: of a clip, of whoever asked for a clip, of a permission, or all."""
    KEEP = "keep"
    APPEARANCES = "seen"
    ENROL = "enrol"
    JOIN = "join"
    """Says that the account which showed one's code is one's own."""
    AGREE_GUARDIAN = "ward"
    """Says that whoever offered by the code in `about` is to look after this account."""
    CONFIRM_WARD = "guard"
    """Says that the account which agreed to the code hashed in `about` is the one meant."""
    FORGET = "forget"
    """Erases whoever presses it."""


class Extent(StrEnum):
    """How much a taking back takes back."""

    CLIP = "clip"
    ASKER = "asker"
    PERMISSION = "permission"
    ALL = "all"
    DELETE = "delete"
    """All, and what was kept of face and voice."""
    WARD_CLIP = "ward_clip"
    """The yes for a clip of whoever one looks after."""
    WARD_ALL = "ward_all"
    """Every yes of somebody one looks after, named by `ward_mark`."""

    @property
    def guardians(self) -> bool:
        """It takes back for somebody else."""
        return self in (Extent.WARD_CLIP, Extent.WARD_ALL)


@dataclass(frozen=True, slots=True)
class OwnToken:
    """A press about one's own likeness. about: a clip, a permission or a number, as the deed needs it."""

    deed: OwnDeed
    extent: Extent | None = None
    about: str = ""

    def __str__(self) -> str:
        return f"{PREFIX}:own-{self.deed}:{self.extent or ''}:{self.about}"


class ReviewDeed(StrEnum):
    """What an operator's button under an enrolment does."""

    ACCEPT = "accept"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class ReviewToken:
    """An operator's press. enrolment: its id. reason: why not, for a refusal."""

    deed: ReviewDeed
    enrolment: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{PREFIX}:rv-{self.deed}:{self.enrolment}:{self.reason}"


PersonalToken = AskToken | OwnToken | ReviewToken
"""A press about somebody rather than about a clip."""


def read_personal_token(text: str) -> PersonalToken | None:
    """The token in a button's id; None where it is none of these or from another release."""
    parts = text.split(":")
    if len(parts) != 4 or parts[0] != PREFIX:
        return None
    room, _, deed = parts[1].partition("-")
    if room == "ask" and deed in frozenset(AskDeed):
        return AskToken(AskDeed(deed), AskId(parts[2]), parts[3])
    if room == "own" and deed in frozenset(OwnDeed) and (not parts[2] or parts[2] in frozenset(Extent)):
        return OwnToken(OwnDeed(deed), Extent(parts[2]) if parts[2] else None, parts[3])
    if room == "rv" and deed in frozenset(ReviewDeed):
        return ReviewToken(ReviewDeed(deed), parts[2], parts[3])
    return None
