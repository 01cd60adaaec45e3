"""Light: the colours of the sky, and what an hour and a weather do to scenery and actors."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from walkon.engine.drawing.sprites import WHITE_LIGHT, Tint
from walkon.scene.places import INDOORS, Place
from walkon.types.scene import TimeOfDay, Weather

Rgb = tuple[int, int, int]


def rgb(code: str) -> Rgb:
    """`#RRGGBB` as three numbers, 0 to 255. Raises ValueError."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`one` with `share` (0 to 1) of `other` in it."""
    return (
        int(one[0] + (other[0] - one[0]) * share),
        int(one[1] + (other[1] - one[1]) * share),
        int(one[2] + (other[2] - one[2]) * share),
    )


def tinted(colour: Rgb, tint: Tint) -> Rgb:
    """A colour under a tint."""
    return min(255, int(colour[0] * tint[0])), min(255, int(colour[1] * tint[1])), min(255, int(colour[2] * tint[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """How a set is lit. sky: top, middle, horizon. haze: added distance. stars, clouds: how many. lit: share of windows with light."""

    sky: tuple[Rgb, Rgb, Rgb]
    tint: Tint = WHITE_LIGHT
    actor: Tint = WHITE_LIGHT
    face: Tint = WHITE_LIGHT
    haze: float = 0.0
    stars: int = 0
    clouds: int = 5
    cloud: Rgb = (255, 255, 255)
    sun: str | None = None
    lit: float = 0.0
    snowy: bool = False


def _sky(top: str, middle: str, horizon: str) -> tuple[Rgb, Rgb, Rgb]:
    return rgb(top), rgb(middle), rgb(horizon)


HOURS: Mapping[TimeOfDay, Light] = {
    TimeOfDay.DAY: Light(sky=_sky("#4FB3F0", "#BFE8FF", "#FFF6DC"), sun="day"),
    TimeOfDay.MORNING: Light(sky=_sky("#7FB6EE", "#FFE1C7", "#FFF1D6"), tint=(1, 0.95, 0.88), sun="morning", cloud=rgb("#FFF4EA")),
    TimeOfDay.SUNSET: Light(
        sky=_sky("#3B2F6B", "#E8615A", "#FFC978"),
        tint=(1, 0.80, 0.70),
        actor=(1, 0.93, 0.86),
        face=(1, 0.95, 0.9),
        sun="sunset",
        cloud=rgb("#F6A58A"),
        lit=0.25,
    ),
    TimeOfDay.DUSK: Light(
        sky=_sky("#1F2550", "#6A4C8C", "#F09A7A"),
        tint=(0.72, 0.64, 0.86),
        actor=(0.92, 0.88, 1),
        face=(0.96, 0.94, 1),
        stars=40,
        cloud=rgb("#8A6CA3"),
        lit=0.6,
    ),
    TimeOfDay.NIGHT: Light(
        sky=_sky("#070D2B", "#1B2A63", "#3C4C92"),
        tint=(0.42, 0.48, 0.82),
        actor=(0.80, 0.84, 1),
        face=(0.90, 0.92, 1),
        stars=140,
        clouds=2,
        cloud=rgb("#33427F"),
        sun="moon",
        lit=0.5,
    ),
}
GREY = Light(
    sky=_sky("#3E4A59", "#6E7B88", "#A3AAB0"),
    tint=(0.70, 0.75, 0.82),
    actor=(0.90, 0.92, 0.96),
    face=(0.96, 0.97, 1),
    clouds=9,
    cloud=rgb("#55606C"),
    lit=0.2,
)
SNOWY = Light(sky=_sky("#A9C3DB", "#DCE8F2", "#F7FAFC"), tint=(0.93, 0.96, 1), clouds=6, cloud=rgb("#FFFFFF"), snowy=True, lit=0.15)
FOGGY = Light(sky=_sky("#B9C2C8", "#D5DADC", "#E9EAE6"), tint=(0.93, 0.93, 0.93), haze=0.2, clouds=3, cloud=rgb("#E2E5E6"), lit=0.2)
SPACE = Light(sky=_sky("#05030F", "#120B33", "#2A1650"), tint=(0.75, 0.72, 0.95), stars=190, clouds=0)
MARS = Light(sky=_sky("#2B1020", "#8A4038", "#E0A070"), tint=(1, 0.86, 0.78), stars=40, clouds=0, actor=(1, 0.95, 0.9))
WATER = Light(sky=_sky("#1D9BC7", "#0F6FA3", "#083F6B"), tint=(0.55, 0.85, 1), actor=(0.84, 0.95, 1), face=(0.93, 0.98, 1), clouds=0)
LAMP_LIGHT: Tint = (1.0, 0.95, 0.85)


def light_of(place: Place, time: TimeOfDay, weather: Weather) -> Light:
    """The light of a place at an hour in a weather."""
    if place in (Place.SPACE, Place.MOON):
        return SPACE
    if place is Place.MARS:
        return MARS
    if place is Place.SNOW and weather is Weather.CLEAR:
        return _snowed(HOURS[time])
    if place is Place.UNDERWATER:
        return WATER
    light = _outdoors(time, weather)
    return _under_a_roof(light, time) if place in INDOORS else light


def _outdoors(time: TimeOfDay, weather: Weather) -> Light:
    hour = HOURS[time]
    dark = time in (TimeOfDay.NIGHT, TimeOfDay.DUSK)
    if weather in (Weather.RAIN, Weather.STORM):
        return _overcast(hour) if dark else GREY
    if weather is Weather.FOG:
        return replace(hour, haze=0.25, sun=None, stars=hour.stars // 4) if dark else FOGGY
    if weather is Weather.SNOW:
        return SNOWY if time is TimeOfDay.DAY else _snowed(hour)
    return hour


def _snowed(hour: Light) -> Light:
    """Snow gives the light back: half the tint."""
    red, green, blue = hour.tint
    return replace(hour, snowy=True, stars=hour.stars // 2, tint=(0.7 * red + 0.3, 0.7 * green + 0.3, 0.7 * blue + 0.3))


def _overcast(hour: Light) -> Light:
    grey = rgb("#3A4252")
    top, middle, horizon = (mix(colour, grey, 0.4) for colour in hour.sky)
    return replace(hour, sky=(top, middle, horizon), stars=0, sun=None, clouds=7, cloud=mix(hour.cloud, grey, 0.55))


def _under_a_roof(light: Light, time: TimeOfDay) -> Light:
    if time in (TimeOfDay.NIGHT, TimeOfDay.DUSK):
        return replace(light, tint=(0.80, 0.74, 0.78), actor=LAMP_LIGHT, face=LAMP_LIGHT, haze=0.0)
    return replace(light, tint=(1.0, 0.98, 0.95), actor=WHITE_LIGHT, face=WHITE_LIGHT, haze=0.0)
