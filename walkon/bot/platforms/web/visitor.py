"""One open page: what is on its way to it. A slow page gets the newest state of each message, not every step."""

import asyncio
from collections.abc import Sequence

from aiohttp.web import WebSocketResponse

from walkon.bot.platforms.web import frames
from walkon.bot.platforms.web.frames import Me, ToPage
from walkon.bot.platforms.web.session import Session
from walkon.bot.platforms.web.tables import Message
from walkon.types.people import Locale

WAITING_LIMIT = 2_000
"""Frames that may wait for a page that does not read; then its connection is closed, and it comes back for the rest."""


class Visitor:
    """A connection. Everything is sent by `deliver`, in the order it was given. stirred: something was said or shown."""

    def __init__(self, socket: WebSocketResponse, session: Session) -> None:
        self.socket = socket
        self.session = session
        self.locale = Locale.EN
        self._waiting: dict[tuple[str, int], ToPage] = {}
        self._given = 0
        self._news = asyncio.Event()
        self.stirred = asyncio.Event()
        self._asking = 0

    @property
    def people(self) -> Sequence[str]:
        """Whose private messages it may see."""
        return self.session.people

    @property
    def me(self) -> Me:
        """Who this is, as the page is told."""
        return Me(people=tuple(self.session.people), name=self.session.name)

    def hear(self, message: Message) -> None:
        """A message is new or changed."""
        self._waiting.pop(("message", message.seq), None)
        self._put(("message", message.seq), frames.News(frames.view(message)))
        self.stirred.set()

    def asking(self, count: int) -> None:
        """So many questions wait for this person's answer; said only where it was not so before."""
        if count != self._asking:
            self._asking = count
            self._put(("asking", 0), frames.Asking(count))

    def send(self, frame: ToPage) -> None:
        """Send this after all that waits."""
        self._given += 1
        self._put(("frame", self._given), frame)

    def _put(self, key: tuple[str, int], frame: ToPage) -> None:
        self._waiting[key] = frame
        self._news.set()

    async def deliver(self) -> None:
        """Send what waits, until the connection ends."""
        while not self.socket.closed:
            await self._news.wait()
            self._news.clear()
            while self._waiting and not self.socket.closed:
                if len(self._waiting) > WAITING_LIMIT:
                    await self.socket.close(code=1013, message=b"too slow")
                    return
                frame = self._waiting.pop(next(iter(self._waiting)))
                await self.socket.send_str(frames.write(frame))
