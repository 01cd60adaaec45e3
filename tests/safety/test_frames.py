"""No picture hides: one in the middle, one in the last moment, one in the poster alone."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from walkon.engine.encode import Reel, plan
from walkon.safety.frames import CannotLook, look_at, open_nsfw

SIZE, COUNT = (320, 180), 72


def bright(pictures: Sequence[Image.Image]) -> list[float]:
    """A classifier that minds white pictures."""
    return [float(np.asarray(picture).mean()) / 255 for picture in pictures]


def film(path: Path, *white: int) -> Path:
    """Three seconds of slowly moving grey, white at these pictures."""
    reel = Reel(path, plan(SIZE, COUNT, 4_000_000), np.zeros((COUNT * 2000, 2), np.float32))
    for index in range(COUNT):
        picture = np.full((SIZE[1], SIZE[0], 4), 255 if index in white else 60, np.uint8)
        picture[:, index : index + 10, :3] = 90
        reel.add(picture)
    reel.close()
    return path


def worst(clip: Path, poster: Path | None = None) -> float:
    return max(look_at(clip, poster, bright, most=160).scores)


def test_a_harmless_clip_is_looked_at_twice_a_second_and_at_both_ends(tmp_path: Path) -> None:
    look = look_at(film(tmp_path / "clip.mp4"), None, bright, most=160)
    assert len(look.scores) == 7
    assert max(look.scores) < 0.4


@pytest.mark.parametrize("index", [0, 1, 17, 41, 66, 70, 71])
def test_a_single_picture_is_seen_wherever_it_is(tmp_path: Path, index: int) -> None:
    assert worst(film(tmp_path / "clip.mp4", index)) > 0.9


def test_the_last_fifth_of_a_second_is_seen(tmp_path: Path) -> None:
    assert worst(film(tmp_path / "clip.mp4", *range(67, 72))) > 0.9


def test_the_poster_is_seen(tmp_path: Path) -> None:
    Image.new("RGB", SIZE, "white").save(tmp_path / "poster.jpg")
    assert worst(film(tmp_path / "clip.mp4"), tmp_path / "poster.jpg") > 0.9


def test_few_pictures_are_enough_where_only_a_report_is_wanted(tmp_path: Path) -> None:
    assert len(look_at(film(tmp_path / "clip.mp4"), None, bright, most=4).scores) == 4


@pytest.mark.parametrize("content", [b"", b"no film", b"\0\0\0\x18ftypisom" + bytes(400)])
def test_what_cannot_be_decoded_cannot_be_looked_at(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(CannotLook):
        look_at(tmp_path / "clip.mp4", None, bright, most=160)


def test_a_classifier_that_fails_has_not_looked(tmp_path: Path) -> None:
    def broken(pictures: Sequence[Image.Image]) -> list[float]:
        raise RuntimeError("out of memory")

    with pytest.raises(CannotLook, match="out of memory"):
        look_at(film(tmp_path / "clip.mp4"), None, broken, most=160)


def test_the_real_classifier_finds_harmless_pictures_harmless(tmp_path: Path) -> None:
    assert max(look_at(film(tmp_path / "clip.mp4"), None, open_nsfw(), most=4).scores) < 0.4
