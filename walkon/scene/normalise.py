"""Cleans a prompt and tells its language."""

import re
import unicodedata

from walkon.scene.tokens import QUOTE_FIRST, QUOTE_LAST, Token, TokenKind
from walkon.scene.words import Category, lexicon
from walkon.types.people import Locale

MAX_READ = 4_000
"""Characters of a prompt that are staged; words beyond are reported as not staged."""

FRENCH_SHARE = 0.09
"""Least share of French function words in a French prompt."""

_KEPT = frozenset("\n\u200d\ufe0f")
_BLANK = frozenset("\u2800\u3164\u115f\u1160\uffa0")
_TAGS = range(0xE0020, 0xE0080)
_FUNCTION = frozenset(Category) - frozenset(
    {
        Category.NOUN,
        Category.VERB,
        Category.PLACE,
        Category.TIME,
        Category.WEATHER,
        Category.MOOD,
        Category.CAMERA,
        Category.SOUND,
        Category.PARTICLE,
        Category.COLOUR,
        Category.SIZE,
        Category.COUNT,
        Category.MANNER,
        Category.STYLE,
    }
)
_GREETINGS = {
    Locale.EN: frozenset("hello hi bye goodbye thanks yes please sorry help wow stop".split()),
    Locale.FR: frozenset("bonjour salut bonsoir merci oui adieu coucou pardon secours bravo non".split()),
}


def clean(prompt: str) -> str:
    """The prompt in NFC, without control, direction and private-use characters, blanks made plain, ends trimmed."""
    text = unicodedata.normalize("NFC", prompt.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.replace("\n", "").isprintable():
        text = "".join(" " if letter.isspace() and letter != "\n" else letter for letter in text if _allowed(letter))
    return re.sub(r" *\n[\n ]*", "\n", re.sub(r" {2,}", " ", text)).strip()


def _allowed(letter: str) -> bool:
    if letter in _KEPT or ord(letter) in _TAGS or letter.isspace():
        return True
    return unicodedata.category(letter)[0] != "C"


def is_visible(text: str) -> bool:
    """Whether anything in the text would be seen when printed."""
    return any(unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANK for letter in text)


def straight(text: str) -> str:
    """The text with straight apostrophes; same length."""
    return text.replace("’", "'").replace("ʼ", "'")


def language_of(tokens: list[Token], locale: Locale) -> Locale:
    """English or French, by function words, then by words known; `locale` decides ties."""
    words = [token.low for token in tokens if token.kind is TokenKind.WORD]
    if not words:
        return locale
    english, french = (_function_words(words, language) for language in (Locale.EN, Locale.FR))
    if french > english and french / len(words) >= FRENCH_SHARE:
        return Locale.FR
    if english > french:
        return Locale.EN
    return _by_known_words(words, locale)


def _function_words(words: list[str], locale: Locale) -> int:
    return sum(word in _GREETINGS[locale] or _is_function(word, locale) for word in words)


def _is_function(word: str, locale: Locale) -> bool:
    """Whether a word holds sentences together in one language and is unknown in the other."""
    book = lexicon()
    if any(word in table for language, table in book.meanings.items() if language is not locale):
        return False
    return any(meaning.category in _FUNCTION for meaning in book.meanings[locale].get(word, ()))


def _by_known_words(words: list[str], locale: Locale) -> Locale:
    book = lexicon()
    known = {language: sum(bool(book.find(word, language)) for word in words) for language in Locale}
    if known[Locale.EN] == known[Locale.FR]:
        return locale
    return max(known, key=lambda language: known[language])


def unmask(text: str) -> str:
    """The text without masks of quotes."""
    return re.sub(f"[{QUOTE_FIRST}-{QUOTE_LAST}]", " ", text)
