"""Length, shape and seed asked for inside the prompt, in natural words.

`take_options` finds them wherever they stand and is lenient; `options_of` is strict about a row of them at either end, `16:9 8s seed
42`, which can be nothing but options.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from walkon.scene.normalise import clean, straight
from walkon.scene.quotes import mask_quotes
from walkon.types.errors import WalkonError
from walkon.types.scene import MAX_PROMPT, MAX_SECONDS, MAX_SEED, MIN_SECONDS, Aspect

_ASPECTS = (
    (
        Aspect.TALL,
        re.compile(
            r"(?<![\d:])9\s?:\s?16(?![\d:])|\b(?:vertical(?:e)?(?: video| format)?|portrait (?:mode|format)|format portrait)\b", re.I
        ),
    ),
    (
        Aspect.WIDE,
        re.compile(
            r"(?<![\d:])16\s?:\s?9(?![\d:])|\b(?:widescreen|landscape (?:mode|format)|format paysage|horizontal(?:e)? video)\b", re.I
        ),
    ),
    (Aspect.SQUARE, re.compile(r"(?<![\d:])1\s?:\s?1(?![\d:])|\b(?:square (?:video|format)|format carré|vidéo carrée)\b", re.I)),
)
_SECONDS = re.compile(
    r"(?<![\w.,:\-\[])(?:(?:for|during|pendant|en)\s)?(\d{1,3}(?:[.,]\d)?)\s?-?(?:s|secs?|seconds?|secondes?)\b"
    r"(?!\s(?:later|ago|before|after|plus tard))",
    re.I,
)


_SEED = re.compile(r"(?<![\w.,:\-])(?:seed|graine)\s?[:=]?\s?(\d{1,10})(?=\s*(?:$|[,.;!?\n\d]))", re.I)

_RATIO = r"(?P<aspect>\d{1,2}(?:\.\d{1,2})?\s?:\s?\d{1,2})"
_LENGTH = r"(?P<seconds>-?\d{1,6}(?:[.,]\d{1,3})?\s?(?:s|secs?))"
_NUMBERED = r"(?:seed|graine)\s?[:=]?\s?(?P<seed>-?\d[\w.]{0,30})"
_OPTION = re.compile(rf"(?:{_RATIO}|{_LENGTH}|{_NUMBERED})(?![\w:])", re.I)
_ROW = re.sub(r"\?P<\w+>", "?:", _OPTION.pattern)
_LAST_ROW = re.compile(rf"(?P<before>^|[\s,;]+)(?P<row>{_ROW}(?:[\s,;]+{_ROW})*)[\s,;.!]*$", re.I)
_FIRST_ROW = re.compile(rf"^(?P<row>{_ROW}(?:[\s,;]+{_ROW})*)(?=[\s,;:]|$)", re.I)
_OTHER_SHAPES = frozenset({"4:3", "3:4", "5:4", "4:5", "21:9", "9:21", "2.35:1", "2.39:1", "1.85:1"})
"""What pictures elsewhere are shaped like: nothing but an option, where it ends or begins a prompt."""
_TIME_OF_DAY = re.compile(r"(?:[01]?\d|2[0-3])\s?:\s?[0-5]\d")
LONGEST_ROW = 120
"""Characters at either end among which a row of options is looked for."""


@dataclass(eq=False)
class OptionRefused(WalkonError):
    """Something that stands among the options cannot be meant. allowed: what would pass."""

    option: str
    value: str
    allowed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the prompt itself asks for. text: the rest. seconds, aspect, seed: None where it says nothing."""

    text: str
    seconds: float | None
    aspect: Aspect | None
    seed: int | None


def take_options(text: str) -> Written:
    """Finds length, shape and seed, and takes them out of the text; of two wishes the first counts."""
    seed: int | None = None
    if (numbered := _SEED.search(text)) and int(numbered.group(1)) <= MAX_SEED:
        seed = int(numbered.group(1))
        text = _SEED.sub(" ", text)
    seconds: float | None = None
    if found := _SECONDS.search(text):
        seconds = float(found.group(1).replace(",", "."))
        text = _SECONDS.sub(" ", text)
    aspect: Aspect | None = None
    for shape, pattern in _ASPECTS:
        if pattern.search(text):
            aspect = aspect or shape
            text = pattern.sub(" ", text)
    return Written(text=text, seconds=seconds, aspect=aspect, seed=seed)


def options_of(prompt: str) -> Written:
    """What a prompt as typed asks for; what is quoted in it asks for nothing.

    Raises OptionRefused for the first of a row of options that cannot be meant, or that says twice what can be said once.
    """
    text = mask_quotes(straight(clean(prompt[:MAX_PROMPT]))).text.strip()
    for row in _rows(text):
        _check(row)
    return take_options(text)


def _rows(text: str) -> Iterator[str]:
    first = _FIRST_ROW.search(text[:LONGEST_ROW])
    if first and _is_row(first["row"], apart=True):
        yield first["row"]
    last = _LAST_ROW.search(text[-LONGEST_ROW:])
    if last and (first is None or first.end() < len(text)) and _is_row(last["row"], apart=not last["before"].isspace()):
        yield last["row"]


def _is_row(row: str, *, apart: bool) -> bool:
    """A ratio by itself may be a score or a time of day, unless pictures have it, or it stands apart from the words."""
    options = list(_OPTION.finditer(row))
    ratio = options[0]["aspect"]
    if len(options) > 1 or not ratio or re.sub(r"\s", "", ratio) in _OTHER_SHAPES:
        return True
    return apart and not _TIME_OF_DAY.fullmatch(ratio)


def _check(row: str) -> None:
    known: dict[str, str] = {}
    for found in _OPTION.finditer(row):
        option = found.lastgroup or ""
        value = found[option]
        if not _PASSES[option](value):
            raise OptionRefused(option, value, _ALLOWED[option])
        if known.setdefault(option, value) != value:
            raise OptionRefused(option, f"{known[option]} {value}", _ALLOWED[option])


def _is_aspect(value: str) -> bool:
    return re.sub(r"\s", "", value) in frozenset(Aspect)


def _is_length(value: str) -> bool:
    number = re.match(r"-?[\d.,]+", value)
    return number is not None and MIN_SECONDS <= float(number[0].replace(",", ".")) <= MAX_SECONDS


def _is_seed(value: str) -> bool:
    return value.isascii() and value.isdecimal() and int(value) <= MAX_SEED


_PASSES = {"aspect": _is_aspect, "seconds": _is_length, "seed": _is_seed}
_ALLOWED = {"aspect": ", ".join(Aspect), "seconds": f"{MIN_SECONDS}s-{MAX_SECONDS}s", "seed": f"0-{MAX_SEED}"}
