"""What every backend promises, over a model: the suite of `tests/contracts`, and nothing of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contracts.test_render_backend import *  # noqa: F403
from walkon.config import EngineSection
from walkon.config.sections import Backend
from walkon.engine.backends import load
from walkon.engine.port import RenderBackend
from walkon.queue.lanes import lane_of

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def backend(data_dir: Path) -> AsyncIterator[RenderBackend]:
    made = load("diffusers")(EngineSection(model="tiny:wan"), data_dir)
    yield made
    await made.close()


def test_a_worker_takes_clips_that_need_its_model_and_those_that_need_none(data_dir: Path) -> None:
    engine = EngineSection(backend=Backend.DIFFUSERS, model="tiny:wan")
    lanes = load("diffusers")(engine, data_dir).capabilities.lanes
    assert {lane_of("diffusers"), lane_of("diffusers", model=engine.asked_model)} <= set(lanes)
    assert lane_of("diffusers", model="tiny:kandinsky6") not in lanes
