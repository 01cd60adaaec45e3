"""`walkon queue stats --watch`: the queue on the terminal, drawn anew every second until Ctrl-C."""

import asyncio
import json
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from walkon.queue.port import JobQueue, JobView, QueueStats

EVERY_S = 1.0
BAR = 20
MOST_JOBS = 20
HOME, CLEAR_BELOW, CLEAR_LINE, OTHER_SCREEN, OWN_SCREEN, NO_CURSOR, CURSOR = (
    "\x1b[H", "\x1b[J", "\x1b[K", "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25l", "\x1b[?25h",
)  # fmt: skip
STATES = {"queued": "in line", "running": "rendering", "delayed": "waiting to be tried again", "dead": "set aside"}


async def watch(queue: "JobQueue", *, counts: "Callable[[QueueStats], Mapping[str, Any]]", json_wanted: bool) -> None:
    """Show the queue until SIGINT or SIGTERM: on a terminal in one place, else a block or a line of JSON each time."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    terminal = sys.stdout.isatty() and not json_wanted
    with _screen() if terminal else _no_screen():
        while not stop.is_set():
            stats, running = await queue.stats(), await queue.running(MOST_JOBS)
            if json_wanted:
                print(json.dumps({**counts(stats), "jobs": [job_record(job) for job in running]}), flush=True)
            else:
                _draw(list(picture(stats, running, width=shutil.get_terminal_size().columns)), terminal=terminal)
            await _pause(stop)


def picture(stats: "QueueStats", running: "list[JobView]", *, width: int) -> Iterator[str]:
    """The lines of one view. width: columns of the terminal."""
    for state, words in STATES.items():
        yield f"{getattr(stats, state):>7}  {words}"
    yield f"{stats.done:>7}  done, {stats.cancelled} cancelled in the last week"
    yield f"{_minutes(stats.waiting_ms):>7}  of work in line for one worker"
    yield ""
    yield from (_job(job, width) for job in running)
    if stats.draining:
        yield "No more jobs are handed out. To go on: walkon queue drain --off"
    yield from (f"{place} is held. To go on: walkon queue pause {place} --off" for place in stats.paused_places)
    yield "Ctrl-C ends this view, not the queue."


def job_record(job: "JobView") -> dict[str, Any]:
    """A job under way, for programs."""
    said = job.progress
    return {
        "id": job.id,
        "attempts": job.attempts,
        "phase": said.phase if said else None,
        "fraction": said.fraction if said else None,
        "left_ms": said.left_ms if said else None,
    }


def _job(job: "JobView", width: int) -> str:
    said = job.progress
    full = round(BAR * said.fraction) if said else 0
    words = f"{said.phase} {said.step} of {said.steps}" if said and said.steps else said.phase if said else "just begun"
    again = f", attempt {job.attempts}" if job.attempts > 1 else ""
    left = f", {_minutes(said.left_ms)} left" if said and said.left_ms is not None else ""
    share = f"{100 * said.fraction:3.0f} %" if said else "     "
    return f"{'█' * full}{'░' * (BAR - full)} {share}  {job.id}  {words}{left}{again}"[:width]


def _minutes(ms: int) -> str:
    return f"{ms / 1000:.0f} s" if ms < 120_000 else f"{ms / 60_000:.0f} min"


def _draw(lines: list[str], *, terminal: bool) -> None:
    if terminal:
        sys.stdout.write(HOME + "".join(f"{line}{CLEAR_LINE}\r\n" for line in lines) + CLEAR_BELOW)
    else:
        sys.stdout.write("\n".join([*lines, "", ""]))
    sys.stdout.flush()


async def _pause(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(EVERY_S):
            await stop.wait()
    except TimeoutError:
        return


@contextmanager
def _screen() -> Iterator[None]:
    """A screen of its own, so that what stood on the terminal before is there again afterwards."""
    sys.stdout.write(OTHER_SCREEN + NO_CURSOR)
    try:
        yield
    finally:
        sys.stdout.write(CURSOR + OWN_SCREEN)
        sys.stdout.flush()


@contextmanager
def _no_screen() -> Iterator[None]:
    yield
