"""What every render backend promises, run over all of them."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.processes import descendants
from walkon.config import EngineSection
from walkon.engine.backends import load, names
from walkon.engine.port import Order, RenderBackend, RenderFailed, Step
from walkon.types.scene import Line, Scene, Shot

MAKERS = {"animatic": EngineSection()}


@pytest.fixture(params=MAKERS)
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RenderBackend]:
    made = load(request.param)(MAKERS[request.param], tmp_path / "data")
    yield made
    await made.close()


def order(directory: Path, *, seconds: float = 2, max_bytes: int = 8_000_000) -> Order:
    directory.mkdir()
    scene = Scene(prompt="a cat says hello", seconds=seconds, shots=(Shot(lines=(Line(speaker=None, text="Hello!"),)),))
    return Order(scene=scene, directory=directory, max_bytes=max_bytes)


def nothing(_: Step) -> None:
    """A caller who does not care."""


async def test_it_says_what_it_is(backend: RenderBackend) -> None:
    can = backend.capabilities
    assert can.name in names()
    assert can.lane
    assert 0 < can.min_seconds <= can.max_seconds


async def test_a_rendered_clip_is_on_disk_as_described(backend: RenderBackend, tmp_path: Path) -> None:
    asked = order(tmp_path / "one")
    await backend.start()
    clip = await backend.render(asked, nothing)
    for path in (clip.video, clip.poster, clip.captions):
        assert path.parent == asked.directory
        assert path.stat().st_size > 0
    assert clip.bytes == clip.video.stat().st_size <= asked.max_bytes
    assert asked.scene.seconds <= clip.seconds <= backend.capabilities.max_seconds
    assert clip.loudness_lufs == pytest.approx(-16, abs=1)
    assert clip.captions.read_text().startswith("WEBVTT")


async def test_it_starts_by_itself_when_it_was_not_started(backend: RenderBackend, tmp_path: Path) -> None:
    assert (await backend.render(order(tmp_path / "one"), nothing)).bytes > 0


async def test_reports_rise_from_zero_to_one(backend: RenderBackend, tmp_path: Path) -> None:
    steps: list[Step] = []
    await backend.render(order(tmp_path / "one"), steps.append)
    assert len(steps) >= 3
    assert all(0 <= step.fraction <= 1 and 0 <= step.step <= max(step.steps, 0) for step in steps)
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)


async def test_a_cancelled_render_frees_the_machine_for_the_next(backend: RenderBackend, tmp_path: Path) -> None:
    begun = asyncio.Event()
    task = asyncio.create_task(backend.render(order(tmp_path / "one", seconds=20), lambda _: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await backend.render(order(tmp_path / "two"), nothing)).bytes > 0


async def test_a_limit_that_cannot_be_met_is_the_input_s_fault(backend: RenderBackend, tmp_path: Path) -> None:
    asked = order(tmp_path / "one", max_bytes=2_000)
    with pytest.raises(RenderFailed) as failure:
        await backend.render(asked, nothing)
    assert not failure.value.retryable
    assert not list(asked.directory.iterdir())


async def test_two_orders_at_once_are_made_one_after_the_other(backend: RenderBackend, tmp_path: Path) -> None:
    clips = await asyncio.gather(*(backend.render(order(tmp_path / name), nothing) for name in ("one", "two")))
    assert clips[0].video.read_bytes() == clips[1].video.read_bytes()


async def test_closing_twice_is_closing_and_leaves_no_process(backend: RenderBackend) -> None:
    before = set(descendants(os.getpid()))
    await backend.start()
    await backend.close()
    await backend.close()
    assert set(descendants(os.getpid())) <= before
