"""Which painters make which place, from far to near."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from walkon.engine.drawing.paint import Brush
from walkon.engine.drawing.sets import beyond, nature, rooms, shows, town, water
from walkon.engine.drawing.sky import paint_clouds, paint_sky
from walkon.scene.places import INDOORS, Place

Painter = Callable[[Brush], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One depth. parallax: share of the camera's way it follows. zoom: share of the camera's zoom it follows.

    fills: it covers the frame however high the camera goes.
    """

    name: str
    paint: Painter
    parallax: float
    zoom: float
    fills: bool = False


def _all(*painters: Painter) -> Painter:
    def paint(brush: Brush) -> None:
        for painter in painters:
            painter(brush)

    return paint


def _far(paint: Painter, parallax: float = 0.25) -> Layer:
    return Layer(name="far", paint=paint, parallax=parallax, zoom=0.35)


def _mid(paint: Painter, parallax: float = 0.55) -> Layer:
    return Layer(name="mid", paint=paint, parallax=parallax, zoom=0.65)


def _ground(paint: Painter) -> Layer:
    return Layer(name="ground", paint=paint, parallax=1.0, zoom=1.0)


def _wall(paint: Painter) -> Layer:
    return Layer(name="wall", paint=paint, parallax=0.92, zoom=0.9, fills=True)


SKY = Layer(name="sky", paint=paint_sky, parallax=0.06, zoom=0.0, fills=True)
CLOUDS = Layer(name="clouds", paint=paint_clouds, parallax=0.14, zoom=0.15)


def _meadow(*landmarks: tuple[str, float, float], extra: Painter | None = None) -> tuple[Layer, ...]:
    mid = _all(nature.hills_mid, nature.landmark(*landmarks)) if landmarks else nature.hills_mid
    ground = _all(nature.meadow, extra) if extra else nature.meadow
    return SKY, CLOUDS, _far(nature.hills_far), _mid(mid), _ground(ground)


def _room(name: str) -> tuple[Layer, ...]:
    return _wall(rooms.wall_of(name)), _ground(rooms.floor_of(name))


def _shore(ground: Painter) -> tuple[Layer, ...]:
    return SKY, CLOUDS, _far(_all(water.sea_far, water.islands), 0.3), _ground(ground)


SETS: Mapping[Place, tuple[Layer, ...]] = {
    Place.FIELD: _meadow(extra=nature.scatter(("🌳",), 2.2, 1.8, -0.45)),
    Place.PARK: _meadow(
        ("⛲", 0.42, 0.9), extra=_all(nature.scatter(("🌳",), 1.6, 1.9, -0.45), nature.scatter(("🌷", "🌿"), 0.9, 0.3, -0.3))
    ),
    Place.GARDEN: _meadow(("🏡", -0.5, 1.3), extra=_all(nature.scatter(("🌻", "🌷", "🌹"), 0.55, 0.5, -0.36))),
    Place.FARM: _meadow(("🏠", -0.5, 1.35), ("🚜", 0.5, 0.7), extra=nature.scatter(("🌾", "🌽", "🌾"), 0.9, 0.62, -0.4)),
    Place.VILLAGE: _meadow(("🏠", -0.62, 1.2), ("⛪", 0.1, 1.5), ("🏡", 0.6, 1.2), extra=nature.scatter(("🌳",), 2.4, 1.5, -0.45)),
    Place.CASTLE: _meadow(("🏰", 0.3, 2.2), extra=nature.scatter(("🌲",), 1.9, 1.6, -0.45)),
    Place.HAUNTED_HOUSE: _room("haunted_house"),
    Place.BEACH: _shore(water.beach),
    Place.ISLAND: _shore(_all(water.beach, nature.scatter(("🪨", "🥥"), 1.5, 0.3, -0.2))),
    Place.SEA: _shore(water.open_sea),
    Place.HARBOUR: _shore(water.harbour),
    Place.DECK: _shore(water.deck),
    Place.RIVER: (SKY, CLOUDS, _far(nature.hills_far), _mid(nature.hills_mid), _ground(water.river)),
    Place.POOL: (SKY, CLOUDS, _mid(town.blocks), _ground(water.pool)),
    Place.UNDERWATER: (SKY, _far(water.deep_far, 0.2), _mid(water.deep_mid), _ground(water.sea_bed)),
    Place.FOREST: (SKY, CLOUDS, _far(nature.wood_far), _mid(nature.wood_mid), _ground(nature.wood_ground)),
    Place.JUNGLE: (SKY, CLOUDS, _far(nature.wood_far), _mid(nature.wood_mid), _ground(nature.jungle_ground)),
    Place.MOUNTAIN: (SKY, CLOUDS, _far(nature.peaks), _mid(nature.conifers_mid), _ground(_all(nature.meadow, nature.rocks))),
    Place.SNOW: (SKY, CLOUDS, _far(nature.peaks), _mid(nature.conifers_mid), _ground(nature.meadow)),
    Place.VOLCANO: (SKY, CLOUDS, _far(nature.volcano_far), _ground(_all(nature.ruins_floor, nature.rocks))),
    Place.DESERT: (SKY, CLOUDS, _far(nature.dunes), _ground(nature.sands)),
    Place.RUINS: (SKY, CLOUDS, _far(nature.dunes), _ground(nature.ruins)),
    Place.CAVE: (_wall(rooms.cave_wall), _ground(rooms.cave_floor)),
    Place.CITY: (SKY, CLOUDS, _far(town.skyline), _mid(town.blocks), _ground(town.pavement)),
    Place.STREET: (SKY, CLOUDS, _far(town.skyline), _mid(town.blocks, 0.8), _ground(town.pavement)),
    Place.ROOF: (SKY, CLOUDS, _far(town.skyline), _mid(town.skyline, 0.45), _ground(town.roof)),
    Place.STATION: (SKY, CLOUDS, _far(town.skyline), _ground(town.station)),
    Place.AIRPORT: (SKY, CLOUDS, _far(nature.hills_far), _ground(town.airfield)),
    Place.SKY: (SKY, CLOUDS, _far(beyond.high_clouds, 0.4), _mid(beyond.cloud_sea, 0.5)),
    Place.SPACE: (SKY, _far(beyond.nebula, 0.12)),
    Place.MOON: (SKY, _far(beyond.earth_rise, 0.08), _mid(beyond.moon_far, 0.35), _ground(beyond.moon_ground)),
    Place.MARS: (SKY, _far(beyond.mars_far), _ground(beyond.mars_ground)),
    Place.STAGE: (_wall(shows.curtain), _ground(shows.stage_floor)),
    Place.CIRCUS: (_wall(shows.tent), _ground(shows.ring_floor)),
    Place.COURT: (_wall(shows.stands), _ground(shows.court_floor)),
    Place.STADIUM: (SKY, CLOUDS, _mid(shows.open_stands, 0.7), _ground(shows.pitch)),
    **{Place(name): _room(name) for name in rooms.ROOMS if name != "haunted_house"},
}
"""Every place of the vocabulary, painted with its own landmarks."""

FRONT = Layer(name="front", paint=nature.near_leaves, parallax=1.5, zoom=1.2)
ROOFED = INDOORS | {Place.HAUNTED_HOUSE, Place.COURT}
"""Places into which no weather falls."""
LEAFY = frozenset(
    {Place.FIELD, Place.PARK, Place.GARDEN, Place.FARM, Place.VILLAGE, Place.CASTLE, Place.FOREST, Place.JUNGLE, Place.MOUNTAIN}
    | {Place.RIVER, Place.ISLAND}
)
"""Places with leaves in front of the actors, in shots of action."""


def place_of(key: str) -> Place:
    """The place of a key; FIELD for a key from another version."""
    try:
        return Place(key)
    except ValueError:
        return Place.FIELD
