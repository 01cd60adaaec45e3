"""Streams pictures and sound into an mp4 that starts at once and fits its limit: H.264 yuv420p and AAC, frame by frame."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from walkon.engine.performance import SAMPLE_RATE, Samples
from walkon.engine.port import RenderFailed
from walkon.types.scene import FPS

Picture = npt.NDArray[np.uint8]
"""BGRA, shape (height, width, 4)."""

SAMPLES_A_FRAME = SAMPLE_RATE // FPS
THREADS = 2
"""Fixed: the encoder's bits depend on its thread count, and a clip is the same on 2 and on 64 cores."""

LABEL: Mapping[str, str] = {"title": "walkon animatic preview", "comment": "walkon animatic preview: drawn by computer from a prompt"}

MOST_KBPS = 50_000
"""No preview needs more; x264 refuses a rate beyond 2³¹ bits."""

_BUFFER_S = 1.0
_SCALES = (1.0, 0.75, 0.5, 0.375)
_LEAST_BITS_A_PIXEL = 0.010
_SOUND_KBPS = ((700, 128), (350, 96), (180, 64), (90, 48), (0, 32))
_TAGS = (ColorPrimaries.BT709, ColorTrc.BT709, Colorspace.ITU709, ColorRange.MPEG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a clip is coded. width, height: of the mp4, even. ceiling_kbps: the picture's average may not pass it. sound_kbps: AAC."""

    width: int
    height: int
    frame_count: int
    ceiling_kbps: int
    sound_kbps: int
    preset: str = "superfast"
    crf: int = 22

    @property
    def seconds(self) -> float:
        """Length of picture and sound."""
        return self.frame_count / FPS


def plan(size: tuple[int, int], frame_count: int, max_bytes: int, *, shrink: float = 1.0) -> Recipe:
    """The best recipe that fits into max_bytes. shrink: below 1 after a try that came out too large by that factor.

    The picture gets what sound and tables leave, and shrinks in size where fewer than 0.010 bits a pixel would be left.
    Raises RenderFailed where even the smallest picture does not fit.
    """
    seconds = frame_count / FPS
    tables = 6_000 + 16 * frame_count + 5 * int(seconds * SAMPLE_RATE / 1024)
    total_kbps = (max_bytes * 0.96 * shrink - tables) * 8 / seconds / 1000
    sound_kbps = next((kbps for above, kbps in _SOUND_KBPS if total_kbps >= above), 0)
    # The buffer starts nearly full, so it may be spent on top of the rate.
    picture_kbps = min(MOST_KBPS, (total_kbps - sound_kbps) * seconds / (seconds + _BUFFER_S))
    for scale in _SCALES:
        width, height = (round(edge * scale / 2) * 2 for edge in size)
        if picture_kbps * 1000 >= _LEAST_BITS_A_PIXEL * width * height * FPS:
            recipe = Recipe(width=width, height=height, frame_count=frame_count, ceiling_kbps=int(picture_kbps), sound_kbps=sound_kbps)
            return replace(recipe, preset="veryfast") if picture_kbps < 500 or shrink < 1 else recipe
    raise RenderFailed(reason=f"{seconds:.1f} s of picture and sound do not fit into {max_bytes} bytes", retryable=False)


class Reel:
    """An mp4 being written. Give it its pictures in order; the sound goes in beside them. Memory does not grow with length."""

    def __init__(self, path: Path, recipe: Recipe, sound: Samples) -> None:
        self._path, self._recipe, self._sound = path, recipe, sound
        # The tracks' lengths are written in the movie's time scale, which is milliseconds unless told otherwise.
        options = {"movflags": "+faststart", "movie_timescale": str(SAMPLE_RATE)}
        self._file = av.open(str(path), "w", format="mp4", options=options)
        self._file.metadata.update(LABEL)
        self._picture = self._video_stream()
        # The fast search takes a third of the time; where bits are short the thorough one is worth it.
        search = {"aac_coder": "fast" if recipe.sound_kbps >= 96 else "twoloop"}
        self._voice: AudioStream = self._file.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", options=search)
        self._voice.bit_rate = recipe.sound_kbps * 1000
        self._reformatter = VideoReformatter()
        self._added = self._heard = 0

    def _video_stream(self) -> VideoStream:
        recipe = self._recipe
        options = {
            "preset": recipe.preset,
            "crf": str(recipe.crf),
            "threads": str(THREADS),
            "maxrate": f"{recipe.ceiling_kbps}k",
            "bufsize": f"{int(recipe.ceiling_kbps * _BUFFER_S)}k",
        }
        stream: VideoStream = self._file.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = recipe.width, recipe.height, "yuv420p"
        codec = stream.codec_context
        codec.thread_count, codec.time_base = THREADS, Fraction(1, FPS)
        codec.color_primaries, codec.color_trc, codec.colorspace, codec.color_range = _TAGS
        return stream

    def add(self, picture: Picture) -> None:
        """The next picture; the buffer may be reused when this returns."""
        # Not copied: the conversion below has read it when it returns.
        frame = av.VideoFrame.from_numpy_buffer(picture, format="bgra")
        converted = self._reformatter.reformat(
            frame,
            width=self._recipe.width,
            height=self._recipe.height,
            format="yuv420p",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
        )
        converted.pts, converted.time_base = self._added, Fraction(1, FPS)
        self._file.mux(self._picture.encode(converted))
        self._added += 1
        self._hear(self._added * SAMPLES_A_FRAME)

    def _hear(self, until: int) -> None:
        until = min(until, len(self._sound))
        # Whole coder frames but at the end: a short one in between would be padded with silence.
        while self._heard + 1024 <= until or self._heard < until == len(self._sound):
            block = np.ascontiguousarray(self._sound[self._heard : min(self._heard + 1024, until)].T)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._heard, Fraction(1, SAMPLE_RATE)
            self._file.mux(self._voice.encode(frame))
            self._heard += block.shape[1]

    def close(self) -> int:
        """Finish the file; its size in bytes."""
        self._hear(len(self._sound))
        self._file.mux(self._picture.encode(None))
        self._file.mux(self._voice.encode(None))
        self._file.close()
        return self._path.stat().st_size

    def abandon(self) -> None:
        """Let go of the file and remove it."""
        self._file.close()
        self._path.unlink(missing_ok=True)
