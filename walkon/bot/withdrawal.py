"""Stopping work: the queue decides, the store records, the cards follow."""

from walkon.bot.house import House
from walkon.library import tables
from walkon.library.clips import CancelledBy, Clip
from walkon.library.endings import end_cancelled
from walkon.queue.port import CancelOutcome
from walkon.types.ids import ClipId, render_job


async def stop(house: House, id: ClipId, by: CancelledBy) -> Clip | None:
    """Stop a clip wherever it is; one that has ended already stays as it is. None if unknown.

    The queue is asked first: once it says cancelled, no render can complete. A job it does not know was never started.
    """
    outcome = await house.queue.cancel(render_job(id))
    if outcome is CancelOutcome.TOO_LATE:
        async with house.database.reading() as tx:
            return await tables.get(tx, id)
    async with house.database.transaction() as tx:
        clip = await end_cancelled(tx, id, by, house.clock.now())
    house.database.announce()
    return clip
