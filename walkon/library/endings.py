"""How a clip ends in the store: its record and the cards that show it change in one transaction."""

from datetime import datetime

import msgspec

from walkon.library import tables
from walkon.library.clips import CancelledBy, Clip, ClipEnded, FailureCause, Finished, StaleToken, cancel, fail, finish
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.types.clock import to_ms
from walkon.types.ids import ClipId


def result_of(finished: Finished) -> bytes:
    """The render's result as the queue keeps it, so that it is not lost between the queue's word and the store's."""
    return msgspec.json.encode(finished)


def finished_of(result: bytes) -> Finished:
    """The render's result again. Raises msgspec.DecodeError."""
    return msgspec.json.decode(result, type=Finished)


async def _change(tx: Transaction, before: Clip, after: Clip, now: datetime) -> Clip:
    if after != before:
        await tables.save(tx, after)
        await outbox.touch(tx, after.id, to_ms(now), urgent=True)
    return after


async def end_finished(tx: Transaction, id: ClipId, token: int, finished: Finished, now: datetime) -> bool:
    """Record a finished render; False where the clip was cancelled or a newer render came first: drop the output."""
    clip = await tables.get(tx, id)
    if clip is None:
        return False
    try:
        await _change(tx, clip, finish(clip, token, finished, now), now)
    except (ClipEnded, StaleToken):
        return False
    return True


async def end_cancelled(tx: Transaction, id: ClipId, by: CancelledBy, now: datetime) -> Clip | None:
    """Record that a clip was stopped; a clip that has ended already stays as it is. None if unknown."""
    clip = await tables.get(tx, id)
    if clip is None or clip.state.final:
        return clip
    return await _change(tx, clip, cancel(clip, by, now), now)


async def end_failed(tx: Transaction, id: ClipId, cause: FailureCause, now: datetime) -> Clip | None:
    """Record that a clip was given up; a clip that has ended already stays as it is. None if unknown."""
    clip = await tables.get(tx, id)
    if clip is None or clip.state.final:
        return clip
    return await _change(tx, clip, fail(clip, cause, now), now)
