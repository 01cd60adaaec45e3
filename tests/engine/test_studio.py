"""What comes out of the child processes, with toy pictures and everything else real."""

from pathlib import Path

import av
import numpy as np
from PIL import Image

from walkon.engine.port import Phase


async def test_a_clip_has_picture_sound_poster_and_captions(toy, order, heard, ffmpeg_loudness) -> None:
    asked, steps = order(seconds=3, say="Watch this!"), []
    clip = await toy.render(asked, steps.append)
    assert sorted(path.name for path in asked.directory.iterdir()) == ["captions.vtt", "clip.mp4", "poster.jpg"]
    assert (clip.seconds, clip.width, clip.height, clip.fps) == (3, 854, 480, 24)
    assert clip.bytes == clip.video.stat().st_size
    assert abs(ffmpeg_loudness(heard(clip.video))[0] - clip.loudness_lufs) < 0.5
    assert "<v Cat>" in clip.captions.read_text()
    assert 0 < clip.energy_wh < 1
    with Image.open(clip.poster) as poster:
        assert (poster.format, poster.size) == ("JPEG", (854, 480))


async def test_progress_rises_through_the_phases(toy, order) -> None:
    steps = []
    await toy.render(order(), steps.append)
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    assert list(dict.fromkeys(step.phase for step in steps)) == [Phase.READING, Phase.PAINTING, Phase.SOUND, Phase.FINISHING]
    assert max(step.steps for step in steps) == 48


async def test_a_tight_limit_is_met_and_the_poster_matches_the_picture(toy, order) -> None:
    steps = []
    clip = await toy.render(order("noise", seconds=4, max_bytes=90_000), steps.append)
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    assert clip.bytes <= 90_000
    assert clip.width < 854
    with Image.open(clip.poster) as poster, av.open(str(clip.video)) as file:
        assert poster.size == (clip.width, clip.height) == (file.streams.video[0].width, file.streams.video[0].height)


async def test_two_processes_make_the_same_clip_from_the_same_seed(toy, order) -> None:
    first = await toy.render(order(seed=5, say="Hello there"), lambda _: None)
    pids = toy.pids
    await toy.close()
    second = await toy.render(order(seed=5, say="Hello there"), lambda _: None)
    assert not set(toy.pids) & set(pids)
    assert first.video.read_bytes() == second.video.read_bytes()
    other = await toy.render(order(seed=6, say="Hello there"), lambda _: None)
    assert _picture(first.video).tobytes() != _picture(other.video).tobytes()


def _picture(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        return next(file.decode(video=0)).to_ndarray()
