"""A studio with a toy stage: real processes, pipes, voices, sound and mp4, but pictures of coloured bars.

Words in the prompt make it misbehave: `hang` stops at picture 5, `crash` dies there, `spent` fails there for good, `noise`
fills the pictures with noise, `slowly` takes 20 ms a picture.
"""

import os
import sys
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from walkon.engine.desk import serve
from walkon.engine.performance import EffectCue, SoundTrack, Speech, SpeechCue
from walkon.engine.port import Caption, Spent
from walkon.engine.studio import Stage
from walkon.types.scene import FPS, Scene


@dataclass(frozen=True)
class ToyPerformance:
    seconds: float
    soundtrack: SoundTrack
    captions: tuple[Caption, ...]
    not_staged: tuple[str, ...]


def direct(scene: Scene, speeches: Sequence[Speech]) -> ToyPerformance:
    cues, captions, at_s = [], [], 0.5
    for speech in speeches:
        cues.append(SpeechCue(at_s=at_s, speech=speech))
        captions.append(Caption(start_s=at_s, end_s=at_s + speech.seconds, text=speech.line.text, speaker=speech.line.speaker))
        at_s += speech.seconds + 0.3
    thud = EffectCue(at_s=1.0, name="thud")
    track = SoundTrack(seconds=scene.seconds, seed=scene.seed, mood=scene.shots[0].mood, speeches=cues, effects=(thud,))
    return ToyPerformance(scene.seconds, track, tuple(captions), scene.not_staged)


class ToyFilm:
    def __init__(self, scene: Scene, performance: ToyPerformance) -> None:
        self._scene = scene
        self.frame_count = round(performance.seconds * FPS)
        self.poster_index = self.frame_count // 2

    def prepare(self, index: int) -> None:
        """Bars need no scenery."""

    def draw(self, index: int, into: np.ndarray) -> None:
        if index == 5 and "hang" in self._scene.prompt:
            threading.Event().wait()
        if index == 5 and "crash" in self._scene.prompt:
            os.abort()
        if index == 5 and "spent" in self._scene.prompt:
            raise Spent(reason="the memory ran out", retryable=True)
        if "slowly" in self._scene.prompt:
            time.sleep(0.02)
        if "noise" in self._scene.prompt:
            into[:] = np.random.default_rng(index).integers(0, 256, into.shape, np.uint8)
        into[..., 3] = 255
        if "noise" not in self._scene.prompt:
            into[..., :3] = np.frombuffer(zlib.crc32(str(self._scene.seed).encode()).to_bytes(4), np.uint8)[:3]
            into[:, index * 7 % into.shape[1] :][:, :40, :3] = (255, 255, 255)


def stage() -> Stage:
    return Stage(direct=direct, film=ToyFilm)


if __name__ == "__main__":
    serve(stage, sys.argv[1:])
