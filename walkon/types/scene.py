"""A prompt, understood: shots with their subjects, actions, place, hour, weather, camera and spoken lines.

Everything but spoken lines and `label`s is in English whatever the prompt's language, so that an engine reads one vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from walkon.types.ids import PersonId

FPS = 24
"""Frames a second of every clip walkon draws itself."""

MIN_SECONDS, MAX_SECONDS = 2, 20
MAX_PROMPT = 10_000
MAX_SEED = 2**32 - 1


class Aspect(StrEnum):
    """Shape of the picture."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"


SIZES: Mapping[Aspect, tuple[int, int]] = {Aspect.WIDE: (854, 480), Aspect.TALL: (480, 854), Aspect.SQUARE: (480, 480)}
"""Width and height in pixels of the drawn preview."""


class TimeOfDay(StrEnum):
    """The hour as light."""

    DAY = "day"
    MORNING = "morning"
    SUNSET = "sunset"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """What the sky does."""

    CLEAR = "clear"
    RAIN = "rain"
    STORM = "storm"
    SNOW = "snow"
    FOG = "fog"
    WIND = "wind"


class Mood(StrEnum):
    """What the light and the music feel like."""

    NEUTRAL = "neutral"
    HAPPY = "happy"
    SAD = "sad"
    TENSE = "tense"
    EPIC = "epic"
    ROMANTIC = "romantic"
    CALM = "calm"
    MYSTERY = "mystery"
    TANGO = "tango"
    NIGHT = "night"


class Camera(StrEnum):
    """What the camera does in a shot."""

    HOLD = "hold"
    PUSH = "push"
    PULL = "pull"
    CLOSE = "close"
    FOLLOW = "follow"
    TILT = "tilt"
    PAN = "pan"
    SHAKE = "shake"


class Relation(StrEnum):
    """How one thing stands to another."""

    ON = "on"
    UNDER = "under"
    BEHIND = "behind"
    IN = "in"
    WITH = "with"
    NEAR = "near"


class Kind(StrEnum):
    """What sort of thing a subject is; decides its size, its body and its voice."""

    PERSON = "person"
    ANIMAL = "animal"
    CREATURE = "creature"
    VEHICLE = "vehicle"
    PROP = "prop"
    FOOD = "food"
    PLANT = "plant"
    BUILDING = "building"
    SKY = "sky"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One thing in a shot.

    noun: lexicon key in English, singular (`cat`, `grandmother`, `skateboard`). label: the word as written, for captions.
    emoji: the picture that stands for it, one grapheme cluster. count: 1 to 6. size: 0.7 small, 1 usual, 1.4 big.
    colour: `#RRGGBB` or None. `known` is False for a word the lexicon lacks: it is drawn as a labelled generic figure.
    person: whom the figure stands for, where the prompt mentions somebody. It is a stand-in: nothing that is drawn, said or
    written depends on `person`, so without a grant a clip has the bytes of the same request without the person. Only
    `Scene.starring`, called by a worker after it has seen the grants, gives the figure a name.
    """

    id: str
    noun: str
    label: str
    kind: Kind
    emoji: str
    count: int = 1
    size: float = 1.0
    colour: str | None = None
    known: bool = True
    person: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Who does what to whom. verb: lexicon key in English (`jump`, `backflip`); subject, object: ids of `Subject`s in the shot.

    other: the second subject of a split plural ("one misses, the other laughs") is simply another Action on it.
    """

    verb: str
    subject: str
    object: str | None = None
    mount: str | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """`subject` stands `relation` to `object` (ids of subjects)."""

    subject: str
    relation: Relation
    object: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something said. text: as written. language: BCP 47, `en`, `fr`.

    speaker: id of a subject in the shot, None for a voice from outside.
    """

    speaker: str | None
    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One camera view. start_s, end_s: as asked for by time codes, else None and the engine decides.

    place: lexicon key (`beach`, `kitchen`; `field` where nothing was said). place_said: the prompt named it.
    sounds: keys such as `thunder`, `bark`, `applause`. title: words to show where there is nothing to draw.
    """

    subjects: tuple[Subject, ...] = ()
    actions: tuple[Action, ...] = ()
    relations: tuple[Relationship, ...] = ()
    lines: tuple[Line, ...] = ()
    place: str = "field"
    place_said: bool = False
    time: TimeOfDay = TimeOfDay.DAY
    time_said: bool = False
    weather: Weather = Weather.CLEAR
    mood: Mood = Mood.NEUTRAL
    camera: Camera = Camera.HOLD
    slow_motion: bool = False
    sounds: tuple[str, ...] = ()
    particles: tuple[str, ...] = ()
    title: str | None = None
    start_s: float | None = None
    end_s: float | None = None

    def subject(self, id: str | None) -> Subject | None:
        """The subject of that id, or None."""
        return next((subject for subject in self.subjects if subject.id == id), None)


USUAL_STRENGTH = 0.7
"""How much of a remixed clip is made anew where nobody says."""


LONGEST_EXTENDED_S = 60
"""Seconds that a clip can become by being extended again and again."""


class Manner(StrEnum):
    """How a clip is built on another one."""

    REMIX = "remix"
    """Its look is kept in part, by strength."""
    EXTEND = "extend"
    """It goes on after its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltOn:
    """The clip a scene is built on. clip: its id. strength: 0 keeps all of it, 1 nothing; means nothing for EXTEND.

    An engine that cannot build on pictures makes the scene from its words alone.
    """

    clip: str
    manner: Manner
    strength: float = USUAL_STRENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A whole prompt, ready for an engine.

    prompt: the words as written, cleaned of control characters. not_staged: words or phrases of the prompt that will not be
    seen or heard. unknown: words the lexicon lacks. language: the prompt's.
    """

    prompt: str
    shots: tuple[Shot, ...]
    language: str = "en"
    seconds: float = 6
    aspect: Aspect = Aspect.WIDE
    seed: int = 0
    style: str | None = None
    not_staged: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    built_on: BuiltOn | None = None

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Whom its figures stand for, each once, in order of appearance."""
        found = (subject.person for shot in self.shots for subject in shot.subjects)
        return tuple(dict.fromkeys(person for person in found if person is not None))

    def starring(self, names: Mapping[PersonId, str]) -> "Scene":
        """The scene with these people named, and everybody else a figure that stands for nobody. names: of those whose yes holds."""
        return replace(self, shots=tuple(_starring(shot, names) for shot in self.shots))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the drawn preview."""
        return SIZES[self.aspect]

    @property
    def written(self) -> str:
        """Everything that somebody wrote for it: what a check of words has to read."""
        return "\n".join(part for part in (self.prompt, self.style) if part)

    def reseeded(self, seed: int) -> "Scene":
        """The same words with another seed."""
        return replace(self, seed=seed)

    def going_on(self, clip: str) -> "Scene":
        """The same, after the end of that clip."""
        return replace(self, built_on=BuiltOn(clip=clip, manner=Manner.EXTEND))


def _starring(shot: Shot, names: Mapping[PersonId, str]) -> Shot:
    return replace(shot, subjects=tuple(_star(subject, names) for subject in shot.subjects))


def _star(subject: Subject, names: Mapping[PersonId, str]) -> Subject:
    if subject.person is None:
        return subject
    name = names.get(subject.person)
    return replace(subject, person=None) if name is None else replace(subject, label=name, known=False)
