"""Words on the picture: captions spoken word by word, the slate, the title card."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import skia

from walkon.engine.drawing.camera import Frame
from walkon.engine.drawing.fonts import Lettering, Text
from walkon.engine.drawing.slate import GAP
from walkon.engine.performance import SpeechCue, Word

SPOKEN, CURRENT = skia.Color(0xFF, 0xFF, 0xFF), skia.Color(0xFF, 0xD3, 0x5C)
COMING = skia.Color(0xFF, 0xFF, 0xFF, 0x78)
BAND = skia.Color(0x14, 0x1A, 0x2C, 0xB8)
EARLY_S, LATE_S = 0.10, 0.35
"""A caption shows this long before its first word and after its last."""
ROWS = 2
LONGEST_WORD = 40
SLATE_SHARE = 0.5
"""A slate takes no more of the picture's width: the other corner belongs to the visible mark."""


def is_right_to_left(words: str) -> bool:
    """Whether most letters are of a script that runs from right to left."""
    kinds = [unicodedata.bidirectional(letter) for letter in words[:400]]
    return sum(kind in ("R", "AL") for kind in kinds) > sum(kind == "L" for kind in kinds)


def words_of(cue: SpeechCue) -> tuple[Word, ...]:
    """The words of a line on the clip's clock; spread evenly where the voice gave none."""
    spoken = cue.speech.words
    if not spoken:
        texts = cue.speech.line.text.split() or ["…"]
        step = cue.speech.seconds / len(texts)
        spoken = tuple(Word(text=text, start_s=index * step, end_s=(index + 1) * step) for index, text in enumerate(texts))
    return tuple(Word(text=_short(word.text), start_s=cue.at_s + word.start_s, end_s=cue.at_s + word.end_s) for word in spoken)


def _short(word: str) -> str:
    return word if len(word) <= LONGEST_WORD else f"{word[: LONGEST_WORD - 1]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """At most two rows of words shown together. start_s, end_s: on the clip's clock."""

    rows: tuple[tuple[Word, ...], ...]
    start_s: float
    end_s: float
    right_to_left: bool


class Captions:
    """All spoken words of a clip, ready to be drawn at any time."""

    def __init__(self, cues: Sequence[SpeechCue], frame: Frame, letters: Lettering) -> None:
        self._frame, self._letters = frame, letters
        self._size = 0.062 * min(frame.height, 0.9 * frame.width)
        self._widest = 0.86 * frame.width
        self._kept: dict[tuple[str, int], Text] = {}
        self._pages = [page for cue in cues for page in self._paged(words_of(cue))]

    def current(self, t: float) -> Word | None:
        """The word heard at `t`."""
        page = self._page_at(t)
        if page is None:
            return None
        return next((word for row in page.rows for word in row if word.start_s <= t < word.end_s), None)

    def shown(self, t: float) -> tuple[tuple[str, ...], ...]:
        """The rows of words on the picture at `t`, at most two; none while nothing is said."""
        page = self._page_at(t)
        return () if page is None else tuple(tuple(word.text for word in row) for row in page.rows)

    def draw(self, canvas: skia.Canvas, t: float) -> None:
        """Draw the caption of that time, if any."""
        page = self._page_at(t)
        if page is None:
            return
        pitch = self._size * 1.34
        height = pitch * len(page.rows) + 0.36 * self._size
        bottom = (0.965 if self._frame.width >= self._frame.height else 0.875) * self._frame.height
        width = max(self._width(row) for row in page.rows) + 1.1 * self._size
        band = skia.Rect.MakeXYWH((self._frame.width - width) / 2, bottom - height, width, height)
        canvas.drawRoundRect(band, 0.34 * self._size, 0.34 * self._size, skia.Paint(AntiAlias=True, Color=BAND))
        for index, row in enumerate(page.rows):
            self._row(canvas, row, page, t, bottom - height + 0.18 * self._size + index * pitch)

    def _page_at(self, t: float) -> Page | None:
        return next((page for page in reversed(self._pages) if page.start_s <= t < page.end_s), None)

    def _row(self, canvas: skia.Canvas, row: tuple[Word, ...], page: Page, t: float, y: float) -> None:
        x = (self._frame.width - self._width(row)) / 2
        for word in reversed(row) if page.right_to_left else row:
            now = word.start_s <= t < word.end_s
            text = self._text(word.text, CURRENT if now else SPOKEN if t >= word.end_s else COMING)
            lift = 2 if now else 0
            text.paint(canvas, round(x), round(y) - lift)
            if now:
                line = skia.Rect.MakeXYWH(x, y + text.baseline + 0.10 * self._size - lift, text.width, 0.075 * self._size)
                canvas.drawRoundRect(line, 1.5, 1.5, skia.Paint(AntiAlias=True, Color=CURRENT))
            x += text.width + self._space

    @property
    def _space(self) -> float:
        return 0.27 * self._size

    def _text(self, word: str, colour: int) -> Text:
        kept = self._kept.get((word, colour))
        if kept is None:
            kept = self._kept[word, colour] = self._letters.text(word, self._size, colour)
        return kept

    def _width(self, row: Sequence[Word]) -> float:
        return sum(self._text(word.text, SPOKEN).width for word in row) + self._space * max(0, len(row) - 1)

    def _paged(self, words: tuple[Word, ...]) -> list[Page]:
        """Rows filled, two rows a page, the two balanced."""
        pages: list[list[Word]] = [[]]
        for word in words:
            if pages[-1] and len(self._rows([*pages[-1], word])) > ROWS:
                pages.append([])
            pages[-1].append(word)
        groups = [tuple(page) for page in pages if page]
        rtl = is_right_to_left(" ".join(word.text for word in words))
        found = []
        for index, group in enumerate(groups):
            last = index == len(groups) - 1
            start = group[0].start_s - (EARLY_S if index == 0 else 0.02)
            end = group[-1].end_s + LATE_S if last else groups[index + 1][0].start_s - 0.02
            found.append(Page(rows=self._balanced(group), start_s=start, end_s=end, right_to_left=rtl))
        return found

    def _rows(self, words: Sequence[Word]) -> list[list[Word]]:
        rows: list[list[Word]] = [[]]
        for word in words:
            if rows[-1] and self._width([*rows[-1], word]) > self._widest:
                rows.append([])
            rows[-1].append(word)
        return rows

    def _balanced(self, words: tuple[Word, ...]) -> tuple[tuple[Word, ...], ...]:
        if len(self._rows(words)) < 2:
            return (words,)
        cuts = range(1, len(words))
        cut = min(cuts, key=lambda at: max(self._width(words[:at]), self._width(words[at:])))
        return words[:cut], words[cut:]


class Signs:
    """The slate top left, each drawn once as a picture; top right is left to the visible mark."""

    def __init__(self, frame: Frame, letters: Lettering) -> None:
        self._frame, self._letters = frame, letters
        self._size = max(10.0, 0.031 * min(frame.height, frame.width * 1.1))
        self._slates: dict[str, skia.Image] = {}

    def draw(self, canvas: skia.Canvas, slate: str) -> None:
        """Draw the shot's slate, where it has one."""
        if not slate:
            return
        margin = round(0.03 * min(self._frame.width, self._frame.height))
        image = self._slates.get(slate)
        if image is None:
            image = self._slates[slate] = self._sign(self._fitting(slate))
        canvas.drawImage(image, margin, margin)

    def _fitting(self, slate: str) -> str:
        """As many of the slate's words, from the first, as leave the other corner free."""
        parts = slate.split(GAP)
        while len(parts) > 1 and self._letters.width(GAP.join(parts), self._size) > SLATE_SHARE * self._frame.width:
            parts.pop()
        return GAP.join(parts)

    def _sign(self, words: str) -> skia.Image:
        text = self._letters.text(words, self._size, skia.Color(0xFF, 0xFA, 0xF0))
        pad = 0.5 * self._size
        width, height = math.ceil(text.width + 2 * pad), math.ceil(text.height + 0.5 * pad)
        info = skia.ImageInfo.Make(width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
        surface = skia.Surface.MakeRaster(info)
        canvas = surface.getCanvas()
        canvas.clear(0)
        box = skia.Rect.MakeWH(width, height)
        canvas.drawRoundRect(box, 0.32 * height, 0.32 * height, skia.Paint(AntiAlias=True, Color=skia.Color(0x14, 0x1A, 0x2C, 0x8C)))
        text.paint(canvas, pad, 0.25 * pad)
        return surface.makeImageSnapshot()
