"""Clips built on clips: remixed at a strength, extended from their end, made in several takes."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from walkon.engine.backends.diffusers import DiffusersBackend
from walkon.engine.port import Order, Step
from walkon.engine.takes import cut, length
from walkon.types.scene import BuiltOn, Manner

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="session")]


def nothing(_: Step) -> None:
    """A caller who does not care."""


def seen(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]).astype(int)


def heard(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        return np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)


def built(manner: Manner, strength: float = 0.7) -> BuiltOn:
    return BuiltOn(clip="C1", manner=manner, strength=strength)


async def test_a_remix_is_made_from_its_clip_and_by_its_strength(engine: DiffusersBackend, order: Callable[..., Order]) -> None:
    source = (await engine.render(order("red waves", seed=5), nothing)).video
    made = [
        seen((await engine.render(order(built_on=built_on, source=file), nothing)).video)
        for built_on, file in (
            (None, None),
            (built(Manner.REMIX, 0.4), source),
            (built(Manner.REMIX, 0.8), source),
            # The clip is gone: the words alone decide.
            (built(Manner.REMIX, 0.4), None),
        )
    ]
    assert len({pictures.shape for pictures in made}) == 1
    assert not np.array_equal(made[0], made[1])
    assert not np.array_equal(made[1], made[2])
    assert np.array_equal(made[0], made[3])


async def test_an_extended_clip_begins_with_the_old_one_and_goes_on_in_its_colours(
    engine: DiffusersBackend, order: Callable[..., Order]
) -> None:
    family = engine.choice.family
    old = await engine.render(order("red waves", seconds=1.5, seed=5), nothing)
    asked = order(seconds=2, built_on=built(Manner.EXTEND), source=old.video)
    longer = await engine.render(asked, nothing)
    added = length(cut(asked.scene, family, continued=True), family)
    assert longer.seconds == pytest.approx(old.seconds + added)
    before, after = seen(old.video), seen(longer.video)
    joint = len(before)
    assert np.abs(after[:joint] - before).mean() < 12, "the old pictures, coded once more"
    # The mean colour leaps no further at the joint than a step within the new pictures does, or a step of the eye.
    leaps = np.abs(np.diff(after.mean(axis=(1, 2)), axis=0)).max(axis=1)
    assert leaps[joint - 1] <= max(8.0, leaps[joint:].max())
    assert abs(heard(longer.video).shape[1] / 48_000 - longer.seconds) < 0.05


async def test_a_clip_of_the_drawn_kind_can_be_extended_too(engine: DiffusersBackend, order: Callable[..., Order], tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.mp4"
    with av.open(str(drawn), "w") as file:
        stream = file.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 854, 480, "yuv420p"
        for index in range(24):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((480, 854, 3), 60 + index, np.uint8))))
        file.mux(stream.encode(None))
    clip = await engine.render(order(built_on=built(Manner.EXTEND), source=drawn), nothing)
    assert clip.seconds >= 2
    assert (clip.width, clip.height) == engine.choice.family.sizes["16:9"]
    first = seen(clip.video)[0]
    assert abs(first.mean() - 60) < 8


async def test_shots_are_made_one_from_the_end_of_the_other(engine: DiffusersBackend, order: Callable[..., Order]) -> None:
    family = engine.choice.family
    asked = order(seconds=3, shots=2, say="Hello there, old friend")
    clip = await engine.render(asked, nothing)
    takes = cut(asked.scene, family)
    assert len(takes) == 2
    assert clip.seconds == pytest.approx(length(takes, family))
    pictures = seen(clip.video)
    assert len(pictures) == sum(take.shown for take in takes)
    leaps = np.abs(np.diff(pictures.mean(axis=(1, 2)), axis=0)).max(axis=1)
    joint = takes[0].shown
    assert leaps[joint - 1] <= max(8.0, 1.5 * np.delete(leaps, joint - 1).max())
    assert all(word in clip.captions.read_text() for word in ("Hello", "there,", "friend"))
