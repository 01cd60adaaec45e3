"""One picture of a film, taken in a process of its own: `python -m walkon.engine.snapshot FILM PICTURE first|last WIDTH HEIGHT PARENT`."""

import asyncio
import contextlib
import os
import sys
from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from walkon.engine.lifeline import die_with_parent
from walkon.engine.pair import environment
from walkon.engine.port import RenderFailed

LIMIT_S = 60.0
"""A minute of film is decoded in about five seconds on two cores."""


class Edge(StrEnum):
    """Which picture."""

    FIRST = "first"
    LAST = "last"


async def still(film: Path, target: Path, edge: Edge, size: tuple[int, int]) -> None:
    """Write that picture of the film as PNG, covering `size` (width first) in pixels. Raises RenderFailed."""
    program = ("-m", __name__, str(film), str(target), edge, *map(str, size), str(os.getpid()))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            await process.wait()
    except TimeoutError:
        raise RenderFailed(reason=f"no picture was taken of the old clip in {LIMIT_S:g} s", retryable=True) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise RenderFailed(reason="no picture could be taken of the old clip", retryable=False)


def taken(film: Path, target: Path, edge: Edge, size: tuple[int, int]) -> None:
    """What the process does. Raises av.FFmpegError; IndexError, StopIteration for a film without pictures."""
    from PIL import Image

    from walkon.engine import footage
    from walkon.types.scene import FPS

    shown = footage.pictures(film, size, FPS)
    # Of the rest only the newest picture is kept.
    found = next(shown) if edge is Edge.FIRST else deque(shown, maxlen=1).pop()
    Image.fromarray(found[0]).save(target, format="PNG")


def main(told: Sequence[str]) -> None:
    """Take the picture that the arguments name."""
    film, target, edge, width, height, parent = told
    die_with_parent(int(parent))
    taken(Path(film), Path(target), Edge(edge), (int(width), int(height)))


if __name__ == "__main__":
    main(sys.argv[1:])
