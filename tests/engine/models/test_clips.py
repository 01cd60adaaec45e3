"""A clip of every family, end to end: the parent's port, a real child process with the real pipeline classes, a real mp4."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from walkon.engine.backends.diffusers import DiffusersBackend
from walkon.engine.port import Order, Phase, Step
from walkon.engine.sound.loudness import integrated
from walkon.types.scene import Aspect

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="session")]


def nothing(_: Step) -> None:
    """A caller who does not care."""


def seen(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)])


def heard(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        return np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1).T


async def test_a_clip_has_the_pictures_size_rate_and_sound_of_its_family(engine: DiffusersBackend, order: Callable[..., Order]) -> None:
    family = engine.choice.family
    clip = await engine.render(order(seconds=1.3, aspect=Aspect.TALL), nothing)
    frames = family.grid.frames(1.3 * family.fps)
    assert clip.seconds == pytest.approx(frames / family.fps)
    assert clip.fps == family.fps
    with av.open(str(clip.video)) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]
        assert (picture.width, picture.height) == family.sizes[Aspect.TALL] == (clip.width, clip.height)
        assert picture.average_rate == Fraction(family.fps)
        assert (picture.codec_context.name, picture.pix_fmt, sound.codec_context.name) == ("h264", "yuv420p", "aac")
        assert (sound.rate, sound.channels) == (48_000, 2)
        # Sound and picture end together, to the frame.
        assert abs(float(sound.duration * sound.time_base) - clip.seconds) < 1 / family.fps
        assert file.metadata["comment"].startswith("AI-generated")
        assert sum(1 for _ in file.decode(video=0)) == frames
    assert clip.loudness_lufs == pytest.approx(-16, abs=0.5)
    assert integrated(heard(clip.video)) == pytest.approx(-16, abs=1)


async def test_the_same_seed_gives_the_same_bytes_and_another_gives_another_clip(
    engine: DiffusersBackend, order: Callable[..., Order]
) -> None:
    first, again, other = [await engine.render(order(seed=seed), nothing) for seed in (1, 1, 2)]
    assert first.video.read_bytes() == again.video.read_bytes()
    assert not np.array_equal(seen(first.video), seen(other.video))


async def test_other_words_give_another_clip(engine: DiffusersBackend, order: Callable[..., Order]) -> None:
    fox, sea = [await engine.render(order(words), nothing) for words in ("a fox on the moon", "waves at night")]
    assert not np.array_equal(seen(fox.video), seen(sea.video))


async def test_phases_come_in_order_and_steps_are_counted(engine: DiffusersBackend, order: Callable[..., Order]) -> None:
    steps: list[Step] = []
    await engine.render(order(), steps.append)
    phases = list(dict.fromkeys(step.phase for step in steps))
    assert phases == [Phase.READING, Phase.PAINTING, Phase.DEVELOPING, Phase.SOUND, Phase.FINISHING]
    painted = [step for step in steps if step.phase is Phase.PAINTING]
    assert {step.steps for step in painted} == {engine.choice.family.sampling.steps}
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
