"""Whose voice is it: pitch, formant and pace of a character, found from its noun. The same noun always has the same voice."""

from dataclasses import dataclass, replace
from zlib import crc32

from walkon.types.scene import Kind, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Timbre:
    """Factors on the neutral voice. pitch: of the fundamental, formant: of the throat's size, speed: of the pace; ring_hz: robot buzz."""

    pitch: float = 1.0
    formant: float = 1.0
    speed: float = 1.0
    ring_hz: float = 0.0


WOMAN = Timbre()
MAN = Timbre(pitch=0.58, formant=0.85)
OLD_WOMAN = Timbre(pitch=0.93, formant=0.94, speed=0.85)
OLD_MAN = Timbre(pitch=0.56, formant=0.86, speed=0.85)
CHILD = Timbre(pitch=1.32, formant=1.16, speed=1.05)
SMALL = Timbre(pitch=1.32, formant=1.17, speed=1.02)
MEDIUM = Timbre(pitch=0.82, formant=0.95, speed=1.02)
GIANT = Timbre(pitch=0.46, formant=0.76, speed=0.92)
ROBOT = Timbre(pitch=0.62, formant=0.9, speed=0.9, ring_hz=55)

_NOUNS: tuple[tuple[Timbre, str], ...] = (
    (WOMAN, "woman mother mum aunt sister queen princess witch mermaid fairy lady bride nurse ballerina waitress actress heroine"),
    (MAN, "man father dad uncle brother king prince wizard pirate cowboy gentleman knight viking groom hero santa sailor waiter policeman"),
    (OLD_WOMAN, "grandmother grandma granny old_woman"),
    (OLD_MAN, "grandfather grandpa old_man"),
    (CHILD, "child girl boy kid baby toddler daughter son elf"),
    (SMALL, "cat kitten mouse rat rabbit bunny bird chick duck squirrel hamster hedgehog bee butterfly frog fish penguin owl monkey"),
    (MEDIUM, "dog puppy fox wolf pig sheep goat cow deer horse donkey raccoon seal"),
    (GIANT, "bear giant dragon lion tiger elephant whale dinosaur gorilla monster ogre troll hippopotamus rhinoceros mammoth yeti octopus"),
    (ROBOT, "robot android computer drone machine rocket car train alien"),
)
_BY_NOUN = {noun: timbre for timbre, nouns in _NOUNS for noun in nouns.split()}
_BY_KIND = {Kind.ANIMAL: MEDIUM, Kind.CREATURE: GIANT, Kind.VEHICLE: ROBOT, Kind.BUILDING: GIANT, Kind.SKY: OLD_WOMAN}


def _usual(subject: Subject, dice: int) -> Timbre:
    if subject.kind is Kind.PERSON:
        return (WOMAN, MAN)[dice >> 8 & 1]
    return _BY_KIND.get(subject.kind, SMALL)


def timbre_of(subject: Subject | None) -> Timbre:
    """The voice of a subject; the neutral one for a voice from outside. Up to 5 % of pitch tell two nouns of a class apart."""
    if subject is None:
        return WOMAN
    noun = subject.noun.lower().replace(" ", "_")
    dice = crc32(noun.encode())
    kin = _BY_NOUN.get(noun) or _BY_NOUN.get(noun.rpartition("_")[2]) or _usual(subject, dice)
    offset = (dice % 101 - 50) / 50
    size = 1 / (1 + 0.12 * (subject.size - 1))
    return replace(kin, pitch=kin.pitch * (1 + 0.05 * offset) * size, formant=kin.formant * (1 + 0.015 * offset) * size**0.5)
