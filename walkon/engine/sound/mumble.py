"""The last voice: a tone per syllable, for a machine with no speech engine. It says nothing, in a character's pitch."""

import re

import numpy as np

from walkon.engine.performance import Samples
from walkon.engine.sound.timbre import Timbre
from walkon.engine.sound.waves import band, frames, generator, swell, tone

_SYLLABLE = re.compile(r"[aeiouyàâäéèêëîïôöùûüœ]+", re.IGNORECASE)


def _syllable(timbre: Timbre, vowel: str, rng: np.random.Generator) -> Samples:
    seconds = (0.11 + 0.03 * rng.random()) / timbre.speed
    base = 190 * timbre.pitch * (0.9 + 0.2 * rng.random())
    pitch = np.linspace(base * 1.08, base * 0.94, frames(seconds), dtype=np.float32)
    voice = sum((tone(pitch * h, seconds) / h for h in range(2, 7)), tone(pitch, seconds))
    colour = 450 + 90 * (ord(vowel[0].lower()) % 7)
    return band(np.asarray(voice, np.float32), 120 * timbre.formant, colour * 2.2 * timbre.formant) * swell(seconds, 0.02, 0.05)


def mumble(words: tuple[str, ...], timbre: Timbre) -> tuple[Samples, tuple[tuple[float, float], ...]]:
    """Mono sound at the engine's rate, and start and end in seconds of each word."""
    rng = generator("mumble", *words, timbre.pitch)
    pieces: list[Samples] = []
    spans: list[tuple[float, float]] = []
    length = 0
    for word in words:
        sung = [_syllable(timbre, vowel, rng) for vowel in _SYLLABLE.findall(word)[:6] or ["e"]]
        start, size = length, sum(len(part) for part in sung)
        gap = np.zeros(frames(0.16 if word[-1:] in ".,!?;:…" else 0.06), np.float32)
        pieces += [*sung, gap]
        length += size + len(gap)
        spans.append((start / 48_000, (start + size) / 48_000))
    return (np.concatenate(pieces) * np.float32(0.3) if pieces else np.zeros(0, np.float32)), tuple(spans)
