"""The child process that finishes films made elsewhere: `python -m walkon.engine.receiver RING WIRE PARENT`.

A stranger's file is decoded here and nowhere else. It gets what every clip has: its size, its mark, its loudness, captions, a poster;
a silent one gets walkon's own voices and sounds.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av
import numpy as np

from walkon.engine import footage, recording, slips, wire
from walkon.engine.captions import webvtt
from walkon.engine.checks import Defect, Watch
from walkon.engine.desk import Maker, serve_maker
from walkon.engine.encode import Picture, Recipe, plan
from walkon.engine.energy import Meter
from walkon.engine.performance import Pictures, Samples, ShotTime, SpeechCue
from walkon.engine.port import Caption, Order, Phase, Rendered, RenderFailed, Step
from walkon.engine.pressroom import PressRoom
from walkon.engine.sound.voice import Voices
from walkon.engine.soundtrack import scored, spread
from walkon.engine.studio import MOST_TRIES, save_poster
from walkon.types.scene import FPS, Scene, Shot

SHORTEST_S = 0.5
"""Less than that is no clip but a fault."""
LEAST_PX, MOST_PX = 64, 4096
"""Edges of pictures that are taken."""


class Receiver:
    """Finishes one film after the other."""

    def __init__(self, room: PressRoom, voices: Voices) -> None:
        self._room, self._voices = room, voices

    def make_clip(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Finish the film that `order.source` names. report may raise to stop it. Raises RenderFailed, PressGone."""
        if order.source is None:
            raise RenderFailed(reason="there is no film to finish", retryable=False)
        try:
            return self._made(order, order.source, report)
        except av.FFmpegError as error:
            raise RenderFailed(reason=f"the server's file cannot be read: {error.strerror or error}", retryable=True) from None

    def _made(self, order: Order, path: Path, report: Callable[[Step], None]) -> Rendered:
        meter, began_s = Meter(), time.process_time()
        film = Film.at(path)
        recipe, sealed, said = self._coded(order, film, report)
        report(Step(phase=Phase.FINISHING, fraction=0.97))
        written = order.directory / wire.CAPTIONS
        written.write_text(webvtt(said.captions, said.speeches, seconds=recipe.seconds), "utf-8")
        energy = meter.read(time.process_time() - began_s + sealed.cpu_s)
        return Rendered(
            video=order.directory / wire.CLIP,
            poster=order.directory / wire.POSTER,
            captions=written,
            seconds=recipe.seconds,
            width=recipe.width,
            height=recipe.height,
            fps=FPS,
            bytes=sealed.bytes,
            loudness_lufs=round(sealed.loudness_lufs, 2),
            not_staged=said.owed,
            energy_wh=energy.wh,
            energy_metered=False,
        )

    def _coded(self, order: Order, film: "Film", report: Callable[[Step], None]) -> "tuple[Recipe, slips.Sealed, Said]":
        """The finished file: nearly always as first coded, else again until it fits."""
        shrink, said = 1.0, Said()
        for attempt in range(MOST_TRIES):
            recipe = plan(film.size, film.count, order.max_bytes, shrink=shrink, mark=order.mark).generated()
            first = attempt == 0
            self._room.begin(slips.Begin(path=order.directory / wire.CLIP, recipe=recipe, size=film.size, track=None, sound_later=first))
            self._show(order, film, recipe, report)
            said = self._sound(order.scene, film, recipe.seconds) if first else said
            sealed = self._room.end()
            if sealed.bytes <= order.max_bytes:
                return recipe, sealed, said
            shrink *= min(0.9 * order.max_bytes / sealed.bytes, 0.8)
        raise RenderFailed(reason=f"the clip did not fit into {order.max_bytes} bytes in {MOST_TRIES} tries", retryable=False)

    def _show(self, order: Order, film: "Film", recipe: Recipe, report: Callable[[Step], None]) -> None:
        watch, count = Watch(), film.count
        for shown, pictures in enumerate(footage.pictures(film.path, film.size, FPS)):
            watch.see(pictures)
            self._room.add(partial(_into, pictures[0]))
            if shown == count // 3:
                save_poster(np.ascontiguousarray(pictures[0][:, :, ::-1]), recipe, order.directory / wire.POSTER)
            report(Step(phase=Phase.DEVELOPING, step=shown + 1, steps=count, fraction=0.9 * (shown + 1) / count))
        if found := watch.found():
            raise RenderFailed(reason=f"the server's clip is {' and '.join(found)}", retryable=True)

    def _sound(self, scene: Scene, film: "Film", seconds: float) -> "Said":
        times = _times(scene, seconds)
        if not film.silent:
            self._room.hear(recording.trimmed(film.sound, skip_s=0.0, seconds=seconds))
            return Said(captions=spread(times))
        speeches = [[self._voices.say(line, time.shot.subject(line.speaker)) for line in time.shot.lines] for time in times]
        score = scored(scene, times, speeches)
        self._room.hear(score.track)
        return Said(captions=score.captions, speeches=score.track.speeches, owed=score.dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is read, what is said letter by letter, and lines that found no room."""

    captions: Sequence[Caption] = ()
    speeches: Sequence[SpeechCue] = ()
    owed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A stranger's film. size: even pixels. count: pictures at our rate. sound: at 48 kHz."""

    path: Path
    size: tuple[int, int]
    count: int
    sound: Samples

    @classmethod
    def at(cls, path: Path) -> "Film":
        """Measure it. Raises RenderFailed for what is no clip, av.FFmpegError for what is no film."""
        with av.open(str(path)) as file:
            if not file.streams.video:
                raise RenderFailed(reason="the server's file has no picture", retryable=True)
            codec = file.streams.video[0].codec_context
            size = codec.width // 2 * 2, codec.height // 2 * 2
        if not all(LEAST_PX <= edge <= MOST_PX for edge in size):
            raise RenderFailed(reason=f"the server's pictures have {size[0]}x{size[1]} pixels", retryable=False)
        count = sum(1 for _ in footage.pictures(path, size, FPS))
        if count < SHORTEST_S * FPS:
            raise RenderFailed(reason=f"the server's clip has {count / FPS:.2f} s", retryable=True)
        return cls(path=path, size=size, count=count, sound=footage.sound(path))

    @property
    def silent(self) -> bool:
        """Whether nothing is heard in it."""
        watch = Watch()
        watch.hear(self.sound)
        return Defect.SILENT in watch.found()


def _times(scene: Scene, seconds: float) -> tuple[ShotTime, ...]:
    """The scene's shots share the film's time evenly: nobody knows where the server cut."""
    shots = scene.shots or (Shot(),)
    edges = [seconds * number / len(shots) for number in range(len(shots) + 1)]
    return tuple(ShotTime(shot=shot, start_s=start, end_s=end) for shot, start, end in zip(shots, edges, edges[1:], strict=False))


def _into(picture: Pictures, slot: Picture) -> None:
    slot[..., :3], slot[..., 3] = picture[..., ::-1], 255


def _receiver(room: PressRoom, _: Callable[[Step], None]) -> Maker:
    # Most servers make their own sound: voices are loaded with the first film that needs them.
    return Receiver(room, Voices())


if __name__ == "__main__":
    serve_maker(_receiver, sys.argv[1:], mend="Install walkon with its dependencies")
