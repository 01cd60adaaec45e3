"""Builds what makes clips: the backend, the worker, and the slots that draw drafts and read words beside it."""

import os
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from walkon.config import Backend, Config
from walkon.gates import classifier_of, finishing_of, frame_check_of, judge_of
from walkon.readiness import PRESENT
from walkon.safekeeping import decider_of
from walkon.store.duty import Duty
from walkon.supervising import Part
from walkon.types.clock import SystemClock
from walkon.types.errors import SetupError
from walkon.types.quiet import QuietHours
from walkon.wiring.ground import Ground

if TYPE_CHECKING:
    from walkon.engine.finishing import Finishing
    from walkon.engine.port import RenderBackend, Rendered
    from walkon.engine.render import Studio
    from walkon.types.scene import Scene


NO_LIMIT = 500_000_000


def worker_parts(ground: Ground) -> dict[str, Part]:
    """What a worker does, by name. Raises SetupError where what it makes clips with cannot be had."""
    parts = {"worker": _worker(ground, backend_of(ground.config)), **_text_slot(ground), **_draft_slot(ground)}
    if ground.database.shared:
        parts["presence"] = Duty(ground.database, SystemClock(), f"{PRESENT}{uuid.uuid4().hex}").keep
    return parts


def backend_of(config: Config, name: str | None = None) -> "RenderBackend":
    """The configured backend, or the one named; not started. Raises SetupError where its model cannot be had."""
    from walkon.engine import backends
    from walkon.engine.port import BackendUnavailable

    try:
        return backends.load(name or config.engine.backend)(config.engine, config.walkon.data_dir)
    except BackendUnavailable as error:
        raise SetupError(f"[engine] {error.reason}") from error


def _worker(ground: Ground, backend: "RenderBackend") -> Part:
    """backend: made before, as is every check, so that what cannot be had stops the start and not the worker."""
    from walkon.engine.worker import Worker

    finishing = finishing_of(ground.config)
    studio = _studio(ground, backend, finishing, scratch="scratch")

    async def run() -> None:
        if not ground.config.queue_on_redis:
            # The role's lock says that no other worker lives, so whatever is leased was a dead one's.
            await ground.queue.reclaim()
        quiet = QuietHours.read(hours) if (hours := ground.config.limits.quiet_hours) else None
        try:
            await Worker(studio, ground.metrics, lease_s=ground.config.queue.lease_s, quiet=quiet).run()
        finally:
            await finishing.close()

    return run


def _text_slot(ground: Ground) -> dict[str, Part]:
    from walkon.engine.text_slot import TextSlot

    classifier = classifier_of(ground.config)
    if classifier is None:
        return {}
    slot = TextSlot(
        queue=ground.queue, database=ground.database, classifier=classifier, decider=decider_of(ground.keys), clock=SystemClock()
    )
    return {"text checks": slot.run}


def _draft_slot(ground: Ground) -> dict[str, Part]:
    """Draws previews beside a model, so that neither waits for the other; where clips are drawn anyway, there are none."""
    from walkon.engine.worker import DRAFT_SLOT, Worker
    from walkon.safety.output import FrameCheck

    if ground.config.drawn:
        return {}
    backend, finishing = backend_of(ground.config, Backend.ANIMATIC), finishing_of(ground.config)
    studio = replace(_studio(ground, backend, finishing, scratch="scratch-drafts"), frame_check=FrameCheck.OFF)

    async def run() -> None:
        try:
            await Worker(studio, ground.metrics, lease_s=ground.config.queue.lease_s, slot=DRAFT_SLOT).run()
        finally:
            await finishing.close()

    return {"drafts": run}


def _studio(ground: Ground, backend: "RenderBackend", finishing: "Finishing", *, scratch: str) -> "Studio":
    from walkon.consent.enrolled import Enrolled
    from walkon.consent.proof import Proof
    from walkon.engine.render import Studio

    return Studio(
        queue=ground.queue,
        database=ground.database,
        media=ground.media,
        backend=backend,
        finishing=finishing,
        clock=SystemClock(),
        scratch=ground.config.walkon.data_dir / scratch,
        visible_mark=ground.config.provenance.visible_mark,
        judge=judge_of(ground.config),
        classified=bool(ground.config.moderation.classifier),
        frame_check=frame_check_of(ground.config),
        enrolled=Enrolled(ground.keys),
        proof=Proof(ground.keys),
    )


async def render_once(config: Config, scene: "Scene", out: Path, engine: str | None = None) -> "Rendered":
    """Render one scene to a file, without queue or store; its poster and captions are not kept.

    It is marked and signed like any other. Raises BackendUnavailable, RenderFailed, NotFinished, OSError, SetupError.
    """
    from walkon.engine.port import Order
    from walkon.provenance.manifest import Source, Statement
    from walkon.provenance.wording import mark_words

    backend, finishing = backend_of(config, engine), finishing_of(config)
    able = backend.capabilities
    mark = mark_words(drawn=able.drawn, language=scene.language) if config.provenance.visible_mark else ""
    statement = Statement(source=Source.ALGORITHM if able.drawn else Source.MODEL, engine=able.name)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".walkon-", dir=out.parent) as scratch:
        try:
            await backend.start()
            order = Order(scene=scene, directory=Path(scratch), max_bytes=NO_LIMIT, mark=mark)
            rendered = await backend.render(order, lambda step: None)
            seal = await finishing.sign(rendered.video, statement)
            os.replace(rendered.video, out)
        finally:
            await finishing.close()
            await backend.close()
    return replace(rendered, video=out, bytes=seal.bytes)
