"""The whole of the drawn preview: words in, a clip out, by the real processes."""

from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest

from walkon.engine.backends.animatic import AnimaticBackend
from walkon.engine.port import Order, Rendered
from walkon.scene.parser import parse


@pytest.fixture
async def animatic() -> AsyncIterator[AnimaticBackend]:
    backend = AnimaticBackend()
    yield backend
    await backend.close()


async def clip_of(backend: AnimaticBackend, directory: Path, prompt: str, *, seconds: float, seed: int = 1) -> Rendered:
    directory.mkdir()
    order = Order(scene=parse(prompt, seconds=seconds, seed=seed), directory=directory, max_bytes=8_000_000)
    return await backend.render(order, lambda _: None)


async def test_a_prompt_becomes_a_clip_with_its_line_spoken_and_written(animatic, tmp_path: Path, heard, ffmpeg_loudness) -> None:
    clip = await clip_of(animatic, tmp_path / "a", 'a cat does a backflip on a skateboard, "watch this!" says the cat', seconds=6)
    loudness, peak = ffmpeg_loudness(heard(clip.video))
    assert loudness == pytest.approx(-16, abs=1)
    assert peak < -1
    captions = clip.captions.read_text()
    assert "<v Cat>" in captions
    assert "this!" in captions
    with av.open(str(clip.video)) as file:
        assert file.streams.video[0].frames == 144
        assert file.streams.audio[0].duration == 288_000


async def test_two_processes_draw_and_play_the_same_clip_from_the_same_seed(animatic, tmp_path: Path) -> None:
    prompt = 'two dogs dance in the rain at night. "hello!" says the dog'
    first = await clip_of(animatic, tmp_path / "a", prompt, seconds=4, seed=9)
    await animatic.close()
    second = await clip_of(animatic, tmp_path / "b", prompt, seconds=4, seed=9)
    other = await clip_of(animatic, tmp_path / "c", prompt, seconds=4, seed=10)
    assert first.video.read_bytes() == second.video.read_bytes() != other.video.read_bytes()


@pytest.mark.parametrize(
    "prompt",
    ["🐙🎸", "مرحبا بالعالم", "[0:00-0:03] [0:03-0:06]", "a", '<v x>--></v> & "<b>" says the cat', '"' * 50, "the cat runs. " * 600],
)
async def test_no_words_are_too_odd_for_a_clip(animatic, tmp_path: Path, prompt: str) -> None:
    clip = await clip_of(animatic, tmp_path / "a", prompt, seconds=2)
    assert clip.seconds >= 2
    assert clip.captions.read_text().startswith("WEBVTT")
