"""The worker: every claimed job ends, is handed back, or is another's; nothing is recorded twice."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.doubles.clock import StandingClock
from tests.doubles.engine import ScriptedBackend, ScriptedFinisher
from tests.stores import open_store, place_of
from tests.waiting import until
from walkon.engine.port import BackendUnavailable, RenderFailed, TooSmall
from walkon.engine.render import Studio
from walkon.engine.worker import DRAFT_SLOT, Worker
from walkon.library import reach, tables
from walkon.library.clips import Clip, ClipState, FailureCause
from walkon.provenance.manifest import Source, Statement
from walkon.queue.lanes import lane_of
from walkon.queue.port import SIDE_BY_SIDE, Beat, JobKind, JobState, Lease, NewJob, Progress, QueueUnusable, Warm
from walkon.queue.sqlite import SqliteQueue
from walkon.safety.output import FrameCheck, HeldFor, Look
from walkon.scene.codec import encode
from walkon.scene.parser import parse
from walkon.store.database import Database
from walkon.store.media import MediaStore
from walkon.telemetry import build_metrics
from walkon.types.ids import ClipId, EventId, JobId, PersonId, PlaceId, WorkerId, render_job
from walkon.types.people import Person, Place
from walkon.types.quiet import QuietHours
from walkon.types.scene import Scene


class Site:
    """A store, a queue and a worker's studio."""

    def __init__(self, database: Database, queue: SqliteQueue, clock: StandingClock, folder: Path) -> None:
        self.backend = ScriptedBackend()
        self.finishing = ScriptedFinisher()
        self.clock = clock
        self.folder = folder
        self.studio = Studio(
            queue=queue,
            database=database,
            media=MediaStore(folder / "media"),
            backend=self.backend,
            finishing=self.finishing,
            clock=clock,
            scratch=folder / "scratch",
        )

    async def ask(
        self,
        id: str,
        words: str = "a dog runs",
        *,
        lane: str = "animatic",
        name: str = "Ana",
        parent: ClipId | None = None,
        scene: Scene | None = None,
    ) -> ClipId:
        clip = Clip(
            id=ClipId(id),
            event=EventId(f"web:{id}"),
            asker=Person(id=PersonId(f"web:{name}"), name=name),
            place=Place(id=PlaceId("web:local"), channel="lobby"),
            prompt=words,
            scene=encode(scene or parse(words)),
            lane=lane,
            max_bytes=1_000_000,
            asked_at=self.clock.now(),
            parent=parent,
        )
        await self.studio.database.write(lambda tx: tables.add(tx, clip))
        job = NewJob(
            id=render_job(clip.id),
            kind=JobKind.RENDER,
            place=clip.place.id,
            person=clip.asker.id,
            lane=lane,
            cost_ms=1000,
            payload=id.encode(),
            batch=SIDE_BY_SIDE,
        )
        await self.studio.queue.submit(job)
        return clip.id

    async def clip(self, id: ClipId) -> Clip:
        async with self.studio.database.reading() as tx:
            clip = await tables.get(tx, id)
        assert clip
        return clip

    async def state(self, id: ClipId) -> ClipState:
        return (await self.clip(id)).state

    async def job(self, id: ClipId) -> JobState:
        view = await self.studio.queue.view(render_job(id))
        assert view
        return view.state

    @asynccontextmanager
    async def working(self, quiet: QuietHours | None = None, *, lease_s: float = 30) -> AsyncIterator[None]:
        running = asyncio.create_task(Worker(self.studio, build_metrics(), lease_s=lease_s, quiet=quiet).run())
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    clock = StandingClock()
    database = await open_store(place_of(tmp_path))
    queue = await SqliteQueue.open(tmp_path / "queue.db", clock=clock)
    yield Site(database, queue, clock, tmp_path)
    await queue.close()
    await database.close()


async def test_what_a_models_licence_wants_to_be_said_is_recorded_with_its_clip(site: Site) -> None:
    site.backend.notice = "Made by a machine."
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: _is(site, id, ClipState.FINISHED))
    finished = (await site.clip(id)).finished
    assert finished and finished.notice == "Made by a machine."


async def test_a_job_becomes_a_finished_clip_with_its_files(site: Site) -> None:
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: _is(site, id, ClipState.FINISHED))
    finished = (await site.clip(id)).finished
    assert finished and await site.studio.media.read(finished.video) == b"clip.mp4 of a dog runs"
    assert await site.job(id) is JobState.DONE


async def test_a_worker_has_as_many_jobs_at_once_as_its_engine_can(site: Site) -> None:
    site.backend.capabilities = replace(site.backend.capabilities, at_once=2)
    site.backend.hold.clear()
    ids = [await site.ask(f"AAAAA{number}", f"a dog runs {number}") for number in range(3)]
    async with site.working():
        await until(lambda: len(site.backend.started) == 2)
        await until(lambda: _beaten(site, ids))
        assert [await site.job(id) for id in ids].count(JobState.QUEUED) == 1
        site.backend.hold.set()
        for id in ids:
            await until(lambda id=id: _is(site, id, ClipState.FINISHED))


async def test_one_that_can_take_nothing_up_leaves_the_line_alone(site: Site) -> None:
    site.backend.capabilities = replace(site.backend.capabilities, at_once=0)
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: site.backend.asked > 3)
        assert await site.job(id) is JobState.QUEUED
        site.backend.capabilities = replace(site.backend.capabilities, at_once=1)
        await until(lambda: _is(site, id, ClipState.FINISHED))


async def test_several_jobs_under_way_are_all_handed_back_when_it_stops(site: Site) -> None:
    site.backend.capabilities = replace(site.backend.capabilities, at_once=2)
    site.backend.hold.clear()
    ids = [await site.ask(f"AAAAA{number}") for number in range(2)]
    async with site.working():
        await until(lambda: len(site.backend.started) == 2)
    assert [await site.job(id) for id in ids] == [JobState.QUEUED] * 2
    assert site.backend.freed == 2


async def test_an_engine_that_is_away_costs_the_job_no_try(site: Site) -> None:
    site.backend.script = [lambda _: BackendUnavailable(reason="no server answers")]
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: _delays(site, id))
    view = await site.studio.queue.view(render_job(id))
    assert view and view.attempts == 0


async def test_a_worker_takes_only_what_its_models_and_its_card_can_do(site: Site) -> None:
    able = replace(site.backend.capabilities, lane="diffusers", models=("wan",), vram_gb=24)
    site.backend.capabilities = able
    for number, (model, vram_gb) in enumerate((("ltx", 8), ("wan", 80), ("wan", 16)), start=1):
        await site.ask("A" * number, f"{model} {vram_gb}", lane=lane_of("diffusers", model=model, vram_gb=vram_gb))
    async with site.working():
        await until(lambda: _is(site, ClipId("AAA"), ClipState.FINISHED))
        await site.studio.queue.cancel(render_job(ClipId("A")))
    assert site.backend.started == ["wan 16"]


async def test_a_worker_goes_on_with_the_model_it_has_loaded(site: Site) -> None:
    able = replace(site.backend.capabilities, models=("ltx", "wan"), loaded="wan", swap_ms=10_000)
    site.backend.capabilities = able
    for number, model in enumerate(("ltx", "wan", "wan"), start=1):
        await site.ask("A" * number, f"{model} {number}", lane=lane_of("animatic", model=model), name=f"{model} {number}")
    async with site.working():
        await until(lambda: _is(site, ClipId("A"), ClipState.FINISHED))
    assert site.backend.started == ["wan 2", "wan 3", "ltx 1"]


async def test_a_passing_fault_is_tried_again(site: Site) -> None:
    id = await site.ask("AAAAAA")
    site.backend.script.append(lambda order: RenderFailed("the child died", retryable=True))
    async with site.working():
        await until(lambda: _job_is(site, id, JobState.DELAYED))
        site.clock.pass_s(3600)
        await site.studio.queue.sweep()
        await until(lambda: _is(site, id, ClipState.FINISHED))


async def test_a_scene_that_cannot_be_drawn_fails_at_once_and_says_so(site: Site) -> None:
    id = await site.ask("AAAAAA")
    site.backend.script.append(lambda order: RenderFailed("nothing to draw", retryable=False))
    async with site.working():
        await until(lambda: _is(site, id, ClipState.FAILED))
    assert (await site.clip(id)).failure is FailureCause.INPUT


async def test_a_job_that_cannot_be_read_is_set_aside_with_the_reason_and_the_next_one_is_done(site: Site) -> None:
    odd = NewJob(
        id=JobId("odd"),
        kind=JobKind.RENDER,
        place=PlaceId("p"),
        person=PersonId("q"),
        lane="animatic",
        cost_ms=1,
        payload=b"\xff\xfe",
    )
    await site.studio.queue.submit(odd)
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: _is(site, id, ClipState.FINISHED))
    assert [(job.id, job.error) for job in await site.studio.queue.dead()] == [("odd", "the job cannot be read")]


async def test_a_full_disk_is_waited_out(site: Site) -> None:
    id = await site.ask("AAAAAA")
    site.backend.script.append(lambda order: OSError(28, "No space left on device"))
    async with site.working():
        await until(lambda: _job_is(site, id, JobState.DELAYED))
    view = await site.studio.queue.view(render_job(id))
    assert view and view.error and "No space" in view.error


async def test_a_cancelled_render_stops_and_leaves_no_clip(site: Site) -> None:
    site.backend.hold.clear()
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: site.backend.started)
        await site.studio.queue.cancel(render_job(id))
        await until(lambda: site.backend.freed)
        await until(lambda: _job_is(site, id, JobState.CANCELLED))
    assert (await site.clip(id)).finished is None
    assert not (site.folder / "media").exists()


async def test_a_worker_that_stops_hands_its_job_back_uncounted(site: Site) -> None:
    site.backend.hold.clear()
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: site.backend.started)
    view = await site.studio.queue.view(render_job(id))
    assert view and (view.state, view.attempts) == (JobState.QUEUED, 0)


async def test_progress_of_a_render_is_seen_in_the_queue(site: Site) -> None:
    site.backend.hold.clear()
    id = await site.ask("AAAAAA")

    async def painted() -> bool:
        view = await site.studio.queue.view(render_job(id))
        return bool(view and view.progress and view.progress.fraction == 0.5 and view.progress.phase == "painting")

    async with site.working():
        await until(painted)


class FarQueue(SqliteQueue):
    """The real queue at the end of a line that can be cut."""

    cut = silent = False

    async def heartbeat(self, lease: Lease, progress: Progress | None = None) -> Beat:
        if self.silent:
            await asyncio.Event().wait()
        if self.cut:
            raise QueueUnusable("the line is cut")
        return await super().heartbeat(lease, progress)

    async def claim_batch(
        self, worker: WorkerId, *, claim_id: str, lanes: Sequence[str], most: int, warm: Warm | None = None
    ) -> list[Lease]:
        if self.cut:
            raise QueueUnusable("the line is cut")
        return await super().claim_batch(worker, claim_id=claim_id, lanes=lanes, most=most, warm=warm)


async def test_a_render_goes_on_while_the_queue_is_away_for_less_than_a_lease(tmp_path: Path) -> None:
    clock = StandingClock()
    database, queue = await open_store(place_of(tmp_path)), await FarQueue.open(tmp_path / "queue.db", clock=clock)
    site = Site(database, queue, clock, tmp_path)
    site.backend.hold.clear()
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: site.backend.started)
        queue.cut = True
        site.backend.hold.set()
        await until(lambda: _is(site, id, ClipState.FINISHED))
    assert site.backend.started == ["a dog runs"]
    await queue.close()
    await database.close()


async def test_a_render_whose_lease_is_not_renewed_in_time_is_given_up_also_where_the_queue_says_nothing_at_all(tmp_path: Path) -> None:
    clock = StandingClock()
    database, queue = await open_store(place_of(tmp_path)), await FarQueue.open(tmp_path / "queue.db", clock=clock)
    site = Site(database, queue, clock, tmp_path)
    site.backend.hold.clear()
    await site.ask("AAAAAA")
    await site.ask("BBBBBB", "a cat runs")
    queue.silent = True
    async with site.working(lease_s=1):
        await until(lambda: site.backend.started == ["a dog runs", "a cat runs"])
    await queue.close()
    await database.close()


async def test_a_worker_whose_queue_is_away_waits_for_it(tmp_path: Path) -> None:
    clock = StandingClock()
    database, queue = await open_store(place_of(tmp_path)), await FarQueue.open(tmp_path / "queue.db", clock=clock)
    site = Site(database, queue, clock, tmp_path)
    queue.cut = True
    id = await site.ask("AAAAAA")
    async with site.working():
        queue.cut = False
        await until(lambda: _is(site, id, ClipState.FINISHED))
    await queue.close()
    await database.close()


async def test_nothing_is_left_in_the_scratch_directory(site: Site) -> None:
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: _is(site, id, ClipState.FINISHED))
    assert list((site.folder / "scratch").iterdir()) == []


async def _is(site: Site, id: ClipId, state: ClipState) -> bool:
    return await site.state(id) is state


async def _job_is(site: Site, id: ClipId, state: JobState) -> bool:
    return await site.job(id) is state


async def test_a_clip_that_cannot_be_signed_never_reaches_the_store(site: Site) -> None:
    site.finishing.refuses = "the key is gone"
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: _tried(site, id))
    assert await site.state(id) is ClipState.PROMISED
    assert not (site.folder / "media").exists()


async def test_the_statement_names_the_engine_and_the_clip_it_was_made_from(site: Site) -> None:
    parent = await site.ask("PARENT")
    async with site.working():
        await until(lambda: _is(site, parent, ClipState.FINISHED))
        child = await site.ask("CH11D0", "a cat runs", parent=parent)
        await until(lambda: _is(site, child, ClipState.FINISHED))
    first, second = site.finishing.signed
    assert first == Statement(source=Source.ALGORITHM, engine="scripted")
    film = (await site.clip(parent)).finished
    assert film and second.parent == site.studio.media.path(film.video)


async def test_a_clip_whose_parent_is_gone_is_signed_as_a_new_one(site: Site) -> None:
    child = await site.ask("CH11D0", parent=ClipId("NOWHER"))
    async with site.working():
        await until(lambda: _is(site, child, ClipState.FINISHED))
    assert site.finishing.signed[0].parent is None


@pytest.mark.parametrize(
    ("look", "why"), [(Look(scores=(0.1, 0.9)), HeldFor.PICTURE), (Look(scores=()), HeldFor.UNCHECKED), (None, HeldFor.UNCHECKED)]
)
async def test_a_clip_whose_check_is_unsure_or_fails_is_held_back_and_shown_nowhere(site: Site, look: Look | None, why: HeldFor) -> None:
    site.studio = replace(site.studio, frame_check=FrameCheck.ENFORCED)
    site.finishing.look = look
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: _is(site, id, ClipState.HELD))
    clip = await site.clip(id)
    assert (clip.held, clip.finished) == (why, None)
    assert clip.withheld and site.studio.media.path(clip.withheld.video)
    assert await site.job(id) is JobState.DONE
    assert len(site.finishing.signed) == 1


async def test_a_clip_that_passes_its_check_is_finished(site: Site) -> None:
    site.studio = replace(site.studio, frame_check=FrameCheck.ENFORCED)
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: _is(site, id, ClipState.FINISHED))
    assert site.finishing.looked == [160]


async def test_where_the_check_only_reports_a_doubt_holds_nothing_back(site: Site) -> None:
    site.studio = replace(site.studio, frame_check=FrameCheck.REPORTED)
    site.finishing.look = Look(scores=(0.99,))
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: _is(site, id, ClipState.FINISHED))
    assert site.finishing.looked == [4]


async def test_words_that_are_refused_by_now_are_not_rendered(site: Site) -> None:
    """They were accepted before, or the store was changed behind walkon's back."""
    id = await site.ask("AAAAAA", "two naked dancers")
    async with site.working():
        await until(lambda: _is(site, id, ClipState.HELD))
    assert (await site.clip(id)).held is HeldFor.WORDS
    assert site.backend.started == []
    assert await site.job(id) is JobState.DONE


async def _tried(site: Site, id: ClipId) -> bool:
    return await site.job(id) is JobState.DELAYED


class WatchedClock(StandingClock):
    """Counts how often it is asked."""

    asked = 0

    def now(self) -> datetime:
        self.asked += 1
        return super().now()


async def test_in_quiet_hours_nothing_is_taken_up_until_they_end(site: Site) -> None:
    watched = WatchedClock()
    site.studio = replace(site.studio, clock=watched)
    clip = await site.ask("AAAAAA")
    now = watched.now().astimezone()
    hours = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}"
    async with site.working(QuietHours.read(hours)):
        asked = watched.asked
        await until(lambda: watched.asked > asked + 1)
        assert await site.job(clip) is JobState.QUEUED
        watched.pass_s(3600)
        await until(lambda: _is(site, clip, ClipState.FINISHED))


async def _delays(site: Site, id: ClipId) -> bool:
    return await site.job(id) is JobState.DELAYED


async def _beaten(site: Site, ids: Sequence[ClipId]) -> bool:
    """Whether the renders under way have told how far they are."""
    views = [await site.studio.queue.view(render_job(id)) for id in ids]
    return sum(view is not None and view.progress is not None for view in views) == 2


async def longest(site: Site) -> float | None:
    return await site.studio.database.read(lambda tx: reach.longest_s(tx, "animatic", site.clock.now()))


async def test_a_worker_tells_how_long_a_clip_it_can_make_while_it_lives(site: Site) -> None:
    site.backend.capabilities = replace(site.backend.capabilities, max_seconds=7.5)
    assert await longest(site) is None
    async with site.working():
        await until(lambda: _is_longest(site, 7.5))
    assert await longest(site) is None


async def test_a_worker_tells_whether_its_engine_can_go_on_from_a_clip(site: Site) -> None:
    site.backend.capabilities = replace(site.backend.capabilities, extends=True)
    async with site.working():
        await until(lambda: _can_extend(site))


async def _can_extend(site: Site) -> bool:
    return await site.studio.database.read(lambda tx: reach.extends(tx, "animatic", site.clock.now())) is True


async def test_a_worker_whose_machine_is_too_small_for_its_model_says_so(site: Site) -> None:
    site.backend.unfit = TooSmall(reason="the model needs 16 GB")
    with pytest.raises(TooSmall):
        await Worker(site.studio, build_metrics(), lease_s=30).run()
    assert await longest(site) == 0


async def test_a_slot_for_previews_tells_nothing_of_clips(site: Site) -> None:
    running = asyncio.create_task(Worker(site.studio, build_metrics(), lease_s=30, slot=DRAFT_SLOT).run())
    await until(lambda: site.backend.asked > 3)
    assert await longest(site) is None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def _is_longest(site: Site, seconds: float) -> bool:
    return await longest(site) == seconds
