"""Telegram's own limits, kept before it has to say so.

The library's limiter lets everything wait when one chat is told to slow down; here a busy group only delays itself.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from telegram import constants
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

SPARE_FOR_ANSWERS = 6
"""Messages of a group's minute that progress edits leave to answers and clips."""

_MINUTE_S = 60.0
_UNMETERED = frozenset({"getChatMember", "getChat"})
_MOST_GROUPS = 512
_Result = bool | dict[str, Any] | list[dict[str, Any]]


class Pace(BaseRateLimiter[int]):
    """About 30 messages a second in all: they wait. 20 a minute in a group: what is over is refused at once, as by Telegram.

    A call's `rate_limit_args` is the number of messages it leaves free in its group. Source: `telegram.constants.FloodLimit`.
    """

    def __init__(self) -> None:
        self._all = AsyncLimiter(constants.FloodLimit.MESSAGES_PER_SECOND, 1)
        self._groups: dict[int, AsyncLimiter] = {}

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to let go of."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, _Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> _Result:
        """Make the call when its turn has come. Raises RetryAfter where its group has had enough for now."""
        chat = data.get("chat_id")
        if isinstance(chat, int) and endpoint not in _UNMETERED:
            if chat < 0:
                await self._take(chat, spare=rate_limit_args or 0)
            await self._all.acquire()
        return await callback(*args, **kwargs)

    async def _take(self, group: int, *, spare: int) -> None:
        bucket = self._bucket(group)
        if not bucket.has_capacity(1 + spare):
            raise RetryAfter(round(bucket.time_period / bucket.max_rate))
        await bucket.acquire()

    def _bucket(self, group: int) -> AsyncLimiter:
        if len(self._groups) > _MOST_GROUPS:
            self._groups = {id: bucket for id, bucket in self._groups.items() if not bucket.has_capacity(bucket.max_rate)}
        return self._groups.setdefault(group, AsyncLimiter(constants.FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP, _MINUTE_S))
