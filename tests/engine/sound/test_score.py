import numpy as np
import pytest

from walkon.engine.sound.score import STYLES, beat_s, score
from walkon.types.scene import Mood


@pytest.mark.parametrize("mood", list(Mood))
@pytest.mark.parametrize("seconds", [2, 5.5, 20])
def test_every_mood_fills_the_clip_exactly_and_ends_in_silence(mood: Mood, seconds: float) -> None:
    music = score(mood, 1, seconds)
    assert music.shape == (round(seconds * 48_000), 2)
    assert music.dtype == np.float32
    assert np.abs(music[-48:]).max() < 0.01
    halves = [float(np.abs(half).mean()) for half in np.array_split(music, 4)]
    assert min(halves) > 0.002


def test_every_mood_has_a_style_and_a_beat() -> None:
    assert set(STYLES) == set(Mood)
    assert beat_s(Mood.TANGO) == 0.5


def test_the_seed_decides_the_melody() -> None:
    assert np.array_equal(score(Mood.HAPPY, 1, 4), score(Mood.HAPPY, 1, 4))
    assert not np.array_equal(score(Mood.HAPPY, 1, 4), score(Mood.HAPPY, 2, 4))


def test_moods_differ() -> None:
    playing = {mood: score(mood, 1, 3).tobytes() for mood in Mood}
    assert len(set(playing.values())) == len(Mood)


def test_the_music_ends_on_the_tonic() -> None:
    music = score(Mood.NEUTRAL, 5, 6)
    last = music[-round(0.9 * 48_000) :].sum(axis=1)
    power = np.abs(np.fft.rfft(last * np.hanning(len(last)))) ** 2
    hz = np.fft.rfftfreq(len(last), 1 / 48_000)
    loud = hz[(hz > 60) & (hz < 700) & (power > 0.1 * power.max())]
    classes = {round(12 * np.log2(tone / 440) + 69) % 12 for tone in loud}
    assert 62 % 12 in classes
    assert classes <= {(62 + third) % 12 for third in (0, 4, 7)}
