"""The director: a scene and its spoken lines become a performance, everything placed on one clock before the first frame."""

from collections.abc import Sequence
from dataclasses import dataclass

from walkon.engine.drawing.camera import CameraPlan, Frame
from walkon.engine.drawing.casting import company
from walkon.engine.drawing.framing import frame_take
from walkon.engine.drawing.scripts import Met, Script, Scripting
from walkon.engine.drawing.slate import slate_of
from walkon.engine.drawing.sprites import sprite_book
from walkon.engine.drawing.timing import LEAD_S, Plan, SpeechBook, Take, TakeKind, by_line, plan
from walkon.engine.performance import EffectCue, ShotTime, SoundTrack, Speech, SpeechCue
from walkon.engine.port import Caption
from walkon.engine.sound.ambience import beds_of, mood_of
from walkon.engine.sound.effects import NAMES
from walkon.engine.sound.score import beat_s
from walkon.scene.effects import Sound
from walkon.types.scene import Scene, Weather

BEDS = frozenset("waves wind rain city birds crickets bubbles crowd fire".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A take with everything solved: script, camera, slate. time: the shot on the clip's clock."""

    take: Take
    script: Script
    camera: CameraPlan
    slate: str

    @property
    def time(self) -> ShotTime:
        """The shot placed on the clock."""
        return ShotTime(shot=self.take.shot, start_s=self.take.start_s, end_s=self.take.end_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A line placed, and the player whose mouth moves."""

    cue: SpeechCue
    speaker: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A directed scene. seconds: exact length, whole frames. shots: in order, without gaps. beat_s: of the score."""

    seconds: float
    shots: tuple[Staged, ...]
    captions: tuple[Caption, ...]
    not_staged: tuple[str, ...]
    soundtrack: SoundTrack
    spoken: tuple[Spoken, ...]
    beat_s: float


def direct(scene: Scene, speeches: SpeechBook | Sequence[Speech]) -> Performance:
    """Direct a scene. speeches: by (index of shot, index of line), or in the order of the lines; a line without one is not spoken.

    Raises BackendUnavailable where the fonts are missing.
    """
    book = by_line(scene, speeches)
    mood = mood_of(scene)
    beat = beat_s(mood)
    placed = plan(scene, book, beat)
    frame = Frame.of(scene.size)
    staged = tuple(_staged(take, scene, frame, beat) for take in placed.takes)
    spoken = tuple(_spoken(part, book, frame) for part in staged if part.take.line is not None)
    effects = [cue for part in staged for cue in _effects(part, frame)]
    sounds, unheard = _sounds(scene, staged)
    return Performance(
        seconds=placed.seconds,
        shots=staged,
        captions=_captions(spoken, staged),
        not_staged=_owed(scene, placed, unheard),
        soundtrack=SoundTrack(
            seconds=placed.seconds,
            seed=scene.seed,
            mood=mood,
            speeches=tuple(line.cue for line in spoken),
            effects=tuple(sorted([*effects, *sounds, *_beds(staged)], key=lambda cue: (cue.at_s, cue.name))),
        ),
        spoken=spoken,
        beat_s=beat,
    )


def _staged(take: Take, scene: Scene, frame: Frame, beat: float) -> Staged:
    parts = company(take, seed=scene.seed, half_u=frame.half_u, sprites=sprite_book())
    script = Scripting(parts, take, seed=scene.seed, beat_s=beat, half_u=frame.half_u).write()
    slate = "" if take.kind is TakeKind.TITLE else slate_of(take.shot, take.shot_index, scene.language, alone=len(scene.shots) == 1)
    return Staged(take=take, script=script, camera=frame_take(script, take, frame), slate=slate)


def _spoken(part: Staged, book: SpeechBook, frame: Frame) -> Spoken:
    speech = book[part.take.shot_index, part.take.line or 0]
    speaker = part.take.shot.lines[part.take.line or 0].speaker
    player = part.script.player(speaker)
    at = part.take.start_s + LEAD_S
    pan = 0.0 if player is None else _pan(player.track(0.0).x, part, 0.0)
    return Spoken(cue=SpeechCue(at_s=at, speech=speech, pan=pan), speaker=speaker)


def _pan(x: float, part: Staged, t: float) -> float:
    """Where a place of the stage is heard: a quarter a metre from the middle of the view."""
    return max(-0.8, min(0.8, (x - part.camera.view(t).x) / 4))


def _effects(part: Staged, frame: Frame) -> list[EffectCue]:
    return [_cue(met, part) for met in part.script.meetings]


def _cue(met: Met, part: Staged) -> EffectCue:
    left = part.take.seconds - met.at_s
    return EffectCue(
        at_s=part.take.start_s + met.at_s,
        name=met.contact.effect,
        gain=met.contact.gain,
        pan=_pan(met.contact.x, part, met.at_s),
        seconds=min(met.contact.seconds, left),
    )


def _sounds(scene: Scene, staged: tuple[Staged, ...]) -> tuple[list[EffectCue], tuple[str, ...]]:
    """Effects the prompt asked for, a little into their shot, and those nobody can make."""
    cues, unheard = [], []
    for index, shot in enumerate(scene.shots):
        part = next((part for part in staged if part.take.shot_index == index), None)
        for number, sound in enumerate(shot.sounds):
            if sound not in NAMES:
                unheard += [] if sound == Sound.MUSIC else [sound]
            elif part is not None:
                start = part.take.start_s + 0.3 + 0.5 * number
                cues.append(EffectCue(at_s=start, name=sound, seconds=part.take.end_s - start if sound in BEDS else 0.0))
    return [cue for cue in cues if cue.seconds >= 0], tuple(unheard)


def _beds(staged: tuple[Staged, ...]) -> list[EffectCue]:
    cues: list[EffectCue] = []
    for part in staged:
        for name in beds_of(part.take.shot):
            last = next((cue for cue in reversed(cues) if cue.name == name), None)
            if last is not None and abs(last.at_s + last.seconds - part.take.start_s) < 1e-6:
                cues[cues.index(last)] = EffectCue(at_s=last.at_s, name=name, seconds=part.take.end_s - last.at_s)
            else:
                cues.append(EffectCue(at_s=part.take.start_s, name=name, seconds=part.take.seconds))
        if part.take.shot.weather is Weather.STORM:
            cues.append(EffectCue(at_s=min(part.take.start_s + 1.15, part.take.end_s - 0.3), name="thunder", gain=0.9))
    return cues


def _captions(spoken: tuple[Spoken, ...], staged: tuple[Staged, ...]) -> tuple[Caption, ...]:
    found = []
    for part, line in zip((part for part in staged if part.take.line is not None), spoken, strict=True):
        subject = part.take.shot.subject(line.speaker)
        end = line.cue.at_s + line.cue.speech.seconds
        found.append(Caption(start_s=line.cue.at_s, end_s=end, text=line.cue.speech.line.text, speaker=subject.label if subject else None))
    seen: set[int] = set()
    for part in staged:
        if part.take.shot_index not in seen:
            seen.add(part.take.shot_index)
            heard = [sound for sound in part.take.shot.sounds if sound in NAMES]
            start = part.take.start_s + 0.3
            found += [Caption(start_s=start, end_s=min(start + 1.5, part.take.end_s), text=f"[{sound}]") for sound in heard]
    return tuple(sorted(found, key=lambda caption: caption.start_s))


def _owed(scene: Scene, placed: Plan, unheard: tuple[str, ...]) -> tuple[str, ...]:
    """What the picture owes to the prompt, each once."""
    return tuple(dict.fromkeys([*scene.not_staged, *placed.dropped, *unheard]))
