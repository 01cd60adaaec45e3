"""Stage, circus, court and stadium."""

import skia

from walkon.engine.drawing.light import mix, rgb
from walkon.engine.drawing.paint import Brush
from walkon.engine.drawing.sets.nature import GROUND
from walkon.engine.drawing.sets.rooms import boards

CROWD = ("#E4572E", "#2E86AB", "#F2A541", "#5B8E7D", "#A23B72", "#3D5A80", "#E07A5F", "#6A4C93")


def curtain(brush: Brush) -> None:
    """Red folds, a pelmet, three cones of light."""
    _folds(brush, ("#8A1E35", "#C23A50"))
    _pelmet(brush, "#7A1830", "#F2C14E")
    _cones(brush)


def tent(brush: Brush) -> None:
    """Striped canvas with bunting."""
    _folds(brush, ("#C23A50", "#F7E7C6"), width=0.62)
    _pelmet(brush, "#2E6F95", "#F7E7C6")
    _cones(brush)


def _folds(brush: Brush, codes: tuple[str, str], width: float = 0.34) -> None:
    sheet = brush.sheet
    brush.canvas.drawRect(skia.Rect(sheet.left - 1, sheet.top - 1, sheet.right + 1, sheet.bottom + 1), brush.ink(codes[0]))
    for x, _ in brush.along(width, "fold"):
        edge = mix(rgb(codes[0]), rgb(codes[1]), 0.45)
        paint = brush.fade((x, 0), (x + width * 0.62, 0), (codes[1], edge))
        brush.rect(x, sheet.top - 1, width * 0.55, sheet.bottom - sheet.top + 2, paint=paint)


def _pelmet(brush: Brush, code: str, trim: str) -> None:
    top = -brush.crown
    path = skia.Path()
    path.moveTo(brush.sheet.left - 1, top - 3)
    path.lineTo(brush.sheet.left - 1, top + 0.2)
    for x, _ in brush.along(0.8, "pelmet"):
        path.quadTo(x + 0.4, top + 0.72, x + 0.8, top + 0.2)
    path.lineTo(brush.sheet.right + 1, top - 3)
    path.close()
    stroke = brush.ink(trim)
    stroke.setStyle(skia.Paint.kStroke_Style)
    stroke.setStrokeWidth(0.06)
    brush.canvas.drawPath(path, brush.ink(code))
    brush.canvas.drawPath(path, stroke)


def _cones(brush: Brush) -> None:
    top = -brush.crown - 0.2
    for share, tint in ((-0.62, "#FFE9B0"), (0.0, "#FFF6DC"), (0.62, "#FFD9E2")):
        x = share * brush.half
        brush.shape([(x * 1.2 - 0.12, top), (x * 1.2 + 0.12, top), (x * 0.6 + 0.95, 0), (x * 0.6 - 0.95, 0)], paint=brush.glow(tint, 0.16))


def stage_floor(brush: Brush) -> None:
    """Boards with pools of light and footlights."""
    boards(brush, "#7A4A2C")
    for share in (-0.37, 0.0, 0.37):
        brush.oval(share * brush.half, 0.02, 1.7, 0.34, paint=brush.glow("#FFE9B0", 0.16))
    for x, _ in brush.along(0.7, "foot"):
        brush.oval(x + 0.35, 0.72, 0.24, 0.14, paint=brush.glow("#FFE6A0", 0.9))


def ring_floor(brush: Brush) -> None:
    """Sawdust and the ring's red kerb."""
    boards(brush, "#D9B878")
    brush.rect(brush.sheet.left - 1, -0.42, brush.sheet.right - brush.sheet.left + 2, 0.2, paint=brush.ink("#C23A50"))
    for x, _ in brush.along(0.8, "star"):
        brush.emoji("⭐", x + 0.4, -0.24, 0.16)


def stands(brush: Brush) -> None:
    """Rows of heads in many colours."""
    sheet = brush.sheet
    brush.canvas.drawRect(skia.Rect(sheet.left - 1, sheet.top - 1, sheet.right + 1, sheet.bottom + 1), brush.ink("#3E4A66"))
    for row in range(int(brush.crown / 0.3) + 2):
        y = -brush.crown + 0.15 + row * 0.3
        brush.rect(sheet.left - 1, y + 0.1, sheet.right - sheet.left + 2, 0.2, paint=brush.ink("#54617E"))
        for x, rng in brush.along(0.25, "seat", row):
            at = x + 0.12 * (row % 2)
            body = brush.ink(CROWD[int(rng.integers(len(CROWD)))], 0.85)
            brush.rect(at - 0.085, y + 0.02, 0.17, 0.2, paint=body, round_by=0.08)
            brush.canvas.drawCircle(at, y, 0.075, brush.ink("#FFC93C", 0.9))


def open_stands(brush: Brush) -> None:
    """A low grandstand under the sky."""
    sheet = brush.sheet
    near = brush.at_distance(0.16)
    top = -1.75
    near.rect(sheet.left - 1, top, sheet.right - sheet.left + 2, 3, paint=near.ink("#5A6783"))
    for row in range(4):
        for x, rng in brush.along(0.22, "seat", row):
            near.canvas.drawCircle(x + 0.1 * (row % 2), top + 0.16 + 0.26 * row, 0.075, near.ink(CROWD[int(rng.integers(len(CROWD)))]))
    for x, _ in brush.along(1.4, "flag"):
        near.rect(x, top - 0.5, 0.025, 0.5, paint=near.ink("#E9E4D4"))
        near.shape([(x + 0.02, top - 0.5), (x + 0.32, top - 0.41), (x + 0.02, top - 0.3)], paint=near.ink("#E4572E"))


def court_floor(brush: Brush) -> None:
    """Varnished boards with white lines and a board with adverts."""
    boards(brush, "#D98B4A")
    line = brush.ink("#FFF4E0", 0.85)
    line.setStrokeWidth(0.05)
    brush.canvas.drawLine(brush.sheet.left - 1, -0.16, brush.sheet.right + 1, -0.16, line)
    line.setStyle(skia.Paint.kStroke_Style)
    brush.canvas.drawOval(skia.Rect.MakeXYWH(-1.1, -0.22, 2.2, 0.6), line)
    for x, rng in brush.along(1.5, "advert"):
        brush.rect(x, -0.78, 1.46, 0.36, paint=brush.ink(CROWD[int(rng.integers(len(CROWD)))]), round_by=0.04)


def pitch(brush: Brush) -> None:
    """Striped grass."""
    brush.land(lambda x: GROUND, ("#7CC26A", "#4F9A4C"), depth=1.5)
    for x, _ in brush.along(1.5, "stripe"):
        brush.shape([(x, GROUND), (x + 0.75, GROUND), ((x + 0.75) * 1.7, 1.4), (x * 1.7, 1.4)], paint=brush.ink("#8FD07A", 0.45))
    line = brush.ink("#FFFFFF", 0.85)
    line.setStrokeWidth(0.05)
    brush.canvas.drawLine(brush.sheet.left - 1, -0.34, brush.sheet.right + 1, -0.34, line)
