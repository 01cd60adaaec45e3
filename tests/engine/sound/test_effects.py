import numpy as np
import pytest

from walkon.engine.sound.beds import BEDS
from walkon.engine.sound.effects import NAMES, effect
from walkon.scene.effects import Sound

PROMISED = """thud boing whoosh slide_whistle rim dribble swish rumble boom splash step pop ding meow bark thunder engine_hum
applause bell chime snore waves wind rain city birds crickets bubbles crowd fire""".split()


def test_every_promised_effect_is_there() -> None:
    assert set(PROMISED) <= NAMES


def test_every_sound_a_prompt_can_ask_for_can_be_made() -> None:
    assert set(Sound) - {Sound.MUSIC} <= NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_an_effect_is_heard_is_finite_and_peaks_at_one(name: str) -> None:
    sound = effect(name, seed=3)
    assert sound.dtype == np.float32
    assert np.abs(sound).max() == pytest.approx(1, abs=1e-3)
    assert 0.05 < len(sound) / 48_000 < 4
    assert abs(float(sound[-1])) < 0.05


@pytest.mark.parametrize("name", sorted(BEDS))
@pytest.mark.parametrize("seconds", [0.3, 2.0, 7.5])
def test_a_bed_lasts_as_long_as_its_shot(name: str, seconds: float) -> None:
    assert len(effect(name, seconds=seconds)) == round(seconds * 48_000)


def test_the_seed_decides_the_sound() -> None:
    assert np.array_equal(effect("rain", seconds=2, seed=1), effect("rain", seconds=2, seed=1))
    assert not np.array_equal(effect("rain", seconds=2, seed=1), effect("rain", seconds=2, seed=2))


def test_effects_sound_apart() -> None:
    def centroid(name: str) -> float:
        power = np.abs(np.fft.rfft(effect(name))) ** 2
        return float((np.fft.rfftfreq(len(effect(name)), 1 / 48_000) * power).sum() / power.sum())

    assert centroid("thud") < centroid("rumble") < centroid("ding") < centroid("swish")


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        effect("kazoo")
