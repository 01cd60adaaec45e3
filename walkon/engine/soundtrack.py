"""Scores a clip that came without sound: lines in their shots, the places' own sounds under them, music by mood."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from walkon.engine.performance import EffectCue, ShotTime, SoundTrack, Speech, SpeechCue
from walkon.engine.port import Caption
from walkon.engine.sound.ambience import beds_of, mood_of
from walkon.engine.sound.beds import BEDS
from walkon.engine.sound.effects import NAMES
from walkon.types.scene import Scene, Weather

LEAD_S, GAP_S = 0.3, 0.25
"""Silence before a shot's first line and between two lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What is heard and what is read, and the lines that found no room."""

    track: SoundTrack
    captions: tuple[Caption, ...]
    dropped: tuple[str, ...]


def scored(scene: Scene, shots: Sequence[ShotTime], speeches: Sequence[Sequence[Speech]]) -> Score:
    """The sound of a silent clip. shots: without gaps; speeches: of each shot, in order.

    A line begins in its shot and may end in the next one; where the clip ends first it is left out and named.
    """
    seconds = shots[-1].end_s if shots else scene.seconds
    cues, dropped = _placed(shots, speeches, seconds)
    effects = [cue for time in shots for cue in (*_beds(time), *_effects(time))]
    track = SoundTrack(seconds=seconds, seed=scene.seed, mood=mood_of(scene), speeches=cues, effects=effects)
    return Score(track=track, captions=(*_said(cues, shots), *_sounding(effects)), dropped=dropped)


def _placed(
    shots: Sequence[ShotTime], speeches: Sequence[Sequence[Speech]], seconds: float
) -> tuple[tuple[SpeechCue, ...], tuple[str, ...]]:
    cues: list[SpeechCue] = []
    dropped, free_s = [], 0.0
    for time, said in zip(shots, speeches, strict=True):
        free_s = max(free_s, time.start_s + LEAD_S)
        for speech in said:
            # Where the clip is short, a line may begin earlier rather than be cut.
            at_s = min(free_s, seconds - speech.seconds)
            if at_s < free_s - LEAD_S or at_s < 0:
                dropped.append(speech.line.text)
                continue
            cues.append(SpeechCue(at_s=at_s, speech=speech))
            free_s = at_s + speech.seconds + GAP_S
    return tuple(cues), tuple(dropped)


def _beds(time: ShotTime) -> Iterator[EffectCue]:
    length = time.end_s - time.start_s
    for name in beds_of(time.shot):
        yield EffectCue(at_s=time.start_s, name=name, seconds=length)
    if time.shot.weather is Weather.STORM:
        yield EffectCue(at_s=time.start_s + min(1.0, length / 2), name="thunder", gain=0.9)


def _effects(time: ShotTime) -> Iterator[EffectCue]:
    for number, sound in enumerate(sound for sound in time.shot.sounds if sound in NAMES):
        at_s = min(time.start_s + LEAD_S + 0.5 * number, time.end_s)
        yield EffectCue(at_s=at_s, name=sound, seconds=time.end_s - at_s if sound in BEDS else 0.0)


def _said(cues: Sequence[SpeechCue], shots: Sequence[ShotTime]) -> Iterator[Caption]:
    subjects = {subject.id: subject.label for time in shots for subject in time.shot.subjects}
    for cue in cues:
        end_s = cue.at_s + cue.speech.seconds
        yield Caption(start_s=cue.at_s, end_s=end_s, text=cue.speech.line.text, speaker=subjects.get(cue.speech.line.speaker or ""))


def _sounding(effects: Sequence[EffectCue]) -> Iterator[Caption]:
    for cue in effects:
        if cue.name not in BEDS:
            yield Caption(start_s=cue.at_s, end_s=cue.at_s + 1.5, text=f"[{cue.name}]")


def spread(shots: Sequence[ShotTime]) -> tuple[Caption, ...]:
    """Captions for a model that speaks by itself: nobody knows when, so the lines of a shot share its time by their letters."""
    captions: list[Caption] = []
    for time in shots:
        letters = sum(len(line.text) for line in time.shot.lines) or 1
        at_s = time.start_s
        for line in time.shot.lines:
            end_s = at_s + (time.end_s - time.start_s) * len(line.text) / letters
            speaker = time.shot.subject(line.speaker)
            captions.append(Caption(start_s=at_s, end_s=end_s, text=line.text, speaker=speaker.label if speaker else None))
            at_s = end_s
    return tuple(captions)
