"""Draws a player in a state: cut-out or doll, with shadow, held thing, mouth and paper label."""

import math
from dataclasses import dataclass, replace

import skia

from walkon.engine.drawing import art, doll
from walkon.engine.drawing.camera import Frame, View
from walkon.engine.drawing.figures import Figure, tint_of, wear_of
from walkon.engine.drawing.fonts import Lettering
from walkon.engine.drawing.light import Light
from walkon.engine.drawing.motion.state import State
from walkon.engine.drawing.players import Held, Player
from walkon.engine.drawing.poses import limbs
from walkon.engine.drawing.sprites import Sprite, SpriteBook, SpriteKey
from walkon.engine.drawing.turned import LEAST_PX, LINEAR, Pose, Turnery, matrix_of, sampling_of
from walkon.scene.verbs import Verb

SHADOW = (0x0A, 0x0E, 0x1E)
SHADOW_ALPHA = 0.37
STILL_DEGREES = 0.35
"""Below it a body is drawn upright: rotation makes a sprite thirty times dearer."""
TOSS_S, TOSS_SHARE = 0.9, 0.42
"""Seconds of a toss and its height as a share of the body's."""
MOST_PX = 620
"""No body is made larger; beyond it the edge is soft, and so is everything else that near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a body stands in the picture. x, y: its feet, pixels; ground: the floor under it; unit: pixels a metre."""

    x: float
    y: float
    ground: float
    unit: float


class Troupe:
    """Draws the bodies of one take with sprites made for its closest view."""

    def __init__(self, *, frame: Frame, light: Light, sprites: SpriteBook, letters: Lettering, zoom: float) -> None:
        self._frame, self._light, self._sprites, self._letters, self._zoom = frame, light, sprites, letters, zoom
        self._turnery = Turnery()
        self._slips: dict[str, skia.Image] = {}

    def spot(self, player: Player, state: State, view: View) -> Spot:
        """The place of a body in a view."""
        unit = self._frame.unit_px * view.zoom
        ground = self._frame.ground_y + view.y * unit + player.depth * unit + view.dy
        x = self._frame.width / 2 + (state.x - view.x) * unit + view.dx
        return Spot(x=x, y=ground - state.y * unit, ground=ground, unit=unit)

    def shadow(self, canvas: skia.Canvas, player: Player, state: State, view: View) -> None:
        """The contact shadow: smaller and paler the higher the body is."""
        if not player.shadow or state.alpha <= 0 or state.y > 2.2:
            return
        spot = self.spot(player, state, view)
        up = min(1.0, max(0.0, state.y) / 2.2)
        lying = abs(math.sin(math.radians(state.turn))) if player.figure.doll else 0.0
        wide = player.figure.height * (0.40 + 0.55 * lying) if player.figure.doll else self._width(player.figure) * 0.92
        width = max(0.2, wide * spot.unit * state.scale * min(1.3, abs(state.sx) + 0.05)) * (1 - 0.5 * up)
        height = 0.09 * player.figure.height * spot.unit * (1 - 0.4 * up)
        x = spot.x + (lying * 0.45 * player.figure.height * spot.unit * math.copysign(1, state.turn) if lying else 0.0)
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(*SHADOW, int(255 * SHADOW_ALPHA * (1 - 0.75 * up))))
        canvas.drawOval(skia.Rect.MakeXYWH(x - width / 2, spot.ground - height / 2, width, height), paint)

    def draw(self, canvas: skia.Canvas, player: Player, state: State, view: View, *, mouth: float | None, t: float) -> None:
        """The body itself. mouth: its opening, 0 to 1, or None where it is not speaking."""
        if state.alpha <= 0 or state.scale <= 0.01:
            return
        spot = self.spot(player, state, view)
        if spot.x < -2 * player.figure.height * spot.unit or spot.x > self._frame.width + 2 * player.figure.height * spot.unit:
            return
        if player.board is not None:
            draw_board(canvas, player.board, spot.x, spot.y, player.figure.height * spot.unit, state.turn)
        if player.becomes is not None and t >= player.becomes[1]:
            player = replace(player, figure=player.becomes[0])
        if player.figure.doll:
            self._doll(canvas, player, state, spot, mouth)
        else:
            self._cut_out(canvas, player, state, spot, mouth)
            if player.held is not None:
                self._carried(canvas, player, player.held, state, spot)
        if player.figure.label:
            self._slip(canvas, player.figure.label, player.figure.height, state, spot)

    def _width(self, figure: Figure) -> float:
        return figure.height * self._sprites.aspect(figure.emoji)

    def _key(self, figure: Figure, emoji: str, height_u: float, *, facing: int, edged: bool = True) -> SpriteKey:
        px = min(MOST_PX, max(10, round(height_u * self._frame.unit_px * self._zoom)))
        flipped = figure.flips and (facing < 0) == (emoji in art.FACING_RIGHT)
        return SpriteKey(emoji, px, tint_of(figure, self._light), edged, figure.dark, flipped)

    def _cut_out(self, canvas: skia.Canvas, player: Player, state: State, spot: Spot, mouth: float | None) -> None:
        facing = state.facing if state.sx >= 0 else -state.facing
        key = self._key(player.figure, player.figure.emoji, player.figure.height, facing=facing, edged=player.edged)
        sprite = self._sprites.get(key)
        ratio = player.figure.height * spot.unit * state.scale / sprite.height
        voice = 1 + 0.09 * mouth if mouth is not None else 1.0
        turn = state.turn if abs(state.turn) >= STILL_DEGREES else 0.0
        pose = Pose(ratio * abs(state.sx), ratio * state.sy * voice, turn, state.belly or abs(turn) > 30)
        if sprite.width * sprite.height * pose.sx * pose.sy >= LEAST_PX:
            turned = self._turnery.get(key, sprite, pose.rounded())
            canvas.drawImage(turned.image, round(spot.x) + turned.left, round(spot.y) + turned.top)
            return
        canvas.save()
        canvas.translate(spot.x, spot.y)
        canvas.concat(matrix_of(sprite, pose))
        canvas.drawImage(sprite.image, 0, 0, sampling_of(pose))
        canvas.restore()

    def _carried(self, canvas: skia.Canvas, player: Player, held: Held, state: State, spot: Spot) -> None:
        """A thing before a body without hands."""
        size = player.figure.height * spot.unit * state.scale
        px = max(8, round(held.height * self._frame.unit_px * self._zoom))
        sprite = self._sprites.get(SpriteKey(held.emoji, px, self._light.actor))
        scale = held.height * spot.unit * state.scale / sprite.height
        canvas.save()
        canvas.translate(spot.x + 0.26 * size * state.facing, spot.y - 0.30 * size * state.sy)
        canvas.rotate(-8 * state.facing)
        canvas.scale(scale, scale)
        canvas.drawImage(sprite.image, -sprite.width / 2 - sprite.pad, -sprite.height / 2 - sprite.pad, LINEAR)
        canvas.restore()

    def _doll(self, canvas: skia.Canvas, player: Player, state: State, spot: Spot, mouth: float | None) -> None:
        figure = player.figure
        size = figure.height * spot.unit * state.scale
        pose = limbs(state.pose, state.clock, 0.0 if state.pose.name in ("DRIBBLE",) else (player.acts[0].phase if player.acts else 0.0))
        bones = doll.skeleton(pose, state.facing)
        head = self._head(figure, state.facing)
        wear = wear_of(figure, head, self._light)
        canvas.save()
        canvas.translate(spot.x, spot.y)
        if abs(state.turn) >= STILL_DEGREES:
            middle = -0.5 * size if state.belly else 0.0
            canvas.translate(0, middle)
            canvas.rotate(state.turn)
            canvas.translate(0, -middle)
        canvas.scale(state.sx * size, state.sy * size)
        over = any(hand[1] < -0.56 and abs(hand[0]) < 0.2 for hand in bones.hands)
        doll.draw_body(canvas, bones, wear, behind_head=not over)
        if player.held and player.held.low and not player.held.worn:
            self._thing(canvas, player.held, bones, figure, state.clock)
        self._draw_head(canvas, head, bones, figure, mouth)
        if player.held and player.held.worn:
            self._worn(canvas, player.held, head, bones, figure)
        if over:
            doll.draw_arms(canvas, bones, wear)
        if player.held and not player.held.low and not player.held.worn:
            self._thing(canvas, player.held, bones, figure, state.clock)
        canvas.restore()

    def _head(self, figure: Figure, facing: int) -> Sprite:
        share = doll.HEAD * (1.18 if figure.bust else 1.0)
        return self._sprites.get(self._key(figure, figure.emoji, figure.height * share, facing=facing))

    def _draw_head(self, canvas: skia.Canvas, head: Sprite, bones: doll.Skeleton, figure: Figure, mouth: float | None) -> None:
        share = doll.HEAD * (1.18 if figure.bust else 1.0)
        scale = share / head.height
        if head.width * scale > 0.62:
            scale = 0.62 / head.width
        canvas.save()
        canvas.translate(*bones.neck)
        if abs(bones.head_angle) >= STILL_DEGREES:
            canvas.rotate(bones.head_angle)
        canvas.scale(scale, scale * (1 + 0.06 * mouth) if mouth and figure.mouth is None else scale)
        drop = head.height * (0.20 if figure.bust else 0.075)
        canvas.drawImage(head.image, -head.width / 2 - head.pad, -head.height - head.pad + drop, LINEAR)
        if mouth is not None and mouth > 0.06 and figure.mouth is not None:
            spot = figure.mouth
            x = (spot.x - 0.5) * head.width * (-1 if figure.flips and bones.facing > 0 else 1)
            doll.draw_mouth(canvas, x, -head.height * (1 - spot.y) + drop, head.width * spot.width, mouth)
        canvas.restore()

    def _worn(self, canvas: skia.Canvas, worn: Held, head: Sprite, bones: doll.Skeleton, figure: Figure) -> None:
        """Glasses before the eyes, a hat on top."""
        share = doll.HEAD * (1.18 if figure.bust else 1.0)
        scale = min(share / head.height, 0.62 / head.width)
        glasses = worn.emoji in art.EYEWEAR
        sprite = self._sprites.get(
            SpriteKey(worn.emoji, max(8, round(0.25 * figure.height * self._frame.unit_px * self._zoom)), self._light.actor)
        )
        size = head.width * scale * (0.72 if glasses else 0.78) / sprite.width
        drop = head.height * (0.20 if figure.bust else 0.075)
        canvas.save()
        canvas.translate(*bones.neck)
        canvas.rotate(bones.head_angle)
        top = (drop - head.height * (0.56 if glasses else 0.90)) * scale
        canvas.translate(0, top)
        canvas.scale(size, size)
        canvas.drawImage(sprite.image, -sprite.width / 2 - sprite.pad, -sprite.height * (0.5 if glasses else 0.75) - sprite.pad, LINEAR)
        canvas.restore()

    def _thing(self, canvas: skia.Canvas, held: Held, bones: doll.Skeleton, figure: Figure, clock: float) -> None:
        px = max(8, round(held.height * self._frame.unit_px * self._zoom))
        sprite = self._sprites.get(SpriteKey(held.emoji, px, self._light.actor))
        x, y = bones.hands[1]
        if held.low:
            x, y = (bones.hands[0][0] + bones.hands[1][0]) / 2 + 0.02 * bones.facing, max(bones.hands[0][1], bones.hands[1][1]) - 0.02
        scale = held.height / figure.height / sprite.height
        canvas.save()
        u = clock / TOSS_S % 1.0 if held.tossed else 0.0
        canvas.translate(x + (0.0 if held.low else 0.03 * bones.facing), y - 4 * TOSS_SHARE * u * (1 - u))
        canvas.rotate(held.angle * bones.facing - 360 * u)
        canvas.scale(scale, scale)
        grip = 0.5 if held.low or held.tossed else 0.72
        canvas.drawImage(sprite.image, -sprite.width / 2 - sprite.pad, -sprite.height * grip - sprite.pad, LINEAR)
        canvas.restore()

    def _slip(self, canvas: skia.Canvas, label: str, height: float, state: State, spot: Spot) -> None:
        """A strip of paper with the word the lexicon lacks."""
        image = self._slips.get(label)
        if image is None:
            image = self._slips[label] = paper_slip(self._letters, label, max(11.0, 0.034 * min(self._frame.height, self._frame.width)))
        y = spot.y - 0.34 * height * spot.unit * state.sy
        canvas.save()
        canvas.translate(spot.x, y)
        canvas.rotate(-4 + 0.4 * state.turn)
        canvas.drawImage(image, -image.width() / 2, -image.height() / 2, LINEAR)
        canvas.restore()


def paper_slip(letters: Lettering, words: str, size_px: float) -> skia.Image:
    """A strip of cream paper with dark words on it."""
    shown = words if len(words) <= 18 else f"{words[:17]}…"
    text = letters.text(shown, size_px, skia.Color(0x2A, 0x2A, 0x3C))
    pad = size_px * 0.45
    width, height = math.ceil(text.width + 2 * pad) + 6, math.ceil(text.height + 0.5 * pad) + 6
    info = skia.ImageInfo.Make(width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    surface = skia.Surface.MakeRaster(info)
    canvas = surface.getCanvas()
    canvas.clear(0)
    box = skia.Rect.MakeXYWH(3, 2, width - 6, height - 5)
    canvas.drawRoundRect(box.makeOffset(0, 2), 4, 4, skia.Paint(AntiAlias=True, Color=skia.Color(10, 14, 30, 70)))
    canvas.drawRoundRect(box, 4, 4, skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFA, 0xF0)))
    text.paint(canvas, 3 + pad, 2 + 0.25 * pad - 1)
    return surface.makeImageSnapshot()


def draw_board(canvas: skia.Canvas, sport: Verb, x: float, y: float, size: float, turn: float) -> None:
    """What a surfer, skier or skater without a named board stands on. size: the body's height in pixels."""
    long, thick, code = {
        Verb.SURF: (0.95, 0.075, (0xF7, 0xD0, 0x46)),
        Verb.SKI: (1.0, 0.035, (0xE4, 0x57, 0x2E)),
        Verb.SKATE: (0.55, 0.05, (0x3D, 0x5A, 0x80)),
    }[sport]
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(turn)
    canvas.scale(size, size)
    for grow, colour in ((0.018, doll.PAPER), (0.0, skia.Color(*code))):
        box = skia.Rect.MakeXYWH(-long / 2 - grow, -0.01 - grow, long + 2 * grow, thick + 2 * grow)
        canvas.drawRoundRect(box, thick / 2 + grow, thick / 2 + grow, skia.Paint(AntiAlias=True, Color=colour))
    if sport is Verb.SKATE:
        for wheel in (-0.18, 0.18):
            canvas.drawCircle(wheel, thick + 0.02, 0.032, skia.Paint(AntiAlias=True, Color=skia.Color(0xE4, 0x57, 0x2E)))
    canvas.restore()


def draw_hoop(canvas: skia.Canvas, x: float, ground: float, unit: float, shake: float) -> None:
    """Pole, board, rim and net of a basket; shake: degrees."""
    canvas.save()
    canvas.translate(x, ground)
    canvas.scale(unit, unit)
    paper = skia.Paint(AntiAlias=True, Color=doll.PAPER)
    iron = skia.Paint(AntiAlias=True, Color=skia.Color(0x4A, 0x55, 0x68))
    for paint, grow in ((paper, 0.02), (iron, 0.0)):
        canvas.drawRoundRect(skia.Rect.MakeLTRB(0.40 - grow, -2.2 - grow, 0.47 + grow, 0.0), 0.03, 0.03, paint)
    canvas.rotate(shake, 0.44, -2.1)
    board = skia.Rect.MakeLTRB(0.25, -2.62, 0.36, -1.82)
    canvas.drawRoundRect(board.makeOutset(0.02, 0.02), 0.04, 0.04, paper)
    canvas.drawRoundRect(board, 0.03, 0.03, skia.Paint(AntiAlias=True, Color=skia.Color(0xE9, 0xEE, 0xF4)))
    canvas.drawRect(skia.Rect.MakeLTRB(0.25, -2.38, 0.29, -2.06), skia.Paint(AntiAlias=True, Color=skia.Color(0xE4, 0x57, 0x2E)))
    _net(canvas)
    rim = skia.Paint(AntiAlias=True, Color=skia.Color(0xE4, 0x57, 0x2E), Style=skia.Paint.kStroke_Style, StrokeWidth=0.05)
    canvas.drawOval(skia.Rect.MakeLTRB(-0.30, -2.11, 0.27, -1.99), rim)
    canvas.restore()


def _net(canvas: skia.Canvas) -> None:
    cord = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFF, 0xFF, 0xDD), Style=skia.Paint.kStroke_Style, StrokeWidth=0.02)
    for index in range(6):
        top = -0.28 + index * 0.106
        bottom = -0.17 + index * 0.062
        canvas.drawLine(top, -2.05, bottom + 0.04, -1.66, cord)
        canvas.drawLine(top, -2.05, bottom - 0.05, -1.66, cord)
    for index in range(3):
        y = -1.94 + index * 0.12
        canvas.drawLine(-0.26 + 0.04 * index, y, 0.24 - 0.04 * index, y, cord)
