"""Who is in a chat, as Telegram says it: for what only members may see."""

import asyncio

from telegram.error import TelegramError
from telegram.ext import ExtBot

from walkon.bot.platforms.telegram.events import is_there

KNOWN_S = 300.0
REMEMBERED = 2_000
_ASKED_S = 5.0


class Members:
    """Asks, and remembers a yes for a while. What Telegram does not say for sure is a no."""

    def __init__(self, bot: ExtBot[int]) -> None:
        self._bot = bot
        self._there: dict[tuple[int, int], float] = {}

    async def has(self, chat: int, account: int) -> bool:
        """Whether the account is in the chat."""
        now_s = asyncio.get_running_loop().time()
        if now_s < self._there.get((chat, account), 0.0):
            return True
        if not await self._asked(chat, account):
            return False
        fresh = {one: until for one, until in self._there.items() if until > now_s}
        self._there = (fresh if len(fresh) < REMEMBERED else {}) | {(chat, account): now_s + KNOWN_S}
        return True

    def gone(self, chat: int, account: int) -> None:
        """The account has left the chat."""
        self._there.pop((chat, account), None)

    async def _asked(self, chat: int, account: int) -> bool:
        try:
            async with asyncio.timeout(_ASKED_S):
                return is_there(await self._bot.get_chat_member(chat, account))
        except (TelegramError, TimeoutError):
            return False
