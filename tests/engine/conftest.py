"""Clips, meters and voices that several tests of the engine share."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import av
import numpy as np
import pytest

from walkon.engine.backends.animatic import AnimaticBackend
from walkon.engine.encode import Reel, plan
from walkon.engine.performance import Samples, SoundTrack
from walkon.engine.port import Order
from walkon.engine.sound.mix import mix
from walkon.engine.sound.voice import Voices
from walkon.types.scene import FPS, Line, Mood, Scene, Shot

TOY_STUDIO = (str(Path(__file__).parent / "toy_studio.py"),)


@pytest.fixture(scope="session")
def voices() -> Voices:
    return Voices()


@pytest.fixture
async def toy() -> AsyncIterator[AnimaticBackend]:
    """The animatic backend over real processes whose pictures are coloured bars."""
    backend = AnimaticBackend(program=TOY_STUDIO)
    yield backend
    await backend.close()


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., Order]:
    """Makes orders; words of the prompt steer the toy studio. Each gets a directory of its own."""

    def make(prompt: str = "bars", *, seconds: float = 2, max_bytes: int = 8_000_000, seed: int = 1, say: str = "") -> Order:
        lines = (Line(speaker="cat", text=say),) if say else ()
        directory = tmp_path / f"order-{len(list(tmp_path.iterdir()))}"
        directory.mkdir()
        scene = Scene(prompt=prompt, seconds=seconds, seed=seed, shots=(Shot(lines=lines, mood=Mood.HAPPY),))
        return Order(scene=scene, directory=directory, max_bytes=max_bytes)

    return make


def _pressed(path: Path, track: SoundTrack, *, max_bytes: int = 8_000_000, noisy: bool = False) -> Path:
    """A clip of moving bars, or of noise, with that sound."""
    frame_count = round(track.seconds * FPS)
    recipe = plan((854, 480), frame_count, max_bytes)
    reel = Reel(path, recipe, mix(track))
    picture = np.zeros((480, 854, 4), np.uint8)
    rng = np.random.default_rng(0)
    for index in range(frame_count):
        if noisy:
            picture[:] = rng.integers(0, 256, picture.shape, np.uint8)
        else:
            picture[:] = 40
            picture[:, index * 5 % 800 :][:, :40] = 220
        reel.add(picture)
    reel.close()
    return path


def _heard(path: Path) -> Samples:
    """The sound of a file as a player hears it: (frames, 2), cut at the track's end."""
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        pcm = np.concatenate([frame.to_ndarray() for frame in file.decode(stream)], axis=1).T
        return np.ascontiguousarray(pcm[: round(float(stream.duration * stream.time_base) * 48_000)])


def _ffmpeg_loudness(pcm: Samples) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP by FFmpeg's own meter."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=48_000, format="flt", layout="stereo", time_base="1/48000")
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    graph.link_nodes(source, meter, sink).configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm.reshape(1, -1)), format="flt", layout="stereo")
    frame.sample_rate = 48_000
    graph.push(frame)
    graph.push(None)
    loudness, peak = -70.0, -200.0
    while True:
        try:
            out = graph.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            return loudness, peak
        loudness = float(out.metadata.get("lavfi.r128.I", loudness))
        peaks = [float(out.metadata[key]) for key in out.metadata if key.startswith("lavfi.r128.true_peaks_ch")]
        peak = max([peak, *(20 * np.log10(max(value, 1e-10)) for value in peaks)])


@pytest.fixture(scope="session")
def pressed() -> Callable[..., Path]:
    return _pressed


@pytest.fixture(scope="session")
def heard() -> Callable[[Path], Samples]:
    return _heard


@pytest.fixture(scope="session")
def ffmpeg_loudness() -> Callable[[Samples], tuple[float, float]]:
    return _ffmpeg_loudness
