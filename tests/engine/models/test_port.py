"""What every backend promises, over a model: the suite of `tests/contracts`, and nothing of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contracts.test_render_backend import *  # noqa: F403
from walkon.config import EngineSection
from walkon.engine.backends import load
from walkon.engine.port import RenderBackend

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def backend(data_dir: Path) -> AsyncIterator[RenderBackend]:
    made = load("diffusers")(EngineSection(model="tiny:wan"), data_dir)
    yield made
    await made.close()
