"""One job, from claim to stored clip. The order of the steps is what keeps a late or doubled render invisible."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from walkon.engine.port import Order, RenderBackend, Rendered, RenderFailed, Step
from walkon.library import tables
from walkon.library.clips import Clip, Finished
from walkon.library.endings import end_finished, result_of
from walkon.queue.port import JobQueue, Lease
from walkon.scene.codec import decode
from walkon.store.database import Database
from walkon.store.media import MediaStore
from walkon.types.clock import Clock
from walkon.types.ids import ClipId


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What a render works with. scratch: a directory of this worker's own."""

    queue: JobQueue
    database: Database
    media: MediaStore
    backend: RenderBackend
    clock: Clock
    scratch: Path


async def render_clip(studio: Studio, lease: Lease, report: Callable[[Step], None]) -> None:
    """Render the leased clip: draw, store the files, let the queue decide by the fencing token, record, announce.

    Raises RenderFailed, LeaseLost, JobCancelled, OSError (media or scratch away).
    """
    clip_id = ClipId(lease.job.payload.decode())
    async with studio.database.reading() as tx:
        clip = await tables.get(tx, clip_id)
    if clip is None:
        raise RenderFailed("the clip is not in the store", retryable=False)
    started = monotonic()
    directory = studio.scratch / f"{clip_id}-{lease.token}"
    try:
        finished = await _draw(studio, clip, directory, report, started)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    await studio.queue.complete(lease, result_of(finished), spent_ms=finished.spent_ms)
    async with studio.database.transaction() as tx:
        await end_finished(tx, clip_id, lease.token, finished, studio.clock.now())
    studio.database.announce()


async def _draw(studio: Studio, clip: Clip, directory: Path, report: Callable[[Step], None], started: float) -> Finished:
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    order = Order(scene=decode(clip.scene), directory=directory, max_bytes=clip.max_bytes)
    rendered = await studio.backend.render(order, report)
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
