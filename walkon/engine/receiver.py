"""The child process that finishes films made elsewhere: `python -m walkon.engine.receiver RING WIRE PARENT`.

A stranger's file is decoded here and nowhere else. It gets what every clip has: its size, its mark, its loudness, captions, a poster;
a silent one gets walkon's own voices and sounds. One that goes on from another clip is put behind it, in that clip's colours.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
from walkon.engine.performance import SAMPLE_RATE, Pictures, Samples, ShotTime, SpeechCue
from walkon.engine.port import Caption, Order, Phase, Rendered, RenderFailed, Step
from walkon.engine.pressroom import PressRoom
from walkon.engine.sound.mix import mix
from walkon.engine.sound.voice import Voices
from walkon.engine.soundtrack import scored, spread
from walkon.engine.studio import MOST_TRIES, save_poster
from walkon.engine.tails import match
from walkon.types.scene import FPS, Scene, Shot

SHORTEST_S = 0.5
"""Less than that is no clip but a fault."""
LEAD = 1
"""Pictures at the start of a film that goes on from another: models begin with the one they were given."""
LEAST_PX, MOST_PX = 64, 4096
"""Edges of pictures that are taken."""


class Receiver:
    """Finishes one film after the other."""

    def __init__(self, room: PressRoom, voices: Voices) -> None:
        self._room, self._voices = room, voices

    def make_clip(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Finish the film that `order.made` names. report may raise to stop it. Raises RenderFailed, PressGone."""
        if order.made is None:
            raise RenderFailed(reason="there is no film to finish", retryable=False)
        try:
            return self._made(order, order.made, report)
        except av.FFmpegError as error:
            raise RenderFailed(reason=f"the server's file cannot be read: {error.strerror or error}", retryable=True) from None

    def _made(self, order: Order, path: Path, report: Callable[[Step], None]) -> Rendered:
        meter, began_s = Meter(), time.process_time()
        film = Film.at(path, after=order.source)
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
            said = self._sound(order.scene, film) if first else said
            sealed = self._room.end()
            if sealed.bytes <= order.max_bytes:
                return recipe, sealed, said
            shrink *= min(0.9 * order.max_bytes / sealed.bytes, 0.8)
        raise RenderFailed(reason=f"the clip did not fit into {order.max_bytes} bytes in {MOST_TRIES} tries", retryable=False)

    def _show(self, order: Order, film: "Film", recipe: Recipe, report: Callable[[Step], None]) -> None:
        watch, count = Watch(), film.count
        for shown, pictures in enumerate(film.pictures()):
            if shown >= film.old:
                watch.see(pictures)
            self._room.add(partial(_into, pictures[0]))
            if shown == count // 3:
                save_poster(np.ascontiguousarray(pictures[0][:, :, ::-1]), recipe, order.directory / wire.POSTER)
            report(Step(phase=Phase.DEVELOPING, step=shown + 1, steps=count, fraction=0.9 * (shown + 1) / count))
        if found := watch.found():
            raise RenderFailed(reason=f"the server's clip is {' and '.join(found)}", retryable=True)

    def _sound(self, scene: Scene, film: "Film") -> "Said":
        times, new_s = _times(scene, film), (film.count - film.old) / FPS
        before = [recording.trimmed(film.old_sound, skip_s=0.0, seconds=film.old / FPS)] if film.old else []
        if not film.silent:
            heard = recording.trimmed(film.sound, skip_s=film.lead / FPS, seconds=new_s)
            self._room.hear(recording.joined([*before, heard]))
            return Said(captions=spread(times))
        speeches = [[self._voices.say(line, time.shot.subject(line.speaker)) for line in time.shot.lines] for time in times]
        score = scored(scene, times, speeches)
        made = mix(score.track)[round(film.old / FPS * SAMPLE_RATE) :] if before else None
        self._room.hear(score.track if made is None else recording.joined([*before, made]))
        return Said(captions=score.captions, speeches=score.track.speeches, owed=score.dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is read, what is said letter by letter, and lines that found no room."""

    captions: Sequence[Caption] = ()
    speeches: Sequence[SpeechCue] = ()
    owed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A stranger's film. size: even pixels. count: pictures at our rate, of both. sound: at 48 kHz. after: the clip it is put
    behind, of `old` pictures with `old_sound`; its own first picture repeats the last of that, and is left out.
    """

    path: Path
    size: tuple[int, int]
    count: int
    sound: Samples
    after: Path | None = None
    old: int = 0
    old_sound: Samples = field(default_factory=lambda: np.zeros((0, 2), np.float32))

    @classmethod
    def at(cls, path: Path, *, after: Path | None = None) -> "Film":
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
        film = cls(path=path, size=size, count=count, sound=footage.sound(path))
        return film if after is None else film._behind(after)

    def _behind(self, after: Path) -> "Film":
        old = sum(1 for _ in footage.pictures(after, self.size, FPS))
        count = old + self.count - LEAD
        if count / FPS > footage.LONGEST_S:
            raise RenderFailed(reason=f"the clip would be longer than {footage.LONGEST_S:g} s", retryable=False)
        return replace(self, after=after, old=old, count=count, old_sound=footage.sound(after))

    @property
    def lead(self) -> int:
        """Pictures at its start that are not shown."""
        return LEAD if self.after else 0

    def pictures(self) -> Iterator[Pictures]:
        """All that is shown, one at a time."""
        last, grade = None, None
        if self.after is not None:
            for last in footage.pictures(self.after, self.size, FPS):
                yield last
        for number, made in enumerate(footage.pictures(self.path, self.size, FPS)):
            if number < self.lead and last is not None:
                grade = match(made, last)
            else:
                yield grade.applied(made) if grade else made

    @property
    def silent(self) -> bool:
        """Whether nothing is heard in it."""
        watch = Watch()
        watch.hear(self.sound)
        return Defect.SILENT in watch.found()


def _times(scene: Scene, film: Film) -> tuple[ShotTime, ...]:
    """The scene's shots share the new film's time evenly: nobody knows where the server cut."""
    shots, old_s, new_s = scene.shots or (Shot(),), film.old / FPS, (film.count - film.old) / FPS
    edges = [old_s + new_s * number / len(shots) for number in range(len(shots) + 1)]
    return tuple(ShotTime(shot=shot, start_s=start, end_s=end) for shot, start, end in zip(shots, edges, edges[1:], strict=False))


def _into(picture: Pictures, slot: Picture) -> None:
    slot[..., :3], slot[..., 3] = picture[..., ::-1], 255


def _receiver(room: PressRoom, _: Callable[[Step], None]) -> Maker:
    # Most servers make their own sound: voices are loaded with the first film that needs them.
    return Receiver(room, Voices())


if __name__ == "__main__":
    serve_maker(_receiver, sys.argv[1:], mend="Install walkon with its dependencies")
