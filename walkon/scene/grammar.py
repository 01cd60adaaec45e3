"""Puts the keys of a scene back into English or French words."""

from dataclasses import dataclass
from functools import cache

from walkon.scene.cast import COUPLE
from walkon.scene.words import Category, Name, entries, lexicon
from walkon.types.people import Locale
from walkon.types.scene import Subject

_NUMBERS = {
    Locale.EN: ("", "one", "two", "three", "four", "five", "six"),
    Locale.FR: ("", "un", "deux", "trois", "quatre", "cinq", "six"),
}
_VOWELS = "aeiouyâàéèêëîïôûœæ"
_ASPIRATED = frozenset("hibou hamster hérisson homard héros hache harpe hamburger hot-dog haut-de-forme hockey hutte hors-bord".split())
_PERSON = {Locale.EN: Name("person", "people"), Locale.FR: Name("personne", "personnes", feminine=True)}


@dataclass(frozen=True, slots=True)
class Said:
    """A verb in a description: of one, of many, and the word before its object."""

    one: str
    many: str
    before: str = ""


@cache
def _said(locale: Locale) -> dict[tuple[str, str], str]:
    side = 0 if locale is Locale.EN else 1
    return {(table, key): line.split("|")[side].strip() for table, lines in entries("said").items() for key, line in lines.items()}


def phrase(table: str, key: str, locale: Locale) -> str:
    """`on the beach` for ("place", "beach"); "" where there is nothing to say."""
    return _said(locale).get((table, key), "")


def verb(key: str, locale: Locale) -> Said:
    """How to say that someone does it."""
    if listed := phrase("verb", key, locale):
        one, many, before = listed.split("/")
        return Said(one, many, before)
    name = lexicon().name(Category.VERB, key, locale)
    return Said(name.singular, name.plural)


def name_of(subject: Subject, locale: Locale) -> Name:
    """What a subject is called: the lexicon's name, else the word as written; mentioned accounts stay unnamed, a couple is two people."""
    if subject.label.startswith("@") or subject.noun == COUPLE:
        return _PERSON[locale]
    if not subject.known:
        return Name(subject.label, subject.label)
    return lexicon().name(Category.NOUN, subject.noun, locale)


def some(name: Name, count: int, locale: Locale, *, mass: bool = False) -> str:
    """`a cat`, `three cats`; `un chat`, `une souris`. mass: a thing without a plural of its own, `bread`, `des lunettes`."""
    if mass and locale is Locale.EN and name.singular == name.plural:
        return name.singular
    if mass and name.singular == name.plural and name.singular.split(" ")[0].endswith(("es", "ux")):
        return f"des {name.singular}"
    if count > 1:
        return f"{_NUMBERS[locale][min(count, 6)]} {name.plural}"
    if locale is Locale.FR:
        return f"{'une' if name.feminine else 'un'} {name.singular}"
    return f"{'an' if name.singular[:1].lower() in 'aeiou' else 'a'} {name.singular}"


def the(name: Name, count: int, locale: Locale) -> str:
    """`the cat`, `the cats`; `le chat`, `l'ours`, `les ours`."""
    if locale is Locale.EN:
        return f"the {name.plural if count > 1 else name.singular}"
    if count > 1:
        return f"les {name.plural}"
    first = name.singular[:1].lower()
    if first in _VOWELS or (first == "h" and name.singular.split(" ")[0] not in _ASPIRATED):
        return f"l'{name.singular}"
    return f"{'la' if name.feminine else 'le'} {name.singular}"


def listing(parts: list[str], locale: Locale) -> str:
    """`a, b and c`."""
    joint = " and " if locale is Locale.EN else " et "
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + joint + parts[-1]


def merge(first: str, second: str) -> str:
    """Joins two words; French `de le`, `de un`, `à le` are contracted."""
    joined = f"{first} {second}".strip()
    for long, short in (
        (" de un ", " d'un "),
        (" de une ", " d'une "),
        (" de le ", " du "),
        (" de les ", " des "),
        (" à le ", " au "),
        (" à les ", " aux "),
    ):
        joined = f" {joined} ".replace(long, short).strip()
    return joined
