"""The director's book: everything of a clip placed on its clock. Drawing reads the picture half, sound the other.

Both halves are solved before the first frame, so a bounce and its thud are the same number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from walkon.types.scene import Line, Mood, Shot

Pictures = npt.NDArray[np.uint8]
"""RGB, shape (n, height, width, 3)."""

Samples = npt.NDArray[np.float32]
"""Sound: float32 in [-1, 1], shape (frames,) for one voice, (frames, 2) for stereo."""

SAMPLE_RATE = 48_000
"""Hertz of everything that is mixed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A spoken word; times in seconds from the start of its line's sound."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A line as sound. pcm: (frames,) at SAMPLE_RATE, trimmed. mouth: opening 0 to 1 per 1/24 s. voice: `neural`, `espeak` or `tones`."""

    line: Line
    pcm: Samples
    words: tuple[Word, ...]
    mouth: tuple[float, ...]
    voice: str

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.pcm) / SAMPLE_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechCue:
    """A line placed: starts at `at_s` of the clip, spoken from `pan` (-1 left to 1 right)."""

    at_s: float
    speech: Speech
    pan: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCue:
    """A sound effect placed. name: key of `sound/effects.py`. gain: 1 usual. pan: -1 to 1. seconds: length of a bed, 0 for a hit."""

    at_s: float
    name: str
    gain: float = 1.0
    pan: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotTime:
    """A shot placed on the clip's clock, in seconds, on whole frames."""

    shot: Shot
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundTrack:
    """What is heard: the sound half of a performance."""

    seconds: float
    seed: int
    mood: Mood
    speeches: Sequence[SpeechCue] = ()
    effects: Sequence[EffectCue] = ()
