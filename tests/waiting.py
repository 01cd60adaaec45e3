"""Waiting for a condition instead of for a time."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any


async def until(condition: Callable[[], object | Awaitable[object]], timeout_s: float = 60.0, *, every_s: float = 0.01) -> object:
    """The first true value of the condition; fails after the time, which is a safety net and decides nothing.

    every_s: how often it looks.
    """
    async with asyncio.timeout(timeout_s):
        while True:
            value = condition()
            if inspect.isawaitable(value):
                value = await value
            if value:
                return value
            await asyncio.sleep(every_s)


async def answer_of(call: Callable[[], Awaitable[Any]], *, despite: type[Exception], timeout_s: float = 60.0) -> Any:
    """What the call answers, asked for again as long as that fault comes; for what may be asked any number of times."""
    answers: list[Any] = []

    async def answered() -> bool:
        try:
            answers.append(await call())
        except despite:
            return False
        return True

    await until(answered, timeout_s)
    return answers[0]
