"""People in a model's clip: a family that takes stills shows those in the shot, keeps nothing of them, and writes none to a disk."""

import io
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.consent.village import LEA, TOM
from walkon.config import EngineSection
from walkon.engine.backends.diffusers import DiffusersBackend
from walkon.engine.models.driver import Driver, Request
from walkon.engine.models.stills import stills_of
from walkon.engine.port import Order
from walkon.scene.parser import parse
from walkon.types.ids import PersonId
from walkon.types.scene import Aspect

pytestmark = pytest.mark.timeout(120)

RED, BLUE = (200, 40, 40), (40, 40, 200)


def still(colour: tuple[int, int, int]) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (180, 320), colour).save(sink, "JPEG", comment=b"CANARY of the still")
    return sink.getvalue()


@pytest.fixture
def vace(drivers: Callable[[str], Driver]) -> Driver:
    return drivers("wan_vace")


def take(driver: Driver, **changed: object) -> Request:
    row = driver.family
    frames = row.grid.frames(row.fps)
    request = Request(words="a fox", frames=frames, size=row.sizes[Aspect.WIDE], fps=row.fps, seed=1, sampling=row.sampling)
    return replace(request, **changed)


def made(driver: Driver, **changed: object) -> torch.Tensor:
    return driver.denoise(take(driver, **changed), lambda step, steps: None).video


def test_a_still_enters_the_take_adds_no_picture_and_is_forgotten_with_it(vace: Driver) -> None:
    people = [Image.new("RGB", (180, 320), colour) for colour in (RED, BLUE)]
    before = made(vace)
    shown = [made(vace, people=people[:count]) for count in (1, 2)]
    assert {video.shape for video in (before, *shown)} == {before.shape}
    assert not torch.equal(shown[0], shown[1])
    assert not torch.equal(before, shown[0])
    assert torch.equal(made(vace), before)


def test_stills_a_tail_and_a_kept_clip_go_together(vace: Driver) -> None:
    size = vace.family.sizes[Aspect.WIDE]
    red, blue = (Image.new("RGB", size, colour) for colour in (RED, BLUE))
    built = {"tail": [red] * vace.family.tail, "kept": [blue] * take(vace).frames, "strength": 0.7}
    nobody, somebody = made(vace, **built), made(vace, **built, people=[red])
    assert nobody.shape == somebody.shape == made(vace).shape
    assert not torch.equal(nobody, somebody)


def test_the_stills_of_a_shot_are_those_of_who_stands_in_it() -> None:
    scene = parse("Shot 1: @lea waves. Shot 2: @tom runs.", people={"@lea": LEA, "@tom": TOM}, seconds=4)
    portraits = {LEA: still(RED), TOM: still(BLUE)}
    colours = [[np.asarray(each).mean(axis=(0, 1)) for each in stills_of(scene, index, portraits)] for index in range(2)]
    assert [len(each) for each in colours] == [1, 1]
    assert colours[0][0] == pytest.approx(RED, abs=3)
    assert colours[1][0] == pytest.approx(BLUE, abs=3)
    assert stills_of(scene, 0, {TOM: portraits[TOM]}) == ()


@pytest.fixture(params=["wan", "wan_vace"])
async def backend(request: pytest.FixtureRequest, data_dir: Path) -> AsyncIterator[DiffusersBackend]:
    made = DiffusersBackend(EngineSection(model=f"tiny:{request.param}"), data_dir)
    yield made
    await made.close()


async def test_a_lent_face_changes_its_clip_no_other_and_lies_on_no_disk(
    backend: DiffusersBackend, order: Callable[..., Order], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    scene = parse("@lea waves in the forest", people={"@lea": LEA}, seconds=2, seed=7).starring({LEA: "Léa"})

    async def clip(portraits: dict[PersonId, bytes]) -> bytes:
        asked = replace(order(), scene=scene, portraits=portraits)
        return (await backend.render(asked, lambda step: None)).video.read_bytes()

    before, red, blue, after = [await clip(lent) for lent in ({}, {LEA: still(RED)}, {LEA: still(BLUE)}, {})]
    assert after == before
    assert len({before, red, blue}) == (3 if backend.capabilities.faces else 1)
    assert not any(b"CANARY" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
