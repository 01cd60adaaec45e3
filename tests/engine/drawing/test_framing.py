from dataclasses import replace
from itertools import pairwise

import pytest

from tests.engine.drawing.stagehand import BOARD, CAT, DOG, WOMAN, performed
from walkon.engine.drawing.camera import Frame
from walkon.types.scene import FPS, Action, Aspect, Kind, Line, Scene, Shot, Subject

ROCKET = Subject(id="rocket", noun="rocket", label="rocket", kind=Kind.VEHICLE, emoji="🚀")
HORSE = Subject(id="horse", noun="horse", label="horse", kind=Kind.ANIMAL, emoji="🐎")
SHOTS = {
    "two meet": Shot(subjects=(CAT, DOG), actions=(Action(verb="meet", subject="cat", object="dog"),)),
    "one dances": Shot(subjects=(WOMAN,), actions=(Action(verb="dance", subject="woman"),)),
    "one runs": Shot(subjects=(CAT,), actions=(Action(verb="run", subject="cat"),)),
    "one rides": Shot(subjects=(WOMAN, HORSE), actions=(Action(verb="ride", subject="woman", mount="horse"),)),
    "one flips": Shot(subjects=(CAT, BOARD), actions=(Action(verb="backflip", subject="cat", mount="skateboard"),)),
    "one takes off": Shot(subjects=(ROCKET,), actions=(Action(verb="launch", subject="rocket"),)),
    "one jumps over another": Shot(subjects=(CAT, DOG), actions=(Action(verb="jump", subject="cat", object="dog"),)),
    "one speaks": Shot(subjects=(WOMAN,), lines=(Line(speaker="woman", text="hello world"),)),
    "four wave": Shot(subjects=(replace(DOG, count=4),), actions=(Action(verb="wave", subject="dog"),)),
}


@pytest.mark.parametrize("aspect", list(Aspect))
@pytest.mark.parametrize("name", sorted(SHOTS))
def test_the_hero_stays_inside_the_picture(name: str, aspect: Aspect) -> None:
    scene = Scene(prompt=name, seconds=6, aspect=aspect, shots=(SHOTS[name],))
    frame = Frame.of(scene.size)
    (part,) = performed(scene)[0].shots
    hero = part.script.player(part.script.hero)
    assert hero is not None
    for index in range(0, int(part.take.seconds * FPS), 6):
        t = index / FPS
        view, state = part.camera.view(t), hero.track(t)
        unit = frame.unit_px * view.zoom
        x = frame.width / 2 + (state.x - view.x) * unit
        middle = frame.ground_y + (view.y - state.y - hero.figure.height * 0.6) * unit
        top = frame.ground_y + (view.y - state.y - hero.figure.height * 0.93 * state.sy) * unit
        assert 0.06 * frame.width < x < 0.94 * frame.width, t
        assert 0 < middle < frame.height, t
        assert top > -0.03 * frame.height, t


def test_a_locked_camera_keeps_one_view_for_most_of_the_shot() -> None:
    scene = Scene(prompt="dance", seconds=6, shots=(SHOTS["one dances"],))
    (part,) = performed(scene)[0].shots
    views = [part.camera.view(index / FPS) for index in range(144)]
    still = sum(one == other for one, other in pairwise(views))
    assert still > 90


def test_a_landing_kicks_the_camera() -> None:
    scene = Scene(prompt="flip", seconds=6, shots=(SHOTS["one flips"],))
    performance, _ = performed(scene)
    (part,) = performance.shots
    thud = next(cue.at_s for cue in performance.soundtrack.effects if cue.name == "thud")
    assert any(part.camera.view(thud + step / FPS).dy for step in range(1, 5))
    assert part.camera.view(thud - 2 / FPS).dy == 0
