"""The title card: words landing one by one on the beat, and a clapperboard that bounces along."""

import math

import skia

from walkon.engine.drawing.camera import Frame
from walkon.engine.drawing.captions import is_right_to_left
from walkon.engine.drawing.fonts import Lettering, Text
from walkon.engine.drawing.sprites import SpriteBook, SpriteKey

MOST_WORDS = 14
LANDING_S = 0.28
LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
PAPER = skia.Color(0xFF, 0xFA, 0xF0)
INK = skia.Color(0x2A, 0x2A, 0x3C)


class TitleCard:
    """A title of one take."""

    def __init__(self, title: str, frame: Frame, *, letters: Lettering, sprites: SpriteBook, beat_s: float, seconds: float) -> None:
        self._frame, self._sprites, self._beat_s = frame, sprites, beat_s
        words = [word[:24] for word in title.split()] or ["…"]
        shown = words[:MOST_WORDS] + (["…"] if len(words) > MOST_WORDS else [])
        self._size = (0.13 if len(shown) <= 4 else 0.09) * min(frame.height, frame.width)
        self._texts = [letters.text(word, self._size, INK) for word in shown]
        self._rows = self._laid(self._texts, right_to_left=is_right_to_left(title))
        self._step_s = min(beat_s, max(0.12, (seconds - 1.2) / max(1, len(shown))))

    def draw(self, canvas: skia.Canvas, t: float) -> None:
        """Draw the card at a time of its take."""
        index = 0
        pitch = self._size * 1.5
        top = self._frame.ground_y * 0.43 - pitch * len(self._rows) / 2
        for row_index, row in enumerate(self._rows):
            for text, x in row:
                self._word(canvas, text, x, top + row_index * pitch, t - 0.25 - index * self._step_s, index)
                index += 1
        self._clapper(canvas, t)

    def _word(self, canvas: skia.Canvas, text: Text, x: float, y: float, since: float, index: int) -> None:
        if since < 0:
            return
        u = min(1.0, since / LANDING_S)
        drop = -(1 - u * u) * self._frame.height * 0.8
        after = since - LANDING_S
        squash = 0.22 * math.exp(-9 * after) * math.cos(24 * after) if 0 <= after < 1 else 0.0
        pad = 0.26 * self._size
        canvas.save()
        canvas.translate(x + text.width / 2, y + text.height + drop)
        canvas.rotate(((index * 37) % 7 - 3) * 0.9)
        canvas.scale(1 + squash, 1 - squash)
        box = skia.Rect.MakeLTRB(-text.width / 2 - pad, -text.height - 0.2 * pad, text.width / 2 + pad, 0.35 * pad)
        canvas.drawRoundRect(box.makeOffset(0, 4), 8, 8, skia.Paint(AntiAlias=True, Color=skia.Color(10, 14, 30, 60)))
        canvas.drawRoundRect(box, 8, 8, skia.Paint(AntiAlias=True, Color=PAPER))
        text.paint(canvas, -text.width / 2, -text.height)
        canvas.restore()

    def _clapper(self, canvas: skia.Canvas, t: float) -> None:
        height = 0.72 * self._frame.unit_px
        sprite = self._sprites.get(SpriteKey("🎬", round(height)))
        beats = t / self._beat_s
        up = abs(math.sin(math.pi * beats))
        sy = 1 - 0.14 * (1 - up)
        x = self._frame.width / 2
        ground = self._frame.ground_y
        shadow = skia.Paint(AntiAlias=True, Color=skia.Color(0x0A, 0x0E, 0x1E, int(94 * (1 - 0.5 * up))))
        canvas.drawOval(skia.Rect.MakeXYWH(x - 0.45 * height, ground - 5, 0.9 * height, 10), shadow)
        canvas.save()
        canvas.translate(x, ground - 0.38 * height * up)
        canvas.rotate(6 * math.sin(math.pi * beats))
        canvas.scale(1 / sy**0.8, sy)
        canvas.drawImage(sprite.image, -sprite.width / 2 - sprite.pad, -sprite.height - sprite.pad, LINEAR)
        canvas.restore()

    def _laid(self, texts: list[Text], *, right_to_left: bool) -> list[list[tuple[Text, float]]]:
        gap, widest = 0.75 * self._size, 0.84 * self._frame.width
        rows: list[list[Text]] = [[]]
        for text in texts:
            used = sum(other.width + gap for other in rows[-1])
            if rows[-1] and used + text.width > widest:
                rows.append([])
            rows[-1].append(text)
        return [self._centred(row, gap, right_to_left=right_to_left) for row in rows]

    def _centred(self, row: list[Text], gap: float, *, right_to_left: bool) -> list[tuple[Text, float]]:
        total = sum(text.width for text in row) + gap * (len(row) - 1)
        x = (self._frame.width - total) / 2
        placed = []
        for text in row:
            at = self._frame.width - x - text.width if right_to_left else x
            placed.append((text, at))
            x += text.width + gap
        return placed
