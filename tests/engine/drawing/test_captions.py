import numpy as np
import pytest

from tests.engine.drawing.stagehand import WOMAN, performed, picture, spoken
from walkon.engine.drawing.camera import Frame
from walkon.engine.drawing.captions import Captions, Signs
from walkon.engine.drawing.fonts import lettering
from walkon.engine.drawing.slate import slate_of
from walkon.engine.drawing.stage import surface_over
from walkon.engine.performance import SpeechCue
from walkon.types.scene import FPS, SIZES, Aspect, Line, Scene, Shot, TimeOfDay, Weather

CURRENT_BGR = (0x5C, 0xD3, 0xFF)


def captions(text: str, at_s: float = 1.0, aspect: Aspect = Aspect.WIDE) -> Captions:
    line = Line(speaker=None, text=text)
    return Captions([SpeechCue(at_s=at_s, speech=spoken(line))], Frame.of(SIZES[aspect]), lettering())


def test_the_word_shown_is_the_word_heard() -> None:
    shown = captions("have you seen my honey")
    for index, word in enumerate("have you seen my honey".split()):
        current = shown.current(1.0 + 0.3 * index + 0.15)
        assert current is not None
        assert current.text == word


def test_a_caption_comes_a_little_early_and_leaves_a_little_late() -> None:
    shown = captions("hello there")
    assert [bool(shown.shown(t)) for t in (0.85, 0.92, 1.6 + 0.3, 1.6 + 0.4)] == [False, True, True, False]


@pytest.mark.parametrize("aspect", list(Aspect))
def test_a_long_line_is_shown_two_rows_at_a_time_inside_the_picture(aspect: Aspect) -> None:
    words = ("the quick brown fox jumps over the lazy dog " * 4).split()
    shown = captions(" ".join(words), aspect=aspect)
    pages = list(dict.fromkeys(shown.shown(1.0 + 0.3 * index + 0.15) for index in range(len(words))))
    assert len(pages) > 1
    assert all(1 <= len(rows) <= 2 for rows in pages)
    width, height = SIZES[aspect]
    pixels = np.zeros((height, width, 4), np.uint8)
    surface = surface_over(pixels)
    for index in range(len(words)):
        shown.draw(surface.getCanvas(), 1.0 + 0.3 * index + 0.15)
    surface.flushAndSubmit()
    assert pixels.any()
    assert not pixels[:, :4].any()
    assert not pixels[:, -4:].any()


def test_the_current_word_is_coloured_on_the_picture_only_while_it_is_heard() -> None:
    line = Line(speaker="woman", text="hello world")
    performance, film = performed(Scene(prompt="hello", seconds=3, shots=(Shot(subjects=(WOMAN,), lines=(line,)),)))
    at = performance.soundtrack.speeches[0].at_s

    def coloured(t: float) -> int:
        near = np.abs(picture(film, round(t * FPS))[380:, :, :3].astype(int) - CURRENT_BGR).max(axis=2) < 12
        return int(near.sum())

    assert coloured(at + 0.15) > 150
    assert coloured(2.8) < 40


@pytest.mark.parametrize(
    ("shot", "language", "words"),
    [
        (Shot(), "en", "1"),
        (Shot(place="beach", place_said=True, time=TimeOfDay.SUNSET, time_said=True), "en", "1 · BEACH · SUNSET"),
        (Shot(place="moon", place_said=True), "fr", "1 · LUNE"),
        (Shot(place="forest", place_said=True, weather=Weather.SNOW, time=TimeOfDay.NIGHT), "en", "1 · FOREST · SNOW"),
    ],
)
def test_the_slate_says_only_what_the_prompt_said(shot: Shot, language: str, words: str) -> None:
    assert slate_of(shot, 0, language) == words


def test_a_clip_of_one_shot_has_no_number() -> None:
    assert slate_of(Shot(), 0, "en", alone=True) == ""
    assert slate_of(Shot(place="beach", place_said=True), 0, "en", alone=True) == "BEACH"


@pytest.mark.parametrize("aspect", list(Aspect))
def test_the_corner_opposite_the_slate_is_left_to_the_mark(aspect: Aspect) -> None:
    frame = Frame.of(SIZES[aspect])
    drawn = np.zeros((frame.height, frame.width, 4), np.uint8)
    surface = surface_over(drawn)
    Signs(frame, lettering()).draw(surface.getCanvas(), "3 · BASKETBALL COURT · NEIGE · COUCHER DE SOLEIL · COMIC · NOIR ET BLANC")
    columns = np.nonzero(drawn[..., 3])[1]
    assert columns.size
    assert columns.max() < 0.58 * frame.width
