"""One job, from claim to stored clip. The order of the steps is what keeps a late or doubled render invisible."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Protocol

import structlog

from walkon.agreement import record_draft, record_outcome, record_stand_in
from walkon.consent.enrolled import Enrolled
from walkon.consent.proof import Proof
from walkon.engine.finishing import NotFinished
from walkon.engine.people import Cast, Casting, agreed_clip, people_of, stand_ins_for, waiting_clip
from walkon.engine.port import Order, Phase, RenderBackend, Rendered, Step
from walkon.library import films
from walkon.library.clips import Clip, ClipState, Finished
from walkon.library.endings import LEFTOVER, result_of
from walkon.provenance.manifest import Seal, Source, Statement, room_for
from walkon.provenance.wording import mark_words
from walkon.queue.port import JobCancelled, JobQueue, Lease, LeaseLost
from walkon.safety.output import MOST_SAMPLES, REPORTED_SAMPLES, FrameCheck, Look, judge_pictures
from walkon.safety.text import Judge, Label, usual_judge
from walkon.scene.codec import decode
from walkon.store.database import Database
from walkon.store.media import Media
from walkon.types.clock import Clock, to_ms
from walkon.types.harm import HeldFor
from walkon.types.ids import ClipId
from walkon.word_checks import PATIENCE_S, CheckAway, Said, verdict_on

log = structlog.get_logger(__name__)


class Finisher(Protocol):
    """Does the last steps of a clip, in a process of its own."""

    async def sign(self, clip: Path, statement: Statement) -> Seal:
        """Sign the mp4 in place. Raises NotFinished."""

    async def look_at(self, clip: Path, poster: Path, *, most: int) -> Look:
        """What a classifier says of the clip's pictures, `most` of them at most. Raises NotFinished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What a render works with. finishing: what signs every clip. scratch: a directory of this worker's own.

    visible_mark: every picture says in a corner how it came to be; what machines read is not touched by it. judge: reads the
    words once more before they are rendered. classified: a model reads them too, in a job of its own, for which a render waits
    patience_s at most. frame_check: what is done about the pictures. enrolled: opens what people lend; None draws nobody's face.
    proof: what was decided about people, for the statement in a clip; None says nothing of it.
    """

    queue: JobQueue
    database: Database
    media: Media
    backend: RenderBackend
    finishing: Finisher
    clock: Clock
    scratch: Path
    visible_mark: bool = True
    judge: Judge = field(default_factory=usual_judge)
    classified: bool = False
    patience_s: float = PATIENCE_S
    frame_check: FrameCheck = FrameCheck.OFF
    enrolled: Enrolled | None = None
    proof: Proof | None = None


async def render_clip(studio: Studio, lease: Lease, report: Callable[[Step], None]) -> None:
    """Render the leased clip: draw, sign, store the files, let the queue decide by the fencing token, record, announce.

    Nothing reaches the media store before it is signed, so whatever crashes here leaves no unsigned clip to be posted. What a
    check is not sure about is recorded as held back, and no card shows it. Whether its people agree is asked before the first
    frame, before anything is kept, and in the transaction that records it.

    Raises RenderFailed, NotFinished, NotAgreed, CheckAway, LeaseLost, JobCancelled, OSError (media or scratch away).
    """
    clip_id = ClipId(lease.job.payload.decode())
    clip, _ = await agreed_clip(studio, clip_id)
    outcome = await _outcome(studio, clip, lease, report)
    spent_ms = outcome.spent_ms if isinstance(outcome, Finished) else 0
    now = studio.clock.now()
    try:
        await studio.queue.complete(lease, result_of(outcome), spent_ms=spent_ms)
    except (JobCancelled, LeaseLost):
        files = films.files_of(outcome) if isinstance(outcome, Finished) else ()
        await studio.database.write(lambda tx: films.discard(tx, files, to_ms(now + LEFTOVER)))
        raise
    await studio.database.write(lambda tx: record_outcome(tx, clip_id, lease.token, outcome, now))
    studio.database.announce()


async def draft_clip(studio: Studio, lease: Lease, report: Callable[[Step], None]) -> None:
    """Draw the leased clip's preview, as `render_clip` makes the clip; its end changes nothing but that.

    Raises as `render_clip`; NotAgreed also where nobody waits for the clip any more.
    """
    clip_id = ClipId(lease.job.payload.decode())
    clip, _ = await agreed_clip(studio, clip_id, frozenset({ClipState.PROMISED}))
    outcome = await _outcome(studio, clip, lease, report)
    now = studio.clock.now()
    try:
        await studio.queue.complete(lease, b"", spent_ms=outcome.spent_ms if isinstance(outcome, Finished) else 0)
    finally:
        # Whether the queue still wants to know is no matter: a preview may be shown as long as the clip is waited for.
        if isinstance(outcome, Finished):
            await studio.database.write(lambda tx: record_draft(tx, clip_id, outcome, now))
            studio.database.announce()


async def stand_in_clip(studio: Studio, lease: Lease, report: Callable[[Step], None]) -> None:
    """Draw the leased clip for those who are asked whether they may be in it: neutral figures, no name, nobody's pictures.

    Raises as `draft_clip`; NotAgreed where nobody is asked any more.
    """
    clip_id = ClipId(lease.job.payload.decode())
    clip = await waiting_clip(studio, clip_id)
    outcome = await _outcome(studio, clip, lease, report, cast=stand_ins_for)
    now = studio.clock.now()
    try:
        await studio.queue.complete(lease, b"", spent_ms=outcome.spent_ms if isinstance(outcome, Finished) else 0)
    finally:
        if isinstance(outcome, Finished):
            await studio.database.write(lambda tx: record_stand_in(tx, clip_id, outcome, now))
            studio.database.announce()


async def _outcome(
    studio: Studio, clip: Clip, lease: Lease, report: Callable[[Step], None], *, cast: Casting = people_of
) -> Finished | HeldFor:
    started = monotonic()
    if await _words_refused(studio, clip):
        return HeldFor.WORDS
    directory = studio.scratch / f"{clip.id}-{lease.token}"
    try:
        await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
        async with cast(studio, clip) as shown:
            return await _draw(studio, shown, directory, report, started)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def _words_refused(studio: Studio, clip: Clip) -> bool:
    """Whether the words may not be rendered. Raises CheckAway where people are in it and the model that reads them is away."""
    scene = decode(clip.scene)
    # They were judged when they were asked for; since then the lists, the settings or a store that was tampered with may differ.
    verdict = await asyncio.to_thread(studio.judge.judge, scene.written)
    said = Said(verdict.label, str(verdict.category or ""))
    if said.label is Label.ALLOW and studio.classified:
        said = await verdict_on(studio.queue, clip, studio.patience_s)
    if said.label is Label.UNAVAILABLE:
        if scene.people:
            raise CheckAway
        log.warning("words_by_lists_alone", clip=clip.id)
        return False
    if said.label is not Label.ALLOW:
        log.warning("words_held", clip=clip.id, category=said.category, label=said.label)
    return said.label is not Label.ALLOW


async def _draw(studio: Studio, shown: Cast, directory: Path, report: Callable[[Step], None], started: float) -> Finished:
    drawn, language = studio.backend.capabilities.drawn, shown.scene.language
    order = Order(
        scene=shown.scene,
        source=shown.source,
        directory=directory,
        max_bytes=shown.clip.max_bytes - await asyncio.to_thread(room_for, shown.parent),
        portraits=shown.portraits,
        mark=mark_words(drawn=drawn, language=language) if studio.visible_mark else "",
    )
    rendered = await studio.backend.render(order, report)
    await shown.still()
    report(Step(phase=Phase.CHECKING, fraction=0.98))
    held = await _held_for(studio, shown.clip, rendered)
    source = Source.ALGORITHM if drawn else Source.MODEL
    name = studio.backend.capabilities.name
    statement = Statement(source=source, engine=name, parent=shown.parent, agreement=shown.agreement)
    seal = await studio.finishing.sign(rendered.video, statement)
    finished = await _keep(studio, replace(rendered, bytes=seal.bytes), seal.film, started)
    return replace(finished, held=held)


async def _held_for(studio: Studio, clip: Clip, rendered: Rendered) -> HeldFor | None:
    """Why the clip is held back, None where it may be shown. A check that fails holds it back too, where it counts."""
    if studio.frame_check is FrameCheck.OFF:
        return None
    enforced = studio.frame_check is FrameCheck.ENFORCED
    look = None
    try:
        look = await studio.finishing.look_at(rendered.video, rendered.poster, most=MOST_SAMPLES if enforced else REPORTED_SAMPLES)
    except NotFinished as error:
        log.error("frames_unchecked", clip=clip.id, reason=str(error))
    held = judge_pictures(look)
    if held and look and look.scores:
        log.warning("frames_doubtful", clip=clip.id, worst=round(max(look.scores), 3), enforced=enforced)
    return held if enforced else None


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
        notice=rendered.notice,
    )
