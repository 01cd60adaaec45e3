"""Has uploads read in a process of their own, which is killed where it takes too long. Nothing of an upload touches a disk."""

import asyncio
import contextlib
import os
import signal
import sys

import msgspec

from walkon.consent.enrolment import Decoded, UploadFault, UploadRefused
from walkon.engine.pair import environment
from walkon.engine.upload_wire import LONGEST_ANSWER, WALL_S, Refused, read_answer

DESK = ("-m", "walkon.engine.upload_desk")
_SPENT = {-signal.SIGXCPU, -signal.SIGKILL}


class UploadReader:
    """Reads one upload at a time. wall_s: longest reading."""

    def __init__(self, *, wall_s: float = WALL_S) -> None:
        self._wall_s = wall_s
        self._turn = asyncio.Lock()

    async def __call__(self, body: bytes) -> Decoded:
        """What is left of the upload. Raises UploadRefused; OSError where no process can be started."""
        async with self._turn:
            answer = await self._answer(body)
        try:
            read = read_answer(answer)
        except msgspec.DecodeError:
            raise UploadRefused(UploadFault.UNREADABLE) from None
        if isinstance(read, Refused):
            raise UploadRefused(read.fault)
        return Decoded(stills=read.stills, voice=read.voice, review=read.review, seconds=read.seconds)

    async def _answer(self, body: bytes) -> bytes:
        process = await _started()
        try:
            async with asyncio.timeout(self._wall_s):
                answer, _ = await asyncio.gather(_heard(process), _told(process, body))
                await process.wait()
        except TimeoutError:
            raise UploadRefused(UploadFault.TOO_COSTLY) from None
        finally:
            await _ended(process)
        if process.returncode:
            raise UploadRefused(UploadFault.TOO_COSTLY if process.returncode in _SPENT else UploadFault.UNREADABLE)
        return answer


async def _started() -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *DESK,
        str(os.getpid()),
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,
    )


async def _told(process: asyncio.subprocess.Process, body: bytes) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(ConnectionError):
        process.stdin.write(body)
        await process.stdin.drain()
    process.stdin.close()


async def _heard(process: asyncio.subprocess.Process) -> bytes:
    answer = bytearray()
    while process.stdout is not None and (part := await process.stdout.read(1 << 16)):
        answer += part
        if len(answer) > LONGEST_ANSWER:
            raise UploadRefused(UploadFault.TOO_COSTLY)
    return bytes(answer)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()
