"""The film: any frame of a performance, drawn when asked for. A frame depends on (scene, seed, index) only."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import skia

from walkon.engine.drawing import art
from walkon.engine.drawing import light as lights
from walkon.engine.drawing.actors import Troupe, draw_hoop
from walkon.engine.drawing.camera import Frame, View
from walkon.engine.drawing.captions import Captions, Signs
from walkon.engine.drawing.direction import Performance, Staged
from walkon.engine.drawing.emitter import Emitter
from walkon.engine.drawing.fonts import lettering
from walkon.engine.drawing.motion.state import Puff, State
from walkon.engine.drawing.particles import Air
from walkon.engine.drawing.players import Emits, Player
from walkon.engine.drawing.puffs import draw_puff
from walkon.engine.drawing.scenery import FRONT, LEAFY, ROOFED, SETS, place_of
from walkon.engine.drawing.sets.water import HORIZON
from walkon.engine.drawing.sprites import sprite_book
from walkon.engine.drawing.stage import Backdrop, anchor, layer_zoom
from walkon.engine.drawing.timing import TakeKind
from walkon.engine.drawing.titles import TitleCard
from walkon.scene.places import Place
from walkon.scene.verbs import Verb
from walkon.types.scene import FPS, Camera, Scene, TimeOfDay, Weather

GLITTERING = frozenset({Place.BEACH, Place.SEA, Place.ISLAND})
VOICED = {
    Verb.SHOUT: lambda t: 0.62 + 0.38 * math.sin(2 * math.pi * 0.9 * t),
    Verb.SING: lambda t: 0.5 + 0.4 * math.sin(2 * math.pi * 1.7 * t),
    Verb.TALK: lambda t: max(0.0, 0.45 * math.sin(2 * math.pi * 3.1 * t)),
}
"""How open a mouth is that makes sounds without words, by seconds of the take."""
PREPARED = 2
"""Takes kept painted: the running one and its neighbour, about 20 MB each."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    staged: Staged
    backdrop: Backdrop
    front: Backdrop | None
    troupe: Troupe
    air: Air
    title: TitleCard | None
    place: Place


class Film:
    """The picture half of a clip."""

    def __init__(self, scene: Scene, performance: Performance) -> None:
        """Paints nothing yet. Raises BackendUnavailable where the fonts are missing."""
        self._scene, self._performance = scene, performance
        self._frame = Frame.of(scene.size)
        self._sprites, self._letters = sprite_book(), lettering()
        self._emitter = Emitter(self._sprites)
        self._captions = Captions(performance.soundtrack.speeches, self._frame, self._letters)
        self._signs = Signs(self._frame, self._letters)
        self._prepared: dict[int, _Prepared] = {}

    @property
    def frame_count(self) -> int:
        """Pictures of the clip at 24 a second."""
        return round(self._performance.seconds * FPS)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._frame.width, self._frame.height

    @property
    def poster_index(self) -> int:
        """The frame that stands for the clip: past the middle of its longest action."""
        longest = max(self._performance.shots, key=lambda part: part.take.seconds * (part.take.kind is not TakeKind.SPEECH) + 0.01)
        at = longest.take.start_s + 0.62 * longest.take.seconds
        return min(self.frame_count - 1, round(at * FPS))

    def draw(self, index: int, into: npt.NDArray[np.uint8]) -> None:
        """Draw frame `index` into a C-contiguous BGRA buffer (height, width, 4), opaque. Raises IndexError outside the film."""
        if not 0 <= index < self.frame_count:
            raise IndexError(index)
        number, part = self._at(index)
        prepared = self._prepare(number, part)
        info = skia.ImageInfo.Make(
            self._frame.width, self._frame.height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
        )
        surface = skia.Surface.MakeRasterDirect(info, into, self._frame.width * 4)
        canvas = surface.getCanvas()
        t = index / FPS - part.take.start_s
        self._picture(canvas, prepared, t)
        self._captions.draw(canvas, index / FPS)
        self._signs.draw(canvas, part.slate)
        surface.flushAndSubmit()

    def prepare(self, index: int) -> None:
        """Paint the scenery that frame needs, if it is not there yet."""
        self._prepare(*self._at(index))

    def _at(self, index: int) -> tuple[int, Staged]:
        t = index / FPS + 1e-6
        shots = self._performance.shots
        number = max(number for number, part in enumerate(shots) if part.take.start_s <= t)
        return number, shots[number]

    def _prepare(self, number: int, part: Staged) -> _Prepared:
        kept = self._prepared.get(number)
        if kept is not None:
            return kept
        while len(self._prepared) >= PREPARED:
            self._prepared.pop(min(self._prepared))
        made = self._prepared[number] = self._painted(part)
        return made

    def _painted(self, part: Staged) -> _Prepared:
        shot = part.take.shot
        place = place_of(shot.place)
        light = lights.light_of(place, shot.time, shot.weather)
        if any(player.order <= 1 and player.figure.emoji in art.LIGHTS for player in part.script.players):
            light = replace(light, sun=None)
        views = list(dict.fromkeys(part.camera.view(index / FPS) for index in range(round(part.take.seconds * FPS) + 1)))
        seed = self._scene.seed + part.take.shot_index * 101 * (not shot.place_said)
        backdrop = Backdrop(SETS[place], frame=self._frame, light=light, seed=self._scene.seed, views=views, sprites=self._sprites)
        front = None
        if place in LEAFY and part.take.kind is TakeKind.ACTION and part.camera.move not in (Camera.FOLLOW, Camera.TILT):
            front = Backdrop([FRONT], frame=self._frame, light=light, seed=self._scene.seed, views=views, sprites=self._sprites)
        zoom = max(view.zoom for view in views) * self._largest(part)
        troupe = Troupe(frame=self._frame, light=light, sprites=self._sprites, letters=self._letters, zoom=zoom)
        title = None
        if part.take.kind is TakeKind.TITLE:
            title = TitleCard(
                shot.title or self._scene.prompt,
                self._frame,
                letters=self._letters,
                sprites=self._sprites,
                beat_s=self._performance.beat_s,
                seconds=part.take.seconds,
            )
        air = Air(self._frame.width, self._frame.height, seed, self._sprites)
        return _Prepared(part, backdrop, front, troupe, air, title, place)

    def _largest(self, part: Staged) -> float:
        """The largest scale a body reaches, so that a giant is not a blurred dwarf."""
        times = [index * 6 / FPS for index in range(int(part.take.seconds * FPS / 6) + 1)]
        return max([1.0, *(player.track(t).scale for player in part.script.players for t in times)])

    def _picture(self, canvas: skia.Canvas, prepared: _Prepared, t: float) -> None:
        part = prepared.staged
        view = part.camera.view(t)
        locked = part.camera.view(t + 1 / FPS) == view or part.camera.view(max(0.0, t - 1 / FPS)) == view
        prepared.backdrop.draw(canvas, view, locked=locked)
        self._water(canvas, prepared, view, t)
        body_t = self._body_time(part, t)
        states = [(player, player.track(body_t)) for player in part.script.players]
        for player, state in states:
            if not player.hoop:
                prepared.troupe.shadow(canvas, player, state, view)
        for player, state in states:
            self._player(canvas, prepared, player, state, view, t)
        self._puffs(canvas, prepared, view, t)
        if prepared.front is not None:
            prepared.front.draw(canvas, view, locked=False)
        self._weather(canvas, prepared, t)
        if prepared.title is not None:
            prepared.title.draw(canvas, t)

    def _water(self, canvas: skia.Canvas, prepared: _Prepared, view: View, t: float) -> None:
        if prepared.place not in GLITTERING:
            return
        sea = next(layer for layer in SETS[prepared.place] if layer.name == "far")
        unit = self._frame.unit_px * layer_zoom(sea, view)
        horizon = anchor(self._frame, sea, view)[1] + HORIZON * unit
        shore = self._frame.ground_y + (view.y - 0.72) * self._frame.unit_px * view.zoom
        if shore > horizon + 8:
            prepared.air.glints(canvas, prepared.staged.take.start_s + t, top=horizon + 4, bottom=shore)

    def _body_time(self, part: Staged, t: float) -> float:
        """Speaking bodies move on twos: a new pose every second frame."""
        if part.take.kind is not TakeKind.SPEECH:
            return t
        return int(t * FPS / 2 + 1e-6) * 2 / FPS

    def _player(self, canvas: skia.Canvas, prepared: _Prepared, player: Player, state: State, view: View, t: float) -> None:
        spot = prepared.troupe.spot(player, state, view)
        if player.hoop:
            draw_hoop(canvas, spot.x, spot.ground, spot.unit, self._hoop_shake(prepared.staged, t))
            return
        flames = [emission for emission in player.emissions if emission.kind is Emits.FLAME]
        size = player.figure.height * spot.unit * (state.scale or 1.0)
        for emission in flames:
            since = t - emission.start_s
            if 0 <= since:
                self._emitter.smoke(canvas, x=spot.x, ground=spot.ground, unit=spot.unit, since=since, up=state.y)
            if emission.start_s <= t < emission.end_s and state.y > 0.02:
                self._emitter.draw(canvas, Emits.FLAME, x=spot.x, y=spot.y, size=size, since=t - emission.start_s, facing=state.facing)
        prepared.troupe.draw(canvas, player, state, view, mouth=self._mouth(prepared.staged, player, t), t=t)
        for emission in player.emissions:
            shown = state.scale > 0.1 or emission.kind is Emits.RUIN
            if emission.kind is not Emits.FLAME and emission.start_s <= t < emission.end_s and shown:
                top = spot.y - size * state.sy * (1.0 if abs(state.turn) < 45 else 0.35)
                x = spot.x if abs(state.turn) < 45 else spot.x + size * 0.8 * (1 if state.turn > 0 else -1)
                self._emitter.draw(canvas, emission.kind, x=x, y=top, size=size, since=t - emission.start_s, facing=state.facing)

    def _hoop_shake(self, part: Staged, t: float) -> float:
        hits = [met.at_s for met in part.script.meetings if met.contact.effect in ("rim", "swish") and met.at_s <= t]
        if not hits:
            return 0.0
        since = t - hits[-1]
        return float(3 * np.exp(-4 * since) * np.sin(38 * since))

    def _mouth(self, part: Staged, player: Player, t: float) -> float | None:
        """How open the mouth is; None where it does not speak in this take. Who shouts or sings in an action has one too."""
        if part.take.kind is not TakeKind.SPEECH:
            return VOICED[verb](t) if (verb := player.verb_at(t)) in VOICED else None
        at = part.take.start_s + t
        for line in self._performance.spoken:
            since = at - line.cue.at_s
            if line.speaker == player.id and -0.5 <= since < line.cue.speech.seconds + 0.5 and part.take.line is not None:
                index = int(since * FPS + 1e-6) if since >= 0 else -1
                mouth = line.cue.speech.mouth
                return float(mouth[index]) if 0 <= index < len(mouth) else 0.0
        return None

    def _puffs(self, canvas: skia.Canvas, prepared: _Prepared, view: View, t: float) -> None:
        for met in prepared.staged.script.meetings:
            if met.contact.puff is Puff.NONE or not 0 <= t - met.at_s < 1.7:
                continue
            unit = self._frame.unit_px * view.zoom
            x = self._frame.width / 2 + (met.contact.x - view.x) * unit
            y = self._frame.ground_y + (view.y - met.contact.y) * unit
            draw_puff(canvas, met.contact.puff, x, y, unit, t - met.at_s, self._sprites)

    def _weather(self, canvas: skia.Canvas, prepared: _Prepared, t: float) -> None:
        shot, air, place = prepared.staged.take.shot, prepared.air, prepared.place
        clock = prepared.staged.take.start_s + t
        open_air = place not in ROOFED and place not in (Place.SPACE, Place.MOON, Place.UNDERWATER)
        if open_air:
            if shot.weather in (Weather.RAIN, Weather.STORM):
                air.rain(canvas, clock, storm=shot.weather is Weather.STORM)
            elif shot.weather is Weather.SNOW:
                air.snow(canvas, clock)
            elif shot.weather is Weather.WIND:
                air.wind(canvas, clock)
            elif shot.weather is Weather.FOG:
                air.fog(canvas, clock)
            if shot.weather is Weather.STORM:
                air.flash(canvas, t)
            if (
                shot.time in (TimeOfDay.NIGHT, TimeOfDay.DUSK)
                and place in (Place.FIELD, Place.FOREST, Place.JUNGLE, Place.GARDEN)
                and shot.weather is Weather.CLEAR
            ):
                air.fireflies(canvas, clock)
        if place is Place.UNDERWATER:
            air.bubbles(canvas, clock)
        for particle in shot.particles:
            air.wished(canvas, particle, clock)


def warm() -> None:
    """Load the fonts and cut what most clips show, about 0.4 s that the first clip then does not wait for. Raises BackendUnavailable."""
    lettering().text("walkon", 20)
    for emoji in ("🌳", "🌲", "🌴", "✨", "💥"):
        sprite_book().aspect(emoji)
