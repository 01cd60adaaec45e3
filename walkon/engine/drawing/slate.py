"""What the slate says of a shot: its number and only what the prompt named."""

from collections.abc import Mapping

from walkon.types.scene import Shot, Weather

FRENCH: Mapping[str, str] = {
    "field": "champ",
    "beach": "plage",
    "sea": "mer",
    "river": "rivière",
    "island": "île",
    "underwater": "sous l'eau",
    "forest": "forêt",
    "park": "parc",
    "garden": "jardin",
    "farm": "ferme",
    "castle": "château",
    "mountain": "montagne",
    "snow": "neige",
    "desert": "désert",
    "volcano": "volcan",
    "cave": "grotte",
    "city": "ville",
    "street": "rue",
    "roof": "toit",
    "station": "gare",
    "airport": "aéroport",
    "harbour": "port",
    "deck": "pont",
    "sky": "ciel",
    "space": "espace",
    "moon": "lune",
    "room": "salon",
    "bedroom": "chambre",
    "bathroom": "salle de bain",
    "kitchen": "cuisine",
    "classroom": "classe",
    "library": "bibliothèque",
    "office": "bureau",
    "lab": "laboratoire",
    "hospital": "hôpital",
    "museum": "musée",
    "shop": "magasin",
    "stage": "scène",
    "circus": "cirque",
    "court": "terrain",
    "stadium": "stade",
    "pool": "piscine",
    "ruins": "ruines",
    "haunted house": "maison hantée",
    "day": "jour",
    "morning": "matin",
    "sunset": "coucher de soleil",
    "dusk": "crépuscule",
    "night": "nuit",
    "rain": "pluie",
    "storm": "orage",
    "fog": "brouillard",
    "wind": "vent",
}
"""Words that differ from the English key."""

GAP = " · "
"""Between the words of a slate."""


def slate_of(shot: Shot, index: int, language: str, *, alone: bool = False) -> str:
    """`1 · BEACH · SUNSET`. alone: the clip's only shot bears no number, and no slate where nothing was named."""
    words = []
    if shot.place_said:
        words.append(shot.place.replace("_", " "))
    if shot.weather is not Weather.CLEAR and shot.weather.value != shot.place:
        words.append(shot.weather.value)
    if shot.time_said and shot.place not in ("space", "underwater"):
        words.append(shot.time.value)
    if language == "fr":
        words = [FRENCH.get(word, word) for word in words]
    return GAP.join([*([] if alone else [str(index + 1)]), *(word.upper() for word in words)])
