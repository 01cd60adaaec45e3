"""The platforms' port: what a chat system must be able to do for walkon, and what it calls in return."""

from dataclasses import dataclass
from typing import Protocol

from walkon.bot.cards import Card
from walkon.bot.command import Invocation, Pressed, Reply
from walkon.types.errors import WalkonError
from walkon.types.people import Place, Platform


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

    ref: the platform's own JSON for the message that stands, None before it does. follows: ref of the message that this
    one answers.
    """

    key: str
    place: Place
    reply: str
    ref: str | None
    follows: str | None = None


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


class Handler(Protocol):
    """What a platform calls. Neither call raises: whatever goes wrong is in the reply, in words."""

    async def command(self, invocation: Invocation) -> Reply:
        """Run a command. The reply is stored before it is returned; show it, then say so by `answered`."""

    async def press(self, pressed: Pressed) -> Reply:
        """Run a button's deed."""

    async def answered(self, post: str, revision: int, ref: str) -> None:
        """The reply stands as message `ref`; progress and the clip will be edited into it."""


class ChatPlatform(Protocol):
    """A chat system."""

    @property
    def platform(self) -> Platform:
        """Which one."""

    @property
    def limits(self) -> PlatformLimits:
        """What it bears."""

    async def check(self) -> None:
        """Try the token before anything else starts. Raises TokenRefused, PlatformDown."""

    async def serve(self, handler: Handler) -> None:
        """Receive until cancelled. Raises PlatformDown when the connection is lost beyond its own repair; it is called again."""

    async def show(self, post: Post, card: Card) -> str:
        """Make the post show the card, by editing where it stands or posting where it does not; returns its ref.

        Repeat-safe: showing the same card twice leaves one message. Raises Throttled, PlatformDown, MessageGone, NotAllowed,
        TooLarge.
        """

    async def close(self) -> None:
        """Let go of connections."""
