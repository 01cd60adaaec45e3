"""Lays speech, effects and music on one time line at one loudness."""

from dataclasses import dataclass

import numpy as np

from walkon.engine.performance import SAMPLE_RATE, EffectCue, Samples, SoundTrack, SpeechCue
from walkon.engine.sound.beds import BEDS
from walkon.engine.sound.effects import NAMES, effect
from walkon.engine.sound.loudness import SilentAudio, integrated, mastered
from walkon.engine.sound.score import FADE_S, score
from walkon.engine.sound.waves import frames

VOICE_RMS, MUSIC_RMS, BED_RMS, HIT_PEAK = 0.13, 0.085, 0.04, 0.42
SPEECH_ABOVE_DB = 7.0
"""Loudness of speech over everything below it while it lasts; 12 dB sounds like a telephone, 4 dB is not understood."""

_SLOPE_S = 0.2
_WIDTH = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Stems:
    """The parts of a mix before loudness: stereo, of one length. ground: music and places, already turned down under speech."""

    voice: Samples
    ground: Samples
    hits: Samples


def _lay(out: Samples, sound: Samples, at_s: float, pan: float) -> None:
    start = round(at_s * SAMPLE_RATE)
    sound = sound[max(-start, 0) :]
    room = out[max(start, 0) : max(start, 0) + len(sound)]
    angle = (1 + min(max(pan, -1), 1) * _WIDTH) * np.pi / 4
    room[:, 0] += sound[: len(room)] * np.float32(np.cos(angle) * 2**0.5)
    room[:, 1] += sound[: len(room)] * np.float32(np.sin(angle) * 2**0.5)


def _rms(sound: Samples) -> float:
    heard = sound[np.abs(sound) > 1e-4]
    return float(np.sqrt(np.square(heard).mean())) if len(heard) else 0.0


def _voices(cues: tuple[SpeechCue, ...], length: int) -> tuple[Samples, Samples]:
    """All speech, and a mask (frames,) that is 1 while somebody speaks, with soft slopes around."""
    out, mask = np.zeros((length, 2), np.float32), np.zeros(length, np.float32)
    for cue in cues:
        rms = _rms(cue.speech.pcm)
        if rms:
            _lay(out, cue.speech.pcm * np.float32(VOICE_RMS / rms), cue.at_s, cue.pan)
            start = max(round(cue.at_s * SAMPLE_RATE), 0)
            mask[start : start + len(cue.speech.pcm)] = 1
    return out, mask


def _sloped(mask: Samples) -> Samples:
    # Two box filters by running sums: the slope of a Hann window without its cost.
    width = frames(_SLOPE_S) // 2
    for _ in range(2):
        total = np.cumsum(np.pad(mask, (width // 2 + 1, width - width // 2 - 1), mode="edge"), dtype=np.float64)
        total = np.concatenate(([0.0], total))
        mask = ((total[width:] - total[:-width]) / width)[: len(mask)].astype(np.float32)
    return mask


def _effects(track: SoundTrack, length: int) -> tuple[Samples, Samples]:
    beds, hits = np.zeros((length, 2), np.float32), np.zeros((length, 2), np.float32)
    for index, cue in enumerate(track.effects):
        if cue.name in NAMES:
            _lay(beds if cue.name in BEDS else hits, _sounding(cue, track.seed + index), cue.at_s, cue.pan)
    return beds, hits


def _sounding(cue: EffectCue, seed: int) -> Samples:
    made = effect(cue.name, seconds=cue.seconds, seed=seed)
    return made * np.float32(cue.gain * (BED_RMS / (_rms(made) or 1) if cue.name in BEDS else HIT_PEAK))


def _duck(voice: Samples, ground: Samples, mask: Samples) -> float:
    """The gain, at most 1, that puts the ground `SPEECH_ABOVE_DB` under the speech while it lasts."""
    spoken = mask > 0
    try:
        gap_db = integrated(voice[spoken]) - integrated(ground[spoken])
    except SilentAudio:
        return 1.0
    return float(min(1, 10 ** ((gap_db - SPEECH_ABOVE_DB) / 20)))


def stems(track: SoundTrack) -> Stems:
    """The parts of the mix, each exactly the clip's length."""
    length = frames(track.seconds)
    voice, mask = _voices(tuple(track.speeches), length)
    ground, hits = _effects(track, length)
    ground += score(track.mood, track.seed, track.seconds) * np.float32(MUSIC_RMS / 0.1)
    if mask.any():
        ground *= (1 + (_duck(voice, ground, mask) - 1) * _sloped(mask))[:, None]
    return Stems(voice=voice, ground=ground, hits=hits)


def mix(track: SoundTrack) -> Samples:
    """The sound of a clip: stereo (round(seconds * 48,000), 2), -16 LUFS within 1, nothing after the last picture.

    Effects whose name is not known are left out.
    """
    parts = stems(track)
    out = parts.voice
    out += parts.ground
    out += parts.hits
    fade = min(frames(FADE_S), len(out))
    out[len(out) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return mastered(out)
