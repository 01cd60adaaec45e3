"""Fills what a prompt leaves open: place, light, weather, mood and camera, from the mood said and the deeds done."""

from dataclasses import dataclass

from walkon.scene.cast import Cast
from walkon.scene.draft import Draft
from walkon.scene.places import INDOORS, Place
from walkon.scene.verbs import ROCKETS, Verb
from walkon.types.scene import Camera, Kind, Mood, TimeOfDay, Weather


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """What a mood adds to a scene where the prompt says nothing."""

    place: Place | None = None
    time: TimeOfDay | None = None
    weather: Weather | None = None
    camera: Camera | None = None


MOOD_FILLS = {
    Mood.SAD: Fill(place=Place.CITY, time=TimeOfDay.DUSK, weather=Weather.RAIN, camera=Camera.PULL),
    Mood.TENSE: Fill(time=TimeOfDay.NIGHT),
    Mood.ROMANTIC: Fill(time=TimeOfDay.SUNSET),
    Mood.MYSTERY: Fill(time=TimeOfDay.NIGHT, weather=Weather.FOG),
    Mood.EPIC: Fill(time=TimeOfDay.SUNSET),
}
_IMPLIED_PLACES = {
    Verb.SURF: Place.SEA,
    Verb.SAIL: Place.SEA,
    Verb.SWIM: Place.SEA,
    Verb.DIVE: Place.SEA,
    Verb.SKI: Place.SNOW,
    Verb.COOK: Place.KITCHEN,
}
_IMPLIED_MOODS = (
    (frozenset({Verb.TANGO}), Mood.TANGO),
    (frozenset({Verb.LAUNCH, Verb.FIGHT, Verb.EXPLODE}), Mood.EPIC),
    (frozenset({Verb.KISS, Verb.HUG}), Mood.ROMANTIC),
    (frozenset({Verb.BACKFLIP, Verb.DANCE, Verb.LAUGH, Verb.CHEER, Verb.PLAY, Verb.JUMP, Verb.SING}), Mood.HAPPY),
    (frozenset({Verb.SLEEP, Verb.READ, Verb.FLOAT, Verb.SAIL}), Mood.CALM),
)
_FOLLOWED = frozenset({Verb.WALK, Verb.RUN, Verb.CHASE, Verb.FLEE, Verb.FOLLOW, Verb.RIDE, Verb.DRIVE, Verb.SKI, Verb.SKATE, Verb.SURF})
OPEN_LAND = frozenset({Place.FIELD, Place.FOREST, Place.PARK, Place.GARDEN, Place.VILLAGE, Place.FARM})
"""Where a snowman stands in snow although nobody said so."""
_NIGHT_SKY = frozenset({"moon", "star", "shooting star", "comet", "firework"})


@dataclass(slots=True)
class Setting:
    """What carries over from shot to shot."""

    place: str | None = None
    place_said: bool = False
    time: TimeOfDay | None = None
    time_said: bool = False
    weather: Weather | None = None
    mood: Mood | None = None
    mood_said: bool = False


def settle(draft: Draft, carried: Setting, cast: Cast) -> Setting:
    """The setting of this shot: what it says, else what was said before, else what fits."""
    verbs = {deed.verb for deed in draft.deeds}
    nouns = {cast.members[id].noun: cast.members[id].kind for id in draft.subjects}
    mood = draft.mood or (carried.mood if carried.mood_said else None)
    fill = MOOD_FILLS.get(mood, Fill()) if mood is not None else Fill()
    said = draft.place or _standing_place(nouns) or (carried.place if carried.place_said else None)
    place = said or (fill.place if not nouns or mood is Mood.SAD else None) or _implied_place(verbs) or carried.place or Place.FIELD
    night = TimeOfDay.NIGHT if nouns.keys() & _NIGHT_SKY and Kind.SKY in nouns.values() and place not in INDOORS else None
    spoken = draft.time or (carried.time if carried.time_said else None)
    time = spoken or fill.time or night or TimeOfDay.DAY
    snowy = Weather.SNOW if "snowman" in nouns and place in OPEN_LAND else None
    weather = draft.weather or carried.weather or fill.weather or snowy
    return Setting(
        place=str(place),
        place_said=said is not None,
        time=time,
        time_said=spoken is not None,
        weather=weather,
        mood=mood or _implied_mood(verbs, time),
        mood_said=mood is not None,
    )


def _standing_place(nouns: dict[str, Kind]) -> str | None:
    """A castle alone is also the place it stands at."""
    keys = {place.value for place in Place}
    return next((noun for noun, kind in nouns.items() if noun in keys and kind is Kind.BUILDING), None)


def _implied_place(verbs: set[str]) -> Place | None:
    return next((place for verb, place in _IMPLIED_PLACES.items() if verb in verbs), None)


def _implied_mood(verbs: set[str], time: TimeOfDay) -> Mood:
    for several, mood in _IMPLIED_MOODS:
        if several & verbs:
            return mood
    return Mood.NIGHT if time is TimeOfDay.NIGHT else Mood.NEUTRAL


def camera_of(draft: Draft, setting: Setting, cast: Cast) -> Camera:
    """The camera asked for, else the one that suits what happens."""
    if draft.camera is not None:
        return draft.camera
    verbs = {deed.verb for deed in draft.deeds}
    if any(deed.verb in ROCKETS and cast.members[deed.subject].kind is Kind.VEHICLE for deed in draft.deeds):
        return Camera.TILT
    fill = MOOD_FILLS.get(setting.mood) if setting.mood is not None else None
    if fill is not None and fill.camera is not None and setting.mood_said:
        return fill.camera
    return Camera.FOLLOW if verbs & _FOLLOWED else Camera.HOLD
