"""Makes a clip with a model: takes one after the other, each developed straight into the press, which has the sound by then.

The sound of a silent model is made in a thread while the model works.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import numpy as np
import torch
from PIL import Image

from walkon.engine import footage, recording, slips, wire
from walkon.engine.captions import webvtt
from walkon.engine.checks import Defect, Watch
from walkon.engine.encode import Picture, Recipe, plan
from walkon.engine.families.row import Family, Task
from walkon.engine.models.booth import Booth, shot_times
from walkon.engine.models.card_meter import Meters
from walkon.engine.models.driver import Driver, NotFinite, Request, Roll
from walkon.engine.models.pace import UNTIL_DEVELOPED, Marks, Pace, Stopwatch
from walkon.engine.models.retries import decoded
from walkon.engine.models.stills import stills_of
from walkon.engine.performance import SAMPLE_RATE, Pictures, Samples, ShotTime, SpeechCue
from walkon.engine.port import Caption, Order, Phase, Rendered, RenderFailed, Spent, Step
from walkon.engine.pressroom import PressRoom
from walkon.engine.sound.mix import mix
from walkon.engine.sound.voice import Voices
from walkon.engine.soundtrack import Score, spread
from walkon.engine.studio import MOST_TRIES, save_poster
from walkon.engine.tails import Grade, match
from walkon.engine.takes import Take, cut
from walkon.engine.wording import words_for
from walkon.types.scene import Manner, Scene


@dataclass(slots=True)
class _Work:
    """One order under way. old: pictures of the clip that is extended, shown first. tail: the last pictures shown so far."""

    order: Order
    takes: Sequence[Take]
    report: Callable[[Step], None]
    rolls: list[tuple[Roll, Grade | None]] = field(default_factory=list)
    sounds: list[Samples] = field(default_factory=list)
    tail: list[Image.Image] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)
    old: int = 0
    shown: int = 0
    poster: Pictures | None = None
    marks: Marks = field(default_factory=Marks)
    watch_s: Stopwatch = field(default_factory=Stopwatch)
    score: Future[Score] | None = None
    said: tuple[tuple[Caption, ...], Sequence[SpeechCue], tuple[str, ...]] = ((), (), ())

    @property
    def scene(self) -> Scene:
        return self.order.scene

    @property
    def frame_count(self) -> int:
        return self.old + sum(take.shown for take in self.takes)


class Darkroom:
    """Makes one clip after the other with one loaded model."""

    def __init__(self, driver: Driver, room: PressRoom, voices: Voices) -> None:
        self._driver, self._room = driver, room
        self._booth, self._pace = Booth(voices), Pace()
        self._family: Family = driver.family
        self.words, self.shot_s = driver.words, driver.family.most_frames / driver.family.fps

    def make_clip(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Make the order's clip in its directory. report may raise to stop it. Raises RenderFailed, PressGone."""
        try:
            return self._made(order, report)
        except NotFinite:
            raise RenderFailed(reason="the model's output is not a number", retryable=True) from None
        except torch.OutOfMemoryError as problem:
            self._driver.recover()
            self._driver.on_exhausted(max(take.frames for take in cut(order.scene, self._family)))
            # A process that starts anew takes the next placement.
            raise Spent(reason=f"the card's memory ran out: {str(problem).splitlines()[0]}", retryable=True) from None

    def _made(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        meter, began_s = Meters(on_card=self._driver.on_card), time.process_time()
        report(Step(phase=Phase.READING, fraction=0.0))
        work = self._work(order, report)
        recipe = self._recipe(work, 1.0)
        self._begin(work, recipe)
        if self._family.audio is None:
            work.score = self._booth.begin(work.scene, self._times(work))
        self._show_old(work)
        for number, take in enumerate(work.takes):
            self._take(work, number, take)
        report(Step(phase=Phase.SOUND, fraction=0.95))
        captions, cues, owed = work.said
        defects = self._judged(work)
        report(Step(phase=Phase.FINISHING, fraction=0.97))
        recipe, sealed = self._sealed(work, recipe)
        self._save_poster(work, recipe)
        file = order.directory / wire.CAPTIONS
        file.write_text(webvtt(captions, cues, seconds=recipe.seconds), "utf-8")
        energy = meter.read(time.process_time() - began_s + sealed.cpu_s)
        return Rendered(
            video=order.directory / wire.CLIP,
            poster=order.directory / wire.POSTER,
            captions=file,
            seconds=recipe.seconds,
            width=recipe.width,
            height=recipe.height,
            fps=recipe.fps,
            bytes=sealed.bytes,
            loudness_lufs=round(sealed.loudness_lufs, 2),
            not_staged=owed,
            energy_wh=energy.wh,
            energy_metered=energy.metered,
            defects=tuple(defect.value for defect in defects),
            notice=recipe.notice,
        )

    def _work(self, order: Order, report: Callable[[Step], None]) -> _Work:
        built = order.scene.built_on
        extended = order.source is not None and built is not None and built.manner is Manner.EXTEND and Task.EXTEND in self._family.tasks
        work = _Work(order, cut(order.scene, self._family, continued=extended), report)
        if extended:
            work.old = sum(len(part) for part in self._source(work))
            if (work.frame_count / self._family.fps) > footage.LONGEST_S:
                raise RenderFailed(reason=f"the clip would be longer than {footage.LONGEST_S:g} s", retryable=False)
        return work

    def _source(self, work: _Work) -> Iterator[Pictures]:
        if work.order.source is None:
            return iter(())
        return footage.pictures(work.order.source, self._size(work), self._family.fps)

    def _size(self, work: _Work) -> tuple[int, int]:
        return self._family.sizes[work.scene.aspect]

    def _recipe(self, work: _Work, shrink: float) -> Recipe:
        recipe = plan(self._size(work), work.frame_count, work.order.max_bytes, shrink=shrink, fps=self._family.fps, mark=work.order.mark)
        return recipe.generated(self._family.licence.notice or "")

    def _begin(self, work: _Work, recipe: Recipe) -> None:
        path = work.order.directory / wire.CLIP
        self._room.begin(slips.Begin(path=path, recipe=recipe, size=self._size(work), track=None, sound_later=True))

    def _take(self, work: _Work, number: int, take: Take) -> None:
        shape = (self._size(work), take.frames)
        work.marks, work.watch_s = self._pace.marks(shape), Stopwatch()
        request = self._request(work, take)
        work.report(Step(phase=Phase.READING, fraction=self._fraction(work, number, 0.0)))
        roll = self._driver.denoise(request, partial(self._stepped, work, number))
        heard = self._driver.record(roll)
        if heard is not None:
            wave = recording.at_mixing_rate(*heard)
            work.watch.hear(wave)
            fps = self._family.fps
            work.sounds.append(recording.trimmed(wave, skip_s=take.lead / fps, seconds=take.shown / fps))
        work.rolls.append((roll, None))
        if number == len(work.takes) - 1:
            # Before the last pictures, so that the press mixes and codes it beside them.
            work.said = self._sound(work)
        self._developed(work, number, take, judged=True)
        if spent := work.watch_s.spent():
            self._pace.learn(shape, spent)

    def _request(self, work: _Work, take: Take) -> Request:
        built, kept = work.scene.built_on, tuple[Image.Image, ...]()
        if built is not None and built.manner is Manner.REMIX and work.order.source is not None and Task.REMIX in self._family.tasks:
            kept = self._kept(work, take)
        return Request(
            words=words_for(work.scene, take.index, self._family.dialect),
            frames=take.frames,
            size=self._size(work),
            fps=self._family.fps,
            seed=work.scene.seed,
            sampling=self._family.sampling,
            tail=tuple(work.tail[-take.lead :]) if take.lead else (),
            kept=kept,
            strength=built.strength if built is not None else 1.0,
            people=stills_of(work.scene, take.index, work.order.portraits) if Task.PEOPLE in self._family.tasks else (),
        )

    def _kept(self, work: _Work, take: Take) -> tuple[Image.Image, ...]:
        """The stretch of the source that stands where this take will; the last picture holds where the source ends first."""
        start = max(0, work.shown - take.lead)
        found = [Image.fromarray(part[0]) for part in islice(self._source(work), start, start + take.frames)]
        found = found or work.tail[-1:]
        if not found:
            raise RenderFailed(reason="the clip to remix has no picture", retryable=False)
        return tuple(found + found[-1:] * (take.frames - len(found)))

    def _stepped(self, work: _Work, number: int, step: int, steps: int) -> None:
        work.watch_s.step()
        share = work.marks.read + (work.marks.painted - work.marks.read) * step / steps
        work.report(Step(phase=Phase.PAINTING, step=step, steps=steps, fraction=self._fraction(work, number, share)))

    def _fraction(self, work: _Work, number: int, share: float) -> float:
        return UNTIL_DEVELOPED * (number + share / UNTIL_DEVELOPED) / len(work.takes)

    def _show_old(self, work: _Work) -> None:
        if work.old:
            for part in self._source(work):
                self._show(work, part)
            if work.order.source is not None:
                heard = footage.sound(work.order.source)
                work.sounds.append(recording.trimmed(heard, skip_s=0.0, seconds=work.old / self._family.fps))

    def _developed(self, work: _Work, number: int, take: Take, *, judged: bool) -> None:
        """Decode a roll into the press, its lead left out, its colours matched to what was shown before."""
        roll, grade = work.rolls[number]
        passed, lead = 0, np.zeros((0, *self._size(work)[::-1], 3), np.uint8)
        for pictures in decoded(self._driver, roll, self._size(work)):
            if take.lead and grade is None:
                lead = np.concatenate([lead, pictures])
                if len(lead) < take.lead:
                    continue
                pictures, passed = lead, 0
                grade = match(lead[: take.lead], np.stack([np.asarray(image) for image in work.tail[-take.lead :]]))
                work.rolls[number] = roll, grade
            fresh = pictures[max(0, take.lead - passed) :] if passed < take.lead else pictures
            passed += len(pictures)
            fresh = grade.applied(fresh) if grade is not None else fresh
            if judged:
                work.watch.see(fresh)
            self._show(work, fresh)
            if judged:
                self._decoded(work, number, min(passed, take.frames), take.frames)

    def _decoded(self, work: _Work, number: int, passed: int, frames: int) -> None:
        share = work.marks.painted + (UNTIL_DEVELOPED - work.marks.painted) * passed / frames
        work.report(Step(phase=Phase.DEVELOPING, step=passed, steps=frames, fraction=self._fraction(work, number, share)))

    def _show(self, work: _Work, pictures: Pictures) -> None:
        for picture in pictures:
            self._room.add(partial(_into, picture))
            if work.shown == work.frame_count // 3:
                work.poster = picture
            work.shown += 1
        work.tail = [*work.tail, *(Image.fromarray(picture) for picture in pictures[-self._family.tail :])][-self._family.tail :]

    def _sound(self, work: _Work) -> tuple[tuple[Caption, ...], Sequence[SpeechCue], tuple[str, ...]]:
        """Hand the sound to the press; captions, where words are known to be said, and lines that found no room."""
        if work.score is None:
            self._room.hear(recording.joined(work.sounds))
            return spread(self._times(work)), (), ()
        score = work.score.result()
        if work.sounds:
            made = mix(score.track)[round(work.old / self._family.fps * SAMPLE_RATE) :]
            self._room.hear(recording.joined([*work.sounds, made]))
        else:
            self._room.hear(score.track)
        return score.captions, score.track.speeches, score.dropped

    def _times(self, work: _Work) -> tuple[ShotTime, ...]:
        return shot_times(work.scene, work.takes, fps=self._family.fps, old=work.old)

    def _judged(self, work: _Work) -> tuple[Defect, ...]:
        found = work.watch.found()
        if found and self._family.checked:
            words = " and ".join(defect.value for defect in found)
            raise RenderFailed(reason=f"the model's clip is {words}", retryable=True)
        return found

    def _sealed(self, work: _Work, recipe: Recipe) -> tuple[Recipe, slips.Sealed]:
        """The finished file: nearly always as coded, else coded again from the rolls until it fits."""
        shrink = 1.0
        for _ in range(MOST_TRIES):
            sealed = self._room.end()
            if sealed.bytes <= work.order.max_bytes:
                return recipe, sealed
            shrink *= min(0.9 * work.order.max_bytes / sealed.bytes, 0.8)
            recipe = self._recipe(work, shrink)
            self._code_again(work, recipe)
        raise RenderFailed(reason=f"the clip did not fit into {work.order.max_bytes} bytes in {MOST_TRIES} tries", retryable=False)

    def _code_again(self, work: _Work, recipe: Recipe) -> None:
        path = work.order.directory / wire.CLIP
        self._room.begin(slips.Begin(path=path, recipe=recipe, size=self._size(work), track=None))
        work.shown = 0
        for part in self._source(work) if work.old else ():
            self._show(work, part)
        for number, take in enumerate(work.takes):
            self._developed(work, number, take, judged=False)
            work.report(Step(phase=Phase.FINISHING, fraction=0.97))

    def _save_poster(self, work: _Work, recipe: Recipe) -> None:
        if work.poster is not None:
            save_poster(np.ascontiguousarray(work.poster[:, :, ::-1]), recipe, work.order.directory / wire.POSTER)


def _into(picture: Pictures, slot: Picture) -> None:
    slot[..., :3], slot[..., 3] = picture[..., ::-1], 255
