"""Rooms: wall, window onto the real sky, floor boards, furniture; and the cave."""

from collections.abc import Callable
from dataclasses import dataclass

import skia

from walkon.engine.drawing.light import mix, rgb
from walkon.engine.drawing.paint import Brush
from walkon.engine.drawing.sky import halo

FLOOR = -0.42
"""Where the wall meets the floor, metres above the ground line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """A thing in a room. share: of the half width, from the middle. lift: metres of its foot above the floor's edge."""

    emoji: str
    share: float
    height: float
    lift: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room to paint. window: its place as a share of the half width, None for none. pattern: dots, stripes, tiles or plain."""

    wall: str
    floor: str
    furniture: tuple[Furniture, ...]
    window: float | None = -0.1
    pattern: str = "plain"
    tiled: bool = False


def _f(emoji: str, share: float, height: float, lift: float = 0.0) -> Furniture:
    return Furniture(emoji=emoji, share=share, height=height, lift=lift)


ROOMS = {
    "room": Room(
        wall="#F2D6BE",
        floor="#B98A60",
        pattern="stripes",
        furniture=(_f("🛋️", -0.66, 0.95), _f("🪴", 0.36, 0.8), _f("📺", 0.72, 0.75, 0.05), _f("🖼️", 0.34, 0.62, 1.45), _f("🧸", -0.34, 0.34)),
    ),
    "bedroom": Room(
        wall="#C9D4F0",
        floor="#B08A68",
        pattern="dots",
        furniture=(_f("🛏️", 0.62, 1.0), _f("🧸", 0.2, 0.4), _f("🪴", -0.8, 0.8), _f("🖼️", 0.5, 0.55, 1.5), _f("📚", -0.5, 0.4)),
    ),
    "bathroom": Room(
        wall="#CFE8EA",
        floor="#A9BFC4",
        pattern="tiles",
        tiled=True,
        furniture=(_f("🛁", 0.6, 0.9), _f("🚽", -0.7, 0.85), _f("🪞", 0.3, 0.7, 1.2), _f("🧴", -0.4, 0.3)),
    ),
    "kitchen": Room(
        wall="#F6E3B8",
        floor="#C79A6B",
        pattern="tiles",
        tiled=True,
        furniture=(
            _f("🍳", 0.52, 0.34, 0.86),
            _f("🍞", 0.74, 0.32, 0.86),
            _f("🍎", -0.62, 0.24, 0.86),
            _f("🫖", -0.8, 0.36, 0.86),
            _f("🧂", 0.36, 0.24, 0.86),
        ),
    ),
    "restaurant": Room(
        wall="#E8B9A0",
        floor="#8E5C44",
        pattern="stripes",
        furniture=(
            _f("🪑", -0.74, 0.8),
            _f("🕯️", -0.42, 0.5),
            _f("🍷", 0.42, 0.5),
            _f("🪑", 0.72, 0.8),
            _f("🖼️", 0.42, 0.6, 1.5),
            _f("🌹", 0.56, 0.5),
        ),
    ),
    "classroom": Room(
        wall="#DCE9D0",
        floor="#BE9468",
        window=None,
        furniture=(_f("🌍", 0.68, 0.5, 0.3), _f("📚", -0.66, 0.5), _f("🪑", 0.5, 0.75), _f("🕰️", 0.46, 0.5, 1.6), _f("🪴", -0.85, 0.7)),
    ),
    "library": Room(
        wall="#D9B98C",
        floor="#7E5A3E",
        window=None,
        furniture=(_f("📚", -0.4, 0.5), _f("🪑", 0.66, 0.8), _f("🕯️", 0.4, 0.4)),
    ),
    "office": Room(
        wall="#D6DEE6",
        floor="#8F9BA6",
        furniture=(_f("🖥️", 0.62, 0.72, 0.45), _f("🗄️", -0.72, 1.0), _f("🪴", 0.32, 0.8), _f("🗑️", -0.42, 0.45), _f("📈", 0.46, 0.6, 1.45)),
    ),
    "lab": Room(
        wall="#D5ECEB",
        floor="#9DB4B5",
        pattern="tiles",
        tiled=True,
        furniture=(
            _f("🔬", 0.62, 0.62, 0.5),
            _f("🧪", 0.42, 0.42, 0.5),
            _f("⚗️", -0.62, 0.55, 0.5),
            _f("🧬", 0.44, 0.6, 1.45),
            _f("🔭", -0.84, 0.9),
        ),
    ),
    "hospital": Room(
        wall="#E3F1F0",
        floor="#B4C9C9",
        furniture=(_f("🛏️", 0.6, 0.95), _f("🩺", -0.5, 0.4, 1.2), _f("💐", 0.28, 0.5), _f("🪑", -0.72, 0.8)),
    ),
    "museum": Room(
        wall="#E9E1D0",
        floor="#B8A88C",
        window=None,
        furniture=(
            _f("🖼️", -0.5, 0.85, 1.05),
            _f("🖼️", 0.12, 0.7, 1.2),
            _f("🗿", 0.72, 1.3),
            _f("🏺", -0.78, 0.9),
            _f("🦴", 0.42, 0.4, 0.05),
        ),
    ),
    "shop": Room(
        wall="#F3DDE3",
        floor="#C9A27E",
        furniture=(
            _f("🛒", -0.68, 0.9),
            _f("🍎", 0.44, 0.3, 0.86),
            _f("🥖", 0.58, 0.36, 0.86),
            _f("🧀", 0.72, 0.3, 0.86),
            _f("🎈", -0.42, 0.8, 0.6),
        ),
    ),
    "haunted_house": Room(
        wall="#6E6080",
        floor="#4E4038",
        pattern="stripes",
        furniture=(_f("🕸️", -0.82, 0.9, 1.6), _f("🕯️", -0.46, 0.5), _f("🖼️", 0.36, 0.7, 1.3), _f("⚰️", 0.72, 1.0), _f("🎃", 0.42, 0.4)),
    ),
}


def wall_of(name: str) -> Callable[[Brush], None]:
    """The painter of a room's wall and what hangs on it."""
    room = ROOMS[name]

    def paint(brush: Brush) -> None:
        sheet = brush.sheet
        lower = mix(rgb(room.wall), (120, 90, 80), 0.12)
        top = min(sheet.top, -brush.crown)
        box = skia.Rect(sheet.left - 1, sheet.top - 1, sheet.right + 1, FLOOR + 0.1)
        brush.canvas.drawRect(box, brush.fade((0, top), (0, FLOOR), (room.wall, lower)))
        _pattern(brush, room)
        if room.window is not None:
            _window(brush, room.window * 2 * brush.half)
        _special(brush, name)
        skirting = brush.ink(mix(rgb(room.wall), (255, 255, 255), 0.55))
        brush.rect(sheet.left - 1, FLOOR - 0.14, sheet.right - sheet.left + 2, 0.15, paint=skirting)

    return paint


def floor_of(name: str) -> Callable[[Brush], None]:
    """The painter of a room's floor and furniture."""
    room = ROOMS[name]

    def paint(brush: Brush) -> None:
        boards(brush, room.floor, tiled=room.tiled)
        _rug(brush, room)
        if name in ("kitchen", "shop"):
            _counter(brush)
        if name in ("office", "lab", "classroom"):
            _desk(brush)
        for thing in room.furniture:
            foot = FLOOR + 0.06 - thing.lift
            if thing.lift == 0:
                brush.oval(thing.share * brush.half, foot, thing.height * 0.95, 0.07, paint=brush.ink("#1A1420", 0.22))
            brush.emoji(thing.emoji, thing.share * brush.half, foot, thing.height)
        if brush.light.actor != (1.0, 1.0, 1.0):
            halo(brush, 0.05 * brush.half, -brush.crown * 0.72, 2.4, "#FFD98A", 0.28)

    return paint


def boards(brush: Brush, code: str, *, tiled: bool = False) -> None:
    """A floor whose joints run to the vanishing point."""
    sheet = brush.sheet
    dark = mix(rgb(code), (20, 12, 20), 0.28)
    box = skia.Rect(sheet.left - 1, FLOOR, sheet.right + 1, sheet.bottom + 1)
    brush.canvas.drawRect(box, brush.fade((0, FLOOR), (0, 1.0), (code, dark)))
    line = brush.ink(dark, 0.55)
    line.setStrokeWidth(0.014)
    for x, _ in brush.along(0.42, "joint"):
        brush.canvas.drawLine(x, FLOOR, x * 1.9, 1.3, line)
    rows = (0.0, 0.14, 0.34, 0.62, 1.0) if tiled else ()
    for y in rows:
        brush.canvas.drawLine(sheet.left - 1, FLOOR + y, sheet.right + 1, FLOOR + y, line)


def _rug(brush: Brush, room: Room) -> None:
    if room.tiled:
        return
    colour = mix(rgb(room.wall), rgb("#A8433F"), 0.62)
    brush.oval(0, 0.05, 1.25 * brush.half, 0.42, paint=brush.ink(colour, 0.75))
    brush.oval(0, 0.05, 1.02 * brush.half, 0.31, paint=brush.ink(mix(colour, (255, 240, 220), 0.35), 0.8))
    brush.oval(0, 0.05, 0.94 * brush.half, 0.275, paint=brush.ink(colour, 0.9))


def _pattern(brush: Brush, room: Room) -> None:
    pale = brush.ink(mix(rgb(room.wall), (255, 255, 255), 0.4), 0.7)
    if room.pattern == "stripes":
        for x, _ in brush.along(0.5, "stripe"):
            brush.rect(x, brush.sheet.top - 1, 0.2, FLOOR - brush.sheet.top + 1, paint=pale)
    if room.pattern == "dots":
        for x, _ in brush.along(0.36, "dot"):
            for row in range(int(brush.crown / 0.36) + 2):
                brush.canvas.drawCircle(x + 0.18 * (row % 2), FLOOR - 0.3 - 0.36 * row, 0.035, pale)
    if room.pattern == "tiles":
        _tiles(brush, pale)


def _tiles(brush: Brush, pale: skia.Paint) -> None:
    pale.setStrokeWidth(0.016)
    for x, _ in brush.along(0.3, "tile"):
        brush.canvas.drawLine(x, FLOOR - 1.35, x, FLOOR, pale)
    for row in range(5):
        brush.canvas.drawLine(brush.sheet.left - 1, FLOOR - 0.3 * row - 0.15, brush.sheet.right + 1, FLOOR - 0.3 * row - 0.15, pale)


def _window(brush: Brush, x: float) -> None:
    width, height = 1.15, 1.05
    left, top = x - width / 2, FLOOR - 0.95 - height
    frame = brush.ink("#FFF7EA")
    brush.rect(left - 0.08, top - 0.08, width + 0.16, height + 0.16, paint=brush.ink("#6B5A50", 0.35), round_by=0.04)
    brush.rect(left - 0.07, top - 0.09, width + 0.14, height + 0.14, paint=frame, round_by=0.04)
    sky = brush.light.sky
    shader = skia.GradientShader.MakeLinear([skia.Point(0, top), skia.Point(0, top + height)], [skia.Color(*colour) for colour in sky])
    brush.rect(left, top, width, height, paint=skia.Paint(AntiAlias=True, Shader=shader))
    _through(brush, left, top, width, height)
    brush.rect(x - 0.025, top, 0.05, height, paint=frame)
    brush.rect(left, top + height * 0.48, width, 0.05, paint=frame)
    brush.rect(left - 0.14, top + height + 0.03, width + 0.28, 0.08, paint=frame, round_by=0.03)


def _through(brush: Brush, left: float, top: float, width: float, height: float) -> None:
    canvas = brush.canvas
    canvas.save()
    canvas.clipRect(skia.Rect.MakeXYWH(left, top, width, height), True)
    rng = brush.rng("pane")
    for _ in range(brush.light.stars // 6):
        canvas.drawCircle(left + width * rng.random(), top + height * 0.7 * rng.random(), 0.012, brush.glow("#FFF8E0", 0.8))
    if brush.light.sun in ("moon", "day"):
        canvas.drawCircle(left + width * 0.72, top + height * 0.27, 0.13, brush.glow("#FFF0BE"))
    hill = brush.ink("#5E8F6E" if not brush.light.snowy else "#F4F8FC")
    canvas.drawOval(skia.Rect.MakeXYWH(left - 0.5, top + height * 0.74, width + 1.0, height), hill)
    canvas.restore()


def _counter(brush: Brush) -> None:
    sheet = brush.sheet
    for side in (-1, 1):
        inner = 0.26 * brush.half * side
        outer = (sheet.right + 1) if side > 0 else (sheet.left - 1)
        left, width = min(inner, outer), abs(outer - inner)
        brush.rect(left, FLOOR - 0.78, width, 0.82, paint=brush.fade((0, FLOOR - 0.8), (0, FLOOR), ("#E9C9A0", "#C99E70")), round_by=0.03)
        brush.rect(left - 0.04, FLOOR - 0.84, width + 0.08, 0.09, paint=brush.ink("#8E6448"), round_by=0.03)
        for step in range(6):
            knob = inner + side * (0.3 + 0.6 * step)
            brush.canvas.drawCircle(knob, FLOOR - 0.55, 0.035, brush.ink("#7A563E"))


def _desk(brush: Brush) -> None:
    for share in (0.6, -0.62):
        x = share * brush.half
        brush.rect(x - 0.62, FLOOR - 0.48, 1.24, 0.08, paint=brush.ink("#A9794F"), round_by=0.02)
        for leg in (-0.55, 0.48):
            brush.rect(x + leg, FLOOR - 0.42, 0.07, 0.48, paint=brush.ink("#8A5F3C"))


def _special(brush: Brush, name: str) -> None:
    if name == "classroom":
        _blackboard(brush)
    if name == "library":
        _shelves(brush)


def _blackboard(brush: Brush) -> None:
    brush.rect(-1.3, FLOOR - 2.0, 2.4, 1.2, paint=brush.ink("#A9794F"), round_by=0.04)
    brush.rect(-1.23, FLOOR - 1.94, 2.26, 1.08, paint=brush.ink("#3D5B4C"))
    chalk = brush.ink("#F4F1E6", 0.8)
    chalk.setStrokeWidth(0.025)
    chalk.setStyle(skia.Paint.kStroke_Style)
    for row, length in enumerate((1.1, 0.8, 1.35)):
        brush.canvas.drawLine(-1.05, FLOOR - 1.7 + 0.22 * row, -1.05 + length, FLOOR - 1.72 + 0.22 * row, chalk)
    brush.canvas.drawCircle(0.68, FLOOR - 1.25, 0.2, chalk)


def _shelves(brush: Brush) -> None:
    colours = ("#A23B72", "#2E86AB", "#E4572E", "#5B8E7D", "#F2A541", "#3D5A80")
    for shelf in range(4):
        y = FLOOR - 0.2 - 0.62 * shelf
        brush.rect(brush.sheet.left - 1, y, brush.sheet.right - brush.sheet.left + 2, 0.07, paint=brush.ink("#6B472E"))
        for x, rng in brush.along(0.12, "book", shelf):
            height = 0.3 + 0.2 * rng.random()
            brush.rect(x, y - height, 0.1, height, paint=brush.ink(colours[int(rng.integers(len(colours)))]), round_by=0.01)


def cave_wall(brush: Brush) -> None:
    """Rock, an opening with the sky in it, stalactites."""
    sheet = brush.sheet
    brush.canvas.drawRect(skia.Rect(sheet.left - 1, sheet.top - 1, sheet.right + 1, sheet.bottom + 1), brush.ink("#5A4A58"))
    x, y = 0.22 * brush.half, FLOOR - 0.7
    halo(brush, x, y - 0.1, 2.6, "#FFF1C9", 0.5)
    sky = brush.light.sky
    shader = skia.GradientShader.MakeLinear([skia.Point(0, y - 0.8), skia.Point(0, y + 0.8)], [skia.Color(*colour) for colour in sky])
    brush.oval(x, y, 1.7, 1.75, paint=skia.Paint(AntiAlias=True, Shader=shader))
    brush.at_distance(0.3).emoji("🌲", x + 0.3, y + 0.8, 0.7)
    for left, rng in brush.along(0.4, "stalactite"):
        top = min(sheet.top, -brush.crown) - 0.1
        length = 0.7 + 0.9 * rng.random()
        at = left + 0.2 * rng.random()
        if abs(at - x) > 0.3:
            brush.shape([(at - 0.2, top), (at + 0.25, top), (at, top + length)], paint=brush.ink("#463948"), shadow=True)


def cave_floor(brush: Brush) -> None:
    """Stone with crystals."""
    brush.land(brush.ridge(FLOOR - 0.05, 0.06, 2.5, "stone"), ("#7A6A74", "#4A3E4A"), depth=1.3)
    for left, rng in brush.along(0.9, "crystal"):
        x = left + 0.6 * rng.random()
        if abs(x) > 0.5:
            brush.emoji(("💎", "🪨", "🪨")[int(rng.integers(3))], x, FLOOR + 0.08, 0.3 + 0.15 * rng.random())
