"""One job, from claim to stored clip. The order of the steps is what keeps a late or doubled render invisible."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Protocol

import structlog

from walkon.agreement import agreed, faces, record_draft, record_outcome, record_stand_in, standing_in, stars
from walkon.consent.enrolled import Enrolled
from walkon.consent.proof import Proof
from walkon.engine.finishing import NotFinished
from walkon.engine.port import Order, Phase, RenderBackend, Rendered, RenderFailed, Step
from walkon.library import films, tables
from walkon.library.clips import Clip, ClipState, Finished
from walkon.library.endings import LEFTOVER, result_of
from walkon.provenance.manifest import Agreement, Seal, Source, Statement, room_for
from walkon.provenance.wording import mark_words
from walkon.queue.port import JobCancelled, JobQueue, Lease, LeaseLost
from walkon.safety.output import MOST_SAMPLES, REPORTED_SAMPLES, FrameCheck, Look, judge_pictures
from walkon.safety.text import Judge, Label, usual_judge
from walkon.scene.codec import decode
from walkon.store.database import Database, Transaction
from walkon.store.ledger import Ledger
from walkon.store.media import Media, MediaMissing
from walkon.store.sealing import SealBroken
from walkon.types.clock import Clock, to_ms
from walkon.types.errors import WalkonError
from walkon.types.harm import HeldFor
from walkon.types.ids import ClipId, PersonId
from walkon.types.scene import Scene
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


@dataclass(eq=False)
class NotAgreed(WalkonError):
    """Nothing of the clip may be made (any more): somebody in it does not agree, or it was stopped or taken down."""

    clip: ClipId


MAY_BE_MADE = frozenset({ClipState.PROMISED, ClipState.FAILED, ClipState.FINISHED})


async def render_clip(studio: Studio, lease: Lease, report: Callable[[Step], None]) -> None:
    """Render the leased clip: draw, sign, store the files, let the queue decide by the fencing token, record, announce.

    Nothing reaches the media store before it is signed, so whatever crashes here leaves no unsigned clip to be posted. What a
    check is not sure about is recorded as held back, and no card shows it. Whether its people agree is asked before the first
    frame, before anything is kept, and in the transaction that records it.

    Raises RenderFailed, NotFinished, NotAgreed, CheckAway, LeaseLost, JobCancelled, OSError (media or scratch away).
    """
    clip_id = ClipId(lease.job.payload.decode())
    clip, _ = await _agreed(studio, clip_id)
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
    clip, _ = await _agreed(studio, clip_id, frozenset({ClipState.PROMISED}))
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
    clip = await _waiting(studio, clip_id)
    outcome = await _outcome(studio, clip, lease, report, cast=_stand_ins)
    now = studio.clock.now()
    try:
        await studio.queue.complete(lease, b"", spent_ms=outcome.spent_ms if isinstance(outcome, Finished) else 0)
    finally:
        if isinstance(outcome, Finished):
            await studio.database.write(lambda tx: record_stand_in(tx, clip_id, outcome, now))
            studio.database.announce()


async def _waiting(studio: Studio, id: ClipId) -> Clip:
    """The clip that waits for people. Raises NotAgreed where it does not any more."""
    clip = await studio.database.read(lambda tx: tables.get(tx, id))
    if clip is None or clip.state is not ClipState.WAITING:
        raise NotAgreed(id)
    return clip


async def _outcome(
    studio: Studio, clip: Clip, lease: Lease, report: Callable[[Step], None], *, cast: "_Casting | None" = None
) -> Finished | HeldFor:
    started = monotonic()
    if await _words_refused(studio, clip):
        return HeldFor.WORDS
    directory = studio.scratch / f"{clip.id}-{lease.token}"
    try:
        await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
        async with (cast or _people)(studio, clip) as shown:
            return await _draw(studio, shown, directory, report, started)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cast:
    """What is drawn of a clip. source: the film it goes on from; parent: the one it is made from. portraits: as in Order.
    agreement: what the clip says of its people.

    still: raises NotAgreed where it may not be kept.
    """

    clip: Clip
    scene: Scene
    still: Callable[[], Awaitable[object]]
    source: Path | None = None
    parent: Path | None = None
    portraits: Mapping[PersonId, bytes] = field(default_factory=dict, repr=False)
    agreement: Agreement | None = None


_Casting = Callable[[Studio, Clip], AbstractAsyncContextManager[_Cast]]


@asynccontextmanager
async def _people(studio: Studio, clip: Clip) -> AsyncIterator[_Cast]:
    """The people of the clip, who agree."""
    clip, names = await _agreed(studio, clip.id)
    scene = decode(clip.scene)
    built_on = await _shown_to_all(studio, scene)
    async with _film(studio, clip.parent) as parent, _film(studio, built_on) as film:
        portraits = await _portraits(studio, clip)
        yield _Cast(
            clip=clip,
            scene=scene.starring(names),
            still=lambda: _agreed(studio, clip.id),
            source=film,
            parent=parent,
            portraits=portraits,
            agreement=await _agreement(studio, clip),
        )


@asynccontextmanager
async def _stand_ins(studio: Studio, clip: Clip) -> AsyncIterator[_Cast]:
    """Nobody. Nor is anything taken from the clip that this one is made from: somebody is in that."""
    scene = await studio.database.read(lambda tx: standing_in(tx, clip))
    yield _Cast(clip=clip, scene=scene, still=lambda: _waiting(studio, clip.id))


async def _agreed(studio: Studio, id: ClipId, states: frozenset[ClipState] = MAY_BE_MADE) -> tuple[Clip, Mapping[PersonId, str]]:
    """The clip and what its people are called. Raises NotAgreed; RenderFailed where it is unknown."""
    async with studio.database.reading() as tx:
        clip = await tables.get(tx, id)
        if clip is None:
            raise RenderFailed("the clip is not in the store", retryable=False)
        names = await stars(tx, clip, studio.clock.now()) if clip.state in states else None
    if names is None:
        raise NotAgreed(id)
    return clip, names


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


async def _draw(studio: Studio, shown: _Cast, directory: Path, report: Callable[[Step], None], started: float) -> Finished:
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


async def _agreement(studio: Studio, clip: Clip) -> Agreement | None:
    """What the clip may say of those in it; None where nobody real is, or nothing is written down."""
    proof = studio.proof
    if proof is None:
        return None

    async def step(tx: Transaction) -> Agreement | None:
        people = await agreed(tx, clip, studio.clock.now())
        if people is None:
            return None
        head = await Ledger(proof.keys).head(tx)
        receipts = tuple(await proof.agreed_to(tx, clip.id))
        return Agreement(people=people.count, receipts=receipts, log_size=head.size, log_root=head.root.hex())

    return await studio.database.read(step)


async def _portraits(studio: Studio, clip: Clip) -> Mapping[PersonId, bytes]:
    """The first still of everybody who lends their face to this clip, opened in memory. One that does not open is left out."""
    enrolled = studio.enrolled
    if enrolled is None or not studio.backend.capabilities.faces:
        return {}

    async def step(tx: Transaction) -> dict[PersonId, bytes]:
        found: dict[PersonId, bytes] = {}
        for account, person in (await faces(tx, clip, studio.clock.now())).items():
            try:
                stills = await enrolled.references_of(tx, person)
            except SealBroken as error:
                log.error("still_does_not_open", clip=clip.id, place=error.place)
                continue
            if stills:
                found[account] = stills[0]
        return found

    return await studio.database.read(step)


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


async def _shown_to_all(studio: Studio, scene: Scene) -> ClipId | None:
    """The clip whose pictures this one may be made from: one in which nobody stands who was not asked for this one too."""
    if scene.built_on is None:
        return None
    id = ClipId(scene.built_on.clip)
    source = await studio.database.read(lambda tx: tables.get(tx, id))
    shown = set(decode(source.scene).people) if source and source.scene else set()
    return id if source and shown <= set(scene.people) else None


@asynccontextmanager
async def _film(studio: Studio, id: ClipId | None) -> AsyncIterator[Path | None]:
    """The film of a clip that this one is made from, None where there is none or it is not kept any more."""
    clip = await studio.database.read(lambda tx: tables.get(tx, id)) if id else None
    async with AsyncExitStack() as stack:
        film = None
        if clip and clip.finished:
            with suppress(MediaMissing):
                film = await stack.enter_async_context(studio.media.local(clip.finished.video))
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
        notice=rendered.notice,
    )
