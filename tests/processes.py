"""Processes of the tests' own: started on a queue, listed, frozen and thawed."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


@contextlib.asynccontextmanager
async def on_queue(role: str, where: Path | str, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """One of `tests.queue.worker_process` on that file or server; killed at the end if it has not ended by itself."""
    words = (sys.executable, "-m", "tests.queue.worker_process", role, str(where), name)
    pipe = asyncio.subprocess.PIPE
    started = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdin=pipe, stdout=pipe)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def lines_on_queue(role: str, where: Path | str, name: str) -> list[str]:
    """All that it says until it ends."""
    async with on_queue(role, where, name) as started:
        output, _ = await started.communicate()
        assert started.returncode == 0
        return output.decode().splitlines()


def descendants(pid: int) -> list[int]:
    """All processes below `pid`, from the kernel's own list."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    todo = [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def freeze(pid: int) -> list[int]:
    """Stop the process and all below it where they are; returns who is to be thawed."""
    frozen = [pid, *descendants(pid)]
    for each in frozen:
        os.kill(each, signal.SIGSTOP)
    return frozen


def thaw(frozen: list[int]) -> None:
    """Let them go on as if nothing had been; one that was ended meanwhile stays so."""
    for each in frozen:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGCONT)
