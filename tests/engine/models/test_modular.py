"""A modular pipeline, which knows no callback, is counted and left within a step like any other."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from diffusers.modular_pipelines.wan.modular_blocks_wan import WanBlocks

from walkon.engine.models.driver import Driver, Request, Twin
from walkon.engine.models.wan_latents import Silent
from walkon.types.scene import Aspect

PARTS = ("tokenizer", "text_encoder", "transformer", "scheduler")


class Modular(Silent):
    """Wan by diffusers' blocks over the components of a loaded pipeline."""

    def call(self, pipe: Any, request: Request, twin: Twin) -> tuple[Any, Mapping[str, Any]]:
        blocks = WanBlocks()
        # Developing is the driver's.
        blocks.sub_blocks.pop("decode")
        made = blocks.init_pipeline()
        made.update_components(**{name: pipe.components[name] for name in PARTS})
        made.vae = pipe.vae
        return made, {"num_frames": request.frames, "num_inference_steps": request.sampling.steps}

    def tiny(self, folder: object) -> None:
        """Another engine's."""


class Left(Exception):
    """The take is no longer wanted."""


@pytest.fixture
def load(drivers: Callable[[str], Driver]) -> Callable[[], Driver]:
    def fresh() -> Driver:
        loaded = drivers("wan")
        return Driver(loaded.pipe, Modular(), loaded.family)

    return fresh


def take(driver: Driver, words: str = "a fox", seed: int = 1) -> Request:
    row = driver.family
    frames, size = row.grid.frames(row.fps), row.sizes[Aspect.WIDE]
    return Request(words=words, frames=frames, size=size, fps=row.fps, seed=seed, sampling=row.sampling)


def test_its_steps_are_counted_to_the_last_and_its_pictures_developed(load: Callable[[], Driver]) -> None:
    driver, seen = load(), list[tuple[int, int]]()
    roll = driver.denoise(take(driver), lambda step, steps: seen.append((step, steps)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert sum(len(part) for part in driver.develop(roll)) == take(driver).frames


def test_it_is_left_within_a_step_and_the_next_take_is_that_of_a_fresh_process(load: Callable[[], Driver]) -> None:
    driver, fresh, steps = load(), load(), list[int]()

    def leave(step: int, _: int) -> None:
        steps.append(step)
        raise Left

    with pytest.raises(Left):
        driver.denoise(take(driver, "waves", seed=9), leave)
    assert steps == [1]
    after, first = (each.denoise(take(each), lambda step, steps: None) for each in (driver, fresh))
    assert torch.equal(after.video, first.video)
