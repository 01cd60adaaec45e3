"""One job, from claim to stored clip. The order of the steps is what keeps a late or doubled render invisible."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Protocol

from walkon.engine.port import Order, RenderBackend, Rendered, RenderFailed, Step
from walkon.library import tables
from walkon.library.clips import Clip, Finished
from walkon.library.endings import end_finished, result_of
from walkon.provenance.manifest import Seal, Source, Statement, room_for
from walkon.provenance.wording import mark_words
from walkon.queue.port import JobQueue, Lease
from walkon.scene.codec import decode
from walkon.store.database import Database
from walkon.store.media import Media, MediaMissing
from walkon.types.clock import Clock
from walkon.types.ids import ClipId


class Finisher(Protocol):
    """Does the last steps of a clip, in a process of its own."""

    async def sign(self, clip: Path, statement: Statement) -> Seal:
        """Sign the mp4 in place. Raises NotFinished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What a render works with. finishing: what signs every clip. scratch: a directory of this worker's own.

    visible_mark: every picture says in a corner how it came to be; what machines read is not touched by it.
    """

    queue: JobQueue
    database: Database
    media: Media
    backend: RenderBackend
    finishing: Finisher
    clock: Clock
    scratch: Path
    visible_mark: bool = True


async def render_clip(studio: Studio, lease: Lease, report: Callable[[Step], None]) -> None:
    """Render the leased clip: draw, sign, store the files, let the queue decide by the fencing token, record, announce.

    Nothing reaches the media store before it is signed, so whatever crashes here leaves no unsigned clip to be posted.

    Raises RenderFailed, NotFinished, LeaseLost, JobCancelled, OSError (media or scratch away).
    """
    clip_id = ClipId(lease.job.payload.decode())
    clip = await studio.database.read(lambda tx: tables.get(tx, clip_id))
    if clip is None:
        raise RenderFailed("the clip is not in the store", retryable=False)
    started = monotonic()
    directory = studio.scratch / f"{clip_id}-{lease.token}"
    try:
        finished = await _draw(studio, clip, directory, report, started)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    await studio.queue.complete(lease, result_of(finished), spent_ms=finished.spent_ms)
    now = studio.clock.now()
    await studio.database.write(lambda tx: end_finished(tx, clip_id, lease.token, finished, now))
    studio.database.announce()


async def _draw(studio: Studio, clip: Clip, directory: Path, report: Callable[[Step], None], started: float) -> Finished:
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    scene, drawn = decode(clip.scene), studio.backend.capabilities.drawn
    async with _parent_film(studio, clip) as parent:
        order = Order(
            scene=scene,
            directory=directory,
            max_bytes=clip.max_bytes - await asyncio.to_thread(room_for, parent),
            mark=mark_words(drawn=drawn, language=scene.language) if studio.visible_mark else "",
        )
        rendered = await studio.backend.render(order, report)
        source = Source.ALGORITHM if drawn else Source.MODEL
        statement = Statement(source=source, engine=studio.backend.capabilities.name, parent=parent)
        seal = await studio.finishing.sign(rendered.video, statement)
    return await _keep(studio, replace(rendered, bytes=seal.bytes), seal.film, started)


@asynccontextmanager
async def _parent_film(studio: Studio, clip: Clip) -> AsyncIterator[Path | None]:
    """The film of the clip that this one was made from, None where there is none or it is not kept any more."""
    parent_id = clip.parent
    parent = await studio.database.read(lambda tx: tables.get(tx, parent_id)) if parent_id else None
    async with AsyncExitStack() as stack:
        film = None
        if parent and parent.finished:
            with suppress(MediaMissing):
                film = await stack.enter_async_context(studio.media.local(parent.finished.video))
        yield film


async def _keep(studio: Studio, rendered: Rendered, film: str, started: float) -> Finished:
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
        film=film,
    )
