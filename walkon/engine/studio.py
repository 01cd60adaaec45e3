"""The studio: makes a clip, from voices to poster. Runs in the child process; its second half, the press, codes beside it."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from walkon.engine import slips, wire
from walkon.engine.captions import webvtt
from walkon.engine.encode import Picture, Recipe, plan
from walkon.engine.energy import Meter
from walkon.engine.performance import SoundTrack, Speech
from walkon.engine.port import Caption, Order, Phase, Rendered, RenderFailed, Step
from walkon.engine.pressroom import PressRoom
from walkon.engine.sound.voice import Voices
from walkon.provenance.marks import VisibleMark
from walkon.types.ids import PersonId
from walkon.types.scene import FPS, MAX_SECONDS, Scene

AHEAD = 36
"""Pictures that the scenery is painted ahead, while the press has all it can take."""
MOST_TRIES = 4
"""Codings of one clip at most until it fits its limit."""


class Film(Protocol):
    """The picture half of a clip. Any frame may be drawn at any time, the same index gives the same picture."""

    @property
    def frame_count(self) -> int:
        """Pictures at 24 a second."""

    @property
    def poster_index(self) -> int:
        """The picture that stands for the clip."""

    def draw(self, index: int, into: Picture) -> None:
        """Draw that picture into a BGRA buffer (height, width, 4)."""

    def prepare(self, index: int) -> None:
        """Paint what that picture will need, where there is time for it; changes no picture."""


class Performance(Protocol):
    """What the studio needs of a directed scene."""

    @property
    def seconds(self) -> float:
        """Length of the clip."""

    @property
    def soundtrack(self) -> SoundTrack:
        """What is heard."""

    @property
    def captions(self) -> Sequence[Caption]:
        """What is read."""

    @property
    def not_staged(self) -> Sequence[str]:
        """What the picture owes to the prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How scenes become pictures. warm: loads what the first clip would wait for. lent: gives people their own heads meanwhile."""

    direct: Callable[[Scene, Sequence[Speech]], Performance]
    film: Callable[[Scene, Any], Film]
    warm: Callable[[], None] = lambda: None
    lent: Callable[[Scene, Mapping[PersonId, bytes]], AbstractContextManager[Scene]] = lambda scene, portraits: nullcontext(scene)


class Studio:
    """Makes one clip after the other."""

    def __init__(self, stage: Stage, room: PressRoom, voices: Voices) -> None:
        self._stage, self._room, self._voices = stage, room, voices

    def make_clip(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Make the order's clip in its directory. report may raise to stop it. Raises RenderFailed, PressGone."""
        with self._stage.lent(order.scene, order.portraits) as scene:
            return self._made(replace(order, scene=scene, portraits={}), report)

    def _made(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        meter, began_s = Meter(), time.process_time()
        report(Step(phase=Phase.READING, fraction=0.01))
        performance = self._stage.direct(order.scene, self._speeches(order.scene))
        report(Step(phase=Phase.PAINTING, fraction=0.06))
        recipe, sealed = self._fitting(order, performance, report)
        report(Step(phase=Phase.FINISHING, fraction=0.97))
        captions = order.directory / wire.CAPTIONS
        captions.write_text(webvtt(performance.captions, performance.soundtrack.speeches, seconds=recipe.seconds), "utf-8")
        energy = meter.read(time.process_time() - began_s + sealed.cpu_s)
        return Rendered(
            video=order.directory / wire.CLIP,
            poster=order.directory / wire.POSTER,
            captions=captions,
            seconds=recipe.seconds,
            width=recipe.width,
            height=recipe.height,
            fps=FPS,
            bytes=sealed.bytes,
            loudness_lufs=round(sealed.loudness_lufs, 2),
            not_staged=tuple(performance.not_staged),
            energy_wh=energy.wh,
            energy_metered=energy.metered,
        )

    def _speeches(self, scene: Scene) -> list[Speech]:
        lines = [(line, shot.subject(line.speaker)) for shot in scene.shots for line in shot.lines]
        speeches = [self._voices.say(line, speaker) for line, speaker in lines]
        if sum(speech.seconds + 0.45 for speech in speeches) <= MAX_SECONDS:
            return speeches
        return [self._voices.say(line, speaker, pace=1.1) for line, speaker in lines]

    def _fitting(self, order: Order, performance: Performance, report: Callable[[Step], None]) -> tuple[Recipe, slips.Sealed]:
        """Code the clip until it fits: nearly always once, as the first plan already holds the rate below the limit."""
        frame_count = round(performance.seconds * FPS)
        shrink, film = 1.0, None
        for attempt in range(MOST_TRIES):
            recipe = plan(order.scene.size, frame_count, order.max_bytes, shrink=shrink, mark=order.mark)
            track = replace(performance.soundtrack, seconds=recipe.seconds) if attempt == 0 else None
            self._room.begin(slips.Begin(path=order.directory / wire.CLIP, recipe=recipe, size=order.scene.size, track=track))
            # The press mixes the sound while the first film paints its scenery.
            film = film or self._stage.film(order.scene, performance)
            poster = np.zeros((order.scene.size[1], order.scene.size[0], 4), np.uint8)
            sealed = self._coded(_Kept(film, poster), recipe, report, again=attempt > 0)
            if sealed.bytes <= order.max_bytes:
                save_poster(poster, recipe, order.directory / wire.POSTER)
                return recipe, sealed
            shrink *= min(0.9 * order.max_bytes / sealed.bytes, 0.8)
        raise RenderFailed(reason=f"the clip did not fit into {order.max_bytes} bytes in {MOST_TRIES} tries", retryable=False)

    def _coded(self, film: "_Kept", recipe: Recipe, report: Callable[[Step], None], *, again: bool) -> slips.Sealed:
        count = recipe.frame_count
        for index in range(count):
            self._room.add(partial(film.draw, index), meanwhile=partial(film.prepare, min(count - 1, index + AHEAD)))
            # A second coding is the finish of the work: progress never falls back.
            phase, fraction = (Phase.FINISHING, 0.96) if again else (Phase.PAINTING, 0.06 + 0.88 * (index + 1) / count)
            report(Step(phase=phase, step=index + 1, steps=count, fraction=fraction))
        if not again:
            report(Step(phase=Phase.SOUND, fraction=0.95))
        return self._room.end()


class _Kept:
    """A film whose poster is kept as it passes by: drawing it again would paint its scenery again."""

    def __init__(self, film: Film, poster: Picture) -> None:
        self._film, self._poster = film, poster
        self.prepare = film.prepare

    def draw(self, index: int, into: Picture) -> None:
        self._film.draw(index, into)
        if index == self._film.poster_index:
            self._poster[:] = into


def save_poster(picture: Picture, recipe: Recipe, path: Path) -> None:
    """Write a picture (height, width, BGR or BGRA) as the JPEG of a clip of that recipe, with its mark."""
    if recipe.mark:
        picture = picture.copy()
        VisibleMark(recipe.mark, (picture.shape[1], picture.shape[0])).put_on(picture)
    image = Image.fromarray(np.ascontiguousarray(picture[:, :, 2::-1]))
    if image.size != (recipe.width, recipe.height):
        image = image.resize((recipe.width, recipe.height))
    image.save(path, "JPEG", quality=88)
