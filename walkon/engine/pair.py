"""Starts the two child processes of a render and speaks with them."""

import asyncio
import contextlib
import os
import socket
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec

import walkon
from walkon.engine import wire
from walkon.engine.ring import new_ring

DESK = ("-m", "walkon.engine.desk")
PRESS = ("-m", "walkon.engine.press")

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "XDG_CACHE_HOME", "XDG_DATA_DIRS")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Gone(Exception):
    """The pair is no longer there, or no longer speaks the language."""


def _environment() -> dict[str, str]:
    # The worker's environment holds secrets; the child needs none of them.
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    root = str(Path(walkon.__file__).parents[1])
    path = os.pathsep.join(part for part in (root, kept.get("PYTHONPATH", "")) if part)
    return kept | _ONE_THREAD | {"PYTHONPATH": path, "PYTHONSAFEPATH": "1"}


class Pair:
    """Two processes that live and die together: the desk, with which one speaks, and its press."""

    def __init__(self, desk: asyncio.subprocess.Process, press: asyncio.subprocess.Process) -> None:
        if desk.stdin is None or desk.stdout is None or desk.stderr is None:
            raise Gone
        self._desk, self._press = desk, press
        self._mouth, self._ear, self._complaints = desk.stdin, desk.stdout, desk.stderr
        self._size = 0
        self._last_words: deque[bytes] = deque(maxlen=40)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._watch())]

    @classmethod
    async def started(cls, program: Sequence[str]) -> "Pair":
        """Start both; `program` are the arguments after the interpreter that start the desk. Raises OSError."""
        ring = new_ring()
        ours, theirs = socket.socketpair()
        try:
            desk = await _launched((*program, str(ring), str(ours.fileno())), (ring, ours.fileno()))
            try:
                press = await _launched((*PRESS, str(ring), str(theirs.fileno())), (ring, theirs.fileno()))
            except BaseException:
                await _ended(desk)
                raise
        finally:
            os.close(ring)
            ours.close()
            theirs.close()
        return cls(desk, press)

    @property
    def pids(self) -> tuple[int, int]:
        """Process ids of desk and press."""
        return self._desk.pid, self._press.pid

    @property
    def alive(self) -> bool:
        """Neither has ended, as far as is known."""
        return self._desk.returncode is None and self._press.returncode is None

    @property
    def last_words(self) -> str:
        """The end of what the desk wrote on standard error."""
        return b"".join(self._last_words).decode(errors="replace").strip()[-500:]

    async def _listen(self) -> None:
        async for line in self._complaints:
            self._last_words.append(line[:500])

    async def _watch(self) -> None:
        await asyncio.wait(
            [asyncio.ensure_future(self._desk.wait()), asyncio.ensure_future(self._press.wait())], return_when="FIRST_COMPLETED"
        )
        self.kill()

    def kill(self) -> None:
        """Kill both at once, without waiting."""
        for process in (self._desk, self._press):
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()

    async def dismissed(self) -> None:
        """Kill both and wait until the system has forgotten them."""
        self.kill()
        await asyncio.gather(*map(_ended, (self._desk, self._press)))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def tell(self, message: wire.Down) -> None:
        """Send a message. Raises Gone."""
        try:
            self._mouth.write(wire.packed(message))
            await self._mouth.drain()
        except OSError as problem:
            raise Gone from problem

    async def heard(self, limit_s: float) -> wire.Up:
        """The next message. Raises Gone, TimeoutError after limit_s."""
        try:
            async with asyncio.timeout(limit_s):
                # Kept, because a caller may be cancelled between the length and the body.
                self._size = self._size or int.from_bytes(await self._ear.readexactly(4), "big")
                if self._size > wire.LONGEST:
                    raise Gone
                body, self._size = await self._ear.readexactly(self._size), 0
                return wire.read_up(body)
        except (asyncio.IncompleteReadError, OSError, msgspec.DecodeError) as problem:
            if isinstance(problem, TimeoutError):
                raise
            raise Gone from problem


async def _launched(arguments: Sequence[str], descriptors: Sequence[int]) -> asyncio.subprocess.Process:
    piped = arguments[:2] != PRESS
    pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        str(os.getpid()),
        stdin=pipe if piped else none,
        stdout=pipe if piped else none,
        stderr=pipe if piped else none,
        pass_fds=tuple(descriptors),
        env=_environment(),
        start_new_session=True,
    )


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()
