"""A child process that answers a line to each line: asked one thing at a time, replaced when it dies or falls silent."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence

from walkon.engine.pair import environment

LONGEST_LINE = 1 << 20


class NoAnswer(Exception):
    """The child died, fell silent or spoke nonsense; it was ended. As text, the reason."""


class LineProcess:
    """Starts `program` (arguments after the interpreter; this process's id follows) when it is needed, and again when it died."""

    def __init__(self, program: Sequence[str]) -> None:
        self._program = tuple(program)
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the child, None where there is none now."""
        return self._child.pid if self._child and self._child.returncode is None else None

    async def ask(self, line: bytes, limit_s: float) -> bytes:
        """The answer to one line, without its end. Raises NoAnswer; a caller that is cancelled ends the child."""
        async with self._turn:
            try:
                async with asyncio.timeout(limit_s):
                    return await self._told(line)
            except BaseException as error:
                # Whatever it was doing, its next answer would be to the wrong question.
                await self.close()
                if isinstance(error, TimeoutError):
                    raise NoAnswer(f"no answer for {limit_s:g} s") from None
                if isinstance(error, OSError | EOFError | ValueError):
                    raise NoAnswer(f"the process died: {type(error).__name__}") from error
                raise

    async def close(self) -> None:
        """End the child; returns when it is gone."""
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _told(self, line: bytes) -> bytes:
        child = await self._ready()
        if child.stdin is None or child.stdout is None:
            raise EOFError
        child.stdin.write(line + b"\n")
        await child.stdin.drain()
        answer = await child.stdout.readline()
        if not answer.endswith(b"\n"):
            raise EOFError
        return answer[:-1]

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            pipe = asyncio.subprocess.PIPE
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._program,
                str(os.getpid()),
                stdin=pipe,
                stdout=pipe,
                env=environment(),
                limit=LONGEST_LINE,
                start_new_session=True,
            )
        return self._child
