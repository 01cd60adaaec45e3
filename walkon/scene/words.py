"""The lexicon: what walkon knows of English and French, read once from `lexicon/*.toml` and kept."""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files

from walkon.scene.inflect import Form, french_person, plurals, shown_plural, third_person, verb_forms
from walkon.scene.tokens import phrase_of, plain_emoji
from walkon.types.people import Locale
from walkon.types.scene import Kind

LONGEST_PHRASE = 6
"""Most words that an entry of the lexicon can have."""

NOUN_FILES = ("people", "animals", "things", "nature")
OTHER_FILES = ("function", "settings", "verbs")


class Category(StrEnum):
    """What a word does in a prompt; the tables of the lexicon's files are named after these."""

    NOUN = "noun"
    VERB = "verb"
    PLACE = "place"
    TIME = "time"
    WEATHER = "weather"
    MOOD = "mood"
    CAMERA = "camera"
    SOUND = "sound"
    PARTICLE = "particle"
    COLOUR = "colour"
    SIZE = "size"
    COUNT = "count"
    MANNER = "manner"
    STYLE = "style"
    DEFINITE = "definite"
    INDEFINITE = "indefinite"
    SUBJECT_PRONOUN = "subject_pronoun"
    OBJECT_PRONOUN = "object_pronoun"
    OTHER_PRONOUN = "other_pronoun"
    SILENT = "silent"
    AUXILIARY = "auxiliary"
    NEGATION = "negation"
    CONJUNCTION = "conjunction"
    RELATIVE = "relative"
    ONE = "one"
    REST = "rest"
    ON = "on"
    UNDER = "under"
    BEHIND = "behind"
    WITHIN = "within"
    WITH = "with"
    NEAR = "near"
    TOWARDS = "towards"
    THEN = "then"


@dataclass(frozen=True, slots=True)
class Word:
    """One meaning of one form. key: the English key. kind, emoji: of nouns only. form: of verbs, and of sounds used as verbs."""

    category: Category
    key: str
    kind: Kind | None = None
    emoji: str = ""
    plural: bool = False
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """What a key is called in one language. feminine: French grammar."""

    singular: str
    plural: str
    feminine: bool = False


Table = dict[str, tuple[Word, ...]]


@dataclass(slots=True)
class Lexicon:
    """meanings: by language, the meanings of each phrase. names: by language, category and key, what to call it."""

    meanings: Mapping[Locale, Table] = field(default_factory=lambda: {locale: {} for locale in Locale})
    folded: Mapping[Locale, dict[str, str]] = field(default_factory=lambda: {locale: {} for locale in Locale})
    names: Mapping[Locale, dict[tuple[Category, str], Name]] = field(default_factory=lambda: {locale: {} for locale in Locale})
    pictures: dict[str, Word] = field(default_factory=dict)

    def find(self, phrase: str, locale: Locale) -> tuple[Word, ...]:
        """Meanings of a phrase as `phrase_of` gives it; French also without its accents. Empty where it is unknown."""
        table = self.meanings[locale]
        found = table.get(phrase)
        if found is None and (accented := self.folded[locale].get(phrase)) is not None:
            return table[accented]
        return found or ()

    def name(self, category: Category, key: str, locale: Locale) -> Name:
        """What a key is called; the key itself where the lexicon lacks it."""
        return self.names[locale].get((category, key)) or Name(key, key)

    def add(self, phrase: str, word: Word, locale: Locale) -> None:
        """Another meaning of a phrase; of two with one category and key the first stays."""
        known = self.meanings[locale].get(phrase, ())
        if not any(other.category is word.category and other.key == word.key for other in known):
            self.meanings[locale][phrase] = (*known, word)


@cache
def lexicon() -> Lexicon:
    """The lexicon, read on first use."""
    book = Lexicon()
    for stem in NOUN_FILES:
        for kind, key, parts in _entries(stem):
            _add_noun(book, Kind(kind), key, parts)
    for stem in OTHER_FILES:
        for table, key, parts in _entries(stem):
            _add_other(book, Category(table), key, parts)
    for locale in Locale:
        _fold(book, locale)
    return book


def entries(stem: str) -> dict[str, dict[str, str]]:
    """One file of the lexicon as it is written: table, key, line."""
    return tomllib.loads((files("walkon.scene") / "lexicon" / f"{stem}.toml").read_text("utf-8"))


def _entries(stem: str) -> Iterator[tuple[str, str, list[str]]]:
    for table, lines in entries(stem).items():
        for key, line in lines.items():
            yield table, key, line.split("|")


def _items(text: str) -> list[str]:
    depth, parts, current = 0, [], ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += letter
    return [part for part in (*parts, current.strip()) if part]


def _add_noun(book: Lexicon, kind: Kind, key: str, parts: list[str]) -> None:
    emoji, noun = parts[0].strip(), key.replace("_", " ")
    single = Word(Category.NOUN, noun, kind, emoji)
    many = Word(Category.NOUN, noun, kind, emoji, plural=True)
    book.pictures.setdefault(plain_emoji(emoji), single)
    for locale, text in zip((Locale.EN, Locale.FR), parts[1:], strict=True):
        for item in _items(text):
            name, listed = _noun_forms(item, locale)
            book.names[locale].setdefault((Category.NOUN, noun), name)
            book.add(phrase_of(name.singular), single, locale)
            for plural in listed:
                book.add(phrase_of(plural), many, locale)


def _noun_forms(item: str, locale: Locale) -> tuple[Name, set[str]]:
    feminine = item.startswith("+")
    singular, _, irregular = item.removeprefix("+").partition("/")
    listed = {irregular} if irregular else plurals(singular, locale)
    spoken = irregular or shown_plural(singular, locale)
    return Name(singular, spoken, feminine), {*listed, spoken}


def _add_other(book: Lexicon, category: Category, key: str, parts: list[str]) -> None:
    for locale, text in zip((Locale.EN, Locale.FR), parts, strict=True):
        for item in _items(text):
            if category is Category.VERB or item.startswith("v:"):
                _add_verb(book, Word(category, key), item.removeprefix("v:"), locale)
            else:
                _add_word(book, Word(category, key), item, locale)


def _add_verb(book: Lexicon, word: Word, item: str, locale: Locale) -> None:
    if locale is Locale.EN:
        verb = item.partition("(")[0]
        name = Name(third_person(verb), verb)
    else:
        name = Name(french_person(item, plural=False), french_person(item, plural=True))
    book.names[locale].setdefault((word.category, word.key), name)
    for form, kind in verb_forms(item, locale).items():
        book.add(phrase_of(form), Word(word.category, word.key, form=kind), locale)


def _add_word(book: Lexicon, word: Word, item: str, locale: Locale) -> None:
    feminine = item.startswith("+")
    singular, _, irregular = item.removeprefix("+").partition("/")
    if not (picture := phrase_of(singular)).isascii() and len(picture) < 3 and not picture.isalpha():
        book.pictures[picture] = word
        return
    book.names[locale].setdefault((word.category, word.key), Name(singular, singular, feminine))
    forms = {singular, irregular} if irregular else {singular}
    if word.category is Category.PLACE and not irregular:
        forms |= plurals(singular, locale)
    for form in forms:
        book.add(phrase_of(form), word, locale)


def _fold(book: Lexicon, locale: Locale) -> None:
    table = book.meanings[locale]
    for phrase in table:
        plain = fold(phrase)
        if plain != phrase and plain not in table:
            book.folded[locale].setdefault(plain, phrase)


def fold(text: str) -> str:
    """The text without accents and ligatures."""
    if text.isascii():
        return text
    bare = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return bare.replace("œ", "oe").replace("æ", "ae")
