"""The wide fallback: names of emoji in English and French, for nouns that the lexicon lacks and for pictures in a prompt."""

from collections.abc import Mapping
from functools import cache

import emoji

from walkon.scene.tokens import phrase_of, plain_emoji
from walkon.scene.words import Category, Word, lexicon
from walkon.types.people import Locale
from walkon.types.scene import Kind

MAX_NAME_WORDS = 4

_BARRED = frozenset(
    "face hand hands button arrow keycap flag symbol sign o'clock clock thirty sparkle sparkles skin tone mark selector finger fist palm "
    "back top soon end on up new free cool ok ng square circle with moon quarter zodiac heart input medium dark light small large input "
    "mouth eye eyes eyed eyebrow ear nose leg foot arm head japanese blood type hundred points place exclamation question cross check "
    "visage main bouton flèche touche drapeau symbole signe heures pouce doigt poing carré cercle lune horloge peau point cœur bouche yeux "
    "œil oreille nez jambe pied bras tête couple kiss man woman men women person people homme femme hommes femmes personne bisou avec "
    "montagne mountain city ville nuit night soleil sun mobile phone phase house city park beach forest".split()
)
"""Words that keep a name out: such names would take body parts, letters or whole settings for things."""

_BARRED_WHOLE = frozenset(
    "aries taurus gemini cancer leo virgo libra scorpio sagittarius capricorn aquarius pisces ophiuchus bélier taureau gémeaux lion vierge "
    "balance scorpion sagittaire capricorne verseau poissons collision dizzy infinity recycling plus minus multiply divide information "
    "anger silhouette japan reminder vs id cl sos atm abc copyright registered trademark love chart increasing dash hole key".split()
)

_KINDS: tuple[tuple[int, int, Kind], ...] = (
    (0x1F311, 0x1F320, Kind.SKY),
    (0x1F32D, 0x1F32F, Kind.FOOD),
    (0x1F330, 0x1F344, Kind.PLANT),
    (0x1F345, 0x1F37F, Kind.FOOD),
    (0x1F3C2, 0x1F3C4, Kind.PERSON),
    (0x1F3CA, 0x1F3CC, Kind.PERSON),
    (0x1F3D7, 0x1F3F0, Kind.BUILDING),
    (0x1F400, 0x1F43F, Kind.ANIMAL),
    (0x1F466, 0x1F478, Kind.PERSON),
    (0x1F479, 0x1F480, Kind.CREATURE),
    (0x1F600, 0x1F64F, Kind.CREATURE),
    (0x1F680, 0x1F6A4, Kind.VEHICLE),
    (0x1F950, 0x1F96F, Kind.FOOD),
    (0x1F980, 0x1F9AE, Kind.ANIMAL),
    (0x1F9C0, 0x1F9CB, Kind.FOOD),
    (0x1F9D0, 0x1F9DD, Kind.PERSON),
)
"""Blocks of Unicode 15.1 and what most of their pictures show; everything else is a prop."""


def kind_of(picture: str) -> Kind:
    """What sort of thing an emoji shows, judged by its first character's block."""
    point = ord(picture[0])
    return next((kind for first, last, kind in _KINDS if first <= point <= last), Kind.PROP)


@cache
def emoji_names(locale: Locale) -> Mapping[str, Word]:
    """By phrase, the emoji that bears it as its name, without those that mislead."""
    if locale is Locale.FR:
        emoji.config.load_language("fr")
    found: dict[str, Word] = {}
    for picture, data in emoji.EMOJI_DATA.items():
        if data["status"] > 2 or not (name := data.get(locale.value, "")):
            continue
        phrase = phrase_of(name.strip(":").replace("_", " "))
        if _usable(phrase):
            found.setdefault(phrase, picture_word(picture))
    return found


def _usable(phrase: str) -> bool:
    words = phrase.split(" ")
    return len(phrase) > 2 and len(words) <= MAX_NAME_WORDS and phrase not in _BARRED_WHOLE and _BARRED.isdisjoint(words)


@cache
def picture_word(picture: str) -> Word:
    """The noun that an emoji stands for: the lexicon's, else its English name."""
    known = lexicon().pictures.get(plain_emoji(picture))
    if known is not None:
        return known
    data = emoji.EMOJI_DATA.get(picture) or emoji.EMOJI_DATA.get(f"{picture}\ufe0f") or {}
    name = str(data.get("en", "picture")).strip(":").replace("_", " ").replace("-", " ").lower()
    whole = next((word for word in lexicon().find(name.removesuffix(" face"), Locale.EN) if word.category is Category.NOUN), None)
    return Word(Category.NOUN, whole.key if whole else name, (whole and whole.kind) or kind_of(picture), picture)
