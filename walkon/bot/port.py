"""The platforms' port: what a chat system must be able to do for walkon, and what it calls in return."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from walkon.bot.cards import Card
from walkon.bot.command import Invocation, Left, Pressed, Reacted, Reply, Suggestion
from walkon.bot.files import Attachment
from walkon.library.clips import Clip
from walkon.moderation.restrictions import Restricted, Restriction
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, PersonId
from walkon.types.people import Person, Place, Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformLimits:
    """What the platform bears. min_edit_s: shortest time between two progress edits of one message.

    in_flight: deliveries at once. notes: a finished clip after a long wait is announced by a reply, since an edit notifies nobody.
    """

    min_edit_s: float
    in_flight: int
    notes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that walkon promised. key: its name for ever, fit as idempotency key. reply: from the Invocation.

    ref: the platform's own JSON for the message that stands, None before it does; where people may react to it, it has
    `message_id`, and `chat_id` if ids are told apart by chat. follows: ref of the message that this one answers.
    """

    key: str
    place: Place
    reply: str
    ref: str | None
    follows: str | None = None


class _Named(msgspec.Struct):
    message_id: str | int | None = None
    chat_id: int | None = None


def message_name(ref: str | None) -> str | None:
    """What reactions call the message of a ref, unique within its platform; None where nothing stands that can be reacted to."""
    named = msgspec.json.decode(ref or "{}", type=_Named)
    if not named.message_id:
        return None
    return str(named.message_id) if named.chat_id is None else f"{named.chat_id}/{named.message_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """A message whose reactions count, so that those made while walkon was away are read back. emoji: which of them."""

    ref: str
    place: Place
    emoji: tuple[str, ...]


@dataclass(eq=False)
class TokenRefused(WalkonError):
    """The platform does not accept the token. Nothing to retry."""

    platform: Platform


@dataclass(eq=False)
class PlatformDown(WalkonError):
    """The platform cannot be reached or answers with a fault of its own; try again later."""

    platform: Platform
    reason: str


@dataclass(eq=False)
class Throttled(WalkonError):
    """Too fast; the platform itself says how long to wait."""

    retry_after_s: float


@dataclass(eq=False)
class MessageGone(WalkonError):
    """The message to edit was deleted, or can no longer be edited by these means."""


@dataclass(eq=False)
class NotAllowed(WalkonError):
    """walkon may not post here: a right is missing, the chat is closed, walkon was removed or blocked."""

    reason: str


@dataclass(eq=False)
class TooLarge(WalkonError):
    """The platform refuses the file for its size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A finished clip and its card, as it would stand."""

    clip: Clip
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What a person may carry into another chat. words: to be made, None where nothing was written. ready: clips as they are.

    bases: clips that the words may change. next: where the next page starts, None after the last. refused: why there is nothing, and
    until: until when, in words. left: how many clips the person may still ask for today, None where nobody counts.
    """

    words: str | None = None
    ready: tuple[Ready, ...] = ()
    bases: tuple[Clip, ...] = ()
    next: int | None = None
    refused: Card | None = None
    until: str | None = None
    left: int | None = None


class Handler(Protocol):
    """What a platform calls. Neither call raises: whatever goes wrong is in the reply, in words."""

    async def command(self, invocation: Invocation) -> Reply:
        """Run a command. The reply is stored before it is returned; show it, then say so by `answered`."""

    async def press(self, pressed: Pressed) -> Reply:
        """Run a button's deed."""

    async def suggest(self, asked: Invocation, option: str) -> Sequence[Suggestion]:
        """What the option may be, while it is still typed. asked: the command as far as it is filled in."""

    async def browse(self, asked: Invocation) -> Shelf:
        """What the person may carry into another chat. Options: words, and start, where a page begins."""

    async def carried(self, asked: Invocation, clip: ClipId, ref: str) -> None:
        """They carried a finished clip there, and it stands as message `ref`."""

    async def answered(self, post: str, revision: int, ref: str) -> None:
        """The reply stands as message `ref`; progress and the clip will be edited into it."""

    def means(self, platform: Platform, emoji: str) -> bool:
        """Whether a reaction with it, without a variation selector, may mean anything there: nobody need be told of any other."""

    async def reacted(self, reacted: Reacted) -> None:
        """Somebody reacted to one of walkon's messages, or took a reaction away."""

    async def left(self, left: Left) -> None:
        """Somebody left a place."""

    async def awaiting(self, platform: Platform) -> Sequence[Awaiting]:
        """The messages whose reactions are to be read back at start, newest first."""

    async def read_back(self, awaiting: Awaiting, standing: Sequence[Reacted]) -> None:
        """All reactions of the awaited emoji that stand under the message now."""

    async def asking(self, person: PersonId) -> int:
        """How many questions wait for an answer of whoever has that account."""

    async def film(self, person: PersonId, about: str) -> bytes | None:
        """The film of a card that was addressed to that person, for platforms that show it on request; None if there is none for them."""


class ChatPlatform(Protocol):
    """A chat system."""

    @property
    def platform(self) -> Platform:
        """Which one."""

    @property
    def limits(self) -> PlatformLimits:
        """What it bears."""

    @property
    def has_caught_up(self) -> bool:
        """Whether the handler knows all that people did while nobody listened. Until then a yes may have been taken back unheard."""

    async def check(self) -> None:
        """Try the token before anything else starts. Raises TokenRefused, PlatformDown."""

    async def serve(self, handler: Handler) -> None:
        """Receive until cancelled. Raises PlatformDown when the connection is lost beyond its own repair; it is called again."""

    async def show(self, post: Post, card: Card) -> str:
        """Make the post show the card, by editing where it stands or posting where it does not; returns its ref.

        Repeat-safe: showing the same card twice leaves one message. Raises Throttled, PlatformDown, MessageGone, NotAllowed,
        TooLarge.
        """

    async def begin_reactions(self, ref: str, emoji: Sequence[str]) -> None:
        """Put these reactions under a message of ours, ready to be joined, where the platform can; a missing right is no fault."""

    def read(self, attachment: Attachment, *, limit: int) -> AsyncIterator[bytes]:
        """A file that somebody sent, piece by piece. limit: bytes. Raises FileTooLarge, FileGone."""

    async def is_member(self, person: Person, place: Place) -> bool:
        """Whether the person is in that place now; true where the platform does not say."""

    async def restrict(self, wanted: Restriction) -> Restricted:
        """Use the platform's own means against somebody, or lift them: only with the bot's right and the right of whoever asks, both
        looked at now. Repeat-safe. Raises Throttled, PlatformDown.
        """

    async def close(self) -> None:
        """Let go of connections."""
