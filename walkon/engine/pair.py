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
_STEADY = {"MALLOC_ARENA_MAX": "2"}
"""glibc gives each thread a heap of its own, and which one keeps a freed picture is chance: over two hundred clips of a model resident
memory wandered by 3 %, with two heaps by 0.1 % (bench/model). Elsewhere the name means nothing.
"""
_SILENT = {"ORT_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
"""Since 1.29 ONNX Runtime's Linux builds report every model that they load to its maker, and number the machine in a file."""


class Gone(Exception):
    """The pair is no longer there, or no longer speaks the language."""


def environment() -> dict[str, str]:
    """What a child process is given: no setting and no secret, one thread for each library, memory that stays where it is, no reports."""
    # The worker's environment holds secrets; the child needs none of them.
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    root = str(Path(walkon.__file__).parents[1])
    path = os.pathsep.join(part for part in (root, kept.get("PYTHONPATH", "")) if part)
    return kept | _ONE_THREAD | _STEADY | _SILENT | {"PYTHONPATH": path, "PYTHONSAFEPATH": "1"}


class Pair:
    """Two processes that live and die together: the desk, with which one speaks, and its press."""

    def __init__(self, desk: asyncio.subprocess.Process, press: asyncio.subprocess.Process) -> None:
        if desk.stdin is None or desk.stdout is None or desk.stderr is None or press.stderr is None:
            raise Gone
        self._desk, self._press = desk, press
        self._mouth, self._ear = desk.stdin, desk.stdout
        self._size = 0
        # The press first: where both ended, the desk only mourned it.
        self._words: dict[asyncio.subprocess.Process, deque[bytes]] = {press: deque(maxlen=40), desk: deque(maxlen=40)}
        self._fallen: tuple[asyncio.subprocess.Process, ...] = ()
        listening = [self._listen(press, press.stderr), self._listen(desk, desk.stderr)]
        self._tasks = [asyncio.create_task(work) for work in (*listening, self._watch())]

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
        """The last line that the process which ended first wrote on standard error, and how it ended; "" while both live.

        Complete once the pair is dismissed.
        """
        told = [process for process in self._fallen if self._words[process]] or list(self._fallen)
        if not told:
            return ""
        name = "press" if told[0] is self._press else "desk"
        line = self._words[told[0]][-1].decode(errors="replace").strip() if self._words[told[0]] else "without a word"
        return f"{name} ended with {told[0].returncode}: {line}"

    async def _listen(self, process: asyncio.subprocess.Process, complaints: asyncio.StreamReader) -> None:
        async for line in complaints:
            if line.strip():
                self._words[process].append(line[:500])

    async def _watch(self) -> None:
        ends = {asyncio.ensure_future(process.wait()): process for process in self._words}
        done, _ = await asyncio.wait(ends, return_when="FIRST_COMPLETED")
        self._fallen = tuple(process for end, process in ends.items() if end in done)
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
        stderr=pipe,
        pass_fds=tuple(descriptors),
        env=environment(),
        start_new_session=True,
    )


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()
