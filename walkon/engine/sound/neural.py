"""The English neural voice: hibari's network with its own phoneme lengths laid open, so that word times are exact."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from walkon.engine.performance import Samples
from walkon.engine.sound.timbre import Timbre

MODEL_RATE = 24_000
FRAME_S = 0.025
"""Seconds of one unit of phoneme length in the network's output (measured: twice its 12.5 ms hop)."""

LAG_S = 0.05
"""The sound comes this much before the lengths say (measured on ten onsets: 0.04 to 0.08 s)."""

_LENGTHS = b"/Clip_output_0"
_GAP_S = 0.16


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Raw speech. pcm: mono at `MODEL_RATE`. runs: start and end in seconds of each spoken word, empty where they are not known."""

    pcm: Samples
    runs: tuple[tuple[float, float], ...]


def _field(number: int, payload: bytes) -> bytes:
    return bytes([number << 3 | 2, len(payload)]) + payload


def _laid_open(model: bytes) -> bytes:
    # A model file is one protobuf message, and messages concatenate: ModelProto.graph (7) . output (12) . name (1).
    return model + _field(7, _field(12, _field(1, _LENGTHS)))


def spoken_runs(phonemes: str, lengths: Samples) -> tuple[tuple[float, float], ...]:
    """Start and end in seconds of every run of phonemes between spaces. lengths: units of `FRAME_S`, one per phoneme, no pads."""
    ends = np.cumsum(lengths)
    runs: list[tuple[float, float]] = []
    start: float | None = None
    for char, end, length in zip(phonemes + " ", [*ends, ends[-1]], [*lengths, 0], strict=True):
        letter = char.isalpha() or (char in "ˈˌː" and start is not None)
        if letter and start is None:
            start = float(end - length)
        elif not letter and start is not None:
            runs.append((start * FRAME_S, float(end - length) * FRAME_S))
            start = None
    return tuple(runs)


class NeuralVoice:
    """Loads the network and its lexicon once (0.4 s, 180 MB). Raises ImportError where the package is missing."""

    def __init__(self) -> None:
        import hibari
        import onnxruntime
        from hibari import dsp

        self._dsp: Any = dsp
        self._reader: Any = hibari.Hibari()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = self._reader.sess
        self._timed = False
        model = Path(self._reader.model_path).read_bytes()
        try:
            self._session = onnxruntime.InferenceSession(_laid_open(model), options, providers=["CPUExecutionProvider"])
            self._timed = True
        except Exception:  # the runtime has no public error class; another model file has no such tensor, and speaks without times
            self._timed = False

    def say(self, text: str, timbre: Timbre, seed: int) -> Utterance | None:
        """The text as speech, or None where there is nothing to pronounce. The same arguments give the same sound."""
        rng = np.random.default_rng(seed)
        parts = [part for part in self._sentences(text, timbre, rng) if len(part.pcm)]
        if not parts:
            return None
        pause = np.zeros(round(_GAP_S * MODEL_RATE * timbre.formant), np.float32)
        pcm: list[Samples] = []
        runs: list[tuple[float, float]] = []
        for part in parts:
            offset = sum(len(piece) for piece in pcm) / MODEL_RATE
            runs += [(start + offset, end + offset) for start, end in part.runs]
            pcm += [part.pcm, pause]
        return Utterance(pcm=np.concatenate(pcm[:-1]), runs=tuple(runs))

    def _sentences(self, text: str, timbre: Timbre, rng: np.random.Generator) -> Iterator[Utterance]:
        for phonemes in self._reader.phonemize(text):
            kept = "".join(char for char in phonemes if char in self._reader.vocab)
            if any(char.isalpha() for char in kept):
                yield self._sentence(kept, timbre, rng)

    def _sentence(self, phonemes: str, timbre: Timbre, rng: np.random.Generator) -> Utterance:
        pace = np.asarray([timbre.speed / timbre.formant], np.float32)
        ids = np.asarray([self._reader.ids(phonemes)], np.int64)
        outputs = self._session.run(None, {"ids": ids, "speed": pace})
        *spectrum, f0 = (output[0] for output in outputs[:6])
        pcm: Samples = self._dsp.synth(*spectrum, f0 * np.float32(timbre.pitch / timbre.formant), rng)
        if not self._timed:
            return Utterance(pcm=pcm, runs=())
        return _without_silence(pcm, np.asarray(outputs[6], np.float32).ravel(), phonemes)


def _without_silence(pcm: Samples, lengths: Samples, phonemes: str) -> Utterance:
    pad_s, tail_s = float(lengths[0]) * FRAME_S, float(lengths[-1]) * FRAME_S
    head_s = max(pad_s - 0.15, 0.0)
    kept = pcm[round(head_s * MODEL_RATE) : len(pcm) - round(max(tail_s - 0.02, 0.0) * MODEL_RATE)]
    shift_s = pad_s - head_s - LAG_S
    return Utterance(pcm=kept, runs=tuple((start + shift_s, end + shift_s) for start, end in spoken_runs(phonemes, lengths[1:-1])))
