"""Composes and plays a score: a motif, its answers, chords, bass and drums, ending on the tonic with the picture."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from walkon.engine.performance import SAMPLE_RATE, Samples
from walkon.engine.sound.instruments import drum, note
from walkon.engine.sound.waves import frames, generator
from walkon.types.scene import Mood

FADE_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a mood sounds. root: MIDI note of the tonic. chords: semitones above it and `m`inor or `M`ajor, one a bar.

    lead, comp: instruments of the melody and the chords. held: chords are held, not broken. drums: (name, sixteenths of the bar, gain).
    bass: (sixteenth of the bar, semitones above the chord's root).
    """

    bpm: float
    root: int
    minor: bool
    chords: tuple[tuple[int, str], ...]
    lead: str
    comp: str
    held: bool = False
    density: float = 0.75
    drums: tuple[tuple[str, tuple[int, ...], float], ...] = ()
    bass: tuple[tuple[int, int], ...] = ((0, 0), (8, 0))


_WALTZ_FREE_POP = ((0, "M"), (7, "M"), (9, "m"), (5, "M"))
_TANGO_BASS = ((0, 0), (6, 7), (8, 7), (12, 0))

STYLES: Mapping[Mood, Style] = {
    Mood.HAPPY: Style(
        bpm=116,
        root=60,
        minor=False,
        chords=_WALTZ_FREE_POP,
        lead="marimba",
        comp="guitar",
        drums=(("clap", (4, 12), 0.35), ("kick", (0, 8), 0.5)),
    ),
    Mood.NEUTRAL: Style(
        bpm=104, root=62, minor=False, chords=((0, "M"), (5, "M"), (9, "m"), (7, "M")), lead="vibraphone", comp="pizzicato"
    ),
    Mood.SAD: Style(
        bpm=66, root=57, minor=True, chords=((0, "m"), (8, "M"), (3, "M"), (10, "M")), lead="piano", comp="strings", held=True, density=0.5
    ),
    Mood.TENSE: Style(
        bpm=92,
        root=50,
        minor=True,
        chords=((0, "m"), (0, "m"), (1, "M"), (7, "M")),
        lead="tremolo",
        comp="tremolo",
        held=True,
        density=0.4,
        drums=(("timpani", (0, 6, 12), 0.5),),
    ),
    Mood.EPIC: Style(
        bpm=100,
        root=50,
        minor=True,
        chords=((0, "m"), (8, "M"), (3, "M"), (10, "M")),
        lead="brass",
        comp="strings",
        held=True,
        drums=(("tom", (0, 3, 6, 8, 11, 14), 0.5), ("timpani", (0,), 0.6)),
    ),
    Mood.ROMANTIC: Style(
        bpm=80, root=65, minor=False, chords=((0, "M"), (9, "m"), (5, "M"), (7, "M")), lead="violin", comp="piano", density=0.55
    ),
    Mood.CALM: Style(bpm=76, root=67, minor=False, chords=((0, "M"), (5, "M"), (0, "M"), (7, "M")), lead="flute", comp="harp", density=0.5),
    Mood.MYSTERY: Style(
        bpm=84,
        root=64,
        minor=True,
        chords=((0, "m"), (8, "M"), (0, "m"), (5, "m")),
        lead="celesta",
        comp="strings",
        held=True,
        density=0.6,
    ),
    Mood.TANGO: Style(
        bpm=120,
        root=57,
        minor=True,
        chords=((0, "m"), (5, "m"), (7, "M"), (0, "m")),
        lead="accordion",
        comp="accordion",
        bass=_TANGO_BASS,
        drums=(("snare", (6, 14), 0.18),),
    ),
    Mood.NIGHT: Style(
        bpm=84,
        root=65,
        minor=False,
        chords=((0, "M"), (9, "m"), (2, "m"), (7, "M")),
        lead="electric_piano",
        comp="electric_piano",
        density=0.5,
        drums=(("shaker", (2, 6, 10, 14), 0.2),),
    ),
}
"""Each mood's music. `bpm` is also the clock of cuts and dances."""


@dataclass(frozen=True, slots=True)
class _Note:
    at_s: float
    sound: Samples
    gain: float
    pan: float


def beat_s(mood: Mood) -> float:
    """Seconds of one beat of that mood's music; the first beat is at 0."""
    return 60 / STYLES[mood].bpm


def _scale(style: Style) -> tuple[int, ...]:
    return (0, 3, 5, 7, 10) if style.minor else (0, 2, 4, 7, 9)


def _triad(kind: str) -> tuple[int, int, int]:
    return (0, 3 if kind == "m" else 4, 7)


def _motif(style: Style, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Eight eighths: (sixteenth of the bar, step of the scale, length in sixteenths), rests left out."""
    steps, place = [], int(rng.integers(2, 6))
    for eighth in range(8):
        place = int(np.clip(place + rng.integers(-2, 3), 0, 9))
        if eighth == 0 or rng.random() < style.density:
            steps.append((eighth * 2, place))
    ends = [at for at, _ in steps[1:]] + [16]
    return [(at, step, min(end - at, 6)) for (at, step), end in zip(steps, ends, strict=True)]


def _pitch(style: Style, step: int) -> int:
    scale = _scale(style)
    return style.root + 12 + scale[step % 5] + 12 * (step // 5)


def _melody(style: Style, bar: int, motif: list[tuple[int, int, int]], tick_s: float) -> Iterator[_Note]:
    shift = (0, 0, 1, -1)[bar % 4]
    for index, (at, step, length) in enumerate(motif):
        answered = step + shift if index < len(motif) - 2 or bar % 2 == 0 else step // 2
        pitch = _pitch(style, max(answered, 0))
        yield _Note((bar * 16 + at) * tick_s, note(style.lead, pitch, round(length * tick_s * 1000)), 0.9, 0.15)


def _harmony(style: Style, bar: int, tick_s: float) -> Iterator[_Note]:
    above, kind = style.chords[bar % len(style.chords)]
    tones = [style.root + (above if above < 8 else above - 12) + third for third in _triad(kind)]
    start = bar * 16 * tick_s
    if style.held:
        for index, pitch in enumerate(tones):
            yield _Note(start, note(style.comp, pitch, round(16 * tick_s * 1000)), 0.32, (-0.4, 0.0, 0.4)[index])
    else:
        for index in range(8):
            pitch = tones[(0, 1, 2, 1)[index % 4]]
            yield _Note(start + index * 2 * tick_s, note(style.comp, pitch, round(3 * tick_s * 1000)), 0.42, -0.35)
    for sixteenth, interval in style.bass:
        yield _Note(start + sixteenth * tick_s, note("bass", tones[0] - 12 + interval, round(6 * tick_s * 1000)), 0.75, 0.0)


def _percussion(style: Style, bar: int, tick_s: float) -> Iterator[_Note]:
    for name, places, gain in style.drums:
        for sixteenth in places:
            yield _Note((bar * 16 + sixteenth) * tick_s, drum(name), gain, 0.1)


def _ending(style: Style, at_s: float, left_s: float) -> Iterator[_Note]:
    length = round(max(left_s, 0.3) * 1000)
    for third, pan in zip(_triad("m" if style.minor else "M"), (-0.3, 0.0, 0.3), strict=True):
        yield _Note(at_s, note(style.comp, style.root + third, length), 0.5, pan)
    yield _Note(at_s, note("bass", style.root - 12, length), 0.8, 0.0)
    yield _Note(at_s, note("bell", style.root + 24, length), 0.5, 0.2)


def _composed(style: Style, seconds: float, seed: int) -> Iterator[_Note]:
    tick_s = 60 / style.bpm / 4
    beats = seconds / (tick_s * 4)
    # The last chord falls on the last beat that leaves it at least a beat to ring; very short clips are that chord alone.
    last_s = max(int(beats - 1), 0) * tick_s * 4
    motif = _motif(style, generator("score", seed))
    for bar in range(int(last_s / (tick_s * 16)) + 1):
        parts = (*_melody(style, bar, motif, tick_s), *_harmony(style, bar, tick_s), *_percussion(style, bar, tick_s))
        yield from (played for played in parts if played.at_s < last_s - 1e-6)
    yield from _ending(style, last_s, seconds - last_s)


def score(mood: Mood, seed: int, seconds: float) -> Samples:
    """The music of a clip, stereo (frames, 2), RMS about 0.1, silent after its last sample. The same arguments give the same music."""
    out = np.zeros((frames(seconds), 2), np.float32)
    for played in _composed(STYLES[mood], seconds, seed):
        start = round(played.at_s * SAMPLE_RATE)
        room = out[start : start + len(played.sound)]
        sound = played.sound[: len(room)] * np.float32(played.gain)
        room[:, 0] += sound * np.float32(np.sqrt((1 - played.pan) / 2))
        room[:, 1] += sound * np.float32(np.sqrt((1 + played.pan) / 2))
    fade = min(frames(FADE_S), len(out))
    out[len(out) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    rms = float(np.sqrt(np.square(out).mean())) or 1.0
    return out * np.float32(0.1 / rms)
