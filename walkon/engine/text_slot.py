"""The slot of a worker that reads words with a model, beside its render slot and apart from it."""

import asyncio
import uuid
from dataclasses import dataclass

import msgspec
import structlog

from walkon.engine.text_checks import LANE, Said
from walkon.engine.worker import worker_id
from walkon.library import tables
from walkon.queue.port import Beat, FaultKind, JobQueue, Lease, LeaseLost, QueueUnusable
from walkon.safety.classify import Classifier
from walkon.safety.text import Label
from walkon.scene.codec import decode
from walkon.store.database import Database
from walkon.types.ids import ClipId

log = structlog.get_logger(__name__)

IDLE_S, BEAT_S = 1.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSlot:
    """Does checks, beside a render slot and apart from it. queue, database: where jobs and words are."""

    queue: JobQueue
    database: Database
    classifier: Classifier

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
                except (QueueUnusable, LeaseLost) as error:
                    log.warning("queue_away", reason=str(error))
                    await asyncio.sleep(IDLE_S)
        finally:
            await self.classifier.close()

    async def _work(self, lease: Lease) -> None:
        checking = asyncio.create_task(self._said(ClipId(lease.job.payload.decode())))
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
        if said.label is Label.UNAVAILABLE:
            await self.queue.fail(lease, FaultKind.UNAVAILABLE, "the classifier gave no verdict")
        else:
            await self.queue.complete(lease, msgspec.json.encode(said))

    async def _said(self, id: ClipId) -> Said:
        clip = await self.database.read(lambda tx: tables.get(tx, id))
        if clip is None or not clip.scene:
            return Said(Label.BLOCK)
        verdict = await self.classifier.classify(decode(clip.scene).written)
        return Said(verdict.label, str(verdict.category or ""))
