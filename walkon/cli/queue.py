"""`walkon queue`: look at the job queue and steer it, also beside a running `walkon up`."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from walkon.cli.frame import FAILED, as_json, common, complain, settings, show
from walkon.types.ids import JobId, PlaceId
from walkon.types.people import Platform

if TYPE_CHECKING:
    from walkon.queue.port import JobQueue, JobView, QueueStats

Answer = TypeVar("Answer")


@click.group()
@common
def queue() -> None:
    """Look at the queue, or steer it."""


@queue.command()
@click.option(
    "--watch", is_flag=True, help="Show it anew every second, with the jobs under way, until Ctrl-C; with --json a line each time."
)
@common
@as_json
def stats(watch: bool, as_json: bool) -> None:
    """How many jobs there are, by state."""
    if watch:
        from walkon.cli import queue_live

        _with_queue(lambda open_queue: queue_live.watch(open_queue, counts=_counts, json_wanted=as_json))
        return
    found = _with_queue(lambda open_queue: open_queue.stats())
    show(_counts(found), "\n".join(_stats_lines(found)), json_wanted=as_json)


@queue.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many, newest first.")
@common
@as_json
def dead(limit: int, as_json: bool) -> None:
    """Jobs set aside after their last attempt."""
    jobs = _with_queue(lambda open_queue: open_queue.dead(limit))
    show({"dead": [_job(job) for job in jobs]}, "\n".join(map(_job_line, jobs)) or "None.", json_wanted=as_json)


@queue.command()
@click.argument("job")
@common
@as_json
def requeue(job: str, as_json: bool) -> None:
    """Give a job that was set aside fresh attempts."""
    done = _with_queue(lambda open_queue: open_queue.requeue(JobId(job)))
    if done or as_json:
        show({"job": job, "requeued": done}, f"{job}: back in line.", json_wanted=as_json)
    if not done:
        complain(f"{job}: is not among the jobs set aside. See: walkon queue dead")
        click.get_current_context().exit(FAILED)


@queue.command()
@click.option("--off", is_flag=True, help="Go on handing out jobs.")
@common
@as_json
def drain(off: bool, as_json: bool) -> None:
    """Hand out no more jobs, so that workers run empty."""
    _with_queue(lambda open_queue: open_queue.drain(not off))
    show({"draining": not off}, "Jobs are handed out again." if off else "No more jobs are handed out.", json_wanted=as_json)


@queue.command()
@click.argument("place")
@click.option("--off", is_flag=True, help="Let its jobs go on.")
@common
@as_json
def pause(place: str, off: bool, as_json: bool) -> None:
    """Hold the waiting jobs of PLACE, such as discord:SERVER."""
    platform, _, account = place.partition(":")
    if platform not in list(Platform) or not account:
        raise click.BadParameter("a place is discord:SERVER, telegram:CHAT or web:local.", param_hint="PLACE")
    _with_queue(lambda open_queue: open_queue.pause(PlaceId(place), not off))
    show({"place": place, "paused": not off}, f"{place}: " + ("goes on." if off else "held."), json_wanted=as_json)


def _with_queue(ask: Callable[["JobQueue"], Awaitable[Answer]]) -> Answer:
    config = settings()
    from walkon.wiring.ground import open_queue

    async def asked() -> Answer:
        async with open_queue(config) as found:
            return await ask(found)

    return asyncio.run(asked())


def _counts(stats: "QueueStats") -> dict[str, Any]:
    return {
        "queued": stats.queued,
        "running": stats.running,
        "waiting": stats.delayed,
        "dead": stats.dead,
        "done": stats.done,
        "cancelled": stats.cancelled,
        "work_ms": stats.waiting_ms,
        "paused": list(stats.paused_places),
        "draining": stats.draining,
    }


def _stats_lines(stats: "QueueStats") -> Iterator[str]:
    for state in ("queued", "running", "waiting", "dead", "done", "cancelled"):
        yield f"{state:<10}{_counts(stats)[state]}"
    if stats.draining:
        yield "No more jobs are handed out. To go on: walkon queue drain --off"
    for place in stats.paused_places:
        yield f"{place} is held. To go on: walkon queue pause {place} --off"


def _job(job: "JobView") -> dict[str, Any]:
    return {"id": job.id, "attempts": job.attempts, "error": job.error}


def _job_line(job: "JobView") -> str:
    return f"{job.id}  after {job.attempts} attempts: {job.error}"
