"""What a prompt's words touch of the subjects that owners may refuse, in English and French. A list, and no more than a list."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from tomllib import loads

from walkon.consent.likeness import Topic


def topics_of(words: str) -> frozenset[Topic]:
    """The subjects that `words` touch. Case, accents, invisible characters and punctuation inside words do not hide one."""
    plain = _plain(words)
    return frozenset(topic for topic, pattern in _patterns().items() if pattern.search(plain))


def _plain(words: str) -> str:
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", words).casefold())
    bare = "".join(letter for letter in folded if unicodedata.category(letter) not in ("Mn", "Cf"))
    return " ".join(re.findall(r"[^\W_]+", bare))


@cache
def _patterns() -> Mapping[Topic, "re.Pattern[str]"]:
    lists = loads(files("walkon.consent").joinpath("topics.toml").read_text("utf-8"))
    return {topic: re.compile(rf"\b(?:{'|'.join(_ways(lists[topic]))})\b") for topic in Topic}


def _ways(terms: list[str]) -> list[str]:
    # A star stands for any ending: `elect*` is election, elected, electoral.
    return [re.escape(_plain(term)) + (r"\w*" if term.endswith("*") else "") for term in terms]
