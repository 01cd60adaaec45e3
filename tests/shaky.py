"""A store and a queue that lose their process between any two steps: a call dies before it does anything, or right after."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from walkon.store.database import Database, Transaction
from walkon.store.media import MediaStore
from walkon.store.thread import Step


class Crash(BaseException):
    """The process is gone. Not an Exception, so that no code believes it could go on."""


class Shaky:
    """Decides where the next crash comes: after so many calls more, None for never."""

    def __init__(self) -> None:
        self.left: int | None = None

    def plan(self, pick: Random, share: float) -> None:
        """A crash within the next few calls, with that probability."""
        self.left = pick.randrange(8) if pick.random() < share else None

    def point(self) -> None:
        """One place between two steps."""
        if self.left is None:
            return
        if self.left == 0:
            self.left = None
            raise Crash
        self.left -= 1


class ShakyDatabase:
    """The store, with a point before and after each of its calls."""

    def __init__(self, inner: Database, shaky: Shaky) -> None:
        self._inner = inner
        self._shaky = shaky
        self.changed = inner.changed

    async def write(self, step: Step[Any]) -> Any:
        self._shaky.point()
        result = await self._inner.write(step)
        self._shaky.point()
        return result

    async def read(self, step: Step[Any]) -> Any:
        self._shaky.point()
        return await self._inner.read(step)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        self._shaky.point()
        async with self._inner.reading() as tx:
            yield tx

    def announce(self) -> None:
        self._inner.announce()


class ShakyQueue:
    """The queue, with a point before and after each of its calls."""

    def __init__(self, inner: Any, shaky: Shaky) -> None:
        self._inner = inner
        self._shaky = shaky

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._inner, name)

        async def shaken(*words: Any, **named: Any) -> Any:
            self._shaky.point()
            result = await call(*words, **named)
            self._shaky.point()
            return result

        return shaken


class StuckMedia(MediaStore):
    """Files that cannot be deleted for now."""

    stuck = True

    async def remove(self, key: str) -> None:
        if self.stuck:
            raise OSError("the server is away")
        await super().remove(key)
