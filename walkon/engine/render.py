"""One job, from claim to stored clip. The order of the steps is what keeps a late or doubled render invisible."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from walkon.agreement import record_result, stars
from walkon.engine.port import Order, RenderBackend, Rendered, RenderFailed, Step
from walkon.library import films, tables
from walkon.library.clips import Clip, ClipState, Finished
from walkon.library.endings import LEFTOVER, result_of
from walkon.queue.port import JobCancelled, JobQueue, Lease, LeaseLost
from walkon.scene.codec import decode
from walkon.store.database import Database
from walkon.store.media import MediaStore
from walkon.types.clock import Clock, to_ms
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What a render works with. scratch: a directory of this worker's own."""

    queue: JobQueue
    database: Database
    media: MediaStore
    backend: RenderBackend
    clock: Clock
    scratch: Path


@dataclass(eq=False)
class NotAgreed(WalkonError):
    """Nothing of the clip may be made (any more): somebody in it does not agree, or it was stopped or taken down."""

    clip: ClipId


MAY_BE_MADE = frozenset({ClipState.PROMISED, ClipState.FAILED, ClipState.FINISHED})


async def render_clip(studio: Studio, lease: Lease, report: Callable[[Step], None]) -> None:
    """Render the leased clip: draw, store the files, let the queue decide by the fencing token, record, announce.

    Whether its people agree is asked before the first frame, before anything is kept, and in the transaction that records it.
    Raises RenderFailed, NotAgreed, LeaseLost, JobCancelled, OSError (media or scratch away).
    """
    clip_id = ClipId(lease.job.payload.decode())
    clip, _ = await _agreed(studio, clip_id)
    started = monotonic()
    directory = studio.scratch / f"{clip_id}-{lease.token}"
    try:
        finished = await _draw(studio, clip, directory, report, started)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    try:
        await studio.queue.complete(lease, result_of(finished), spent_ms=finished.spent_ms)
    except (JobCancelled, LeaseLost):
        await studio.database.write(lambda tx: films.discard(tx, films.files_of(finished), to_ms(studio.clock.now() + LEFTOVER)))
        raise
    async with studio.database.transaction() as tx:
        await record_result(tx, clip_id, lease.token, finished, studio.clock.now())
    studio.database.announce()


async def _agreed(studio: Studio, id: ClipId) -> tuple[Clip, Mapping[PersonId, str]]:
    """The clip and what its people are called. Raises NotAgreed; RenderFailed where it is unknown."""
    async with studio.database.reading() as tx:
        clip = await tables.get(tx, id)
        if clip is None:
            raise RenderFailed("the clip is not in the store", retryable=False)
        names = await stars(tx, clip, studio.clock.now()) if clip.state in MAY_BE_MADE else None
    if names is None:
        raise NotAgreed(id)
    return clip, names


async def _draw(studio: Studio, clip: Clip, directory: Path, report: Callable[[Step], None], started: float) -> Finished:
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    clip, names = await _agreed(studio, clip.id)
    order = Order(scene=decode(clip.scene).starring(names), directory=directory, max_bytes=clip.max_bytes)
    rendered = await studio.backend.render(order, report)
    await _agreed(studio, clip.id)
    return await _keep(studio, rendered, started)


async def _keep(studio: Studio, rendered: Rendered, started: float) -> Finished:
    video, poster, captions = [await studio.media.put(path) for path in (rendered.video, rendered.poster, rendered.captions)]
    return Finished(
        video=video,
        poster=poster,
        captions=captions,
        bytes=rendered.bytes,
        seconds=rendered.seconds,
        width=rendered.width,
        height=rendered.height,
        energy_wh=rendered.energy_wh,
        energy_metered=rendered.energy_metered,
        drawn=studio.backend.capabilities.drawn,
        not_staged=rendered.not_staged,
        spent_ms=round(1000 * (monotonic() - started)),
    )
