"""What a file still shows of where it comes from. Never that it is real: only whether a mark of this host is in it.

The file may be anybody's, so it is read in a process of its own, with little time and memory and without the network.
"""

import asyncio
import contextlib
import os
import sys
from enum import StrEnum
from pathlib import Path

import msgspec

LIMIT_S = 60.0
"""Longest a file may take to read; 500 MB take about 5 s."""
MOST_BYTES = 2 * 1024**3
"""A larger file is not read: no clip of ours comes near."""
_PROGRAM = ("-m", "walkon.provenance.reader")
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH")


class Mark(StrEnum):
    """What was found in the file itself; keys of the sentences in `cli/verify.py`."""

    SIGNED = "signed"
    """This host's statement, and not a byte changed since."""
    CHANGED = "changed"
    """This host's statement, on a file that it is not about: changed since, or the statement was taken from another."""
    EXPIRED = "expired"
    """A statement whose certificate has ended, so that nobody can say any more whose it is."""
    FOREIGN = "foreign"
    """Somebody else's statement. Whether to believe it is not ours to say."""
    BROKEN = "broken"
    """Something like a statement that cannot be read."""
    UNREAD = "unread"
    """The file could not be read in the time and room that a file gets."""
    NONE = "none"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What the reading process found. signer: as its certificate names it. altered: what does not fit the statement, in C2PA's codes.

    drawn: no model made it, None where nothing says so. made_from: clips that it was made from, one after the other. people: how many
    are in it who agreed, as it says; receipts: the ids of theirs.
    stamped_at: when it was signed, as an authority of time says that is not checked here; "" where none does.
    """

    mark: Mark
    signer: str = ""
    altered: tuple[str, ...] = ()
    drawn: bool | None = None
    made_from: int = 0
    people: int = 0
    receipts: tuple[str, ...] = ()
    stamped_at: str = ""


UNREAD = Reading(mark=Mark.UNREAD)


async def examine(path: Path, anchor: str, *, limit_s: float = LIMIT_S) -> Reading:
    """Read a file of unknown origin. anchor: PEM of the authority that this host's clips are signed under, "" for none."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *_PROGRAM,
        str(path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=kept | {"PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), kept.get("PYTHONPATH", "")]))},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limit_s):
            told, _ = await child.communicate(anchor.encode())
        return msgspec.json.decode(told, type=Reading)
    except (TimeoutError, msgspec.DecodeError):
        return UNREAD
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
