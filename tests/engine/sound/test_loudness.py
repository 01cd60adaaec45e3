import numpy as np
import pytest

from walkon.engine.sound.loudness import CEILING, SilentAudio, integrated, limited, mastered, true_peak_db
from walkon.engine.sound.waves import band, hiss


def sine(hz: float, seconds: float, peak: float) -> np.ndarray:
    wave = (peak * np.sin(2 * np.pi * hz * np.arange(round(seconds * 48_000)) / 48_000)).astype(np.float32)
    return np.stack([wave, wave], axis=1)


def test_the_reference_tone_reads_what_the_standard_says() -> None:
    # BS.1770-5 annex 1: a 997 Hz sine of 0 dBFS in one channel reads -3.01 LKFS; in two channels 3.01 dB more.
    assert integrated(sine(997, 3, 1.0)) == pytest.approx(0.0, abs=0.05)
    assert integrated(sine(997, 3, 0.1)) == pytest.approx(-20.0, abs=0.05)


def test_silence_between_words_does_not_count() -> None:
    loud = sine(997, 3, 0.1)
    assert integrated(np.concatenate([loud, np.zeros((48_000 * 6, 2), np.float32)])) == pytest.approx(integrated(loud), abs=0.3)


def test_silence_has_no_loudness() -> None:
    with pytest.raises(SilentAudio):
        integrated(np.zeros((96_000, 2), np.float32))


@pytest.mark.parametrize("seconds", [0.5, 1.37, 6])
def test_the_meter_agrees_with_ffmpeg(ffmpeg_loudness, seconds: float) -> None:
    rng = np.random.default_rng(3)
    noise = np.stack([band(hiss(seconds, rng), 100, 6000) for _ in range(2)], axis=1)
    pcm = (noise * np.linspace(0.01, 0.3, len(noise))[:, None]).astype(np.float32)
    theirs, their_peak = ffmpeg_loudness(pcm)
    assert integrated(pcm) == pytest.approx(theirs, abs=0.2)
    assert true_peak_db(pcm) == pytest.approx(their_peak, abs=0.3)


def test_the_true_peak_lies_above_the_samples() -> None:
    quarter = np.sin(np.pi / 2 * np.arange(4800) + np.pi / 4).astype(np.float32)
    assert np.abs(quarter).max() < 0.71
    assert true_peak_db(np.stack([quarter, quarter], axis=1)) == pytest.approx(0.0, abs=0.4)


def test_the_limiter_holds_the_ceiling_and_leaves_quiet_sound_alone() -> None:
    spiky = sine(300, 2, 0.2)
    spiky[48_000] = 3.0
    out = limited(spiky)
    assert np.abs(out).max() <= CEILING + 1e-6
    assert np.array_equal(out[:40_000], spiky[:40_000])
    assert limited(out) is out


def test_mastering_reaches_the_target_also_for_peaky_sound() -> None:
    rng = np.random.default_rng(1)
    peaky = (rng.standard_normal((96_000, 2)) ** 3 * 0.02 + 0.05 * rng.standard_normal((96_000, 2))).astype(np.float32)
    out = mastered(peaky)
    assert integrated(out) == pytest.approx(-16, abs=0.3)
    assert np.abs(out).max() <= CEILING + 1e-6


def test_mastered_silence_stays_silence() -> None:
    assert not mastered(np.zeros((96_000, 2), np.float32)).any()
