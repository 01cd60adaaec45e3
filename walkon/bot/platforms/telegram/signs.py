"""The bot's own single reaction on the message that asked for a clip: where the clip stands, at a glance.

It is decoration beside the card: one that Telegram refuses, in a chat that allows no such reaction or has heard enough of us for a
minute, is left out.
"""

import asyncio
from collections import OrderedDict

import structlog
from telegram.constants import ReactionEmoji
from telegram.error import TelegramError
from telegram.ext import ExtBot

from walkon.bot.cards import Signal
from walkon.bot.platforms.telegram.pace import SPARE_FOR_ANSWERS

log = structlog.get_logger(__name__)

SIGNS = {
    Signal.ASKED: ReactionEmoji.EYES,
    Signal.AGREED: ReactionEmoji.HANDSHAKE,
    Signal.RENDERING: ReactionEmoji.WRITING_HAND,
    Signal.KEPT: ReactionEmoji.SLEEPING_FACE,
    Signal.FINISHED: ReactionEmoji.PARTY_POPPER,
    Signal.HELD: ReactionEmoji.THINKING_FACE,
    Signal.STOPPED: ReactionEmoji.OK_HAND_SIGN,
}
"""All of Telegram's fixed list, and none that is a face on somebody's words."""
REMEMBERED = 5_000


_Message = tuple[int, int]


class Signs:
    """Puts them, each once while this process remembers, and keeps nobody waiting for it."""

    def __init__(self, bot: ExtBot[int]) -> None:
        self._bot = bot
        self._standing: OrderedDict[_Message, Signal] = OrderedDict()
        self._wanted: dict[_Message, Signal] = {}
        self._following: dict[_Message, asyncio.Task[None]] = {}

    def put(self, chat: int, message: int, signal: Signal) -> None:
        """From now on somebody's message is to bear the sign; of several wanted meanwhile, the last."""
        where = (chat, message)
        self._wanted[where] = signal
        if where not in self._following:
            self._following[where] = asyncio.create_task(self._follow(where), name="telegram sign")

    async def close(self) -> None:
        """Give up what is on its way."""
        following = [*self._following.values()]
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)

    async def _follow(self, where: _Message) -> None:
        try:
            while (signal := self._wanted.pop(where, None)) is not None:
                if self._standing.get(where, Signal.NONE) is not signal:
                    await self._set(where, signal)
        finally:
            del self._following[where]

    async def _set(self, where: _Message, signal: Signal) -> None:
        chat, message = where
        try:
            await self._bot.set_message_reaction(chat, message, SIGNS.get(signal), rate_limit_args=SPARE_FOR_ANSWERS)
        except TelegramError as error:
            log.info("telegram_sign_left_out", error=type(error).__name__)
            return
        self._standing[where] = signal
        if len(self._standing) > REMEMBERED:
            self._standing.popitem(last=False)
