"""Gives a line to a voice: the neural one for English, espeak-ng for other languages, tones where neither is there."""

from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, pairwise

import numpy as np

from walkon.engine.performance import SAMPLE_RATE, Samples, Speech, Word
from walkon.engine.sound.espeak import Espeak
from walkon.engine.sound.lips import mouth, spoken_span, trimmed
from walkon.engine.sound.mumble import mumble
from walkon.engine.sound.neural import MODEL_RATE, NeuralVoice
from walkon.engine.sound.spelling import spoken
from walkon.engine.sound.timbre import Timbre, timbre_of
from walkon.engine.sound.waves import clock, level, resampled, single
from walkon.types.scene import Line, Subject

Spans = tuple[tuple[float, float], ...]

MAX_LETTERS = 400
"""Letters of a line that are spoken (about 25 s); a clip is shorter than that."""


class VoiceKind(StrEnum):
    """Which engine spoke."""

    NEURAL = "neural"
    ESPEAK = "espeak"
    TONES = "tones"


def written_words(text: str) -> tuple[str, ...]:
    """The words of a line as written; a lone dash, emoji or mark belongs to the word before it."""
    words: list[str] = []
    for token in text.split():
        if words and not any(char.isalnum() for char in token):
            words[-1] += f" {token}"
        else:
            words.append(token)
    return tuple(words)


def shared_by_letters(words: tuple[str, ...], start_s: float, end_s: float) -> Spans:
    """The time between start and end shared out: each word gets its letters + 1.6."""
    weights = [sum(char.isalnum() for char in word) + 1.6 for word in words]
    marks = [start_s + (end_s - start_s) * part / sum(weights) for part in accumulate(weights, initial=0.0)]
    return tuple(pairwise(marks))


def grouped(runs: Spans, counts: tuple[int, ...]) -> Spans:
    """Runs of phonemes joined into written words, counts[i] runs each; empty where the counts do not add up."""
    if not runs or sum(counts) != len(runs) or 0 in counts:
        return ()
    ends = tuple(accumulate(counts))
    return tuple((runs[end - count][0], runs[end - 1][1]) for end, count in zip(ends, counts, strict=True))


def in_order(spans: Spans, seconds: float) -> Spans:
    """The spans made to lie inside the sound, each beginning where or after the last one ends."""
    out: list[tuple[float, float]] = []
    floor = 0.0
    for start, end in spans:
        start = min(max(start, floor), seconds)
        floor = min(max(end, start), seconds)
        out.append((start, floor))
    return tuple(out)


class Voices:
    """Speaks lines. neural, espeak: False leaves that engine out, as if the machine had none."""

    def __init__(self, *, neural: bool = True, espeak: bool = True) -> None:
        self._neural = _neural_voice() if neural else None
        self._espeak = Espeak.found() if espeak else None

    def warm(self) -> None:
        """Make the first line as fast as the second (0.35 s)."""
        self.say(Line(speaker=None, text="Ready."), None)

    def say(self, line: Line, speaker: Subject | None, *, pace: float = 1.0) -> Speech:
        """The line as trimmed sound with word times and mouth. pace: 1 usual, 1.1 a little faster. Never fails: see `Speech.voice`."""
        timbre = timbre_of(speaker)
        timbre = Timbre(pitch=timbre.pitch, formant=timbre.formant, speed=timbre.speed * pace, ring_hz=timbre.ring_hz)
        words = written_words(line.text[:MAX_LETTERS])
        raw, spans, kind = self._spoken(line.language, words, timbre)
        pcm, cut_s = trimmed(_buzzed(raw, timbre))
        if not spans:
            spans = shared_by_letters(words, *spoken_span(raw)) if words else ()
        timed = in_order(tuple((start - cut_s, end - cut_s) for start, end in spans), spoken_span(pcm)[1])
        heard = tuple(Word(text=word, start_s=start, end_s=end) for word, (start, end) in zip(words, timed, strict=True))
        return Speech(line=line, pcm=level(pcm, 0.9), words=heard, mouth=mouth(pcm), voice=kind.value)

    def _spoken(self, language: str, words: tuple[str, ...], timbre: Timbre) -> tuple[Samples, Spans, VoiceKind]:
        if language.lower().partition("-")[0] == "en" and (said := self._english(words, timbre)):
            return *said, VoiceKind.NEURAL
        if self._espeak and (wave := self._espeak.say(" ".join(words), language, timbre)) and np.abs(wave[0]).max(initial=0) > 0:
            return resampled(wave[0], wave[1], timbre.formant), (), VoiceKind.ESPEAK
        return *mumble(words, timbre), VoiceKind.TONES

    def _english(self, words: tuple[str, ...], timbre: Timbre) -> tuple[Samples, Spans] | None:
        if self._neural is None:
            return None
        said = tuple(spoken(word) for word in words)
        counts = tuple(sum(any(char.isalnum() for char in part) for part in text.split()) for text in said)
        utterance = self._neural.say(" ".join(said), timbre, seed=0)
        if utterance is None:
            return None
        runs = tuple((start / timbre.formant, end / timbre.formant) for start, end in utterance.runs)
        return resampled(utterance.pcm, MODEL_RATE, timbre.formant), grouped(runs, counts)


@lru_cache(maxsize=1)
def _neural_voice() -> NeuralVoice | None:
    try:
        return NeuralVoice()
    except ImportError:
        return None


def _buzzed(pcm: Samples, timbre: Timbre) -> Samples:
    if not timbre.ring_hz:
        return pcm
    ring = np.sign(np.sin(2 * np.pi * timbre.ring_hz * clock(len(pcm) / SAMPLE_RATE)))[: len(pcm)]
    return single(pcm * (0.6 + 0.4 * ring))
