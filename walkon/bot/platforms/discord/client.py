"""The Discord platform: log in, receive, show, and say honestly what went wrong."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from walkon.bot.cards import Card
from walkon.bot.command import Command
from walkon.bot.files import Attachment
from walkon.bot.platforms.discord.buckets import hand_over_at_once
from walkon.bot.platforms.discord.cards import Layout
from walkon.bot.platforms.discord.downloads import download
from walkon.bot.platforms.discord.events import Listener
from walkon.bot.platforms.discord.faults import UNKNOWN_MEMBER, UNKNOWN_USER, patient_trace, port_errors
from walkon.bot.platforms.discord.messages import Messages, begin_reactions
from walkon.bot.platforms.discord.reactions import Reactions
from walkon.bot.platforms.discord.timeouts import restrict
from walkon.bot.platforms.discord.tree import command_tree, menu_names, sync
from walkon.bot.platforms.discord.turns import Turns
from walkon.bot.port import Handler, PlatformDown, PlatformLimits, Post, Throttled, TokenRefused
from walkon.moderation.restrictions import Restricted, Restriction
from walkon.store.media import Media
from walkon.types.clock import SystemClock
from walkon.types.errors import SetupError, WalkonError
from walkon.types.people import Person, Place, Platform

log = structlog.get_logger(__name__)

LIMITS = PlatformLimits(min_edit_s=3.0, in_flight=64)
"""Three seconds between edits: within the five edits per five seconds and channel that Discord was seen to allow. More at once than go
in a second, so that none of Discord's seconds is lost when a clip goes from all its channels together.
"""

AT_ONCE, WITHIN_S = 45, 1.05
"""Messages shown, of the fifty requests a second that Discord takes from a bot in all (docs: topics/rate-limits): a few are left for
whatever else is asked, and a twentieth of a second for the way there.
"""

PATIENCE_S = 60.0
SLOW_UPLOAD_BYTES_S = 100_000
"""The slowest line that still gets a clip through."""

SETTLE_S = 3.0
LONGEST_RATE_LIMIT_S = 30.0  # the least that discord.py accepts
_TOKEN_REFUSED_CLOSE = 4004
STATE_FILE = "discord-commands.json"


class DiscordPlatform:
    """walkon on Discord. api_url: REST base with version, None for Discord's own. dev_guild: the only guild that gets the commands.

    patience_s: how long a call may take before it counts as lost, beside what an upload needs.
    """

    platform = Platform.DISCORD
    limits = LIMITS
    patience_s = PATIENCE_S

    def __init__(
        self,
        *,
        token: str,
        api_url: str | None,
        root: str,
        dev_guild: str | None,
        commands: Sequence[Command],
        layout: Layout,
        media: Media,
        state_dir: Path,
    ) -> None:
        self._token = token
        self._api_url = api_url
        self._tree = command_tree(root, commands, layout.words)
        self._menus = menu_names(commands, layout.words)
        self._public = frozenset(command.name for command in commands if command.public)
        self._guild = int(dev_guild) if dev_guild else None
        self._state = state_dir / STATE_FILE
        self._messages = Messages(layout=layout, media=media, clock=SystemClock())
        self._client: _Client | None = None
        self._login = asyncio.Lock()
        self._pace = Turns(AT_ONCE, WITHIN_S)

    @property
    def has_caught_up(self) -> bool:
        """Whether a session listens, and what was there before it has been read back."""
        return self._client is not None and self._client.listens

    async def check(self) -> None:
        """Try the token before anything else starts. Raises TokenRefused, PlatformDown."""
        await self._logged_in()

    async def serve(self, handler: Handler) -> None:
        """Receive until cancelled. Raises PlatformDown when the connection is lost beyond the library's own repair; call again."""
        client = await self._logged_in()
        listener = Listener(handler=handler, messages=self._messages, public=self._public, menus=self._menus)
        client.hear = listener.hear
        reactions = Reactions(client=client, handler=handler, now=lambda: self._messages.clock.now().timestamp())
        client.hear_reaction = reactions.hear
        client.settle_in = reactions.read_back
        try:
            with port_errors():
                await self._sync(client)
                await _find_gateway(client)
                await _receive(client)
            raise PlatformDown(Platform.DISCORD, "the gateway closed the connection")
        finally:
            await listener.settle(SETTLE_S)
            await self.close()

    async def show(self, post: Post, card: Card) -> str:
        """Make the post show the card; returns its ref. Raises as the port says."""
        if (wait_s := self._messages.wait_s(post)) > 0:
            raise Throttled(wait_s)
        client = await self._logged_in()
        patience_s = self.patience_s + (card.video.bytes / SLOW_UPLOAD_BYTES_S if card.video else 0)
        now_s = monotonic()
        await asyncio.sleep(self._pace.next_s(now_s) - now_s)
        with port_errors():
            async with asyncio.timeout(patience_s):
                return await self._messages.show(client, post, card)

    async def begin_reactions(self, ref: str, emoji: Sequence[str]) -> None:
        """Put these reactions under the message; without the right to react, the buttons say the same."""
        client = await self._logged_in()
        with port_errors():
            await begin_reactions(client, ref, emoji)

    def read(self, attachment: Attachment, *, limit: int) -> AsyncIterator[bytes]:
        """A file that somebody attached. Raises FileTooLarge, FileGone."""
        return download(attachment, limit=limit)

    async def is_member(self, person: Person, place: Place) -> bool:
        """Whether the person is in that server; Discord says so without any intent. Raises PlatformDown, Throttled."""
        _, _, guild = place.id.partition(":")
        if place.private or not guild.isdecimal():
            return True
        client = await self._logged_in()
        with port_errors():
            try:
                await client.http.get_member(int(guild), int(person.account))
            except discord.NotFound as error:
                # A server that Discord no longer names to the bot says nothing about who is in it.
                return error.code not in (UNKNOWN_MEMBER, UNKNOWN_USER)
        return True

    async def restrict(self, wanted: Restriction) -> Restricted:
        """Set or lift a timeout. Raises Throttled, PlatformDown."""
        client = await self._logged_in()
        with port_errors():
            return await restrict(client, wanted)

    async def close(self) -> None:
        """Let go of connections; whatever needs them next logs in anew."""
        client, self._client = self._client, None
        if client:
            await client.close()

    async def _logged_in(self) -> "_Client":
        async with self._login:
            if self._client is None or self._client.is_closed():
                self._client = await self._log_in()
            return self._client

    async def _log_in(self) -> "_Client":
        if not self._token.strip().isprintable() or not self._token.isascii():
            raise TokenRefused(Platform.DISCORD)
        if self._api_url:
            # discord.py builds every address from this one attribute and offers no other way to name another server.
            Route.BASE = self._api_url.rstrip("/")
        client = _Client()
        try:
            with port_errors():
                async with asyncio.timeout(self.patience_s):
                    await client.login(self._token)
        except BaseException:
            await client.close()
            raise
        return client

    async def _sync(self, client: "_Client") -> None:
        try:
            told = await sync(client, self._tree, self._state, self._guild)
        except discord.Forbidden as error:
            if self._guild is None:
                raise
            mend = "Add walkon to that server, or leave dev_guild out."
            raise SetupError(f"[discord] dev_guild: Discord does not let walkon set commands in server {self._guild}. {mend}") from error
        if told:
            log.info("commands_told", guild=self._guild)


class _Client(discord.Client):
    """discord.py with everything off that walkon does not use. hear, hear_reaction: get every interaction and every reaction, whatever
    message they are on. settle_in: called after each new session, since what happened between two is lost. listens: since then.
    """

    def __init__(self) -> None:
        # walkon joins no calls: no warning that the parts for them are not installed.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        hand_over_at_once()
        super().__init__(
            intents=discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=LONGEST_RATE_LIMIT_S,
            http_trace=patient_trace(),
        )
        self.hear: Callable[[discord.Interaction], Awaitable[None]] | None = None
        self.hear_reaction: Callable[[discord.RawReactionActionEvent], Awaitable[None]] | None = None
        self.settle_in: Callable[[], Awaitable[None]] | None = None
        self.listens = False

    async def on_ready(self) -> None:
        """The library's event for a new session."""
        if self.settle_in:
            await self.settle_in()
        self.listens = True

    async def on_disconnect(self) -> None:
        """The library's event for a connection that ended."""
        self.listens = False

    async def on_resumed(self) -> None:
        """The library's event for a session that goes on, once it was told what it missed (Gateway, Resuming)."""
        self.listens = True

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """The library's event for a reaction, also on messages it does not know."""
        if self.hear_reaction:
            await self.hear_reaction(payload)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """The library's event for a reaction taken away by whoever made it."""
        if self.hear_reaction:
            await self.hear_reaction(payload)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """The library's event for every interaction."""
        if self.hear:
            await self.hear(interaction)

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """The library's hook for faults in its events."""
        log.exception("event_broke", event=event_method)


async def _find_gateway(client: discord.Client) -> None:
    """Ask the API where the gateway is. Only the library's sharded client asks by itself; the plain one takes this attribute."""
    _, url, _ = await client.http.get_bot_gateway()
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


async def _receive(client: discord.Client) -> None:
    """Connect, and stay connected as long as the library can mend it."""
    try:
        await client.connect()
    except discord.ConnectionClosed as error:
        if error.code == _TOKEN_REFUSED_CLOSE:
            raise TokenRefused(Platform.DISCORD) from error
        raise PlatformDown(Platform.DISCORD, f"the gateway closed with {error.code}") from error
    except discord.PrivilegedIntentsRequired as error:
        raise SetupError(
            "Discord refuses the intents walkon asks for. Look at Developer Portal → Bot → Privileged Gateway Intents."
        ) from error
    except (WalkonError, discord.HTTPException, OSError):
        raise
    except Exception as error:
        # Seen with 2.7.1: AttributeError where the very first connection is refused, KeyError from a payload it does not know.
        raise PlatformDown(Platform.DISCORD, f"{type(error).__name__} {error}") from error
