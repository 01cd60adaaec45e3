"""Makes small real videos, as phones and browsers do."""

import io
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np


@dataclass(frozen=True, kw_only=True)
class Film:
    seconds: float = 4
    size: tuple[int, int] = (320, 180)
    container: str = "mp4"
    video: str = "libx264"
    audio: str | None = "aac"
    rate: int = 12
    brightness: int = 150
    loudness: int = 8000
    comment: str = ""

    def shot(self) -> bytes:
        sink = io.BytesIO()
        with av.open(sink, "w", format=self.container) as container:
            container.metadata["comment"] = self.comment
            video = container.add_stream(self.video, rate=self.rate)
            video.width, video.height, video.pix_fmt = *self.size, "yuv420p"
            audio = container.add_stream(self.audio, rate=48_000, layout="mono") if self.audio else None
            for index in range(int(self.seconds * self.rate)):
                frame = av.VideoFrame.from_ndarray(self._picture(index), format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, self.rate)
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
            for frame in self._sound() if audio else ():
                container.mux(audio.encode(frame))
            if audio:
                container.mux(audio.encode(None))
        return sink.getvalue()

    def _picture(self, index: int) -> np.ndarray:
        width, height = self.size
        picture = np.full((height, width, 3), self.brightness, np.uint8)
        picture[:, index * 7 % width :][:, :40] = min(255, self.brightness * 2)
        return picture

    def _sound(self):
        wave = (self.loudness * np.sin(np.arange(int(48_000 * self.seconds)) * 0.06)).astype(np.int16)
        for at in range(0, len(wave), 1024):
            frame = av.AudioFrame.from_ndarray(wave[None, at : at + 1024], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
            yield frame
