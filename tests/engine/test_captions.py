import re
from html import unescape

import numpy as np
import pytest

from walkon.engine.captions import LINE_LETTERS, stamp, webvtt
from walkon.engine.performance import Speech, SpeechCue, Word
from walkon.engine.port import Caption
from walkon.types.scene import Line

CUE = re.compile(r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3}) line:85% align:center\n((?:.+\n)+)")


def cues(text: str) -> list[tuple[float, float, str]]:
    """The cues of a file by a parser of our own: start, end, text with its tags."""
    assert text.startswith("WEBVTT\n\n")
    found = []
    for block in text.removeprefix("WEBVTT\n\n").split("\n\n"):
        match = CUE.fullmatch(block.rstrip("\n") + "\n")
        assert match, block
        h1, m1, s1, h2, m2, s2 = (float(group) for group in match.groups()[:6])
        found.append((h1 * 3600 + m1 * 60 + s1, h2 * 3600 + m2 * 60 + s2, match[7].rstrip("\n")))
    return found


def plain(text: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", text))


def spoken(text: str, at_s: float = 0.5, word_s: float = 0.3) -> tuple[Caption, SpeechCue]:
    words = tuple(Word(text=word, start_s=n * word_s, end_s=(n + 0.9) * word_s) for n, word in enumerate(text.split()))
    length = len(words) * word_s
    pcm = np.zeros(round(length * 48_000), np.float32)
    speech = Speech(line=Line(speaker="s", text=text), pcm=pcm, words=words, mouth=(), voice="neural")
    return Caption(start_s=at_s, end_s=at_s + length, text=text, speaker="cat"), SpeechCue(at_s=at_s, speech=speech)


def test_a_line_names_its_speaker_and_times_its_words() -> None:
    caption, cue = spoken("watch this my friends")
    ((start, end, text),) = cues(webvtt([caption], [cue]))
    assert text.startswith("<v Cat>watch ")
    assert (start, plain(text)) == (0.5, "watch this my friends")
    marks = [float(mark) for mark in re.findall(r"<00:00:(\d\d\.\d{3})>", text)]
    assert marks == pytest.approx([0.8, 1.1, 1.4])
    assert start < marks[0] <= marks[-1] < end


def test_a_long_line_becomes_cues_of_two_short_rows() -> None:
    text = "The quick brown fox jumps over the lazy dog and runs away into the deep dark forest where nobody will ever find it again"
    caption, cue = spoken(text)
    found = cues(webvtt([caption], [cue]))
    assert len(found) == 2
    assert " ".join(plain(text).replace("\n", " ") for _, _, text in found) == text
    for _, _, cue_text in found:
        rows = plain(cue_text).split("\n")
        assert len(rows) <= 2
        assert all(len(row) <= LINE_LETTERS for row in rows)
    assert found[0][1] <= found[1][0]


def test_rows_are_balanced() -> None:
    caption, cue = spoken("I would rather be at the sea with you today")
    first, second = plain(cues(webvtt([caption], [cue]))[0][2]).split("\n")
    assert abs(len(first) - len(second)) < 8


def test_markup_in_words_and_names_is_text() -> None:
    caption = Caption(start_s=0, end_s=2, text="<b>a</b> --> & </v>", speaker="<script>\nx")
    ((_, _, text),) = cues(webvtt([caption]))
    assert "<b>" not in text
    assert text.count("-->") == 0
    assert text.startswith("<v &lt;script&gt; x>")
    assert plain(text) == "<b>a</b> --> & </v>"


def test_a_word_longer_than_a_row_is_cut_and_kept() -> None:
    found = cues(webvtt([Caption(start_s=0, end_s=2, text="a" * 100, speaker="cat")]))
    assert "".join(plain(text).replace("\n", "") for _, _, text in found) == "a" * 100


def test_sounds_stand_in_brackets_once() -> None:
    text = webvtt(
        [
            Caption(start_s=1, end_s=2, text="thunder"),
            Caption(start_s=3, end_s=4, text="[bell]"),
            Caption(start_s=5, end_s=6, text="♪ calm ♪"),
        ]
    )
    assert [plain(cue) for _, _, cue in cues(text)] == ["[thunder]", "[bell]", "♪ calm ♪"]


def test_a_short_cue_stays_a_second_where_there_is_room_and_never_overlaps() -> None:
    hi, ho = (Caption(start_s=start, end_s=start + 0.3, text="hi", speaker="cat") for start in (0.5, 1.1))
    found = cues(webvtt([ho, hi], seconds=1.8))
    assert [(start, end) for start, end, _ in found] == [(0.5, 1.1), (1.1, 1.8)]
    assert cues(webvtt([hi], seconds=6))[0][1] == 1.5


def test_a_clip_in_which_nothing_is_said_has_an_empty_file() -> None:
    assert webvtt([]) == "WEBVTT\n"


def test_stamps_roll_over() -> None:
    assert [stamp(seconds) for seconds in (-1, 0.9996, 61.5, 3600)] == ["00:00:00.000", "00:00:01.000", "00:01:01.500", "01:00:00.000"]
