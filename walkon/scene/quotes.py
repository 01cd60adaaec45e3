"""Takes spoken words out of a prompt, so that their punctuation cuts nothing."""

import re
from dataclasses import dataclass

from walkon.scene.tokens import QUOTE_FIRST, QUOTE_LAST, phrase_of
from walkon.scene.words import Category, lexicon
from walkon.types.people import Locale

MAX_QUOTES = ord(QUOTE_LAST) - ord(QUOTE_FIRST)

_SAYS = r"\b(?:says?|said|asks?|shouts?|yells?|whispers?|replies|answers?|sings?|dit|crie|demande|répond|chante|murmure|hurle)\s*[:,]?\s*"
_QUOTE = re.compile(
    r"\"([^\"]*)\"|“([^”\"]*)[”\"]|„([^“”]*)[“”]|«([^»]*)»|‹([^›]*)›|「([^」]*)」"
    rf"|(?<={' '})‘([^’\n]+)’(?!\w)",
)
_SINGLE = re.compile(rf"({_SAYS})'([^\n]{{1,300}}?)'(?!\w)", re.I)
_UNCLOSED = re.compile(rf"((?:{_SAYS}|:\s*))[\"“«]\s*([^\"“”«»\n]{{1,300}})$", re.I | re.M)
_NAME = r"[^\W\d_][\w' -]{0,30}?"
_NAMED = re.compile(rf"(?:(?<=^)|(?<=\n)|(?<=[.!?] ))({_NAME})\s?:\s+([^\n:\ue000-\uf8ff]{{1,300}}?)(?=\n|$|(?<=[.!?])\s{_NAME}\s?:\s)")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text whose quotes are single private-use characters, and the quotes by index."""

    text: str
    quotes: tuple[str, ...]


def mask_quotes(text: str) -> Masked:
    """Masks "…", “…”, «…» and their kin, 'after a word of saying', and `NAME: words` where NAME is a noun one can draw."""
    quotes: list[str] = []

    def mask(words: str) -> str:
        spoken = " ".join(words.split())
        if not any(letter.isalnum() for letter in spoken) or len(quotes) >= MAX_QUOTES:
            return " "
        quotes.append(spoken)
        return f" {chr(ord(QUOTE_FIRST) + len(quotes) - 1)} "

    text = _QUOTE.sub(lambda found: mask(next(group for group in found.groups() if group is not None)), text)
    text = _SINGLE.sub(lambda found: found.group(1) + mask(found.group(2)), text)
    text = _UNCLOSED.sub(lambda found: found.group(1) + mask(found.group(2)), text)
    text = _NAMED.sub(lambda found: _named(found, mask(found.group(2))) if _is_drawn(found.group(1)) else found.group(), text)
    return _in_order(text, quotes)


def _named(found: "re.Match[str]", mask: str) -> str:
    return f"{found.group(1)}: {mask}."


def _is_drawn(name: str) -> bool:
    phrase = phrase_of(name)
    bare = phrase.removeprefix("the ").removeprefix("le ").removeprefix("la ")
    return any(word.category is Category.NOUN for locale in Locale for word in lexicon().find(bare, locale))


def _in_order(text: str, quotes: list[str]) -> Masked:
    """Numbers the masks as they stand in the text, whatever pass found them."""
    ordered: list[str] = []

    def renumber(found: "re.Match[str]") -> str:
        ordered.append(quotes[ord(found.group()) - ord(QUOTE_FIRST)])
        return chr(ord(QUOTE_FIRST) + len(ordered) - 1)

    return Masked(re.sub(f"[{QUOTE_FIRST}-{QUOTE_LAST}]", renumber, text), tuple(ordered))
