"""The visible mark: legible in every size and on every ground, always at the same place."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.provenance.filming import SIZE, film
from walkon.engine.encode import plan
from walkon.engine.studio import save_poster
from walkon.provenance.marks import VisibleMark
from walkon.provenance.wording import mark_words

SIZES = [(854, 480), (480, 854), (480, 480), (1280, 720), (320, 180), (64, 64)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shade", [0, 128, 255])
def test_it_can_be_told_from_any_ground(size: tuple[int, int], shade: int) -> None:
    picture = np.full((size[1], size[0], 4), shade, np.uint8)
    VisibleMark("made by AI", size).put_on(picture)
    rows, columns = np.nonzero(picture[..., 0] != shade)
    assert rows.size > 40
    marked = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1, 0].astype(int)
    assert marked.max() - marked.min() > 90


@pytest.mark.parametrize("size", SIZES)
def test_it_stays_in_the_upper_right_and_off_the_edge(size: tuple[int, int]) -> None:
    picture = np.zeros((size[1], size[0], 4), np.uint8)
    VisibleMark("dessiné par ordinateur", size).put_on(picture)
    rows, columns = np.nonzero(picture[..., 0])
    assert rows.max() < 0.5 * size[1]
    assert columns.max() < size[0] - 0.02 * min(size)


def test_its_french_letters_are_letters_and_no_empty_boxes() -> None:
    written, unknown = (np.zeros((480, 854, 3), np.uint8) for _ in range(2))
    VisibleMark("dessiné", (854, 480)).put_on(written)
    VisibleMark("dessin\u0378", (854, 480)).put_on(unknown)
    assert not np.array_equal(written, unknown)


def test_a_picture_with_three_channels_is_marked_like_one_with_four() -> None:
    three, four = np.zeros((180, 320, 3), np.uint8), np.zeros((180, 320, 4), np.uint8)
    for picture in (three, four):
        VisibleMark("made by AI", (320, 180)).put_on(picture)
    assert np.array_equal(three, four[..., :3])


def first_picture(path: Path) -> np.ndarray:
    with av.open(str(path)) as opened:
        return next(opened.decode(video=0)).to_ndarray(format="bgr24")


def test_every_picture_of_a_clip_and_its_poster_carry_it(tmp_path: Path) -> None:
    bare = first_picture(film(tmp_path / "bare.mp4", seconds=0.5)).astype(int)
    marked = first_picture(film(tmp_path / "marked.mp4", seconds=0.5, mark="made by AI")).astype(int)
    corner = (slice(15, 40), slice(220, 315))
    assert np.abs(marked - bare)[corner].max() > 80
    save_poster(np.full((SIZE[1], SIZE[0], 4), 90, np.uint8), plan(SIZE, 24, 4_000_000, mark="made by AI"), tmp_path / "poster.jpg")
    assert np.ptp(np.asarray(Image.open(tmp_path / "poster.jpg")).astype(int)[corner]) > 90


@pytest.mark.parametrize(
    ("drawn", "language", "words"),
    [
        (True, "en", "computer-drawn"),
        (True, "fr", "dessiné par ordinateur"),
        (False, "en", "made by AI"),
        (False, "fr-CA", "fait par IA"),
        (False, "de", "made by AI"),
    ],
)
def test_the_words_say_what_made_it(drawn: bool, language: str, words: str) -> None:
    assert mark_words(drawn=drawn, language=language) == words
