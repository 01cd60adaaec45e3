"""The worker: claims jobs in fair order, keeps their leases alive, hands back what it cannot end."""

import asyncio
import os
import secrets
import shutil
import socket
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

import structlog

from walkon.engine.finishing import NotFinished
from walkon.engine.people import NotAgreed
from walkon.engine.port import BackendUnavailable, Phase, RenderFailed, Step, TooSmall
from walkon.engine.render import Studio, draft_clip, render_clip, stand_in_clip
from walkon.engine.telling import Telling
from walkon.library.clips import FailureCause
from walkon.library.endings import end_declined, end_failed
from walkon.queue.port import (
    DRAFT_LANE,
    MAX_BATCH,
    Beat,
    FaultKind,
    JobCancelled,
    JobKind,
    JobState,
    Lease,
    LeaseLost,
    Progress,
    QueueUnusable,
    Warm,
)
from walkon.queue.rules import SWEEPS_A_LEASE
from walkon.store.database import StoreAway
from walkon.telemetry import Metrics
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, WorkerId
from walkon.types.quiet import QuietHours
from walkon.word_checks import CheckAway

log = structlog.get_logger(__name__)

BEAT_S = 0.5
"""Progress and cancel travel with the heartbeat, so it is far more often than the lease needs."""

IDLE_S = 1.0


def worker_id() -> WorkerId:
    """A name for this process that no other has had."""
    return WorkerId(f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}")


Make = Callable[[Studio, Lease, Callable[[Step], None]], Awaitable[None]]


MAKES: Mapping[JobKind, Make] = {JobKind.RENDER: render_clip, JobKind.DRAFT: draft_clip, JobKind.STAND_IN: stand_in_clip}
"""What is made of each kind of job. The clip ends with a render that cannot be done; what becomes of a preview is no matter to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """lanes: whose jobs it takes, None for those that its backend can do; one that draws does previews too."""

    lanes: tuple[str, ...] | None = None


RENDER_SLOT = Slot()
DRAFT_SLOT = Slot(lanes=(DRAFT_LANE,))
"""Draws previews beside a model."""


class Worker:
    """One slot, with as many jobs at once as its backend can have. quiet: hours in which it takes up nothing new; what it renders
    then goes on to its end.
    """

    def __init__(
        self, studio: Studio, metrics: Metrics, *, lease_s: float, quiet: QuietHours | None = None, slot: Slot = RENDER_SLOT
    ) -> None:
        self._studio = studio
        self._slot = slot
        self._metrics = metrics
        self._lease_s = lease_s
        self._quiet = quiet
        self._working: set[asyncio.Task[None]] = set()
        self.id = worker_id()

    async def run(self) -> None:
        """Work until cancelled; what is under way then is handed back, uncounted."""
        shutil.rmtree(self._studio.scratch, ignore_errors=True)
        self._studio.media.sweep_parts()
        sweeping = asyncio.create_task(self._sweep())
        telling = Telling(self._studio, self.id) if self._slot.lanes is None else None
        words: set[asyncio.Task[None]] = set()
        try:
            await self._started(telling)
            if telling:
                words.add(asyncio.create_task(telling.keep()))
            while True:
                await self._take_up()
        finally:
            under_way = {sweeping, *words, *self._working}
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
            self._working.clear()
            await self._studio.backend.close()

    async def _started(self, telling: Telling | None) -> None:
        try:
            await self._studio.backend.start()
        except TooSmall:
            if telling:
                # Nobody need wait in line for what this machine will never make.
                await telling.tell(0.0)
            raise

    async def _sweep(self) -> None:
        while True:
            try:
                await self._studio.queue.sweep()
            except WalkonError as error:  # the queue is away: the next round tries again
                log.warning("sweep_failed", error=f"{type(error).__name__} {error}")
            await asyncio.sleep(self._lease_s / SWEEPS_A_LEASE)

    async def _take_up(self) -> None:
        """As many jobs as there is room for, in one claim; else wait for what may change that."""
        if self._quiet and self._quiet.until(self._studio.clock.now()):
            await asyncio.sleep(IDLE_S)
            return
        able = self._studio.backend.capabilities
        room = able.at_once - len(self._working)
        if room <= 0:
            await self._one_ended()
            return
        try:
            own = (*able.lanes, DRAFT_LANE) if able.drawn else able.lanes
            lanes, warm = (own, able.warm) if self._slot.lanes is None else (self._slot.lanes, None)
            leases = await self._claimed(lanes, warm, most=min(room, MAX_BATCH))
            if not leases:
                await self._one_ended(or_after=self._studio.queue.wait(IDLE_S))
                return
        except QueueUnusable as error:
            log.warning("queue_away", reason=error.reason)
            await asyncio.sleep(IDLE_S)
            return
        self._working.update(asyncio.create_task(self._work(lease)) for lease in leases)

    async def _claimed(self, lanes: Sequence[str], warm: Warm | None, *, most: int) -> list[Lease]:
        """What it is given to do. Whoever is told to stop meanwhile hands all of it back."""
        queue = self._studio.queue
        claiming = asyncio.ensure_future(queue.claim_batch(self.id, claim_id=uuid.uuid4().hex, lanes=lanes, most=most, warm=warm))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            with suppress(QueueUnusable):
                await asyncio.gather(*(queue.release(lease) for lease in await claiming))
            raise

    async def _one_ended(self, or_after: Awaitable[None] | None = None) -> None:
        """Until a job has ended, or something else has happened; what broke it, so that the slot cannot go on, is raised."""
        waiting = asyncio.ensure_future(or_after or asyncio.sleep(IDLE_S))
        try:
            ended, _ = await asyncio.wait({waiting, *self._working}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _end(waiting)
        for task in self._working & ended:
            self._working.discard(task)
            task.result()
        if waiting in ended:
            waiting.result()

    async def _work(self, lease: Lease) -> None:
        started = monotonic()
        outcome = "failed"
        try:
            outcome = await self._render(lease)
        except (LeaseLost, JobCancelled):
            outcome = "cancelled"
        except QueueUnusable as error:
            log.warning("result_not_taken", job=lease.job.id, reason=error.reason)
        except NotAgreed:
            outcome = "withheld"
            await self._withhold(lease)
        except (RenderFailed, UnicodeDecodeError) as error:
            await self._fail(lease, *_blame(error))
        except CheckAway:
            await self._fail(lease, FaultKind.UNAVAILABLE, "the check of the words is away")
        except NotFinished as error:
            await self._fail(lease, FaultKind.TRANSIENT, str(error))
        except (StoreAway, BackendUnavailable) as error:
            await self._fail(lease, FaultKind.UNAVAILABLE, error.reason)
        except OSError as error:
            await self._fail(lease, FaultKind.UNAVAILABLE, f"{error.strerror or error}")
        except Exception as error:
            log.error("render_broke", job=lease.job.id, exc_info=error)
            await self._fail(lease, FaultKind.TRANSIENT, type(error).__name__)
        finally:
            self._metrics.rendered(outcome, monotonic() - started)

    async def _render(self, lease: Lease) -> str:
        steps = StepLog()
        rendering = asyncio.ensure_future(MAKES[lease.job.kind](self._studio, lease, steps.report))
        hint = self._hint(lease)
        try:
            while True:
                await asyncio.wait({rendering, hint}, timeout=BEAT_S, return_when=asyncio.FIRST_COMPLETED)
                if rendering.done():
                    break
                if hint.done() and not hint.exception():
                    hint = self._hint(lease)
                beat = await self._beat(lease, steps)
                if beat in (Beat.CANCEL, Beat.LOST):
                    return await self._abandon(lease, rendering, beat)
            await rendering
        except asyncio.CancelledError:
            await self._abandon(lease, rendering, Beat.DRAIN)
            raise
        finally:
            await _end(hint)
            await _end(rendering)
        return "done"

    def _hint(self, lease: Lease) -> "asyncio.Task[None]":
        return asyncio.create_task(self._studio.queue.until_cancelled(lease.job.id))

    async def _beat(self, lease: Lease, steps: "StepLog") -> Beat:
        """Renew the lease. While the queue is away the render goes on, but no longer than the lease that was last confirmed."""
        asked_s = monotonic()
        try:
            async with asyncio.timeout(max(BEAT_S, steps.confirmed_s + self._lease_s - asked_s)):
                beat = await self._studio.queue.heartbeat(lease, steps.progress())
        except TimeoutError:
            log.warning("lease_not_renewed", job=lease.job.id)
            return Beat.LOST
        except QueueUnusable as error:
            log.warning("queue_away", job=lease.job.id, reason=error.reason)
            return Beat.OK if monotonic() - steps.confirmed_s < self._lease_s else Beat.LOST
        steps.confirmed_s = asked_s
        return beat

    async def _abandon(self, lease: Lease, rendering: "asyncio.Task[None]", beat: Beat) -> str:
        # The machine is freed before the job is given back, or two renders of it could run at once.
        await _end(rendering)
        if beat is not Beat.LOST:
            await asyncio.shield(self._studio.queue.release(lease))
        return "cancelled"

    async def _withhold(self, lease: Lease) -> None:
        if lease.job.kind is JobKind.RENDER:
            # Whoever withdrew has ended clip and job already; what ran out by itself is noticed here first.
            await self._studio.database.write(lambda tx: end_declined(tx, ClipId(lease.job.payload.decode()), self._studio.clock.now()))
            self._studio.database.announce()
        try:
            await self._studio.queue.cancel(lease.job.id)
            await self._studio.queue.release(lease)
        except (LeaseLost, QueueUnusable) as error:
            log.warning("job_not_called_off", job=lease.job.id, reason=f"{type(error).__name__} {error}")

    async def _fail(self, lease: Lease, kind: FaultKind, reason: str) -> None:
        log.warning("render_failed", job=lease.job.id, attempt=lease.attempt, reason=reason)
        try:
            state = await self._studio.queue.fail(lease, kind, reason)
        except (LeaseLost, QueueUnusable):
            return
        if state is JobState.DEAD and lease.job.kind is JobKind.RENDER:
            cause = FailureCause.INPUT if kind is FaultKind.BAD_INPUT else FailureCause.RENDER
            clip, now = ClipId(lease.job.payload.decode(errors="replace")), self._studio.clock.now()
            # Where the store is away, `reconcile` finds the dead letter.
            with suppress(StoreAway):
                await self._studio.database.write(lambda tx: end_failed(tx, clip, cause, now))
                self._studio.database.announce()


def _blame(error: RenderFailed | UnicodeDecodeError) -> tuple[FaultKind, str]:
    """Whether another try may help, and what to say."""
    if isinstance(error, RenderFailed):
        return FaultKind.TRANSIENT if error.retryable else FaultKind.BAD_INPUT, error.reason
    return FaultKind.BAD_INPUT, "the job cannot be read"


class StepLog:
    """The newest step of a render, with an estimate of the time left. confirmed_s: when its lease was last known to hold."""

    def __init__(self) -> None:
        self._started = self.confirmed_s = monotonic()
        self._step = Step(phase=Phase.WARMING_UP)

    def report(self, step: Step) -> None:
        """Note a step."""
        self._step = step

    def progress(self) -> Progress:
        """The step as the queue keeps it. Too early to tell below a twentieth of the work."""
        step, spent_ms = self._step, 1000 * (monotonic() - self._started)
        left = round(spent_ms * (1 - step.fraction) / step.fraction) if step.fraction >= 0.05 else None
        return Progress(phase=step.phase, step=step.step, steps=step.steps, fraction=step.fraction, left_ms=left)


async def _end(task: "asyncio.Task[None]") -> None:
    if task.done():
        return
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
