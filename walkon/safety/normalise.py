"""Undoes what hides a word from a list: look-alike letters, invisible ones, digits for letters, spaces, reversal, encodings.

The forms made here are for comparing only; what people read and what is rendered stays as written.
"""

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby, pairwise
from urllib.parse import unquote

MAX_READ = 20_000
"""Characters that are read; a longer text counts as disguised, since what lies beyond would go unread."""
FEW_HIDDEN, MAX_HIDDEN_SHARE = 5, 0.10
MAX_MIXED_WORDS = 50
"""More invisible characters among the letters, or more words of letters from several scripts, than any honest text has."""

# Letters in squares and circles, which NFKC leaves alone or misses in their negative form (Unicode, Enclosed Alphanumeric Supplement).
_ENCLOSED = {start + offset: chr(97 + offset) for start in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for offset in range(26)}
_SMALL_CAPITALS = {
    **dict(zip(range(0x1D00, 0x1D24), "aææbcddeeijklmnoooooooooprrtuuumvwzz", strict=False)),
    **{0x0262: "g", 0x026A: "i", 0x0274: "n", 0x0280: "r", 0x028F: "y", 0x0299: "b", 0x029C: "h", 0x029F: "l", 0xA730: "f", 0xA731: "s"},
}
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d"})
_LEET = str.maketrans("01345789@$!|€£+(", "oieastbgasiieltc")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
                        "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]")  # fmt: skip
_HIDDEN_IN_WORD = re.compile(rf"(?<=[^\W\d_]){_INVISIBLE.pattern}+|{_INVISIBLE.pattern}+(?=[^\W\d_])")
_MANY_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,}")
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"(.)\1{2,}")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{12,4000}={0,2}(?![A-Za-z0-9+/=])")
_SHOT_MARK = re.compile(r"\b(?:shot|scene|plan|prise)\s*\d{1,2}\s*[:.)\]-]|\[?\b\d{1,2}:\d{2}\b\]?", re.IGNORECASE)
_EDGES = "!?.,;:()[]{}\"'«»…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text as a list should see it.

    forms: the words in order, in every way they can be read (as written, with digits as letters, decoded). disguised: so much
    is hidden that no list can be trusted with it.
    """

    forms: tuple[tuple[str, ...], ...]
    disguised: bool = False


def read(text: str) -> Reading:
    """Every way to read `text`, of which at most MAX_READ characters are looked at."""
    shown = text[:MAX_READ]
    folded = [fold(part) for part in (shown, *_decoded(shown))]
    forms = dict.fromkeys(form for part in folded for form in _forms(part))
    return Reading(forms=tuple(forms), disguised=len(text) > MAX_READ or _disguised(shown))


def fold(text: str) -> str:
    """The text in plain lower-case letters: no accents, no invisible characters, look-alikes as the letters they imitate."""
    import ftfy

    text = ftfy.fix_text(text.translate(_ENCLOSED).translate(_SMALL_CAPITALS), normalization=None)
    text = _MANY_MARKS.sub("", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFKC", text).casefold().translate(_confusables())
    bare = "".join(letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter) != "Mn")
    return bare.translate(_LETTERS).casefold().translate(_confusables())[: 2 * MAX_READ]


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a plain text, such as a list's term."""
    return tuple(_WORD.findall(fold(text)))


@cache
def _confusables() -> dict[int, str]:
    """Letters that look like one of a to z, from the data of Unicode's technical standard 39."""
    data = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text("utf-8"))
    alike: dict[int, str] = {}
    for letter, twins in data.items():
        latin = next((twin["c"] for twin in twins if len(twin["c"]) == 1 and twin["c"].isascii() and twin["c"].isalpha()), None)
        if latin and len(letter) == 1 and not letter.isascii():
            alike[ord(letter)] = latin.lower()
    return alike


def _decoded(text: str) -> Iterator[str]:
    if "%" in text and (plain := unquote(text)) != text:
        yield plain
    for code in _BASE64.findall(text)[:20]:
        try:
            plain = base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        if plain.isprintable():
            yield plain


def _forms(folded: str) -> Iterator[tuple[str, ...]]:
    text = _SHOT_MARK.sub(" ", folded)
    yield _squeezed(text, r"\1")
    if _RUN.search(text):
        yield _squeezed(text, r"\1\1")
    leet = " ".join(_unleeted(chunk) for chunk in text.split())
    if leet != text:
        yield _squeezed(leet, r"\1")


def _squeezed(text: str, keep: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_RUN.sub(keep, text)))


def _unleeted(chunk: str) -> str:
    bare = chunk.strip(_EDGES)
    return bare.translate(_LEET) if any(map(str.isalpha, bare)) else chunk


def patched(words: Sequence[str]) -> Iterator[str]:
    """Words that only appear when two neighbours are put together or one is read backwards; chance makes short ones."""
    yield from (first + second for first, second in pairwise(words))
    yield from (word[::-1] for word in words)


def spelled(words: Sequence[str]) -> Iterator[str]:
    """Words of 4 to 16 letters that are written letter by letter."""
    for single, run in groupby(words, lambda word: len(word) == 1):
        letters = "".join(run)[:200] if single else ""
        yield from (letters[start:end] for start in range(len(letters)) for end in range(start + 4, min(len(letters), start + 16) + 1))


def _disguised(text: str) -> bool:
    hidden = sum(len(found) for found in _HIDDEN_IN_WORD.findall(text))
    mixed = sum(_mixed(word) for word in _WORD.findall(text))
    return hidden > max(FEW_HIDDEN, MAX_HIDDEN_SHARE * len(text)) or mixed > MAX_MIXED_WORDS


def _mixed(word: str) -> bool:
    """Whether a word has Latin letters and ones of another script that look like them."""
    alike = _confusables()
    return any(letter.isascii() and letter.isalpha() for letter in word) and any(ord(letter) in alike for letter in word)
