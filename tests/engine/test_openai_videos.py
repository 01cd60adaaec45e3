"""The backend that asks a server of one's own, over HTTP, with real films in and out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path

import av
import pytest

from tests.doubles.videos import VideoJob, VideosDouble, film
from tests.waiting import until
from walkon.config import EngineSection, Secret
from walkon.engine import backends
from walkon.engine.backends.openai_videos import READ, OpenAiVideosBackend, Patience
from walkon.engine.port import BackendUnavailable, Order, Phase, RenderFailed, Step
from walkon.engine.videos_api import SGLANG, UNKNOWN, VLLM, Reference
from walkon.scene.parser import parse

QUICK = Patience(poll_s=0.01)
FILM = cache(lambda **more: film(**more))


@pytest.fixture
async def server() -> AsyncIterator[VideosDouble]:
    async with VideosDouble(content=FILM()).open() as running:
        yield running


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[object]:
    """Makes backends, and closes them."""
    async with AsyncExitStack() as stack:

        def make(
            *servers: VideosDouble, patience: Patience = QUICK, key: str | None = None, model: str = "auto", in_flight: int = 1
        ) -> OpenAiVideosBackend:
            section = EngineSection(
                api_url=tuple(one.url for one in servers), api_key=Secret(key) if key else None, model=model, api_in_flight=in_flight
            )
            backend = OpenAiVideosBackend(section, tmp_path, patience=patience)
            stack.push_async_callback(backend.close)
            return backend

        yield make


def order(
    tmp_path: Path, prompt: str = 'a cat sleeps, "hello" says the cat 2s', *, max_bytes: int = 8_000_000, name: str = "order"
) -> Order:
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    return Order(scene=parse(prompt, seed=7), directory=folder, max_bytes=max_bytes)


def nothing(step: Step) -> None:
    """Whoever does not look."""


async def test_a_film_comes_back_as_a_clip_with_its_sound_at_our_loudness(server: VideosDouble, made, tmp_path: Path) -> None:
    backend = made(server)
    rendered = await backend.render(order(tmp_path), nothing)
    with av.open(str(rendered.video)) as file:
        codec = file.streams.video[0].codec_context
        assert (codec.width, codec.height, file.streams.video[0].frames) == (416, 240, 24)
        assert file.streams.audio[0].codec_context.sample_rate == 48_000
    assert (rendered.seconds, rendered.fps) == (1.0, 24)
    assert rendered.loudness_lufs == pytest.approx(-16, abs=0.2)
    assert rendered.poster.read_bytes()[:2] == b"\xff\xd8"
    assert "hello" in rendered.captions.read_text("utf-8")
    assert not (tmp_path / "order" / "received.mp4").exists()


async def test_the_server_is_asked_in_its_own_words(server: VideosDouble, made, tmp_path: Path) -> None:
    await made(server, model="wan2.2").render(order(tmp_path, '9:16 a cat sleeps, "hello" says the cat 3s'), nothing)
    asked = server.jobs[0].asked
    assert (asked["size"], asked["seconds"], asked["seed"], asked["model"], asked["fps"]) == ("480x832", "3", "7", "wan2.2", "24")
    assert "cat" in asked["prompt"] and "hello" in asked["prompt"]


async def test_several_shots_are_told_one_after_the_other(server: VideosDouble, made, tmp_path: Path) -> None:
    await made(server).render(order(tmp_path, "shot 1: a cat sleeps; shot 2: a dog runs"), nothing)
    prompt = server.jobs[0].asked["prompt"]
    assert prompt.index("Shot 1:") < prompt.index("cat") < prompt.index("Shot 2:") < prompt.index("dog")


async def test_a_silent_film_gets_voices_and_sounds(server: VideosDouble, made, tmp_path: Path) -> None:
    server.content = FILM(sound=False)
    rendered = await made(server).render(order(tmp_path), nothing)
    assert rendered.loudness_lufs == pytest.approx(-16, abs=0.5)
    with av.open(str(rendered.video)) as file:
        assert file.streams.audio


async def test_progress_is_the_servers_where_it_counts(server: VideosDouble, made, tmp_path: Path) -> None:
    server.script = [{"status": "in_progress", "progress": 25}, {"status": "in_progress", "progress": 75}, {"status": "completed"}]
    backend, steps = made(server), []
    await backend.start()
    await backend.render(order(tmp_path), steps.append)
    painting = [step.fraction for step in steps if step.phase is Phase.PAINTING]
    assert painting == [pytest.approx(0.24), pytest.approx(0.68)]
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)


async def test_a_server_that_only_knows_nothing_and_all_is_not_believed_to_count(server: VideosDouble, made, tmp_path: Path) -> None:
    server.owner = "vllm"
    server.script = [{"status": "in_progress", "progress": 0}, {"status": "in_progress", "progress": 100}, {"status": "completed"}]
    backend, steps = made(server), []
    await backend.render(order(tmp_path), steps.append)
    assert {step.fraction for step in steps if step.phase is Phase.PAINTING} == {READ}


@pytest.mark.parametrize(
    "answer", [{}, [], "OK", {"id": "../../admin", "status": "queued"}, {"id": "v1", "status": "deleted"}, {"id": 7, "status": "queued"}]
)
async def test_an_answer_that_is_no_job_is_a_fault_of_the_server(server: VideosDouble, made, tmp_path: Path, answer: object) -> None:
    server.fail_next("create", 200, answer)
    with pytest.raises(BackendUnavailable, match="the answer is no job"):
        await made(server).render(order(tmp_path), nothing)


@pytest.mark.parametrize(("owner", "kind"), [("sglang", SGLANG), ("vllm", VLLM), ("somebody", UNKNOWN)])
async def test_the_kind_of_server_is_found_out(server: VideosDouble, made, owner: str, kind: object) -> None:
    server.owner = owner
    backend = made(server)
    await backend.start()
    assert backend.servers == (kind,)


async def test_without_any_server_it_does_not_start(server: VideosDouble, made) -> None:
    for _ in range(2):
        server.fail_next("models", 0)
    with pytest.raises(BackendUnavailable, match="no server answers"):
        await made(server).start()


def test_without_an_address_it_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailable, match="api_url is missing"):
        OpenAiVideosBackend(EngineSection(), tmp_path)


def test_it_is_found_by_the_name_in_the_settings() -> None:
    assert "openai-videos" in backends.names()
    assert backends.load("openai-videos") is OpenAiVideosBackend


async def test_a_key_is_sent_and_a_wrong_one_is_told(server: VideosDouble, made, tmp_path: Path) -> None:
    server.key = "open-sesame"
    assert (await made(server, key="open-sesame").render(order(tmp_path), nothing)).seconds == 1.0
    with pytest.raises(BackendUnavailable, match="api_key"):
        await made(server, key="wrong").render(order(tmp_path), nothing)


async def test_a_busy_server_is_asked_again(server: VideosDouble, made, tmp_path: Path) -> None:
    server.fail_next("create", 429, {"detail": "full"}, **{"Retry-After": "0"})
    await made(server).render(order(tmp_path), nothing)
    assert len(server.jobs) == 1


async def test_another_server_takes_what_one_cannot(server: VideosDouble, made, tmp_path: Path) -> None:
    async with VideosDouble(content=FILM()).open() as away:
        away.fail_next("create", 0)
        away.fail_next("create", 502, "<html>Bad gateway</html>")
        backend = made(away, server)
        for _ in range(3):
            await backend.render(order(tmp_path), nothing)
        assert len(server.jobs) + len(away.jobs) == 3
        assert server.jobs


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"error": {"message": "prompt is too long"}}, "prompt is too long"),
        ({"detail": "size not supported"}, "size not supported"),
        ("nonsense", "HTTP 400"),
    ],
)
async def test_what_the_server_will_never_take_is_not_tried_again(
    server: VideosDouble, made, tmp_path: Path, body: object, told: str
) -> None:
    server.fail_next("create", 400, body)
    with pytest.raises(RenderFailed, match=told) as failed:
        await made(server).render(order(tmp_path), nothing)
    assert not failed.value.retryable


async def test_a_failed_job_tells_why_also_where_the_answer_is_an_error(server: VideosDouble, made, tmp_path: Path) -> None:
    for http in (200, 500):
        server.script = [{"status": "failed", "error": {"message": "CUDA out of memory"}, "http": http}]
        with pytest.raises(RenderFailed, match="CUDA out of memory") as failed:
            await made(server).render(order(tmp_path), nothing)
        assert failed.value.retryable


async def test_a_server_that_forgot_the_job_is_tried_anew(server: VideosDouble, made, tmp_path: Path) -> None:
    server.script = [{"status": "in_progress", "progress": 10}]
    rendering = asyncio.create_task(made(server).render(order(tmp_path), nothing))
    await until(lambda: server.jobs and server.jobs[0].looks > 1)
    server.forgetful = True
    with pytest.raises(RenderFailed, match="lost the job") as failed:
        await rendering
    assert failed.value.retryable


async def test_a_short_absence_of_the_server_costs_nothing(server: VideosDouble, made, tmp_path: Path) -> None:
    for status in (0, 503, 502):
        server.fail_next("look", status, {})
    assert (await made(server).render(order(tmp_path), nothing)).seconds == 1.0
    assert len(server.jobs) == 1


async def test_a_file_that_comes_later_than_the_word_completed_is_waited_for(server: VideosDouble, made, tmp_path: Path) -> None:
    server.missing_content = 3
    assert (await made(server).render(order(tmp_path), nothing)).seconds == 1.0


async def test_a_file_that_lies_elsewhere_is_told(server: VideosDouble, made, tmp_path: Path) -> None:
    server.fail_next("content", 400, {"detail": "the video was uploaded to cloud storage"})
    with pytest.raises(RenderFailed, match="cloud storage") as failed:
        await made(server).render(order(tmp_path), nothing)
    assert not failed.value.retryable


@pytest.mark.parametrize("content", [b"", b"not a film", FILM()[:2000]], ids=["empty", "text", "torn"])
async def test_what_is_no_film_is_found_out(server: VideosDouble, made, tmp_path: Path, content: bytes) -> None:
    server.content = content
    with pytest.raises(RenderFailed) as failed:
        await made(server).render(order(tmp_path), nothing)
    assert failed.value.retryable


async def test_a_frozen_film_is_not_passed_on(server: VideosDouble, made, tmp_path: Path) -> None:
    server.content = FILM(moving=False)
    with pytest.raises(RenderFailed, match="frozen"):
        await made(server).render(order(tmp_path), nothing)


async def test_after_the_deadline_the_job_is_given_up(server: VideosDouble, made, tmp_path: Path) -> None:
    server.owner, server.script = "vllm", [{"status": "in_progress", "progress": 99}]
    with pytest.raises(RenderFailed, match=r"no clip in 0\.5 s"):
        await made(server, patience=Patience(deadline_s=0.5, poll_s=0.01)).render(order(tmp_path), nothing)
    await until(lambda: server.jobs[0].deleted)


async def stopped(backend: OpenAiVideosBackend, server: VideosDouble, tmp_path: Path) -> VideoJob:
    """A job that the server works on and nobody wants any more."""
    server.script = [{"status": "in_progress", "progress": 10}]
    rendering = asyncio.create_task(backend.render(order(tmp_path), nothing))
    await until(lambda: server.jobs and server.jobs[-1].looks)
    rendering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rendering
    return server.jobs[-1]


async def test_a_cancelled_job_is_deleted_at_once_where_that_stops_it(server: VideosDouble, made, tmp_path: Path) -> None:
    server.owner = "vllm"
    server.fail_next("delete", 409, {"detail": "cannot be aborted yet"})
    job = await stopped(made(server), server, tmp_path)
    await until(lambda: job.deleted)


async def test_a_job_that_cannot_be_stopped_keeps_its_place_to_its_end(server: VideosDouble, made, tmp_path: Path) -> None:
    server.at_once = 1
    backend = made(server)
    job = await stopped(backend, server, tmp_path)
    assert (job.deleted, backend.capabilities.at_once) == (False, 0)
    server.script = [{"status": "completed"}]
    following = asyncio.create_task(backend.render(order(tmp_path), nothing))
    looks = job.looks
    await until(lambda: job.looks > looks + 3)
    assert len(server.jobs) == 1
    job.states = [{"status": "completed"}]
    await following
    assert (job.deleted, len(server.jobs)) == (True, 2)


async def test_what_is_left_at_the_end_is_deleted(server: VideosDouble, tmp_path: Path) -> None:
    backend = OpenAiVideosBackend(EngineSection(api_url=server.url), tmp_path, patience=QUICK)
    job = await stopped(backend, server, tmp_path)
    await backend.close()
    assert job.deleted


async def test_a_film_that_was_fetched_does_not_stay_at_the_server(server: VideosDouble, made, tmp_path: Path) -> None:
    await made(server).render(order(tmp_path), nothing)
    assert server.jobs[0].deleted


async def test_clips_go_to_all_servers_and_to_none_more_than_it_can_do(server: VideosDouble, made, tmp_path: Path) -> None:
    async with VideosDouble(content=FILM()).open() as second:
        for one in (server, second):
            one.script = [{"status": "in_progress", "progress": 10}]
        backend = made(server, second, in_flight=2)
        await backend.start()
        assert backend.capabilities.at_once == 4
        renders = [asyncio.create_task(backend.render(order(tmp_path, name=f"o{number}"), nothing)) for number in range(5)]
        await until(lambda: len(server.jobs) + len(second.jobs) == 4)
        await until(lambda: min(job.looks for job in [*server.jobs, *second.jobs]) > 2)
        assert (len(server.jobs), len(second.jobs)) == (2, 2)
        for one in (server, second):
            one.script = [{"status": "completed"}]
            for job in one.jobs:
                job.states = [{"status": "completed"}]
        assert [rendered.seconds for rendered in await asyncio.gather(*renders)] == [1.0] * 5
        assert len(server.jobs) + len(second.jobs) == 5


async def test_nothing_is_taken_up_while_no_server_is_there(server: VideosDouble, made, tmp_path: Path) -> None:
    backend = made(server)
    await backend.start()
    server.fail_next("create", 0)
    with pytest.raises(BackendUnavailable, match="no server takes the job"):
        await backend.render(order(tmp_path), nothing)
    assert backend.capabilities.at_once == 0


async def test_a_server_that_was_away_is_asked_anew_what_it_is(server: VideosDouble, made, tmp_path: Path) -> None:
    async with VideosDouble(content=FILM()).open() as other:
        server.fail_next("models", 0)
        server.fail_next("models", 0)
        backend = made(server, other)
        await backend.start()
        assert backend.servers[0] == UNKNOWN
        server.tasks = ("TI2V",)
        # The one that answers is full: the other's rest has to run out first.
        other.at_once = 0
        await backend.render(order(tmp_path), nothing)
        assert backend.servers[0].takes == {Reference.PICTURE}
        assert backend.capabilities.extends


async def test_the_clip_fits_its_limit(server: VideosDouble, made, tmp_path: Path) -> None:
    rendered = await made(server).render(order(tmp_path, max_bytes=60_000), nothing)
    assert rendered.video.stat().st_size <= 60_000
