"""The local page as a `ChatPlatform`: binds, serves, and shows cards by keeping them in the conversation."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp.web import AppRunner, SockSite

from walkon.bot.cards import Card
from walkon.bot.command import Command
from walkon.bot.files import Attachment, FileGone, FileTooLarge
from walkon.bot.platforms.web import static_files
from walkon.bot.platforms.web.cards import card_json
from walkon.bot.platforms.web.chat import Chat, message_ref
from walkon.bot.platforms.web.doors import Doors
from walkon.bot.platforms.web.films import Films
from walkon.bot.platforms.web.handouts import Handouts
from walkon.bot.platforms.web.lobby import CHANNEL, Lobby
from walkon.bot.platforms.web.session import Passphrase, Sessions
from walkon.bot.platforms.web.site import Site
from walkon.bot.platforms.web.tables import NewMessage
from walkon.bot.port import Handler, PlatformLimits, Post
from walkon.bot.words import Words
from walkon.moderation.restrictions import Restricted, Restriction
from walkon.store.database import Database
from walkon.store.media import Media
from walkon.types.clock import Clock, SystemClock, to_ms
from walkon.types.errors import SetupError
from walkon.types.people import Person, Place, Platform

LIMITS = PlatformLimits(min_edit_s=0.2, in_flight=8, notes=False)
"""Ours to choose: five edits a second look alive, and each is one commit."""
BACKLOG = 512
SHUTDOWN_S = 2.0
_MENDS = {
    errno.EADDRINUSE: "is in use. Stop the program that has it, or set [web] port = 0 to take any free one.",
    errno.EACCES: "may not be opened by this user. Set [web] port to 1024 or more.",
    errno.EADDRNOTAVAIL: 'is no address of this machine. Set [web] host = "127.0.0.1".',
}


@dataclass(kw_only=True)
class WebPlatform:
    """The page. port 0 takes any free one. public_url: its https address where TLS stands in front. login: a passphrase.

    health: its `ready` decides `/readyz`. exposition: the text of `/metrics`. root: first word of typed commands.
    """

    host: str
    port: int
    public_url: str | None
    login: str | None
    database: Database
    media: Media
    commands: Sequence[Command]
    words: Words
    health: Callable[[], Awaitable[Mapping[str, object]]]
    exposition: Callable[[], bytes]
    root: str = "sora"
    clock: Clock = field(default_factory=SystemClock)
    _bound: socket.socket | None = field(default=None, init=False)
    _lobby: Lobby = field(init=False)
    _films: Films = field(init=False)

    def __post_init__(self) -> None:
        self._lobby, self._films = Lobby(self.database), Films(self.clock)

    @property
    def platform(self) -> Platform:
        """The page."""
        return Platform.WEB

    @property
    def limits(self) -> PlatformLimits:
        """What it bears."""
        return LIMITS

    @property
    def address(self) -> str:
        """Where to point a browser, known after `check`: the public address, else the bound one."""
        if self.public_url is not None:
            return self.public_url
        port = self._bound.getsockname()[1] if self._bound else self.port
        return f"http://[{self.host}]:{port}/" if ":" in self.host else f"http://{self.host}:{port}/"

    async def check(self) -> None:
        """Take the port. Raises SetupError where it cannot be had."""
        if self._bound is None:
            self._bound = self._bind()

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((self.host, self.port))
            # Without listening, a second program could take the same port until both serve.
            bound.listen(BACKLOG)
        except OSError as error:
            bound.close()
            mend = _MENDS.get(error.errno or 0, f"cannot be opened: {error.strerror}. Set [web] host and port to others.")
            raise SetupError(f"[web] {self.host} port {self.port} {mend}") from error
        bound.setblocking(False)
        return bound

    async def serve(self, handler: Handler) -> None:
        """Serve until cancelled. What was said and not answered before the last stop is answered first."""
        await self.check()
        chat = self._chat(handler)
        runner = AppRunner(self._site(chat).application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            assert self._bound is not None  # noqa: S101  check() bound it
            await SockSite(runner, self._bound, backlog=BACKLOG).start()
            await chat.catch_up()
            await self._lobby.hear_others()
            await asyncio.Event().wait()
        finally:
            self._bound = None
            await runner.cleanup()

    def _chat(self, handler: Handler) -> Chat:
        sessions = Sessions(self.database, self.clock)
        return Chat(
            lobby=self._lobby,
            sessions=sessions,
            commands=self.commands,
            words=self.words,
            clock=self.clock,
            root=self.root,
            handler=handler,
            films=self._films,
            handouts=Handouts(self.clock),
        )

    def _site(self, chat: Chat) -> Site:
        return Site(
            chat=chat,
            sessions=chat.sessions,
            doors=Doors(public_url=self.public_url),
            passphrase=Passphrase(self.login, self.clock) if self.login else None,
            media=self.media,
            files=static_files.load(),
            health=self.health,
            exposition=self.exposition,
            secure=(self.public_url or "").startswith("https:"),
        )

    async def show(self, post: Post, card: Card) -> str:
        """Make the post show the card; on the page every post is one row, so repeating it changes nothing."""
        whose = post.place.addressee
        new = NewMessage(
            key=post.key,
            channel=CHANNEL,
            visible_to=f"{Platform.WEB}:{whose}" if whose else None,
            card=card_json(card),
            locale=post.place.locale,
            at_ms=to_ms(self.clock.now()),
        )
        return message_ref(await self._lobby.put(new))

    async def begin_reactions(self, ref: str, emoji: Sequence[str]) -> None:
        """Nothing: the page has buttons."""

    async def read(self, attachment: Attachment, *, limit: int) -> AsyncIterator[bytes]:
        """A film that was sent from the page; it can be read once. Raises FileTooLarge, FileGone."""
        film = self._films.take(attachment.url)
        if film is None:
            raise FileGone
        if len(film) > limit:
            raise FileTooLarge(limit)
        yield film

    @property
    def has_caught_up(self) -> bool:
        """Nobody does anything here while nobody listens."""
        return True

    async def is_member(self, person: Person, place: Place) -> bool:
        """Whoever has a name here is here."""
        return True

    async def restrict(self, wanted: Restriction) -> Restricted:
        """The page has nothing of its own against anybody."""
        return Restricted.NO_MEANS

    async def close(self) -> None:
        """Give the port back."""
        if self._bound is not None:
            self._bound.close()
            self._bound = None
