"""The places a shot can be in, by English key; `Shot.place` is always one of these."""

from collections.abc import Mapping
from enum import StrEnum


class Place(StrEnum):
    """Where a shot happens."""

    FIELD = "field"
    BEACH = "beach"
    SEA = "sea"
    RIVER = "river"
    ISLAND = "island"
    UNDERWATER = "underwater"
    FOREST = "forest"
    JUNGLE = "jungle"
    PARK = "park"
    GARDEN = "garden"
    FARM = "farm"
    VILLAGE = "village"
    CASTLE = "castle"
    MOUNTAIN = "mountain"
    SNOW = "snow"
    DESERT = "desert"
    VOLCANO = "volcano"
    CAVE = "cave"
    CITY = "city"
    STREET = "street"
    ROOF = "roof"
    STATION = "station"
    AIRPORT = "airport"
    HARBOUR = "harbour"
    DECK = "deck"
    SKY = "sky"
    SPACE = "space"
    MOON = "moon"
    MARS = "mars"
    ROOM = "room"
    BEDROOM = "bedroom"
    BATHROOM = "bathroom"
    KITCHEN = "kitchen"
    RESTAURANT = "restaurant"
    CLASSROOM = "classroom"
    LIBRARY = "library"
    OFFICE = "office"
    LAB = "lab"
    HOSPITAL = "hospital"
    MUSEUM = "museum"
    SHOP = "shop"
    STAGE = "stage"
    CIRCUS = "circus"
    COURT = "court"
    STADIUM = "stadium"
    POOL = "pool"
    RUINS = "ruins"
    HAUNTED_HOUSE = "haunted_house"


PAINTED_AS: Mapping[Place, Place] = {
    Place.RIVER: Place.BEACH,
    Place.ISLAND: Place.BEACH,
    Place.HARBOUR: Place.BEACH,
    Place.POOL: Place.BEACH,
    Place.DECK: Place.SEA,
    Place.JUNGLE: Place.FOREST,
    Place.PARK: Place.FIELD,
    Place.GARDEN: Place.FIELD,
    Place.FARM: Place.FIELD,
    Place.VILLAGE: Place.FIELD,
    Place.CASTLE: Place.FIELD,
    Place.RUINS: Place.DESERT,
    Place.HAUNTED_HOUSE: Place.FIELD,
    Place.SNOW: Place.MOUNTAIN,
    Place.VOLCANO: Place.MOUNTAIN,
    Place.STREET: Place.CITY,
    Place.ROOF: Place.CITY,
    Place.STATION: Place.CITY,
    Place.AIRPORT: Place.CITY,
    Place.MARS: Place.DESERT,
    Place.BATHROOM: Place.ROOM,
    Place.LIBRARY: Place.ROOM,
    Place.HOSPITAL: Place.LAB,
    Place.SHOP: Place.RESTAURANT,
    Place.CIRCUS: Place.STAGE,
    Place.STADIUM: Place.COURT,
}
"""The plainer place whose scenery serves, with one landmark added, where an engine has none of its own. Never chains."""

INDOORS = frozenset(
    {
        Place.CAVE,
        Place.ROOM,
        Place.BEDROOM,
        Place.BATHROOM,
        Place.KITCHEN,
        Place.RESTAURANT,
        Place.CLASSROOM,
        Place.LIBRARY,
        Place.OFFICE,
        Place.LAB,
        Place.HOSPITAL,
        Place.MUSEUM,
        Place.SHOP,
        Place.STAGE,
        Place.CIRCUS,
    }
)
"""Places with a roof: weather is seen through a window only, and lamps light the actors at night."""

WEIGHTLESS = frozenset({Place.SPACE, Place.UNDERWATER, Place.SKY})
"""Places without a floor: actors float and cast no shadow."""


def plain_place(key: str) -> Place:
    """The place whose scenery to paint for a key of `Shot.place`; FIELD for a key from another version."""
    try:
        place = Place(key)
    except ValueError:
        return Place.FIELD
    return PAINTED_AS.get(place, place)
