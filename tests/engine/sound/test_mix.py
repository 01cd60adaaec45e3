from pathlib import Path

import numpy as np
import pytest

from walkon.engine.performance import EffectCue, SoundTrack, SpeechCue
from walkon.engine.sound.loudness import integrated
from walkon.engine.sound.mix import mix, stems
from walkon.engine.sound.voice import Voices
from walkon.types.scene import Line, Mood


def track(voices: Voices, mood: Mood, seconds: float, text: str = "Have you seen my honey?") -> SoundTrack:
    cue = SpeechCue(at_s=0.4, speech=voices.say(Line(speaker=None, text=text), None), pan=-0.6)
    effects = (EffectCue(at_s=0, name="rain", seconds=seconds), EffectCue(at_s=seconds - 1, name="boom"))
    return SoundTrack(seconds=seconds, seed=7, mood=mood, speeches=(cue,) if text else (), effects=effects)


@pytest.mark.parametrize("seconds", [2, 4 + 1 / 24, 6, 20])
def test_the_mix_is_as_long_as_the_clip_to_the_sample(voices: Voices, seconds: float) -> None:
    sound = mix(track(voices, Mood.HAPPY, seconds))
    assert sound.shape == (round(seconds * 48_000), 2)
    assert sound.dtype == np.float32


@pytest.mark.parametrize(("mood", "seconds"), [(Mood.HAPPY, 2), (Mood.SAD, 6), (Mood.TENSE, 4), (Mood.EPIC, 12), (Mood.TANGO, 20)])
def test_the_coded_sound_is_loud_as_promised_by_another_meter(
    voices, tmp_path: Path, pressed, heard, ffmpeg_loudness, mood, seconds
) -> None:
    loudness, peak = ffmpeg_loudness(heard(pressed(tmp_path / "clip.mp4", track(voices, mood, seconds))))
    assert loudness == pytest.approx(-16, abs=1)
    assert peak < -1


def test_a_clip_without_speech_is_as_loud(voices: Voices) -> None:
    assert integrated(mix(track(voices, Mood.CALM, 6, text=""))) == pytest.approx(-16, abs=0.3)


@pytest.mark.parametrize("mood", [Mood.HAPPY, Mood.EPIC, Mood.CALM])
def test_speech_stands_six_to_eight_decibels_above_what_lies_below_it(voices: Voices, mood: Mood) -> None:
    asked = track(voices, mood, 6)
    parts, cue = stems(asked), asked.speeches[0]
    spoken = slice(round(cue.at_s * 48_000), round((cue.at_s + cue.speech.seconds) * 48_000))
    assert 6 <= integrated(parts.voice[spoken]) - integrated(parts.ground[spoken]) <= 8


def test_the_music_comes_back_after_the_line(voices: Voices) -> None:
    spoken, silent = stems(track(voices, Mood.EPIC, 8)), stems(track(voices, Mood.EPIC, 8, text=""))
    assert np.allclose(spoken.ground[-48_000:], silent.ground[-48_000:])
    assert not np.allclose(spoken.ground[:48_000], silent.ground[:48_000])


def test_a_voice_comes_from_where_its_speaker_stands(voices: Voices) -> None:
    voice = stems(track(voices, Mood.CALM, 4)).voice
    assert np.square(voice[:, 0]).sum() > 2 * np.square(voice[:, 1]).sum()


def test_a_hit_sounds_at_its_moment() -> None:
    hits = stems(SoundTrack(seconds=4, seed=1, mood=Mood.CALM, effects=(EffectCue(at_s=1.5, name="rim"),))).hits
    assert np.flatnonzero(np.abs(hits[:, 0]) > 0.05)[0] / 48_000 == pytest.approx(1.5, abs=0.005)


def test_cues_outside_the_clip_and_unknown_names_do_no_harm(voices: Voices) -> None:
    line = SpeechCue(at_s=3.9, speech=voices.say(Line(speaker=None, text="Too late"), None))
    cues = (EffectCue(at_s=-0.2, name="thud"), EffectCue(at_s=9, name="boom"), EffectCue(at_s=1, name="kazoo"))
    assert mix(SoundTrack(seconds=4, seed=1, mood=Mood.CALM, speeches=(line,), effects=cues)).shape == (192_000, 2)


def test_nothing_is_heard_at_the_last_sample(voices: Voices) -> None:
    assert np.abs(mix(track(voices, Mood.EPIC, 3))[-10:]).max() < 0.01


def test_the_same_track_gives_the_same_sound(voices: Voices) -> None:
    asked = track(voices, Mood.HAPPY, 3)
    assert np.array_equal(mix(asked), mix(asked))
