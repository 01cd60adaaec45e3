"""The store is the promise: what it still owes and the queue forgot, ended or lost is put right here."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from walkon.agreement import against, record_outcome
from walkon.bot.agreeing import expire_due
from walkon.bot.forgetting import erase_settled
from walkon.bot.house import House
from walkon.bot.intake import job_of, line_up_stand_in
from walkon.bot.takedown import purge_files
from walkon.library import spending, tables
from walkon.library.clips import CancelledBy, Clip, FailureCause, Finished
from walkon.library.endings import end_cancelled, end_declined, end_failed, outcome_of
from walkon.queue.port import JobState, JobView, QueueFull
from walkon.scene.codec import decode
from walkon.store.database import Transaction
from walkon.types.ids import render_job, stand_in_job

log = structlog.get_logger(__name__)

EVERY_S = 5.0

SETTLED = timedelta(seconds=10)
"""A clip younger than this may still be on its way into the queue."""


async def reconcile(house: House, *, settled: timedelta = SETTLED) -> int:
    """Compare every promised clip with its job and mend what differs; returns how many were mended."""
    owed = [clip for clip in await house.database.read(tables.promised) if house.clock.now() - clip.asked_at >= settled]
    views = await house.queue.views([render_job(clip.id) for clip in owed])
    mended = [await _mend(house, clip, views.get(render_job(clip.id))) for clip in owed]
    if any(mended):
        house.database.announce()
    return sum(mended)


async def keep_reconciling(house: House) -> None:
    """Reconcile at once and then regularly, until cancelled."""
    settled = timedelta(0)
    while True:
        try:
            await reconcile(house, settled=settled)
            await expire_due(house)
            await line_up_stand_ins(house)
            await purge_files(house)
            await erase_settled(house.database)
            await house.database.write(lambda tx: spending.forget_old(tx, house.clock.now()))
        except Exception as error:  # the next round tries again; the rest of the house goes on
            log.error("reconcile_broke", exc_info=error)
        settled = SETTLED
        await asyncio.sleep(EVERY_S)


async def line_up_stand_ins(house: House) -> None:
    """Have those previews drawn after all that the queue did not take when their questions were asked."""
    waiting = [clip for clip in await house.database.read(tables.undrawn) if house.clock.now() - clip.asked_at >= SETTLED]
    known = await house.queue.views([stand_in_job(clip.id) for clip in waiting])
    for clip in waiting:
        if stand_in_job(clip.id) not in known:
            await line_up_stand_in(house, clip)


async def _mend(house: House, clip: Clip, view: JobView | None) -> bool:
    if view is None:
        return await _resubmit(house, clip)
    if not view.state.final:
        return False
    await house.database.write(partial(_end_as, clip, view, house.clock.now()))
    return True


async def _end_as(clip: Clip, view: JobView, now: datetime, tx: Transaction) -> None:
    if view.state is JobState.CANCELLED:
        await end_cancelled(tx, clip.id, CancelledBy.ASKER, now, begun=view.token > 0)
    elif view.state is JobState.DEAD or view.result is None:
        await end_failed(tx, clip.id, FailureCause.RENDER, now)
    else:
        await _record_result(tx, clip, view, now)


async def _record_result(tx: Transaction, clip: Clip, view: JobView, now: datetime) -> None:
    try:
        outcome = outcome_of(view.result or b"")
    except msgspec.DecodeError:
        await end_failed(tx, clip.id, FailureCause.LOST, now)
        return
    if isinstance(outcome, Finished):
        # The queue keeps no words; the scene says which of them no engine was ever going to draw.
        outcome = replace(outcome, not_staged=decode(clip.scene).not_staged)
    await record_outcome(tx, clip.id, view.token, outcome, now)


async def _resubmit(house: House, clip: Clip) -> bool:
    if await house.database.read(lambda tx: against(tx, clip, house.clock.now())):
        await house.database.write(lambda tx: end_declined(tx, clip.id, house.clock.now()))
        return True
    try:
        await house.queue.submit(job_of(house, clip, house.first_pace))
    except QueueFull:
        return False
    log.info("job_brought_back", clip=clip.id)
    return True
