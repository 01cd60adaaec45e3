"""Stopping work: the queue decides, the store records, the cards follow. A moderator's word is the exception: the store comes first."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import structlog

from walkon.bot import restricting
from walkon.bot.house import House
from walkon.library import tables
from walkon.library.clips import CancelledBy, Clip, ClipEnded
from walkon.library.endings import end_cancelled, end_kept, end_unseen
from walkon.moderation import tables as moderation
from walkon.moderation.mutes import Case, Deed, Entry
from walkon.moderation.proof import write
from walkon.queue.port import CancelOutcome, JobState, JobView
from walkon.scene.codec import decode
from walkon.store import outbox
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.types.ids import ClipId, EventId, JobId, render_job
from walkon.types.people import Platform

log = structlog.get_logger(__name__)

_HOLDS_BACK = (Deed.MUTE, Deed.BAN)


async def stop(house: House, id: ClipId, by: CancelledBy) -> Clip | None:
    """Stop a clip wherever it is; one that has ended already stays as it is. None if unknown.

    The queue is asked first: once it says cancelled, no render can complete. A job it does not know was never started.
    """
    job = render_job(id)
    outcome = await house.queue.cancel(job)
    if outcome is CancelOutcome.TOO_LATE:
        return await house.database.read(lambda tx: tables.get(tx, id))
    begun = await begun_jobs(house, [id])
    now = house.clock.now()

    async def stopped(tx: Transaction) -> Clip | None:
        clip = await end_cancelled(tx, id, by, now, begun=job in begun)
        await house.decider.drop(tx, id, now)
        return clip

    clip = await house.database.write(stopped)
    house.database.announce()
    return clip


async def keep_draft(house: House, clip: Clip) -> bool:
    """The clip is its preview, and nothing more is rendered; False where it has ended already, or has none.

    The queue is asked first: once it says cancelled, no render can complete.
    """
    job = render_job(clip.id)
    view = (await house.queue.views([job])).get(job)
    if await house.queue.cancel(job) is CancelOutcome.TOO_LATE:
        return False
    left = 1 - view.progress.fraction if view and view.progress else 1.0
    seconds, now = decode(clip.scene).seconds, house.clock.now()

    async def kept_as_drawn(tx: Transaction) -> Clip | None:
        saved_wh = await tables.recent_energy(tx, clip.lane) * seconds * left
        return await end_kept(tx, clip.id, saved_wh, now)

    try:
        kept = await house.database.write(kept_as_drawn)
    except ClipEnded:
        return False
    house.database.announce()
    return kept is not None


async def begun_jobs(house: House, clips: Collection[ClipId]) -> frozenset[JobId]:
    """The jobs of these clips that a worker has ever taken up, also where they were stopped since."""
    views = await house.queue.views([render_job(clip) for clip in clips])
    return frozenset(id for id, view in views.items() if view.token > 0)


async def stop_asked_by(house: House, event: EventId) -> None:
    """Stop the clip that an event asked for, if it asked for one: whoever asked was muted in the same moment."""
    clip = await house.database.read(lambda tx: tables.of_event(tx, event))
    if clip is not None:
        await stop(house, clip.id, CancelledBy.MODERATOR)


async def carry_out(house: House, event: EventId, case: Case) -> Entry:
    """Mute, ban, unmute or note, stop what the person has going there, and write it down: all of it or nothing.

    The store comes first here, so that nobody can find the mute without its effect; a render that ends all the same is
    dropped, since its clip is stopped. The same event again does nothing and returns what it did.
    """
    jobs = await _jobs(house, case)
    now = house.clock.now()

    async def done_once(tx: Transaction) -> tuple[Entry, Sequence[Clip] | None]:
        done = await moderation.entry_of(tx, event)
        if done is not None:
            return done, None
        stopped = await _take_effect(house, tx, case, jobs, now)
        running = sum(_is_running(jobs.get(render_job(clip.id))) for clip in stopped)
        entry = await write(tx, house.keys, event, case, now, running=running, waiting=len(stopped) - running)
        if case.native:
            await restricting.ask(tx, entry, case.by, now)
        elif case.deed is Deed.UNMUTE:
            await restricting.lift(tx, entry, now)
        return entry, stopped

    entry, stopped = await house.database.write(done_once)
    if stopped is not None:
        house.database.announce()
        await _call_off(house, stopped)
    return entry


async def _jobs(house: House, case: Case) -> Mapping[JobId, JobView]:
    if case.deed not in _HOLDS_BACK:
        return {}
    clips = await house.database.read(lambda tx: _going(tx, case))
    return await house.queue.views([render_job(clip.id) for clip in clips])


def _is_running(view: JobView | None) -> bool:
    return view is not None and view.state is JobState.RUNNING


async def _take_effect(house: House, tx: Transaction, case: Case, jobs: Mapping[JobId, JobView], now: datetime) -> Sequence[Clip]:
    if case.deed is Deed.UNMUTE:
        await moderation.lift(tx, case.person.id, case.place)
    if case.deed not in _HOLDS_BACK:
        return ()
    await moderation.put(tx, case.mute(now))
    clips = await _going(tx, case)
    for clip in clips:
        view = jobs.get(render_job(clip.id))
        await end_cancelled(tx, clip.id, CancelledBy.MODERATOR, now, begun=view is not None and view.token > 0)
        await house.decider.drop(tx, clip.id, now)
    return [*clips, *await _stop_unseen(house, tx, case, now)]


async def _stop_unseen(house: House, tx: Transaction, case: Case, now: datetime) -> Sequence[Clip]:
    """What was finished and is not posted yet is not posted."""
    accounts = await accounts_of(tx, case.person.id)
    clips = [clip for id in await outbox.unseen(tx, tuple(Platform)) if (clip := await tables.get(tx, ClipId(id)))]
    theirs = [clip for clip in clips if clip.asker.id in accounts and case.place in (None, clip.place.id)]
    stopped = [clip for clip in theirs if await end_unseen(tx, clip, CancelledBy.MODERATOR, now)]
    for clip in stopped:
        await house.decider.drop(tx, clip.id, now)
    return stopped


async def _going(tx: Transaction, case: Case) -> Sequence[Clip]:
    accounts = await accounts_of(tx, case.person.id)
    return [clip for account in accounts for clip in await tables.going_of(tx, account, case.place)]


async def _call_off(house: House, clips: Sequence[Clip]) -> None:
    outcomes = await asyncio.gather(*(house.queue.cancel(render_job(clip.id)) for clip in clips), return_exceptions=True)
    for clip, outcome in zip(clips, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            log.warning("job_not_called_off", clip=clip.id, reason=f"{type(outcome).__name__} {outcome}")
