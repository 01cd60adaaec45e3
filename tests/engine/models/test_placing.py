"""Wherever the weights lie, the clip is the same: here the processor plays the card, so that every move is made."""

from collections.abc import Callable

import pytest
import torch
from PIL import Image

from walkon.engine.families.row import Placement
from walkon.engine.models.driver import Driver, Request
from walkon.engine.models.planner import put, tile
from walkon.types.scene import Aspect

pytestmark = pytest.mark.timeout(120)

PROCESSOR = torch.device("cpu")


def made(driver: Driver, before_pictures: Callable[[], None] = lambda: None, **changed: object) -> torch.Tensor:
    row = driver.family
    size = row.sizes[Aspect.WIDE]
    frames = row.grid.frames(row.fps)
    given = {"words": "a fox", "frames": frames, "size": size, "fps": row.fps, "seed": 1, "sampling": row.sampling, **changed}
    request = Request(**given)  # type: ignore[arg-type]
    tile(driver.pipe, 1.0, size)
    roll = driver.denoise(request, lambda step, steps: None)
    driver.record(roll)
    before_pictures()
    return torch.cat([torch.from_numpy(pictures).int() for pictures in driver.develop(roll)])


@pytest.mark.parametrize("placement", [Placement.OFFLOADED, Placement.GROUPED])
def test_a_clip_is_the_same_wherever_the_weights_lie(placement: Placement, driver: Driver, drivers: Callable[[str], Driver]) -> None:
    row, moved = driver.family, drivers(driver.family.name)
    put(moved.pipe, placement, PROCESSOR)
    tail = [Image.new("RGB", row.sizes[Aspect.WIDE], (200, 40, 40))] * row.tail
    for given in ({}, {"tail": tail}):
        # Weights that were moved lie elsewhere in memory, which changes how sums are rounded.
        assert (made(driver, **given) - made(moved, **given)).abs().max() <= 1


def test_the_decoder_is_called_to_the_card_before_it_works(driver: Driver) -> None:
    put(driver.pipe, Placement.OFFLOADED, PROCESSOR)
    called: list[object] = []

    def watch() -> None:
        hook = driver.pipe.vae._hf_hook
        calling = hook.pre_forward
        hook.pre_forward = lambda *given, **named: called.append(1) or calling(*given, **named)

    made(driver, watch)
    assert called


def test_text_encoders_come_to_the_card_to_read_and_have_left_it_when_the_model_begins(drivers: Callable[[str], Driver]) -> None:
    driver, moves = drivers("kandinsky6"), list[tuple[str, str]]()
    for name in ("text_encoder", "text_encoder_2"):
        part = getattr(driver.pipe, name)
        part.to = lambda device, name=name: moves.append((name, str(device)))
    waiting = Driver(driver.pipe, driver.engine, driver.family, leave=True)
    row = driver.family
    request = Request(
        words="a fox", frames=row.grid.frames(row.fps), size=row.sizes[Aspect.WIDE], fps=row.fps, seed=1, sampling=row.sampling
    )
    waiting.denoise(request, lambda step, steps: moves.append(("step", str(step))))
    names = ["text_encoder", "text_encoder_2"]
    begun = moves.index(("step", "1"))
    read = moves[:begun]
    assert len(read) % 4 == 0
    assert read[-2:] == [(name, "cpu") for name in names]
    assert read[:2] == [(name, str(driver.pipe._execution_device)) for name in names]
    assert all(name == "step" for name, _ in moves[begun:])
