"""Length and shape asked for inside the prompt, in natural words."""

import re
from dataclasses import dataclass

from walkon.types.scene import Aspect

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the prompt itself asks for. text: the rest. seconds, aspect: None where it says nothing."""

    text: str
    seconds: float | None
    aspect: Aspect | None


def take_options(text: str) -> Written:
    """Finds length and shape, and takes them out of the text; of two wishes the first counts."""
    seconds: float | None = None
    if found := _SECONDS.search(text):
        seconds = float(found.group(1).replace(",", "."))
        text = _SECONDS.sub(" ", text)
    aspect: Aspect | None = None
    for shape, pattern in _ASPECTS:
        if pattern.search(text):
            aspect = aspect or shape
            text = pattern.sub(" ", text)
    return Written(text=text, seconds=seconds, aspect=aspect)
