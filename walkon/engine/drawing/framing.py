"""Framing: how close the camera stands and what it does, from what the take shows."""

from dataclasses import replace

from walkon.engine.drawing.camera import CameraPlan, Frame, Jolt, Way
from walkon.engine.drawing.motion.moves import move_of
from walkon.engine.drawing.players import Player
from walkon.engine.drawing.scenery import ROOFED, place_of
from walkon.engine.drawing.scripts import Script
from walkon.engine.drawing.timing import Take, TakeKind
from walkon.scene.verbs import RIDES, ROCKETS, Verb
from walkon.types.scene import FPS, Camera

CLOSEST, WIDEST = 1.75, 0.62
BALL_REACH = 2.9
"""Metres from the middle to which the camera looks after a ball."""
EXITS = frozenset({Verb.FLEE, Verb.LEAVE, Verb.STEAL})
"""What carries those beside the hero out of the picture: the camera does not make room for it."""
HERO_SHARE = 0.33
"""Share of the width that somebody followed may be away from the middle."""
RISING_ROOM = 0.95
"""Metres kept over a rising body: it leaves the camera a little behind."""
EASY_TOP = 0.11
"""Share of the picture kept free above the tallest body, for slate and tag."""


def frame_take(script: Script, take: Take, frame: Frame) -> CameraPlan:
    """The camera of one take."""
    hero = script.player(script.hero)
    jolts = tuple(Jolt(met.at_s, met.contact.jolt_px, met.contact.seconds) for met in script.meetings if met.contact.jolt_px)
    if hero is None:
        move = take.shot.camera if take.shot.camera is not Camera.HOLD else Camera.PAN
        return CameraPlan(move=move, seconds=take.seconds, jolts=jolts, to_zoom=1.12)
    if take.kind is TakeKind.SPEECH:
        return _speaking(hero, script, take, frame)
    return replace(_acting(hero, script, take, frame), jolts=jolts, handheld=take.shot.camera is Camera.SHAKE)


def _speaking(hero: Player, script: Script, take: Take, frame: Frame) -> CameraPlan:
    """A medium shot: the speaker fills the height, cut at the knees, eyes in the upper half."""
    state = hero.track(0.0)
    smaller = min(frame.height, frame.width)
    zoom = 0.98 * smaller / (hero.figure.height * frame.unit_px)
    if not hero.figure.doll:
        zoom = min(zoom * 0.72, 0.85 * frame.width / (hero.figure.height * 1.3 * frame.unit_px))
    unit = zoom * frame.unit_px
    top = (0.13 if frame.width >= frame.height else 0.27) * frame.height
    if not hero.figure.doll:
        top += 0.1 * frame.height
    y = max(-0.2, state.y + hero.figure.height - (frame.ground_y - top) / unit)
    others = [player for player in script.players if player.id != hero.id and player.acts]
    lean = 0.10 * frame.width / unit * state.facing if others and frame.width > frame.height else 0.0
    moving = any(act.verb in RIDES for act in hero.acts)
    if moving:
        return CameraPlan(move=Camera.FOLLOW, seconds=take.seconds, x=state.x, y=y, zoom=zoom, way=_straight(hero))
    return CameraPlan(move=Camera.HOLD, seconds=take.seconds, x=state.x + lean, y=y, zoom=zoom, to_zoom=zoom)


def _straight(hero: Player) -> Way:
    def way(t: float) -> tuple[float, float]:
        state = hero.track(t)
        return state.x, state.y

    return way


def _acting(hero: Player, script: Script, take: Take, frame: Frame) -> CameraPlan:
    move = _move(hero, take)
    left, right, top = _extent(script, take, moving=move is Camera.FOLLOW, rising=move is Camera.TILT)
    room_y = frame.ground_y - EASY_TOP * frame.height
    tall = frame.height > frame.width
    zoom = min(
        room_y / (top * frame.unit_px), (0.92 if tall else 0.86) * frame.width / ((right - left + (0.3 if tall else 0.9)) * frame.unit_px)
    )
    zoom = min(CLOSEST, max(WIDEST, zoom))
    middle = (left + right) / 2
    plan = CameraPlan(move=move, seconds=take.seconds, x=middle, zoom=zoom, to_zoom=zoom, way=_straight(hero), highest=_ceiling(take))
    return _moved(plan, hero, frame)


def _ceiling(take: Take) -> float:
    return 1.2 if place_of(take.shot.place) in ROOFED else 1e6


def _moved(plan: CameraPlan, hero: Player, frame: Frame) -> CameraPlan:
    zoom, state = plan.zoom, hero.track(0.0)
    if plan.move is Camera.FOLLOW:
        offset = 0.17 * frame.width / (zoom * frame.unit_px) * state.facing
        x = plan.x + (offset if frame.width > frame.height else 0.30 * state.facing)
        # Who is followed is seen, however long the row of others is.
        reach = HERO_SHARE * frame.width / (zoom * frame.unit_px)
        return replace(plan, x=min(max(x, state.x - reach), state.x + reach))
    if plan.move is Camera.PULL:
        return replace(plan, zoom=min(2.2, zoom * 1.25), to_zoom=max(WIDEST, zoom * 0.8), x=state.x + 0.2)
    if plan.move in (Camera.PUSH, Camera.CLOSE):
        return replace(plan, zoom=zoom * 0.92, to_zoom=zoom * (1.3 if plan.move is Camera.PUSH else 1.5), x=(plan.x + state.x) / 2)
    if plan.move is Camera.HOLD:
        return replace(plan, zoom=zoom / 1.05, to_zoom=zoom)
    return plan


def _move(hero: Player, take: Take) -> Camera:
    asked = take.shot.camera
    verbs = [act.verb for act in hero.acts]
    if any(verb in ROCKETS for verb in verbs):
        return Camera.TILT
    goes = any(move_of(act.verb).travels and act.goal is None for act in hero.acts if act.verb is not Verb.MEET)
    goes = goes or any(act.verb in (Verb.CHASE, Verb.FLEE, Verb.PUSH, Verb.PULL) for act in hero.acts)
    carried = any(act.mounted for act in hero.acts)
    if goes or carried:
        return Camera.PULL if asked is Camera.PULL else Camera.FOLLOW
    return Camera.HOLD if asked in (Camera.TILT, Camera.FOLLOW) else asked


def _extent(script: Script, take: Take, *, moving: bool, rising: bool) -> tuple[float, float, float]:
    """Left, right and top of what the take shows, metres; bodies the camera follows count where they begin."""
    left, right, top = 1e9, -1e9, 1.3
    step = 4
    for player in script.players:
        half = player.half + 0.1
        for index in range(0, max(1, int(take.seconds * FPS)), step):
            if player.id != script.hero and player.verb_at(index / FPS) in EXITS and index:
                break
            state = player.track(index / FPS)
            if rising and player.id == script.hero:
                state = replace(state, y=RISING_ROOM)
            if index and moving:
                top = max(top, state.y + player.figure.height * state.sy) if state.y < 4 else top
                continue
            if player.ball:
                left, right = max(min(left, state.x - half), -BALL_REACH), min(max(right, state.x + half), BALL_REACH)
                continue
            if state.alpha <= 0:
                continue
            reach = 2.65 if player.hoop else player.figure.height * max(1.0, state.scale) * min(1.15, max(0.9, state.sy))
            left, right = min(left, state.x - half), max(right, state.x + half)
            top = max(top, state.y + reach)
    if left > right:
        left, right = -1.0, 1.0
    return left, right, top * 1.04
