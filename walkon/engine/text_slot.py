"""The slot of a worker that reads words with a model, beside its render slot and apart from it.

What it refuses is held back at once, whether the clip waits in line, for its people, or is being rendered.
"""

import asyncio
import uuid
from dataclasses import dataclass

import msgspec
import structlog

from walkon.consent.deciding import Decider
from walkon.engine.worker import worker_id
from walkon.library import tables
from walkon.library.endings import end_held
from walkon.queue.port import Beat, FaultKind, JobQueue, Lease, LeaseLost, QueueUnusable
from walkon.safety.classify import Classifier
from walkon.safety.text import Label
from walkon.scene.codec import decode
from walkon.store.database import Database, StoreAway, Transaction
from walkon.types.clock import Clock
from walkon.types.harm import HeldFor
from walkon.types.ids import ClipId, check_job, draft_job, render_job
from walkon.word_checks import LANE, Said

log = structlog.get_logger(__name__)

IDLE_S, BEAT_S = 1.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSlot:
    """Does checks, beside a render slot and apart from it. queue, database: where jobs and words are. decider: ends what people
    were asked about a clip that is held back.
    """

    queue: JobQueue
    database: Database
    classifier: Classifier
    decider: Decider
    clock: Clock

    async def run(self) -> None:
        """Do checks until cancelled; one under way is handed back."""
        worker = worker_id()
        try:
            while True:
                try:
                    lease = await self.queue.claim(worker, claim_id=uuid.uuid4().hex, lanes=(LANE,))
                    if lease is None:
                        await self.queue.wait(IDLE_S)
                    else:
                        await self._work(lease)
                except (QueueUnusable, LeaseLost, StoreAway) as error:
                    log.warning("check_put_off", reason=f"{type(error).__name__} {error}")
                    await asyncio.sleep(IDLE_S)
        finally:
            await self.classifier.close()

    async def _work(self, lease: Lease) -> None:
        id = ClipId(lease.job.payload.decode())
        checking = asyncio.create_task(self._said(id, lease))
        try:
            while not (await asyncio.wait({checking}, timeout=BEAT_S))[0]:
                if await self.queue.heartbeat(lease) in (Beat.CANCEL, Beat.LOST):
                    return
            said = await checking
        except asyncio.CancelledError:
            await asyncio.shield(self.queue.release(lease))
            raise
        finally:
            checking.cancel()
            await asyncio.gather(checking, return_exceptions=True)
        if said is None:
            await self.queue.fail(lease, FaultKind.BAD_INPUT, "the clip has other words now, or none")
        elif said.label is Label.UNAVAILABLE:
            await self.queue.fail(lease, FaultKind.UNAVAILABLE, "the classifier gave no verdict")
        else:
            # The queue has the verdict first: a crash between the two leaves it to be found where the clip is rendered.
            await self.queue.complete(lease, msgspec.json.encode(said))
            if said.label is not Label.ALLOW:
                await self._hold(id, said)

    async def _said(self, id: ClipId, lease: Lease) -> Said | None:
        """What the model says of the words that it was asked about; None where they are not the clip's."""
        clip = await self.database.read(lambda tx: tables.get(tx, id))
        words = decode(clip.scene).written if clip and clip.scene else None
        if words is None or lease.job.id != check_job(id, words):
            return None
        verdict = await self.classifier.classify(words)
        return Said(verdict.label, str(verdict.category or ""))

    async def _hold(self, id: ClipId, said: Said) -> None:
        now = self.clock.now()

        async def held(tx: Transaction) -> None:
            if await end_held(tx, id, HeldFor.WORDS, now):
                await self.decider.drop(tx, id, now)

        await self.database.write(held)
        self.database.announce()
        log.warning("words_held", clip=id, category=said.category, label=said.label)
        for job in (render_job(id), draft_job(id)):
            await self.queue.cancel(job)
