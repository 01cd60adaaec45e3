"""Calls of scripts that wait at the same time, sent to the server together: one round trip and one write to its log for all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from walkon.queue.redis_scripts import Script

MOST_AT_ONCE = 256
"""Enough to make waiting for the network cheap, few enough to let others in between."""

Argument = str | bytes | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One script to run, and who waits for it."""

    script: Script
    arguments: Sequence[Argument]
    answer: asyncio.Future[Any]


class TogetherCalls:
    """Sends what waits, one pipeline at a time. A caller who has gone does not stop a call that has begun."""

    def __init__(self, send: Callable[[Sequence[Call]], Awaitable[Sequence[Any]]]) -> None:
        """send: returns one answer or exception for each call, or raises what befell them all."""
        self._send = send
        self._waiting: list[Call] = []
        self._pump: asyncio.Task[None] | None = None

    async def do(self, script: Script, arguments: Sequence[Argument]) -> Any:
        """What the script returns. It may run more than once if the server's answer is lost."""
        call = Call(script=script, arguments=arguments, answer=asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        return await call.answer

    async def close(self) -> None:
        """Wait for what was begun."""
        if self._pump is not None:
            await asyncio.gather(self._pump, return_exceptions=True)

    async def _run(self) -> None:
        calls: list[Call] = []
        try:
            while self._waiting:
                calls = [call for call in self._waiting[:MOST_AT_ONCE] if not call.answer.done()]
                del self._waiting[:MOST_AT_ONCE]
                await self._pass(calls)
        finally:
            for call in [*calls, *self._waiting]:
                call.answer.cancel()
            self._waiting.clear()

    async def _pass(self, calls: Sequence[Call]) -> None:
        if not calls:
            return
        try:
            answers = await self._send(calls)
        except Exception as fault:
            answers = [fault] * len(calls)
        for call, answer in zip(calls, answers, strict=True):
            _tell(call.answer, answer)


def _tell(waiting: asyncio.Future[Any], answer: Any) -> None:
    if waiting.done():
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
