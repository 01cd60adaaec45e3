"""The last steps of every clip, whichever engine made it, in a warm child process: a crash of native code costs one clip."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from walkon.engine.lines import LineProcess, NoAnswer
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
        self._credentials = credentials
        self._child = LineProcess(program)

    @property
    def pid(self) -> int | None:
        """Process id of the child, None where there is none now."""
        return self._child.pid

    async def sign(self, clip: Path, statement: Statement) -> Seal:
        """Sign the clip in place. Raises NotFinished; what lies there then is not to be shown."""
        try:
            ask = Sign(str(clip), statement, self._credentials())
        except SetupError as error:
            raise NotFinished(str(error)) from error
        seal = (await self._asked(ask, Signed, SIGN_LIMIT_S)).seal
        if seal.untimed:
            log.warning("signed_without_time", reason=seal.untimed)
        return seal

    async def look_at(self, clip: Path, poster: Path, *, most: int) -> Look:
        """What a classifier says of the clip's pictures, `most` of them at most. Raises NotFinished."""
        return (await self._asked(Check(str(clip), str(poster), most), Checked, CHECK_LIMIT_S)).look

    async def close(self) -> None:
        """End the child; returns when it is gone."""
        await self._child.close()

    async def _asked(self, ask: Ask, kind: type[A], limit_s: float) -> A:
        try:
            answer = _ANSWER.decode(await self._child.ask(msgspec.json.encode(ask, enc_hook=str), limit_s))
        except (NoAnswer, msgspec.DecodeError) as error:
            await self._child.close()
            raise NotFinished(f"the last steps were not done: {error}") from error
        if isinstance(answer, kind):
            return answer
        raise NotFinished(answer.reason if isinstance(answer, Fault) else "another answer than asked for")
