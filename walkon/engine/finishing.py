"""The last steps of every clip, whichever engine made it, in a warm child process: a crash of native code costs one clip."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from walkon.engine.pair import environment
from walkon.provenance.certificates import Credentials
from walkon.provenance.manifest import Seal, Statement
from walkon.safety.output import Look
from walkon.types.errors import SetupError, WalkonError

log = structlog.get_logger(__name__)

PROGRAM = ("-m", "walkon.engine.finisher")
SIGN_LIMIT_S = 60.0
"""A file of 500 MB takes about 10 s (60 to 180 ms for 5 MB on a busy machine, growing with the size)."""
CHECK_LIMIT_S = 120.0
"""160 pictures take about 20 s on two busy cores, and the first waits a second for the network to load."""
LONGEST_LINE = 1 << 20


class Sign(msgspec.Struct, tag="sign", frozen=True):
    """To the child: sign this file in place."""

    clip: str
    statement: Statement
    credentials: Credentials


class Check(msgspec.Struct, tag="check", frozen=True):
    """To the child: look at the pictures. most: of the clip at most."""

    clip: str
    poster: str
    most: int


class Checked(msgspec.Struct, tag="checked", frozen=True):
    """From the child: what was seen."""

    look: Look


class Signed(msgspec.Struct, tag="signed", frozen=True):
    """From the child: signed."""

    seal: Seal


class Fault(msgspec.Struct, tag="fault", frozen=True):
    """From the child: it could not be done."""

    reason: str


Ask = Sign | Check
Answer = Signed | Checked | Fault
_ANSWER: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)
A = TypeVar("A", Signed, Checked)


class NotFinished(WalkonError):
    """A last step was not done, so the clip may not be shown. As text, the reason."""


class Finishing:
    """Asks the child process, one thing after the other; it is started when it is needed and again when it died.

    credentials: what clips are signed with now; called for each, so that a renewal is taken up. program: what starts the
    child, for tests.
    """

    def __init__(self, credentials: Callable[[], Credentials], *, program: tuple[str, ...] = PROGRAM) -> None:
        self._credentials, self._program = credentials, program
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the child, None where there is none now."""
        return self._child.pid if self._child and self._child.returncode is None else None

    async def sign(self, clip: Path, statement: Statement) -> Seal:
        """Sign the clip in place. Raises NotFinished; what lies there then is not to be shown."""
        try:
            ask = Sign(str(clip), statement, self._credentials())
        except SetupError as error:
            raise NotFinished(str(error)) from error
        return (await self._asked(ask, Signed, SIGN_LIMIT_S)).seal

    async def look_at(self, clip: Path, poster: Path, *, most: int) -> Look:
        """What a classifier says of the clip's pictures, `most` of them at most. Raises NotFinished."""
        return (await self._asked(Check(str(clip), str(poster), most), Checked, CHECK_LIMIT_S)).look

    async def close(self) -> None:
        """End the child; returns when it is gone."""
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _asked(self, ask: Ask, kind: type[A], limit_s: float) -> A:
        async with self._turn:
            try:
                async with asyncio.timeout(limit_s):
                    answer = await self._told(ask)
            except BaseException as error:
                # Whatever it was doing, its next answer would be to the wrong question.
                await self.close()
                if isinstance(error, TimeoutError):
                    raise NotFinished(f"gave no answer for {limit_s:g} s") from None
                if isinstance(error, OSError | EOFError | msgspec.DecodeError | ValueError):
                    raise NotFinished(f"the finishing process died: {type(error).__name__}") from error
                raise
        if isinstance(answer, kind):
            return answer
        raise NotFinished(answer.reason if isinstance(answer, Fault) else "another answer than asked for")

    async def _told(self, ask: Ask) -> Answer:
        child = await self._ready()
        if child.stdin is None or child.stdout is None:
            raise EOFError
        child.stdin.write(_encoded(ask))
        await child.stdin.drain()
        line = await child.stdout.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return _ANSWER.decode(line)

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._program,
                str(os.getpid()),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=environment(),
                limit=LONGEST_LINE,
                start_new_session=True,
            )
        return self._child


def _encoded(message: Ask | Answer) -> bytes:
    return msgspec.json.encode(message, enc_hook=str) + b"\n"
