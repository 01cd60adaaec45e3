"""Keeps a warm pair of child processes and renders one order at a time in them.

Nothing of drawing, coding or speech is imported here: whatever kills the pair, the worker lives and hires another.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from walkon.engine import wire
from walkon.engine.pair import DESK, Gone, Pair
from walkon.engine.port import BackendUnavailable, Order, Rendered, RenderFailed, Step, TooSmall


class Child:
    """Renders orders in child processes. One at a time; a second caller waits.

    program: arguments after the interpreter that start the desk. start_s: longest silence while it warms up. silence_s: longest
    time without a sign of life before the pair counts as hung. cancel_s: how long a cancelled render may take to stop by itself.
    """

    def __init__(self, program: Sequence[str] = DESK, *, start_s: float = 60, silence_s: float = 30, cancel_s: float = 0.12) -> None:
        self._program, self._start_s, self._silence_s, self._cancel_s = tuple(program), start_s, silence_s, cancel_s
        self._turn = asyncio.Lock()
        self._pair: Pair | None = None
        self._hiring: asyncio.Task[Pair] | None = None
        self.words = ""
        """What the pair said of itself when it was ready."""
        self.shot_s = 0.0
        """The longest shot that the pair's memory holds, 0 where that is no question."""

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the pair at work, empty between two pairs."""
        return self._pair.pids if self._pair else ()

    async def start(self) -> None:
        """Warm up. Raises BackendUnavailable."""
        async with self._turn:
            await self._ready()

    async def close(self) -> None:
        """End both processes; returns when they are gone."""
        hiring, self._hiring = self._hiring, None
        if hiring is not None:
            hiring.cancel()
            await asyncio.gather(hiring, return_exceptions=True)
        pair, self._pair = self._pair, None
        if pair is not None:
            await pair.dismissed()

    async def render(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Make the clip. Raises RenderFailed; when cancelled, the machine is free and the directory empty within 0.2 s."""
        async with self._turn:
            try:
                return await self._rendered(order, report)
            except RenderFailed:
                _swept(order.directory)
                raise

    async def _rendered(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        pair = await self._handed_over(order)
        try:
            return await self._followed(pair, report)
        except TimeoutError:
            await self._replaced(pair)
            raise RenderFailed(reason=f"the studio gave no sign of life for {self._silence_s:g} s", retryable=True) from None
        except Gone:
            await self._replaced(pair)
            raise RenderFailed(reason=f"the studio died while it worked; {pair.last_words}", retryable=True) from None
        except RenderFailed:
            raise
        except BaseException:
            await self._withdrawn(pair, order)
            raise

    async def _handed_over(self, order: Order) -> Pair:
        """A pair that has taken the order: one that died while idle is replaced first."""
        for _ in range(2):
            try:
                pair = await self._ready()
            except BackendUnavailable as problem:
                raise RenderFailed(reason=problem.reason, retryable=True) from problem
            try:
                await pair.tell(wire.Make(order))
                if isinstance(await pair.heard(self._silence_s), wire.Taken):
                    return pair
            except (Gone, TimeoutError):
                pass_on = pair
            except BaseException:
                await self._withdrawn(pair, order)
                raise
            else:
                pass_on = pair
            await self._replaced(pass_on)
        raise RenderFailed(reason="the studio does not take orders", retryable=True)

    async def _followed(self, pair: Pair, report: Callable[[Step], None]) -> Rendered:
        while True:
            match await pair.heard(self._silence_s):
                case wire.Stepped(step):
                    report(step)
                case wire.Done(rendered):
                    return rendered
                case wire.Failed(reason, retryable, broken):
                    if broken:
                        await self._replaced(pair)
                    raise RenderFailed(reason=reason, retryable=retryable)
                case _:
                    raise Gone

    async def _withdrawn(self, pair: Pair, order: Order) -> None:
        try:
            async with asyncio.timeout(self._cancel_s):
                await pair.tell(wire.Stop())
                while not isinstance(await pair.heard(self._cancel_s), wire.Stopped | wire.Done | wire.Failed):
                    continue
        except (Gone, TimeoutError):
            await self._replaced(pair)
        finally:
            _swept(order.directory)

    async def _ready(self) -> Pair:
        if self._pair is not None and not self._pair.alive:
            await self._replaced(self._pair)
        if self._pair is None:
            self._hiring = self._hiring or asyncio.create_task(self._hired())
            try:
                self._pair = await asyncio.shield(self._hiring)
            finally:
                if self._hiring.done():
                    self._hiring = None
        return self._pair

    async def _replaced(self, pair: Pair) -> None:
        """End the pair and warm another in the background."""
        self._pair = None
        pair.kill()
        self._hiring = self._hiring or asyncio.create_task(self._hired())
        await pair.dismissed()

    async def _hired(self) -> Pair:
        try:
            pair = await Pair.started(self._program)
        except OSError as problem:
            raise BackendUnavailable(reason=f"no process could be started: {problem}") from problem
        try:
            while isinstance(first := await pair.heard(self._start_s), wire.Stepped):
                continue
        except BaseException as problem:
            await pair.dismissed()
            if isinstance(problem, Gone | TimeoutError):
                raise BackendUnavailable(reason=f"the studio did not start; {pair.last_words}") from None
            raise
        if isinstance(first, wire.Ready):
            self.words, self.shot_s = first.words, first.shot_s
            return pair
        await pair.dismissed()
        if isinstance(first, wire.Unfit):
            raise (TooSmall if first.too_small else BackendUnavailable)(reason=first.reason)
        raise BackendUnavailable(reason="the studio speaks another language")


def _swept(directory: Path) -> None:
    for name in (wire.CLIP, wire.POSTER, wire.CAPTIONS):
        (directory / name).unlink(missing_ok=True)
