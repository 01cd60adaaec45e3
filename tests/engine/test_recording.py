"""What a model made to be heard, made ready for the mix."""

import numpy as np
import pytest

from walkon.engine.checks import Defect, Watch
from walkon.engine.recording import at_mixing_rate, joined, trimmed
from walkon.engine.sound.loudness import integrated, mastered


def tone(hertz: float, *, seconds: float = 1.0, rate: int = 48_000) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate).astype(np.float32)[:, None]


@pytest.mark.parametrize("hertz", [60, 1000, 12_000])
@pytest.mark.parametrize("rate", [24_000, 44_100, 48_000])
def test_what_ears_hear_passes_at_any_rate_and_one_channel_becomes_two(hertz: float, rate: int) -> None:
    if hertz >= rate / 2:
        pytest.skip("above what that rate holds")
    heard = at_mixing_rate(tone(hertz, rate=rate) * 0.5, rate)
    assert heard.shape == (48_000, 2)
    assert np.sqrt(np.square(heard).mean(axis=0)) == pytest.approx([0.5 / 2**0.5] * 2, rel=0.02)


@pytest.mark.parametrize("unheard", [np.full((48_000, 1), 0.6, np.float32), tone(7), tone(20_000)], ids=["constant", "7 Hz", "20 kHz"])
def test_what_nobody_will_hear_is_taken_out(unheard: np.ndarray) -> None:
    assert np.abs(at_mixing_rate(unheard, 48_000)).max() < 0.01


def test_a_constant_takes_no_loudness_from_what_is_heard() -> None:
    mastered_alone, beside = (mastered(at_mixing_rate(tone(440) * 0.1 + constant, 48_000)) for constant in (0.0, 0.8))
    assert integrated(beside) == pytest.approx(integrated(mastered_alone), abs=0.1) == pytest.approx(-16, abs=0.1)
    assert np.abs(beside).max() == pytest.approx(np.abs(mastered_alone).max(), rel=0.05)


def test_a_constant_is_silence() -> None:
    watch = Watch()
    watch.hear(at_mixing_rate(np.full((24_000, 2), 0.5, np.float32), 24_000))
    assert Defect.SILENT in watch.found()


def test_takes_are_cut_or_filled_to_their_pictures_and_joined_without_a_click() -> None:
    wave = np.ones((48_000, 2), np.float32)
    assert len(trimmed(wave, skip_s=0.25, seconds=0.5)) == 24_000
    filled = trimmed(wave, skip_s=0.75, seconds=0.5)
    assert (len(filled), filled[:12_000].min(), filled[12_000:].max()) == (24_000, 1.0, 0.0)
    whole = joined([wave, -wave])
    assert len(whole) == 96_000
    assert np.abs(np.diff(whole[:, 0])).max() < 0.01
    assert len(joined([])) == 0
