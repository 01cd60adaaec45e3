"""How a clip ends in the store: its record and the cards that show it change in one transaction."""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from walkon.library import films, likes, spending, tables
from walkon.library.clips import (
    CancelledBy,
    Clip,
    ClipEnded,
    ClipState,
    FailureCause,
    Finished,
    RemovedBy,
    StaleToken,
    cancel,
    cancel_unseen,
    decline,
    drafted,
    fail,
    finish,
    hide,
    hold,
    keep_draft,
    let_show,
    release,
    take_down,
)
from walkon.store import outbox, reactions
from walkon.store.database import Transaction
from walkon.store.tombstones import TombstoneKind, bury
from walkon.types.clock import to_ms
from walkon.types.harm import HeldFor
from walkon.types.ids import ClipId

LEFTOVER = timedelta(minutes=10)
"""How long the files of a render that came too late are left: until then another clip of the same film may have been recorded."""


class _Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The result of a job that was ended before anything was rendered."""

    held: HeldFor


def result_of(outcome: Finished | HeldFor) -> bytes:
    """The render's result as the queue keeps it, so that it is not lost between the queue's word and the store's.

    Without the words that were not drawn: what the queue keeps is not sealed.
    """
    return msgspec.json.encode(_Held(outcome) if isinstance(outcome, HeldFor) else replace(outcome, not_staged=()))


def outcome_of(result: bytes) -> Finished | HeldFor:
    """The render's result again. Raises msgspec.DecodeError."""
    try:
        return msgspec.json.decode(result, type=_Held).held
    except msgspec.DecodeError:
        return msgspec.json.decode(result, type=Finished)


async def _change(tx: Transaction, before: Clip, after: Clip, now: datetime) -> Clip:
    if after.state.final and before.draft:
        await films.drop(tx, before.id, before.draft, to_ms(now + LEFTOVER), but=after.finished or after.withheld)
        after = replace(after, draft=None)
    if after != before:
        await tables.save(tx, after)
        await outbox.touch(tx, after.id, to_ms(now), urgent=True)
    return after


async def end_finished(tx: Transaction, id: ClipId, token: int, finished: Finished, now: datetime) -> bool:
    """Record a finished render; False where the output is dropped.

    That is so where the clip was stopped or taken down, where a newer render came first, and where this very film was taken
    down before.
    """
    clip = await tables.get(tx, id)
    if clip and not clip.state.final and await films.is_refused(tx, films.digests_of(finished)):
        await films.discard(tx, films.files_of(finished), to_ms(now))
        await end_taken_down(tx, clip, RemovedBy.SAME_FILE, now)
        return False
    try:
        after = finish(clip, token, finished, now) if clip else None
    except (ClipEnded, StaleToken):
        after = None
    if clip is None or after is None:
        await films.discard(tx, films.files_of(finished), to_ms(now + LEFTOVER))
        return False
    await films.keep(tx, id, finished)
    if after.state is ClipState.HELD:
        await spending.give_back(tx, id)
    await spending.settle(tx, id, finished.energy_wh)
    await _change(tx, clip, after, now)
    return True


async def end_drafted(tx: Transaction, id: ClipId, draft: Finished, now: datetime, *, state: ClipState = ClipState.PROMISED) -> bool:
    """Record a preview; False where it is dropped: the preview is held back, or this very film was taken down.

    state: which the clip must still be in: a preview with stand-ins is for a clip that waits, any other for one that is promised.
    """
    clip = await tables.get(tx, id)
    refused = await films.is_refused(tx, films.digests_of(draft))
    try:
        after = drafted(clip, draft, state) if clip and not refused else None
    except ClipEnded:
        after = None
    if after is None:
        await films.discard(tx, films.files_of(draft), to_ms(now + LEFTOVER))
        return False
    await films.keep(tx, id, draft)
    await tables.save(tx, after)
    await outbox.touch(tx, id, to_ms(now), urgent=False)
    return True


async def end_kept(tx: Transaction, id: ClipId, saved_wh: float, now: datetime) -> Clip | None:
    """The preview is the clip: nothing more is rendered. Raises ClipEnded; None if unknown.

    The turn is not given back: something was made of it.
    """
    clip = await tables.get(tx, id)
    if clip is None:
        return None
    kept = keep_draft(clip, saved_wh, now)
    await spending.settle(tx, id, kept.finished.energy_wh if kept.finished else 0.0)
    return await _change(tx, clip, kept, now)


async def end_held(tx: Transaction, id: ClipId, why: HeldFor, now: datetime) -> Clip | None:
    """Record that a clip is held back before anything was rendered; one that has ended stays as it is. None if unknown."""
    clip = await tables.get(tx, id)
    if clip is None or clip.state.final:
        return clip
    await spending.give_back(tx, id)
    return await _change(tx, clip, hold(clip, why, now), now)


async def end_hidden(tx: Transaction, clip: Clip, now: datetime) -> bool:
    """Take a clip that people report out of sight until somebody has looked; False where there is none to be seen."""
    try:
        after = hide(clip)
    except ClipEnded:
        return False
    await _change(tx, clip, after, now)
    return True


async def end_review(tx: Transaction, id: ClipId, now: datetime) -> bool:
    """Record that somebody looked at a clip that was held back and lets it be shown; False where there is none to show."""
    clip = await tables.get(tx, id)
    try:
        after = let_show(clip) if clip else None
    except ClipEnded:
        after = None
    if clip is None or after is None:
        return False
    await _change(tx, clip, after, now)
    return True


async def end_outcome(tx: Transaction, id: ClipId, token: int, outcome: Finished | HeldFor, now: datetime) -> bool:
    """Record what a job came to; False where a film is dropped, as in `end_finished`."""
    if isinstance(outcome, Finished):
        return await end_finished(tx, id, token, outcome, now)
    return await end_held(tx, id, outcome, now) is not None


async def end_taken_down(tx: Transaction, clip: Clip, by: RemovedBy, now: datetime, rule: str = "") -> Clip:
    """Take one clip down: its record, its cards, its files. One that was taken down before stays as it is."""
    after = take_down(clip, by, now, rule)
    if after is not clip:
        await tables.save(tx, after)
        await spending.settle(tx, clip.id)
        await films.let_go(tx, clip.id, to_ms(now))
        film = clip.finished or clip.withheld
        for digest in films.digests_of(film) if by.bans_file and film else ():
            await films.refuse(tx, digest, to_ms(now))
        await likes.drop(tx, clip.id)
        await reactions.drop(tx, await outbox.messages_of(tx, clip.id))
        await outbox.retract(tx, clip.id, to_ms(now))
        await bury(tx, TombstoneKind.CLIP, clip.id, now)
    return after


async def end_waiting(tx: Transaction, id: ClipId, now: datetime) -> Clip | None:
    """Everybody in the clip agrees: from now on it is promised. One that has ended stays as it is. None if unknown."""
    clip = await tables.get(tx, id)
    if clip is None or clip.state.final:
        return clip
    after = release(clip)
    if after != clip:
        if clip.draft:
            # It had stand-ins; what is promised now has people.
            await films.drop(tx, id, clip.draft, to_ms(now + LEFTOVER))
        await tables.save(tx, after)
        await outbox.touch(tx, id, to_ms(now), urgent=False)
    return after


async def end_declined(tx: Transaction, id: ClipId, now: datetime) -> Clip | None:
    """Somebody in the clip does not agree: its turn is given back. One that ended stays as it is, unless it failed. None if unknown."""
    clip = await tables.get(tx, id)
    if clip is None or (clip.state.final and clip.state is not ClipState.FAILED):
        return clip
    await spending.give_back(tx, id)
    return await _change(tx, clip, decline(clip, now), now)


async def end_cancelled(tx: Transaction, id: ClipId, by: CancelledBy, now: datetime, *, begun: bool = False) -> Clip | None:
    """Record that a clip was stopped; a clip that has ended already stays as it is. None if unknown.

    begun: a worker had taken it up, so that the turn is not given back.
    """
    clip = await tables.get(tx, id)
    if clip is None or clip.state.final:
        return clip
    await (spending.settle(tx, id) if begun else spending.give_back(tx, id))
    return await _change(tx, clip, cancel(clip, by, now), now)


async def end_unseen(tx: Transaction, clip: Clip, by: CancelledBy, now: datetime) -> bool:
    """Stop a clip that is finished and was never posted, with its files; False where it is none. Whether it was is the caller's to know."""
    try:
        after = cancel_unseen(clip, by)
    except ClipEnded:
        return False
    await films.let_go(tx, clip.id, to_ms(now))
    await _change(tx, clip, after, now)
    return True


async def end_failed(tx: Transaction, id: ClipId, cause: FailureCause, now: datetime) -> Clip | None:
    """Record that a clip was given up, which gives its turn back; one that has ended already stays as it is. None if unknown."""
    clip = await tables.get(tx, id)
    if clip is None or clip.state.final:
        return clip
    await spending.give_back(tx, id)
    return await _change(tx, clip, fail(clip, cause, now), now)
