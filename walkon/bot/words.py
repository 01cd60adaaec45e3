"""Every sentence walkon says, in English and French, and how numbers and errors become sentences."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any

from walkon.bot.cards import Mention, Text, plain
from walkon.types.people import Locale

REMEMBERED = 4_000
"""Sentences that are kept taken apart: more than both catalogues have."""


def _flatten(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


@lru_cache(maxsize=REMEMBERED)
def _pieces(sentence: str) -> Sequence[tuple[str, str | None]]:
    """The sentence as words, each piece with the name of the place after it."""
    return tuple((literal, name) for literal, name, _, _ in Formatter().parse(sentence))


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogues. A key is `room.thing.part`; a value may name places to fill as `{asker}`."""

    catalogues: dict[Locale, dict[str, str]]

    @classmethod
    def load(cls) -> "Words":
        """Read both catalogues from the package."""
        folder = files("walkon.bot") / "locales"
        return cls({locale: _flatten(tomllib.loads((folder / f"{locale}.toml").read_text("utf-8"))) for locale in Locale})

    def text(self, locale: Locale, key: str, **values: Any) -> Text:
        """The sentence with its places filled; a `Mention` stays one. Raises KeyError for a key that no catalogue has."""
        parts: list[str | Mention] = []
        for literal, name in _pieces(self.catalogues[locale][key]):
            parts.append(literal)
            if name is not None:
                value = values[name]
                parts.extend(value if isinstance(value, tuple) else (value if isinstance(value, Mention) else str(value),))
        return tuple(part for part in parts if part != "")

    def say(self, locale: Locale, key: str, **values: Any) -> str:
        """The same as one plain string, names in place of mentions."""
        return plain(self.text(locale, key, **values))

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self.catalogues[Locale.EN]

    def duration(self, locale: Locale, seconds: float) -> str:
        """A wait in words, rounded up and never too exact: a few seconds, then about so many to 5 s, then to half minutes."""
        if seconds < 10:
            return self.say(locale, "time.few")
        if seconds <= 90:
            return self.say(locale, "time.seconds", n=-int(-seconds // 5) * 5)
        halves = -int(-seconds // 30)
        number = f"{halves // 2}" if halves % 2 == 0 else self.number(locale, halves / 2, 1)
        return self.say(locale, "time.minutes", n=number)

    def number(self, locale: Locale, value: float, digits: int) -> str:
        """A number with the language's decimal sign."""
        text = f"{value:.{digits}f}"
        return text.replace(".", ",") if locale is Locale.FR else text

    def ordinal(self, locale: Locale, n: int) -> str:
        """1st, 2nd, 3rd … or 1er, 2e, 3e."""
        if locale is Locale.FR:
            return "1er" if n == 1 else f"{n}e"
        suffix = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
        return f"{n}{suffix}"

    def energy(self, locale: Locale, wh: float, *, metered: bool) -> str:
        """Energy with two significant digits, marked where it is an estimate."""
        if wh <= 0:
            return self.say(locale, "energy.unknown")
        digits = 0 if wh >= 10 else 1 if wh >= 1 else 2 if wh >= 0.1 else 3
        return self.say(locale, "energy.metered" if metered else "energy.estimate", wh=self.number(locale, wh, digits))
