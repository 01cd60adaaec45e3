from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from walkon.engine.encode import Reel, plan
from walkon.engine.performance import SoundTrack
from walkon.engine.port import RenderFailed
from walkon.types.scene import FPS, SIZES, Mood


def track(seconds: float) -> SoundTrack:
    return SoundTrack(seconds=seconds, seed=1, mood=Mood.NEUTRAL)


def boxes(path: Path) -> list[str]:
    data, names, at = path.read_bytes(), [], 0
    while at < len(data):
        names.append(data[at + 4 : at + 8].decode())
        at += int.from_bytes(data[at : at + 4], "big")
    return names


@pytest.mark.parametrize("frame_count", [48, 61, 144])
def test_picture_and_sound_end_together_to_the_frame(tmp_path: Path, pressed, frame_count: int) -> None:
    path = pressed(tmp_path / "clip.mp4", track(frame_count / FPS))
    with av.open(str(path)) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]
        assert picture.frames == frame_count
        assert picture.duration * picture.time_base == Fraction(frame_count, FPS)
        assert abs(sound.duration * sound.time_base - Fraction(frame_count, FPS)) <= Fraction(1, 48_000)
        assert sum(1 for _ in file.decode(picture)) == frame_count


def test_the_file_starts_at_once_and_plays_everywhere(tmp_path: Path, pressed) -> None:
    path = pressed(tmp_path / "clip.mp4", track(2))
    order = boxes(path)
    assert order.index("moov") < order.index("mdat")
    with av.open(str(path)) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]
        assert (picture.codec_context.name, picture.pix_fmt, picture.average_rate) == ("h264", "yuv420p", 24)
        assert (picture.width, picture.height) == (854, 480)
        assert (sound.codec_context.name, sound.rate, sound.layout.name) == ("aac", 48_000, "stereo")
        assert file.metadata["title"] == "walkon animatic preview"
        assert "drawn by computer" in file.metadata["comment"]


def test_the_file_of_a_models_clip_says_so_and_what_its_licence_wants_to_be_said(tmp_path: Path) -> None:
    reel = Reel(
        tmp_path / "made.mp4", plan((160, 160), 2, 8_000_000).generated("Made by a machine with LTX-2."), np.zeros((4000, 2), np.float32)
    )
    for _ in range(2):
        reel.add(np.zeros((160, 160, 4), np.uint8))
    reel.close()
    with av.open(str(tmp_path / "made.mp4")) as file:
        assert file.metadata["comment"].startswith("AI-generated")
        assert file.metadata["comment"].endswith("Made by a machine with LTX-2.")


def test_colours_come_back_as_they_went_in_and_are_tagged(tmp_path: Path) -> None:
    reel = Reel(tmp_path / "red.mp4", plan((480, 480), 24, 8_000_000), np.zeros((48_000, 2), np.float32))
    colour = (30, 60, 220, 255)
    for _ in range(24):
        reel.add(np.full((480, 480, 4), colour, np.uint8))
    reel.close()
    with av.open(str(tmp_path / "red.mp4")) as file:
        frame = next(file.decode(video=0))
        assert (int(frame.colorspace), int(frame.color_range)) == (1, 1)
        luma = int(frame.to_ndarray()[240, 240])
    assert luma == pytest.approx(16 + 219 / 255 * (0.2126 * 220 + 0.7152 * 60 + 0.0722 * 30), abs=2)


@pytest.mark.parametrize(("max_bytes", "noisy"), [(400_000, False), (400_000, True), (8_000_000, False), (8_000_000, True)])
def test_twenty_seconds_fit_their_limit_at_the_first_try(tmp_path: Path, pressed, max_bytes: int, noisy: bool) -> None:
    path = pressed(tmp_path / "clip.mp4", track(20), max_bytes=max_bytes, noisy=noisy)
    assert path.stat().st_size <= max_bytes
    with av.open(str(path)) as file:
        assert file.streams.video[0].frames == 480


def test_a_small_limit_makes_a_smaller_picture_and_an_absurd_one_fails_for_good() -> None:
    assert plan(SIZES["16:9"], 480, 8_000_000).width == 854
    small = plan(SIZES["16:9"], 480, 200_000)
    assert small.width < 854
    assert small.width % 2 == small.height % 2 == 0
    with pytest.raises(RenderFailed) as failure:
        plan(SIZES["16:9"], 480, 50_000)
    assert not failure.value.retryable


def test_a_limit_beyond_every_use_still_codes(tmp_path: Path) -> None:
    reel = Reel(tmp_path / "clip.mp4", plan((480, 480), 24, 2**40), np.zeros((48_000, 2), np.float32))
    reel.add(np.zeros((480, 480, 4), np.uint8))
    assert reel.close() > 0


def test_a_second_try_asks_for_less() -> None:
    first, second = (plan((854, 480), 240, 1_000_000, shrink=shrink) for shrink in (1.0, 0.7))
    assert second.ceiling_kbps < 0.75 * first.ceiling_kbps


def test_an_abandoned_reel_leaves_no_file(tmp_path: Path) -> None:
    reel = Reel(tmp_path / "clip.mp4", plan((480, 480), 24, 8_000_000), np.zeros((48_000, 2), np.float32))
    reel.add(np.zeros((480, 480, 4), np.uint8))
    reel.abandon()
    assert not list(tmp_path.iterdir())


def test_the_same_pictures_and_sound_give_the_same_file(tmp_path: Path, pressed) -> None:
    assert pressed(tmp_path / "a.mp4", track(2)).read_bytes() == pressed(tmp_path / "b.mp4", track(2)).read_bytes()
