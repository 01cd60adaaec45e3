import numpy as np
import pytest

from walkon.engine.drawing.camera import Frame, View
from walkon.engine.drawing.light import light_of
from walkon.engine.drawing.scenery import SETS
from walkon.engine.drawing.sprites import sprite_book
from walkon.engine.drawing.stage import Backdrop, surface_over
from walkon.scene.places import Place
from walkon.types.scene import TimeOfDay, Weather

SMALL = Frame.of((214, 120))


def painted(place: Place, time: TimeOfDay, weather: Weather, *views: View, frame: Frame = SMALL, locked: bool = False) -> np.ndarray:
    backdrop = Backdrop(
        SETS[place], frame=frame, light=light_of(place, time, weather), seed=3, views=list(views) or [View()], sprites=sprite_book()
    )
    pixels = np.zeros((frame.height, frame.width, 4), np.uint8)
    surface = surface_over(pixels)
    backdrop.draw(surface.getCanvas(), (views or (View(),))[-1], locked=locked)
    surface.flushAndSubmit()
    return pixels


def test_every_place_of_the_vocabulary_has_a_set() -> None:
    assert set(SETS) == set(Place)


@pytest.mark.parametrize("place", sorted(Place))
def test_a_place_is_painted_at_every_hour_in_every_weather(place: Place) -> None:
    for time in TimeOfDay:
        for weather in Weather:
            pixels = painted(place, time, weather)
            assert pixels[..., 3].min() == 255, (time, weather)
            assert pixels[..., :3].std() > 6, (time, weather)


@pytest.mark.parametrize("place", [Place.BEACH, Place.CITY, Place.FOREST, Place.KITCHEN])
def test_night_is_darker_than_day(place: Place) -> None:
    day = painted(place, TimeOfDay.DAY, Weather.CLEAR)[..., :3].mean()
    night = painted(place, TimeOfDay.NIGHT, Weather.CLEAR)[..., :3].mean()
    assert night < day * 0.92


@pytest.mark.parametrize("view", [View(4.0, 0.0, 1.0), View(0.0, 5.0, 1.2), View(-3.0, 0.4, 2.5), View(0.0, 0.0, 0.62)])
def test_no_edge_of_a_layer_comes_into_view(view: View) -> None:
    for place in (Place.FOREST, Place.BEACH, Place.KITCHEN, Place.MOON):
        assert painted(place, TimeOfDay.DAY, Weather.CLEAR, View(), view)[..., 3].min() == 255


def test_the_kept_picture_of_a_locked_camera_is_the_drawn_one() -> None:
    drawn = painted(Place.CITY, TimeOfDay.DUSK, Weather.CLEAR)
    kept = painted(Place.CITY, TimeOfDay.DUSK, Weather.CLEAR, locked=True)
    assert np.array_equal(drawn, kept)


def test_a_set_is_the_same_however_far_its_camera_will_go() -> None:
    near = painted(Place.BEACH, TimeOfDay.DAY, Weather.CLEAR, View())
    far = painted(Place.BEACH, TimeOfDay.DAY, Weather.CLEAR, View(3.0), View())
    assert np.abs(near.astype(int) - far.astype(int)).mean() < 4
