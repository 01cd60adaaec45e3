"""Taking clips down: they, everything made from them and every copy of the same film vanish, and never come back.

The store comes first, in one transaction: whoever asks from then on gets the card that says so. The queue, the chats and the
files follow; what of them could not be reached at once is repeated (`reconcile`, the outbox) until it is done.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
import structlog

from walkon.bot.house import House
from walkon.bot.withdrawal import begun_jobs
from walkon.library import films, spending, tables
from walkon.library.clips import ClipState, RemovedBy
from walkon.library.endings import end_taken_down
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.store.outbox import Copy, CopyState
from walkon.types.clock import to_ms
from walkon.types.ids import ClipId, render_job
from walkon.types.people import Place

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What one takedown reached. clips: all that are down now. made_from: how many of them were made from others of them or show
    the same film. stopped: those that waited or rendered until now.
    """

    clips: frozenset[ClipId]
    made_from: int
    stopped: tuple[ClipId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What became of the posts: gone, still to go, and, each with its place, out of reach."""

    gone: int
    pending: int
    out_of_reach: tuple[Place, ...]

    @property
    def posts(self) -> int:
        """How many there were."""
        return self.gone + self.pending + len(self.out_of_reach)


async def take_down(house: House, clips: Collection[ClipId], by: RemovedBy, *, rule: str = "") -> Removal:
    """Take these clips down, and what was made from them. rule: what the reader is told as reason. Safe to repeat."""
    now = house.clock.now()
    removal = await house.database.write(lambda tx: record_takedown(tx, clips, by, now, rule=rule))
    await after_takedown(house, removal)
    return removal


async def record_takedown(tx: Transaction, clips: Collection[ClipId], by: RemovedBy, now: datetime, *, rule: str = "") -> Removal:
    """The store's part, for a caller with a transaction of its own; `after_takedown` must follow its commit."""
    family = await _family(tx, clips, by)
    stopped: list[ClipId] = []
    for id, why in family.items():
        clip = await tables.get(tx, id)
        if clip is None:
            continue
        if clip.state is ClipState.PROMISED:
            stopped.append(id)
        await end_taken_down(tx, clip, why, now, rule if id in clips else "")
    return Removal(clips=frozenset(family), made_from=len(family) - len(set(clips)), stopped=tuple(stopped))


async def after_takedown(house: House, removal: Removal) -> None:
    """Wake delivery, stop the jobs, delete the files. What fails here is repeated by `reconcile`.

    A clip that no worker had taken up yet costs nobody a turn.
    """
    house.database.announce()
    outcomes = await asyncio.gather(*(house.queue.cancel(render_job(id)) for id in removal.stopped), return_exceptions=True)
    for id, outcome in zip(removal.stopped, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            log.warning("job_not_called_off", clip=id, reason=f"{type(outcome).__name__} {outcome}")
    if removal.stopped:
        begun = await begun_jobs(house, removal.stopped)
        never_begun = [id for id in removal.stopped if render_job(id) not in begun]
        await house.database.write(lambda tx: _given_back(tx, never_begun))
    await purge_files(house)


async def purge_files(house: House) -> int:
    """Delete the files that are due; returns how many are gone. One that cannot be deleted now is tried again next time."""
    now_ms = to_ms(house.clock.now())
    keys = await house.database.write(lambda tx: films.to_purge(tx, now_ms))
    gone = [key for key in keys if await _removed(house, key)]
    if gone:
        await house.database.write(lambda tx: _purged(tx, gone))
    return len(gone)


async def _given_back(tx: Transaction, clips: Collection[ClipId]) -> None:
    for id in clips:
        await spending.give_back(tx, id)


async def _purged(tx: Transaction, keys: Collection[str]) -> None:
    for key in keys:
        await films.purged(tx, key)


async def reach_of(house: House, clips: Collection[ClipId]) -> Reach:
    """Where the posts of these clips stand now."""
    copies = await house.database.read(lambda tx: outbox.copies(tx, clips))
    return Reach(
        gone=sum(copy.state is CopyState.GONE for copy in copies),
        pending=sum(copy.state is CopyState.PENDING for copy in copies),
        out_of_reach=tuple(_place(copy) for copy in copies if copy.state is CopyState.OUT_OF_REACH),
    )


def _place(copy: Copy) -> Place:
    return msgspec.json.decode(copy.place, type=Place)


async def _family(tx: Transaction, clips: Collection[ClipId], by: RemovedBy) -> Mapping[ClipId, RemovedBy]:
    """Every clip that goes, with the reason its card gives."""
    family = dict.fromkeys(clips, by)
    while True:
        before = len(family)
        family = dict.fromkeys(await tables.descendants(tx, family), RemovedBy.ORIGIN) | family
        if by.bans_file:
            family = dict.fromkeys(await films.twins(tx, family), RemovedBy.SAME_FILE) | family
        if len(family) == before:
            return family


async def _removed(house: House, key: str) -> bool:
    try:
        await house.media.remove(key)
    except OSError as error:
        log.warning("file_not_deleted", key=key, reason=str(error))
        return False
    return True
