"""What exists on the double: people, servers, channels, interactions and messages with everything they ever showed."""

import itertools
import re
import time
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.discord.rules import BUTTON, EPHEMERAL, TEXT, walk

EPOCH_MS = 1_420_070_400_000
ANSWER_WITHIN_S = 3.0
TOKEN_LIVES_S = 15 * 60
NONCE_KEPT_S = 5 * 60
UPLOAD_LIMIT = 20 * 1024 * 1024
MANAGE_MESSAGES = 1 << 13
_counter = itertools.count(1)


@dataclass(frozen=True)
class User:
    """Somebody. permissions, nick: in every server."""

    id: str
    name: str
    locale: str = "en-US"
    permissions: int = 1 << 31
    bot: bool = False
    nick: str | None = None


@dataclass
class Channel:
    """A text channel, thread (type 11) or direct message (type 1, no server). closed: the bot may not post there.

    rights: what the bot may there, None for everything. adult: for adults alone; a thread is as its parent. archived, locked: a
    thread that fell asleep, and one that only moderators may wake.
    """

    id: str
    name: str
    guild_id: str | None
    type: int = 0
    closed: bool = False
    rights: int | None = None
    adult: bool = False
    archived: bool = False
    locked: bool = False
    parent: str = "1"


@dataclass(frozen=True)
class Role:
    """What some in a server may do. position: the higher one is above the lower."""

    id: str
    permissions: int
    position: int


@dataclass
class Guild:
    """A server with its channels. strangers: who is not in it (any more); everybody else is.

    roles: by whoever has them, beside the one that everybody has, which gives nothing. timeouts: until when somebody may not
    speak, by their id, with what the server's own log says about it. more_roles: that nobody here has, and the gateway tells of.
    """

    id: str
    name: str
    locale: str
    channels: list[Channel] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    owner: str = "1"
    more_roles: int = 0
    roles: dict[str, list[Role]] = field(default_factory=dict)
    timeouts: dict[str, str] = field(default_factory=dict)
    audit: list[str] = field(default_factory=list)

    def give(self, user: User, permissions: int, *, position: int = 1) -> None:
        """From now on they have a role of their own with these permissions, and no other."""
        self.roles[user.id] = [Role(f"{int(user.id) + position}", permissions, position)]

    def may(self, user: str, permission: int) -> bool:
        """Whether their roles give it."""
        return user == self.owner or any(role.permissions & (permission | 1 << 3) for role in self.roles.get(user, ()))

    def height(self, user: str) -> float:
        """How high they stand."""
        return float("inf") if user == self.owner else max((role.position for role in self.roles.get(user, ())), default=0)

    @property
    def channel(self) -> Channel:
        """Its first channel."""
        return self.channels[0]


@dataclass(frozen=True)
class File:
    """Something that hangs on a message."""

    id: str
    name: str
    data: bytes
    description: str | None


@dataclass(frozen=True)
class Revision:
    """A message as it was shown once. pings: who was named and allowed to be notified: user ids, `everyone`, `&ROLE`."""

    components: list[dict[str, Any]]
    content: str
    files: tuple[File, ...]
    flags: int
    allowed_mentions: dict[str, Any] | None
    pings: frozenset[str]
    at: float

    @property
    def texts(self) -> list[str]:
        """Every text, in reading order."""
        own = [self.content] if self.content else []
        return own + [part["content"] for part in walk(self.components) if part["type"] == TEXT]


@dataclass
class Message:
    """A message. revisions: all it ever showed, the newest last."""

    id: str
    channel: Channel
    revisions: list[Revision]
    interaction: "Interaction | None" = None
    nonce: str | None = None
    reference: str | None = None
    notified: frozenset[str] = frozenset()
    deleted: bool = False
    reactions: dict[str, list[User]] = field(default_factory=dict)

    @property
    def now(self) -> Revision:
        """What it shows."""
        return self.revisions[-1]

    @property
    def text(self) -> str:
        """Its texts, a line each."""
        return "\n".join(self.now.texts)

    @property
    def files(self) -> tuple[File, ...]:
        """What hangs on it."""
        return self.now.files

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.now.flags & EPHEMERAL)

    @property
    def buttons(self) -> dict[str, str]:
        """The label of each button, with its custom_id."""
        return {part["label"]: part["custom_id"] for part in walk(self.now.components) if part["type"] == BUTTON}


@dataclass
class Interaction:
    """A command, press or form, and what became of it.

    at: on `Clock.waited_s`. answered_after_s: None until it is answered. deferred: answered by "thinking". modal: the form that
    answered it.
    choices: what was suggested to somebody still typing.
    pressed: the message whose button was pressed.
    """

    id: str
    token: str
    kind: int
    user: User
    channel: Channel
    at: float
    upload_limit: int
    answered_after_s: float | None = None
    deferred: bool = False
    original: Message | None = None
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] = field(default_factory=list)
    pressed: Message | None = None
    followups: list[Message] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """Whether the first answer came."""
        return self.answered_after_s is not None

    @property
    def whole(self) -> bool:
        """Whether the answer itself came, not only that one is being thought of."""
        edited = self.original is not None and not self.original.deleted and len(self.original.revisions) > 1
        return self.answered and (not self.deferred or edited or bool(self.followups))

    @property
    def message(self) -> Message:
        """What answers it now: a follow-up where the first answer was taken back."""
        if self.original and not self.original.deleted:
            return self.original
        return self.followups[-1]


class Clock:
    """The double's time; tests move it on.

    strict: somebody who waits for an answer waits as long as the machine takes. Otherwise only what a test lets pass is waited, so
    that no answer is late because the machine is busy.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self._offset_s = 0.0
        self._strict = strict

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self._offset_s

    def waited_s(self) -> float:
        """What interactions are timed by, from any moment on."""
        return self.now() if self._strict else self._offset_s

    def later(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self._offset_s += seconds

    def snowflake(self) -> str:
        """A new id."""
        return str((int(self.now() * 1000) - EPOCH_MS << 22) | next(_counter) % (1 << 22))


def pings_of(texts: list[str], allowed: dict[str, Any] | None) -> frozenset[str]:
    """Who these texts name, as Discord's servers see it (a backslash does not help), as far as it is allowed."""
    text = "\n".join(texts)
    named = {"users": set(re.findall(r"<@!?(\d+)>", text)), "roles": {f"&{role}" for role in re.findall(r"<@&(\d+)>", text)}}
    named["everyone"] = {"everyone"} if re.search(r"@(everyone|here)", text) else set()
    if allowed is None:
        return frozenset().union(*named.values())
    parse = set(allowed.get("parse") or ())
    chosen = {str(user) for user in allowed.get("users") or ()} & named["users"]
    return frozenset(chosen).union(*(named[kind] for kind in parse))


class World:
    """Everything that is, by id."""

    def __init__(self, *, application_id: str = "900000000000000001", strict: bool = False) -> None:
        self.clock = Clock(strict=strict)
        self.me = User(id=application_id, name="walkon", bot=True)
        self.users: dict[str, User] = {application_id: self.me}
        self.direct: dict[str, Channel] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, Message] = {}
        self.interactions: dict[str, Interaction] = {}
        self.nonces: dict[tuple[str, str], tuple[float, Message]] = {}
        self.uploads: dict[str, bytes] = {}
        self.commands: dict[str | None, list[dict[str, Any]]] = {}
        self.upload_limit = UPLOAD_LIMIT

    def guild(self, name: str = "fun", locale: str = "en-US") -> Guild:
        """A new server with one text channel."""
        guild = Guild(self.clock.snowflake(), name, locale)
        self.guilds[guild.id] = guild
        self.channel(guild)
        return guild

    def channel(self, guild: Guild | None, *, kind: int = 0) -> Channel:
        """A new channel; without a server, a direct message."""
        channel = Channel(self.clock.snowflake(), "talk", guild.id if guild else None, kind if guild else 1)
        self.channels[channel.id] = channel
        if guild:
            guild.channels.append(channel)
        return channel

    def direct_with(self, user: User) -> Channel:
        """The person's own chat with the bot."""
        if user.id not in self.direct:
            self.direct[user.id] = self.channel(None)
        return self.direct[user.id]

    def interaction(self, kind: int, user: User, channel: Channel) -> Interaction:
        """A new interaction; kind 2 a command, 3 a press, 5 a form that was sent."""
        at = self.clock.waited_s()
        made = Interaction(self.clock.snowflake(), f"token-{next(_counter)}", kind, user, channel, at, self.upload_limit)
        self.interactions[made.token] = made
        return made

    def post(self, channel: Channel, revision: Revision, **more: Any) -> Message:
        """A new message of the bot; whoever it names, as far as allowed, is notified now and never again."""
        message = Message(self.clock.snowflake(), channel, [revision], notified=revision.pings, **more)
        self.messages[message.id] = message
        return message

    def standing(self, channel: Channel) -> list[Message]:
        """What a reader of the channel sees, oldest first, ephemeral ones included."""
        return [message for message in self.messages.values() if message.channel is channel and not message.deleted]
