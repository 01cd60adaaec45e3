"""Verdicts on words: what a wish asks for that is not made here, and which of its words ask for it."""

import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

from walkon.safety.normalise import Reading, patched, read, spelled, words_of
from walkon.safety.policy import RULES, Rule
from walkon.types.errors import WalkonError
from walkon.types.harm import ALWAYS, USUAL_TOPICS, Category

LEAST_PATCHED, LEAST_FUZZY = 6, 7
"""Letters of a term before words put together or turned round, or words with one letter wrong, count for it."""
MOST_QUOTED = 80
"""Characters of the person's own words that a refusal repeats."""
GROUPS_OF_PEOPLE = ("public_figure",)

_AGES = dict(zip("ten eleven twelve thirteen fourteen fifteen sixteen seventeen dix onze douze treize quatorze quinze seize".split(),
                 (10, 11, 12, 13, 14, 15, 16, 17, 10, 11, 12, 13, 14, 15, 16), strict=True))  # fmt: skip
_YEARS = frozenset("yo ans yr yrs".split())
_GONE = "\0"


class Label(StrEnum):
    """What is to happen with a text. UNAVAILABLE: whoever was asked could not say."""

    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was said about a text. category: None where it is allowed, or disguised so that nothing can be said.

    words: those of the text that decided, as written, at most MOST_QUOTED characters; "" where they may not be repeated.
    """

    label: Label
    category: Category | None = None
    words: str = ""

    @property
    def passes(self) -> bool:
        """Whether the text may be rendered."""
        return self.label is Label.ALLOW


@dataclass(eq=False)
class WordsRefused(WalkonError):
    """The words ask for something that is not made here. As text it has the category alone: words may be a person's."""

    verdict: Verdict

    def __str__(self) -> str:
        return str(self.verdict.category or "disguised")


ALLOWED = Verdict(label=Label.ALLOW)


@dataclass(frozen=True, slots=True)
class Hit:
    """A group's term in one form of a text: words start up to end, which is past the last."""

    group: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a book found in a text: hits by form, and groups that the text may mean if a word is mended."""

    hits: tuple[tuple[Hit, ...], ...]
    guesses: frozenset[str]


class Judge:
    """Judges texts by the word lists. topics: what is refused beside ALWAYS. people: further names of public figures.

    terms: further terms of the host, by category.
    """

    def __init__(
        self,
        topics: Iterable[Category] = USUAL_TOPICS,
        people: Iterable[str] = (),
        terms: Mapping[Category, Sequence[str]] | None = None,
    ) -> None:
        extra = {f"host_{category}": tuple(more) for category, more in (terms or {}).items()}
        refused = ALWAYS | frozenset(topics) | frozenset(terms or ())
        self._rules = tuple(rule for rule in RULES if rule.category in refused)
        self._rules += tuple(Rule(category, (frozenset({f"host_{category}"}),)) for category in terms or ())
        self._book = Book({**groups(), **extra}, people)

    def judge(self, text: str) -> Verdict:
        """The verdict on a text of any length. What is certain is blocked; what only looks like it is for review."""
        seen = self._look(text)
        if seen is None:
            return Verdict(label=Label.BLOCK)
        for rule in self._rules:
            label = _met(rule, seen)
            if label is not None:
                return Verdict(label=label, category=rule.category, words=self._quoted(rule, text))
        return ALLOWED

    def _look(self, text: str) -> Seen | None:
        reading = read(text)
        return None if reading.disguised else self._book.look(reading)

    def _quoted(self, rule: Rule, text: str) -> str:
        """The shortest run of the text's own words that still meets the rule."""
        if rule.category is Category.MINOR_SEXUAL:
            return ""
        words = text.split()[:4000]

        def met(start: int, end: int) -> bool:
            seen = self._look(" ".join(words[start:end]))
            return seen is not None and _met(rule, seen) is not None

        end = bisect_left(range(1, len(words) + 1), True, key=lambda end: met(0, end)) + 1
        start = bisect_left(range(end), True, key=lambda start: not met(start, end)) - 1
        quote = " ".join(words[max(0, start) : end]).strip(".,;:!?\"'«»()")
        return quote if len(quote) <= MOST_QUOTED else quote[: MOST_QUOTED - 1] + "…"


class Book:
    """Terms in groups, ready to be found. Words of a term may end in `*` for any ending; `*` alone is any word."""

    def __init__(self, terms: Mapping[str, Sequence[str]], people: Iterable[str] = ()) -> None:
        self._whole: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self._begun: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self._single: dict[str, set[str]] = {}
        self._short_one: dict[str, set[str]] = {}
        for group, listed in (*terms.items(), *((group, tuple(people)) for group in GROUPS_OF_PEOPLE)):
            for term in listed:
                self._add(group, term)
        self._lengths = sorted({len(start) for start in self._begun}, reverse=True)

    def _add(self, group: str, term: str) -> None:
        words = tuple("*" if part == "*" else "".join(words_of(part)) + "*" * part.endswith("*") for part in term.replace("'", " ").split())
        first = words[0] if words else ""
        if not first.strip("*"):
            return
        home = self._begun if first.endswith("*") else self._whole
        home.setdefault(first.rstrip("*"), []).append((group, words))
        if len(words) == 1 and group != "innocent":
            self._single.setdefault(first, set()).add(group)
            self._misspell(first, group)

    def _misspell(self, word: str, group: str) -> None:
        if len(word) >= LEAST_FUZZY and not word.endswith("*"):
            for index in range(1, len(word)):
                self._short_one.setdefault(word[:index] + word[index + 1 :], set()).add(group)

    def look(self, reading: Reading) -> Seen:
        """Every term of a text, harmless phrases taken out first."""
        forms = [self._without_harmless(form) for form in reading.forms]
        guesses = {group for form in forms for group in self._guesses(form)}
        return Seen(hits=tuple(tuple(self._hits(form)) for form in forms), guesses=frozenset(guesses))

    def _without_harmless(self, form: Sequence[str]) -> list[str]:
        words = list(form)
        for hit in self._found(form):
            if hit.group == "innocent":
                words[hit.start : hit.end] = [_GONE] * (hit.end - hit.start)
        return words

    def _hits(self, words: Sequence[str]) -> Iterator[Hit]:
        yield from (hit for hit in self._found(words) if hit.group != "innocent")
        yield from _ages(words)
        yield from (Hit(group, 0, 1) for group in self._groups_of(spelled(words)))

    def _found(self, words: Sequence[str]) -> Iterator[Hit]:
        for start, word in enumerate(words):
            for group, term in self._beginning_with(word):
                end = start + len(term)
                if end <= len(words) and all(_fits(part, said) for part, said in zip(term, words[start:end], strict=True)):
                    yield Hit(group, start, end)

    def _beginning_with(self, word: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield from self._whole.get(word, ())
        for length in self._lengths:
            yield from self._begun.get(word[:length], ()) if len(word) >= length else ()

    def _groups_of(self, words: Iterable[str]) -> set[str]:
        return {group for word in words for stem in (word, *self._stems(word)) for group in self._single.get(stem, ())}

    def _stems(self, word: str) -> Iterator[str]:
        return (word[:length] + "*" for length in self._lengths if len(word) >= length)

    def _guesses(self, words: Sequence[str]) -> set[str]:
        joined = self._groups_of(word for word in patched(words) if len(word) >= LEAST_PATCHED and _GONE not in word)
        near = {word for word in words if len(word) >= LEAST_FUZZY - 1} - _real_words()
        missing = {group for word in near for group in self._short_one.get(word, ())}
        longer = (word[:index] + word[index + 1 :] for word in near if len(word) > LEAST_FUZZY for index in range(1, len(word)))
        return joined | missing | self._groups_of(longer)


def _met(rule: Rule, seen: Seen) -> Label | None:
    if any(_all_hit(rule, hits) for hits in seen.hits):
        return Label.BLOCK
    return Label.REVIEW if len(rule.groups) == 1 and rule.groups[0] & seen.guesses else None


@cache
def usual_judge() -> Judge:
    """A judge by the lists that come with walkon and the usual topics."""
    return Judge()


def _fits(part: str, said: str) -> bool:
    return said != _GONE and (part == "*" or (said.startswith(part[:-1]) if part.endswith("*") else said == part))


def _all_hit(rule: Rule, hits: Sequence[Hit]) -> bool:
    chosen = [[hit for hit in hits if hit.group in group] for group in rule.groups]
    if not all(chosen):
        return False
    if len(chosen) == 1:
        return True
    return any(_close(first, other, rule.within) for first in chosen[0] for other in chosen[1])


def _close(first: Hit, other: Hit, within: int) -> bool:
    return max(first.end, other.end) - min(first.start, other.start) - (first.end - first.start) - (other.end - other.start) <= within


def _ages(words: Sequence[str]) -> Iterator[Hit]:
    """Ages below 18, as the group `age`."""
    for index, (number, unit) in enumerate(pairwise(words)):
        years = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else _AGES.get(number, 99)
        old = unit in _YEARS or (unit in ("year", "years") and words[index + 2 : index + 3] in (["old"], ["olds"]))
        if years < 18 and old:
            yield Hit("age", index, index + 2)


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """The terms of every group, of all languages together: whoever is refused in one tries the other."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((files("walkon.safety") / "lists").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml") and path.name != "real_words.toml":
            for group, terms in tomllib.loads(path.read_text("utf-8")).items():
                found[group] = found.get(group, ()) + tuple(terms)
    return found


@cache
def _real_words() -> frozenset[str]:
    """Words of their own that are one letter away from a term."""
    text = (files("walkon.safety") / "lists" / "real_words.toml").read_text("utf-8")
    return frozenset(word for listed in tomllib.loads(text).values() for word in listed)
