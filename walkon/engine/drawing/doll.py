"""The paper doll: a head from the font on a drawn body with rubber-hose limbs."""

import math
from dataclasses import dataclass

import skia

from walkon.engine.drawing.light import Rgb, mix
from walkon.engine.drawing.poses import Limbs, Point

HIP, TORSO, HEAD = 0.285, 0.26, 0.47
HOSE, HAND, ARM, LEG = 0.078, 0.044, 0.27, 0.29
PAPER = skia.Color(0xFF, 0xFA, 0xF0)
EDGE = 0.017


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """The colours of a doll, light already in them."""

    cloth: Rgb
    trousers: Rgb
    skin: Rgb
    shoes: Rgb
    belly: Rgb | None = None


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Joints of a pose in shares of the height, y downwards, mirrored to the facing; angle: of body and head, degrees."""

    hips: tuple[Point, Point]
    feet: tuple[Point, Point]
    shoulders: tuple[Point, Point]
    hands: tuple[Point, Point]
    neck: Point
    hip: Point
    angle: float
    head_angle: float
    facing: int


def skeleton(limbs: Limbs, facing: int) -> Skeleton:
    """Solve the joints of a pose."""
    angle = limbs.lean * facing
    lean = math.radians(angle)
    hip = (0.0, -(HIP - limbs.sink))

    def up(dx: float, dy: float) -> Point:
        return hip[0] + dx * math.cos(lean) + dy * math.sin(lean), hip[1] + dx * math.sin(lean) - dy * math.cos(lean)

    def to(point: Point) -> Point:
        return point[0] * facing, -point[1]

    def hand(shoulder: Point, target: Point) -> Point:
        return _within(shoulder, to((target[0], target[1] - 0.6 * limbs.sink)), ARM)

    shoulders = (up(-0.10 * facing, TORSO - 0.045), up(0.10 * facing, TORSO - 0.045))
    hands = (hand(shoulders[0], limbs.back_hand), hand(shoulders[1], limbs.front_hand))
    hips = (up(-0.055 * facing, 0.0), up(0.055 * facing, 0.0))
    return Skeleton(
        hips=hips,
        feet=(to(limbs.back_foot), to(limbs.front_foot)),
        shoulders=shoulders,
        hands=hands,
        neck=up(0.0, TORSO + limbs.nod - 0.01),
        hip=hip,
        angle=angle,
        head_angle=angle * 0.5 + limbs.tilt * facing,
        facing=facing,
    )


def _within(start: Point, target: Point, reach: float) -> Point:
    dx, dy = target[0] - start[0], target[1] - start[1]
    length = math.hypot(dx, dy)
    if length <= reach:
        return target
    return start[0] + dx * reach / length, start[1] + dy * reach / length


def draw_body(canvas: skia.Canvas, bones: Skeleton, wear: Wear, *, behind_head: bool = True) -> None:
    """Draw everything below the head; the canvas's unit is the doll's height, its origin the ground between the feet."""
    paths = _Paths(bones, arms=behind_head)
    paths.edge(canvas)
    paths.fill(canvas, wear)


def draw_arms(canvas: skia.Canvas, bones: Skeleton, wear: Wear) -> None:
    """Draw the arms on top, for hands before the face."""
    for shoulder, hand in zip(bones.shoulders, bones.hands, strict=True):
        limb = _hose(shoulder, hand, _elbow(shoulder, hand, bones.facing))
        _stroke(canvas, limb, HOSE + 2 * EDGE, PAPER)
        canvas.drawCircle(*hand, HAND + EDGE, skia.Paint(AntiAlias=True, Color=PAPER))
        _stroke(canvas, limb, HOSE, skia.Color(*wear.cloth))
        canvas.drawCircle(*hand, HAND, skia.Paint(AntiAlias=True, Color=skia.Color(*wear.skin)))


class _Paths:
    """The pieces of a body, cut once and painted twice: as paper edge, then in colour."""

    def __init__(self, bones: Skeleton, *, arms: bool) -> None:
        self._bones = bones
        self._arms = arms
        pairs = zip(bones.hips, bones.feet, strict=True)
        self._legs = [_hose(hip, (foot[0], foot[1] - 0.03), _knee(hip, foot, bones.facing)) for hip, foot in pairs]
        joints = zip(bones.shoulders, bones.hands, strict=True)
        self._sleeves = [_hose(shoulder, hand, _elbow(shoulder, hand, bones.facing)) for shoulder, hand in joints]
        self._tunic = _tunic(bones)

    def edge(self, canvas: skia.Canvas) -> None:
        paper = skia.Paint(AntiAlias=True, Color=PAPER)
        for leg in self._legs:
            _stroke(canvas, leg, HOSE + 2 * EDGE, PAPER)
        for foot in self._bones.feet:
            canvas.drawOval(_shoe(foot, self._bones.facing, EDGE), paper)
        _stroke(canvas, self._tunic, 2 * EDGE, PAPER, fill=True)
        if self._arms:
            for sleeve, hand in zip(self._sleeves, self._bones.hands, strict=True):
                _stroke(canvas, sleeve, HOSE + 2 * EDGE, PAPER)
                canvas.drawCircle(*hand, HAND + EDGE, paper)

    def fill(self, canvas: skia.Canvas, wear: Wear) -> None:
        back = mix(wear.trousers, (20, 20, 40), 0.18)
        if self._arms:
            self._arm(canvas, wear, 0, mix(wear.cloth, (20, 20, 40), 0.14))
        for leg, foot, colour in zip(self._legs, self._bones.feet, (back, wear.trousers), strict=True):
            _stroke(canvas, leg, HOSE, skia.Color(*colour))
            canvas.drawOval(_shoe(foot, self._bones.facing, 0.0), skia.Paint(AntiAlias=True, Color=skia.Color(*wear.shoes)))
        canvas.drawPath(self._tunic, skia.Paint(AntiAlias=True, Color=skia.Color(*wear.cloth)))
        self._front(canvas, wear)
        if self._arms:
            self._arm(canvas, wear, 1, wear.cloth)

    def _front(self, canvas: skia.Canvas, wear: Wear) -> None:
        """A belly for fur, a hem and buttons for cloth."""
        canvas.save()
        canvas.translate(*self._bones.hip)
        canvas.rotate(self._bones.angle)
        if wear.belly is not None:
            canvas.drawOval(skia.Rect.MakeXYWH(-0.07, -0.21, 0.14, 0.21), skia.Paint(AntiAlias=True, Color=skia.Color(*wear.belly)))
        else:
            dark = skia.Paint(AntiAlias=True, Color=skia.Color(*mix(wear.cloth, (20, 20, 40), 0.28)))
            canvas.drawRoundRect(skia.Rect.MakeXYWH(-0.135, -0.012, 0.27, 0.026), 0.012, 0.012, dark)
            light = skia.Paint(AntiAlias=True, Color=skia.Color(*mix(wear.cloth, (255, 255, 255), 0.6)))
            for y in (-0.155, -0.085):
                canvas.drawCircle(0, y, 0.0125, light)
        canvas.restore()

    def _arm(self, canvas: skia.Canvas, wear: Wear, side: int, colour: Rgb) -> None:
        _stroke(canvas, self._sleeves[side], HOSE, skia.Color(*colour))
        canvas.drawCircle(*self._bones.hands[side], HAND, skia.Paint(AntiAlias=True, Color=skia.Color(*wear.skin)))


def _hose(start: Point, end: Point, bend: Point) -> skia.Path:
    path = skia.Path()
    path.moveTo(*start)
    path.quadTo(*bend, *end)
    return path


def _knee(hip: Point, foot: Point, facing: int) -> Point:
    slack = max(0.0, LEG - math.dist(hip, foot))
    return (hip[0] + foot[0]) / 2 + facing * (0.03 + 0.9 * slack), (hip[1] + foot[1]) / 2


def _elbow(shoulder: Point, hand: Point, facing: int) -> Point:
    slack = max(0.0, ARM - math.dist(shoulder, hand))
    side = 1.0 if shoulder[0] >= 0 else -1.0
    return (shoulder[0] + hand[0]) / 2 + side * (0.03 + 0.55 * slack), (shoulder[1] + hand[1]) / 2 + 0.03 + 0.35 * slack


def _shoe(foot: Point, facing: int, grow: float) -> skia.Rect:
    return skia.Rect.MakeXYWH(foot[0] - 0.062 + 0.02 * facing - grow, foot[1] - 0.058 - grow, 0.124 + 2 * grow, 0.064 + 2 * grow)


def _tunic(bones: Skeleton) -> skia.Path:
    path = skia.Path()
    path.moveTo(-0.085, -TORSO)
    path.quadTo(-0.13, -TORSO + 0.005, -0.137, -TORSO * 0.62)
    path.lineTo(-0.145, -0.012)
    path.quadTo(-0.14, 0.04, -0.085, 0.04)
    path.lineTo(0.085, 0.04)
    path.quadTo(0.14, 0.04, 0.145, -0.012)
    path.lineTo(0.137, -TORSO * 0.62)
    path.quadTo(0.13, -TORSO + 0.005, 0.085, -TORSO)
    path.close()
    turn = skia.Matrix()
    turn.setRotate(bones.angle)
    turn.postTranslate(*bones.hip)
    path.transform(turn)
    return path


def _stroke(canvas: skia.Canvas, path: skia.Path, width: float, colour: int, *, fill: bool = False) -> None:
    style = skia.Paint.kStrokeAndFill_Style if fill else skia.Paint.kStroke_Style
    paint = skia.Paint(AntiAlias=True, Color=colour, Style=style, StrokeWidth=width)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    canvas.drawPath(path, paint)


def draw_mouth(canvas: skia.Canvas, x: float, y: float, width: float, opened: float) -> None:
    """A speaking mouth with its tongue around (x, y); opened: 0 to 1."""
    height = width * (0.25 + 0.75 * opened)
    lips = skia.Rect.MakeXYWH(x - width / 2, y - height / 2, width, height)
    canvas.drawOval(lips, skia.Paint(AntiAlias=True, Color=skia.Color(0x4A, 0x16, 0x20)))
    if opened > 0.25:
        tongue = skia.Rect.MakeXYWH(x - width * 0.3, y + height * 0.06, width * 0.6, height * 0.38)
        canvas.drawOval(tongue, skia.Paint(AntiAlias=True, Color=skia.Color(0xE8, 0x73, 0x7C)))
