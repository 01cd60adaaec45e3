"""Telegram behind the `ChatPlatform` port: one bot, one connection pool for calls and one for receiving."""

import asyncio
import itertools
import logging
import os
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import structlog
from telegram import BotCommand, BotCommandScopeAllChatAdministrators, BotCommandScopeDefault
from telegram.error import BadRequest, InvalidToken
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from walkon.bot.cards import Card
from walkon.bot.command import Command
from walkon.bot.files import Attachment
from walkon.bot.platforms.telegram.downloads import download
from walkon.bot.platforms.telegram.events import is_there, short_form
from walkon.bot.platforms.telegram.faults import told_apart
from walkon.bot.platforms.telegram.inline import Inline
from walkon.bot.platforms.telegram.known_files import KnownFiles
from walkon.bot.platforms.telegram.pace import Pace
from walkon.bot.platforms.telegram.polling import Polling
from walkon.bot.platforms.telegram.receiving import Pressing, Receiver
from walkon.bot.platforms.telegram.restricting import restrict
from walkon.bot.platforms.telegram.sending import Sender
from walkon.bot.platforms.telegram.webhook import Hook, Webhook
from walkon.bot.port import Handler, PlatformDown, PlatformLimits, Post, Throttled, TokenRefused
from walkon.bot.tokens import Seal
from walkon.bot.words import Words
from walkon.config import TelegramSection
from walkon.moderation.restrictions import Restricted, Restriction
from walkon.store.database import Database
from walkon.store.media import Media
from walkon.types.errors import WalkonError
from walkon.types.people import Locale, Person, Place, Platform

log = structlog.get_logger(__name__)

OFFICIAL_URL = "https://api.telegram.org"
LIMITS = PlatformLimits(min_edit_s=5.0, in_flight=8)
"""At most an edit in 5 s (about 20 messages a minute and group); eight messages on their way at once."""

DESCRIPTION_LIMIT = 256
# Bot API 10.3, "Authorizing your bot"; anything else would end up as another address.
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_NOBODY = "0:none"
_SCOPES = ((BotCommandScopeDefault(), False), (BotCommandScopeAllChatAdministrators(), True))
"""Whom a list of commands is for, and whether it has what only moderators may do."""
_CONNECTIONS = 16
_LEAST_LEVELS = {"httpx": logging.WARNING, "httpcore": logging.WARNING, "telegram": logging.INFO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: to connect, to an answer, to the answer after an upload, and how long one long poll is held open.

    poll_retries_s: waits between failed polls in a row, before the loss of the connection is reported. pressing: of who presses.
    """

    connect_s: float = 5.0
    answer_s: float = 10.0
    upload_answer_s: float = 120.0
    poll_s: float = 25.0
    poll_retries_s: tuple[float, ...] = (0.5, 1.0, 2.0)
    pressing: Pressing = field(default_factory=Pressing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The bot's account. api_url None: Telegram itself. storage_chat: where films are kept that inline messages show; None for no
    inline mode. hook: where Telegram posts updates to; None to ask for them.
    """

    token: str = field(repr=False)
    api_url: str | None = None
    storage_chat: int | None = None
    hook: Hook | None = None


def account_of(section: TelegramSection) -> Account:
    """The account that the host configured."""
    hook = None
    if section.webhook_url and section.webhook_secret:
        secret = section.webhook_secret.reveal()
        hook = Hook(url=section.webhook_url, secret=secret, host=section.webhook_host, port=section.webhook_port)
    return Account(token=section.token.reveal(), api_url=section.api_url, storage_chat=section.storage_chat, hook=hook)


class TelegramPlatform:
    """The bot. root: first word of the long command form, without the slash. seal: marks the buttons."""

    def __init__(
        self,
        account: Account,
        *,
        root: str,
        commands: Sequence[Command],
        words: Words,
        media: Media,
        database: Database,
        timeouts: Timeouts | None = None,
        seal: Seal | None = None,
    ) -> None:
        waits, seal = timeouts or Timeouts(), seal or Seal()
        self._fit_token = bool(_TOKEN.fullmatch(account.token))
        self._commands, self._words = commands, words
        self._bot = _bot(account.token if self._fit_token else _NOBODY, (account.api_url or OFFICIAL_URL).rstrip("/"), waits)
        files = KnownFiles(database)
        self._sender = Sender(self._bot, media, files, storage=account.storage_chat, upload_answer_s=waits.upload_answer_s, seal=seal)
        inline = Inline(self._bot, self._sender, files, words)
        self._receiver = Receiver(self._bot, self._sender, inline, root=root, commands=commands, words=words, pressing=waits.pressing)
        self._webhook = Webhook(self._bot, self._receiver.take, account.hook) if account.hook else None
        self._polling = Polling(self._bot, self._receiver.take, hold_s=waits.poll_s, retries_s=waits.poll_retries_s)
        self._readying = asyncio.Lock()
        self._ready = False

    @property
    def platform(self) -> Platform:
        """Which one."""
        return Platform.TELEGRAM

    @property
    def limits(self) -> PlatformLimits:
        """What it bears."""
        return LIMITS

    @property
    def has_caught_up(self) -> bool:
        """Whether nothing that waited at Telegram is left."""
        return self._webhook.caught_up if self._webhook else self._polling.caught_up

    async def check(self) -> None:
        """Try the token. Raises TokenRefused, PlatformDown."""
        async with self._readying:
            if self._ready:
                return
            if not self._fit_token:
                raise TokenRefused(platform=Platform.TELEGRAM)
            with told_apart():
                await self._log_in()
            self._ready = True

    async def _log_in(self) -> None:
        try:
            await self._bot.initialize()
        except InvalidToken:
            # The library's message quotes the token.
            raise TokenRefused(platform=Platform.TELEGRAM) from None

    async def serve(self, handler: Handler) -> None:
        """Receive until cancelled. Raises PlatformDown."""
        await self.check()
        self._receiver.listen(handler)
        try:
            await self._publish_commands()
            await self._receive()
        except Throttled as error:
            raise PlatformDown(platform=Platform.TELEGRAM, reason=f"asked to wait for {error.retry_after_s:.0f} s") from None

    async def _receive(self) -> None:
        """By whichever way the host chose; what waits at Telegram comes by the new one after a change."""
        if self._webhook:
            await self._webhook.run()
            return
        with told_apart():
            await self._bot.delete_webhook(drop_pending_updates=False)
        await self._polling.run()

    async def show(self, post: Post, card: Card) -> str:
        """Make the post show the card; returns its ref. Raises Throttled, PlatformDown, MessageGone, NotAllowed, TooLarge."""
        await self.check()
        return await self._sender.show(post, card)

    async def begin_reactions(self, ref: str, emoji: Sequence[str]) -> None:
        """Nothing: Telegram lets a bot react once, with what its list has: neither yes nor no."""

    async def read(self, attachment: Attachment, *, limit: int) -> AsyncIterator[bytes]:
        """A file that somebody sent. Raises FileTooLarge, FileGone."""
        yield await download(self._bot, attachment, limit=limit)

    async def is_member(self, person: Person, place: Place) -> bool:
        """Whether the person is in that chat; Telegram says so for sure only where the bot is an administrator. Raises PlatformDown."""
        # Groups have negative ids; any other chat is between two.
        if place.private or place.elsewhere or not place.channel.removeprefix("-").isdecimal() or int(place.channel) > 0:
            return True
        with told_apart():
            try:
                member = await self._bot.get_chat_member(int(place.channel), int(person.account))
            except BadRequest:
                return True
        return is_there(member)

    async def restrict(self, wanted: Restriction) -> Restricted:
        """Set or lift a restriction. Raises Throttled, PlatformDown."""
        await self.check()
        with told_apart():
            return await restrict(self._bot, wanted)

    async def close(self) -> None:
        """Let go of connections."""
        self._ready = False
        await self._receiver.close()
        await self._sender.close()
        await self._bot.shutdown()

    async def _publish_commands(self) -> None:
        """Tell Telegram our commands, to each reader in their language, where it knows others. A failure leaves the old list standing."""
        for locale, (scope, for_moderators) in itertools.product(Locale, _SCOPES):
            language = None if locale is Locale.EN else locale.value
            wanted = self._listed(locale, for_moderators=for_moderators)
            try:
                with told_apart():
                    if await self._bot.get_my_commands(scope, language) != wanted:
                        await self._bot.set_my_commands(wanted, scope, language)
            except WalkonError as error:
                log.warning("telegram_commands_not_published", language=locale, scope=scope.type, error=type(error).__name__)

    def _listed(self, locale: Locale, *, for_moderators: bool) -> tuple[BotCommand, ...]:
        # A command that everybody sees the answer of matters to everybody, also where a moderator's limits are others.
        return tuple(
            BotCommand(short_form(command.name), self._words.say(locale, f"command.{command.name}")[:DESCRIPTION_LIMIT])
            for command in self._commands
            if for_moderators or command.public or not command.moderates
        )


def _bot(token: str, api_url: str, waits: Timeouts) -> ExtBot[int]:
    # The library's switch for durations that are not bare numbers; without it, it warns at every 429.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    for name, least in _LEAST_LEVELS.items():
        # Below these they log addresses, and the token is part of every address.
        logging.getLogger(name).setLevel(max(least, logging.getLogger(name).level))
    return ExtBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=_request(waits, _CONNECTIONS),
        get_updates_request=_request(waits, 2),
        rate_limiter=Pace(),
    )


def _request(waits: Timeouts, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=waits.connect_s,
        read_timeout=waits.answer_s,
        write_timeout=waits.answer_s,
        media_write_timeout=waits.upload_answer_s,
        pool_timeout=waits.answer_s,
    )
