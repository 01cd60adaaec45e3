"""Words that a model reads: a job of its own, waited for by the render, and what happens where no verdict comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles.clock import StandingClock
from tests.engine.test_worker import Site
from tests.stores import open_store
from tests.waiting import until
from walkon.consent import tables as consent
from walkon.consent.deciding import Decider
from walkon.consent.decisions import Decision
from walkon.consent.grants import Grant, Source
from walkon.consent.likeness import Likeness, Part
from walkon.engine.text_slot import TextSlot
from walkon.library import tables
from walkon.library.clips import ClipState
from walkon.queue.port import Beat, JobKind, JobState, Lease
from walkon.queue.sqlite import SqliteQueue
from walkon.safety.classify import UNAVAILABLE
from walkon.safety.output import HeldFor
from walkon.safety.text import ALLOWED, Label, Verdict
from walkon.scene.codec import decode, encode
from walkon.scene.parser import parse
from walkon.store.database import Database, Transaction
from walkon.types.ids import ClipId, GrantId, JobId, LikenessId, PersonId, WorkerId, check_job, render_job
from walkon.word_checks import LANE, job_for


class ScriptedClassifier:
    """A classifier outside walkon: says what it is told to, and notes what it read."""

    def __init__(self) -> None:
        self.verdict = ALLOWED
        self.read: list[str] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def classify(self, text: str) -> Verdict:
        self.read.append(text)
        await self.hold.wait()
        return self.verdict

    async def close(self) -> None:
        return None


WORDS = "a dog runs"


async def unwritten(tx: Transaction, decision: Decision) -> None:
    """What is decided here is written nowhere."""


class Checked(Site):
    """A site where a model reads the words too."""

    def __init__(self, database: Database, queue: SqliteQueue, clock: StandingClock, folder: Path) -> None:
        super().__init__(database, queue, clock, folder)
        self.classifier = ScriptedClassifier()
        self.studio = replace(self.studio, classified=True)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        studio = self.studio
        slot = TextSlot(
            queue=studio.queue, database=studio.database, classifier=self.classifier, decider=Decider(unwritten), clock=self.clock
        )
        running = asyncio.create_task(slot.run())
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def ends(self, id: ClipId, state: ClipState) -> bool:
        return await self.state(id) is state

    async def put_person_in(self, id: ClipId) -> None:
        """Let a figure of the clip stand for Lea, who agrees to it."""
        lea, now = PersonId("web:Lea"), self.clock.now()
        clip = await self.clip(id)
        scene = decode(clip.scene)
        shot = scene.shots[0]
        subjects = (replace(shot.subjects[0], person=lea), *shot.subjects[1:])
        clip = replace(clip, scene=encode(replace(scene, shots=(replace(shot, subjects=subjects), *scene.shots[1:]))))
        parts = frozenset({Part.FACE})
        likeness = Likeness(id=LikenessId("L1"), owner=lea, handle="lea", name="Lea", parts=parts, enrolled_at=now, used_at=now)
        grant = Grant(
            id=GrantId("G1"),
            clip=id,
            owner=lea,
            requester=clip.asker.id,
            likeness=likeness.id,
            place=clip.place.scope,
            digest=clip.terms.digest(parts),
            parts=parts,
            source=Source.ASK,
            given_at=now,
        )

        async def step(tx: Transaction) -> None:
            await tables.save(tx, clip)
            await consent.put_likeness(tx, likeness, "lea")
            await consent.put_grant(tx, grant)

        await self.studio.database.write(step)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Checked]:
    clock = StandingClock()
    database = await open_store(tmp_path / "store.db")
    queue = await SqliteQueue.open(tmp_path / "queue.db", clock=clock)
    yield Checked(database, queue, clock, tmp_path)
    await queue.close()
    await database.close()


async def test_a_clip_is_rendered_once_its_words_are_allowed(site: Checked) -> None:
    id = await site.ask("AAAAAA", "a dog runs")
    async with site.reading(), site.working():
        await until(lambda: site.ends(id, ClipState.FINISHED))
    assert site.classifier.read == ["a dog runs"]


@pytest.mark.parametrize("label", [Label.BLOCK, Label.REVIEW])
async def test_words_that_the_model_refuses_or_doubts_are_held_and_not_rendered(site: Checked, label: Label) -> None:
    site.classifier.verdict = Verdict(label=label)
    id = await site.ask("AAAAAA")
    async with site.reading(), site.working():
        await until(lambda: site.ends(id, ClipState.HELD))
    assert (await site.clip(id)).held is HeldFor.WORDS
    assert site.backend.started == []


async def test_without_a_verdict_a_clip_without_people_goes_by_the_lists_alone(site: Checked) -> None:
    site.classifier.verdict, site.studio = UNAVAILABLE, replace(site.studio, patience_s=0.1)
    id = await site.ask("AAAAAA")
    async with site.reading(), site.working():
        await until(lambda: site.ends(id, ClipState.FINISHED))


async def test_without_a_verdict_a_clip_with_people_waits(site: Checked) -> None:
    site.studio = replace(site.studio, patience_s=0.1)
    id = await site.ask("AAAAAA")
    await site.put_person_in(id)
    async with site.working():
        await until(lambda: _delayed(site, id))
    assert site.backend.started == []
    assert await site.state(id) is ClipState.PROMISED
    view = await site.studio.queue.view(render_job(id))
    assert view and view.attempts == 0


async def test_a_check_is_a_job_of_its_own_kind_that_takes_nobodys_turn(site: Checked) -> None:
    job = job_for(ClipId("AAAAAA"), WORDS)
    assert (job.kind, job.lane, job.id) == (JobKind.CHECK_TEXT, LANE, check_job(ClipId("AAAAAA"), WORDS))
    assert job.person != "web:Ana"
    await site.studio.queue.submit(job)
    await site.studio.queue.submit(job)
    assert (await site.studio.queue.stats()).queued == 1


async def test_a_check_under_way_is_handed_back_when_the_worker_stops(site: Checked) -> None:
    site.classifier.hold.clear()
    id = await site.ask("AAAAAA", WORDS)
    await site.studio.queue.submit(job_for(id, WORDS))
    async with site.reading():
        await until(lambda: bool(site.classifier.read))
    view = await site.studio.queue.view(check_job(id, WORDS))
    assert view and view.state is JobState.QUEUED


async def test_refused_words_end_a_clip_that_still_waits_in_line(site: Checked) -> None:
    site.classifier.verdict = Verdict(label=Label.BLOCK)
    id = await site.ask("AAAAAA", WORDS)
    await site.studio.queue.submit(job_for(id, WORDS))
    async with site.reading():
        await until(lambda: site.ends(id, ClipState.HELD))
        await until(lambda: _is(site, render_job(id), JobState.CANCELLED))
    assert (await site.clip(id)).held is HeldFor.WORDS


async def test_refused_words_stop_a_render_under_way(site: Checked) -> None:
    site.classifier.verdict = Verdict(label=Label.BLOCK)
    id = await site.ask("AAAAAA", WORDS)
    lease = await site.studio.queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"])
    assert lease
    await site.studio.queue.submit(job_for(id, WORDS))
    async with site.reading():
        await until(lambda: site.ends(id, ClipState.HELD))
        await until(lambda: _cancels(site, lease))


async def test_a_verdict_on_other_words_counts_for_nothing(site: Checked) -> None:
    id = await site.ask("AAAAAA", WORDS)
    await site.studio.queue.submit(job_for(id, WORDS))
    async with site.reading():
        await until(lambda: _is(site, check_job(id, WORDS), JobState.DONE))
        clip = await site.clip(id)
        other = replace(clip, scene=encode(parse("a cat sleeps", seed=1)))
        await site.studio.database.write(lambda tx: tables.save(tx, other))
        site.classifier.verdict = Verdict(label=Label.BLOCK)
        async with site.working():
            await until(lambda: site.ends(id, ClipState.HELD))
    assert site.classifier.read == [WORDS, "a cat sleeps"]
    assert site.backend.started == []


@pytest.mark.parametrize("clip", ["NOWHER", "AAAAAA"], ids=["gone", "reworded"])
async def test_words_that_are_not_the_clips_are_not_read(site: Checked, clip: str) -> None:
    await site.ask("AAAAAA", "a cat sleeps")
    await site.studio.queue.submit(job_for(ClipId(clip), WORDS))
    async with site.reading():
        await until(lambda: _is(site, check_job(ClipId(clip), WORDS), JobState.DEAD))
    assert site.classifier.read == []


async def _delayed(site: Checked, id: ClipId) -> bool:
    return await site.job(id) is JobState.DELAYED


async def _is(site: Checked, job: JobId, state: JobState) -> bool:
    view = await site.studio.queue.view(job)
    return view is not None and view.state is state


async def _cancels(site: Checked, lease: Lease) -> bool:
    return await site.studio.queue.heartbeat(lease) is Beat.CANCEL
