"""Speaks and scores a silent model's clip in a thread of its own, while the model works."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from walkon.engine.performance import ShotTime
from walkon.engine.sound.voice import Voices
from walkon.engine.soundtrack import Score, scored
from walkon.engine.takes import Take
from walkon.types.scene import Scene, Shot


class Booth:
    """One thread: a clip that was left may still be speaking when the next one begins."""

    def __init__(self, voices: Voices) -> None:
        self._voices = voices
        self._thread = ThreadPoolExecutor(1, "booth")

    def begin(self, scene: Scene, times: Sequence[ShotTime]) -> Future[Score]:
        """Begin the scene's sound."""
        return self._thread.submit(self._made, scene, times)

    def _made(self, scene: Scene, times: Sequence[ShotTime]) -> Score:
        speeches = [[self._voices.say(line, time.shot.subject(line.speaker)) for line in time.shot.lines] for time in times]
        return scored(scene, times, speeches)


def shot_times(scene: Scene, takes: Sequence[Take], *, fps: int, old: int) -> tuple[ShotTime, ...]:
    """The scene's shots on the clip's clock. old: pictures of an older clip that are shown first."""
    times, at = [], old
    for index, shot in enumerate(scene.shots or (Shot(),)):
        end = at + sum(take.shown for take in takes if take.index == index)
        times.append(ShotTime(shot=shot, start_s=at / fps, end_s=end / fps))
        at = end
    return tuple(times)
