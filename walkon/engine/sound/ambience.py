"""Which sounds a place makes by itself, and which music a scene wants."""

from collections.abc import Mapping

from walkon.scene.places import INDOORS, Place
from walkon.types.scene import Mood, Scene, Shot, TimeOfDay, Weather

PLACE_BEDS: Mapping[Place, str] = {
    **dict.fromkeys((Place.BEACH, Place.SEA, Place.ISLAND, Place.HARBOUR, Place.DECK), "waves"),
    **dict.fromkeys((Place.CITY, Place.STREET, Place.STATION, Place.AIRPORT, Place.ROOF), "city"),
    **dict.fromkeys((Place.DESERT, Place.MOUNTAIN, Place.SNOW, Place.MARS, Place.SKY, Place.RUINS, Place.VOLCANO), "wind"),
    **dict.fromkeys((Place.COURT, Place.STADIUM, Place.STAGE, Place.CIRCUS, Place.RESTAURANT, Place.SHOP), "crowd"),
    **dict.fromkeys((Place.FIELD, Place.FOREST, Place.JUNGLE, Place.PARK, Place.GARDEN, Place.FARM, Place.VILLAGE), "birds"),
    Place.CASTLE: "birds",
    Place.RIVER: "birds",
    Place.UNDERWATER: "bubbles",
    Place.POOL: "bubbles",
}
SHOT_SILENCE = frozenset({Place.SPACE, Place.MOON})


def mood_of(scene: Scene) -> Mood:
    """The score's mood: the first shot that has one."""
    return next((shot.mood for shot in scene.shots if shot.mood is not Mood.NEUTRAL), Mood.NEUTRAL)


def beds_of(shot: Shot) -> list[str]:
    """Names of the sounds that last as long as the shot, keys of `beds.BEDS`."""
    try:
        place = Place(shot.place)
    except ValueError:
        place = Place.FIELD
    beds = []
    if place in PLACE_BEDS:
        beds.append("crickets" if PLACE_BEDS[place] == "birds" and shot.time in (TimeOfDay.NIGHT, TimeOfDay.DUSK) else PLACE_BEDS[place])
    if place not in INDOORS and place not in SHOT_SILENCE and place is not Place.UNDERWATER:
        if shot.weather in (Weather.RAIN, Weather.STORM):
            beds = ["rain"] if beds == ["birds"] else [*beds, "rain"]
        elif shot.weather in (Weather.WIND, Weather.SNOW):
            beds = ["wind"]
    return beds
