"""Cuts text into words, emoji, quotes and punctuation, in one pass."""

import re
from dataclasses import dataclass
from enum import Enum, auto

QUOTE_FIRST, QUOTE_LAST = "\ue000", "\uf8ff"
"""Private-use characters that stand for masked quotes: the n-th quote of a prompt is `chr(ord(QUOTE_FIRST) + n)`."""

MENTION_FIRST, MENTION_LAST = "\U000f0000", "\U000f03ff"
"""Private-use characters that stand for mentioned people, in the same way."""

_PICTURE = (
    "\u231a-\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u25aa-\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55"
    "\u2934\u2935\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
)
_EMOJI = (
    "[\U0001f1e6-\U0001f1ff]{2}"
    f"|[{_PICTURE}]\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
    f"(?:\u200d[{_PICTURE}\u2640\u2642\u2695]\ufe0f?[\U0001f3fb-\U0001f3ff]?)*"
)
_TOKEN = re.compile(
    rf"(?P<emoji>{_EMOJI})"
    r"|(?P<quote>[\ue000-\uf8ff])"
    r"|(?P<mention>[\U000f0000-\U000f03ff])"
    r"|(?P<word>@[\w.]+|aujourd'hui|(?<!\w)(?:qu|jusqu|lorsqu|puisqu|quelqu|[ldjncmts])'(?=\w)|[^\W_]+n't\b|'(?:s|re|ll|ve|d|m)\b|[^\W_]+|&)"
    r"|(?P<stop>[.,;:!?…\n()\[\]{}])",
    re.IGNORECASE,
)
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")


class TokenKind(Enum):
    """What a token is."""

    WORD = auto()
    EMOJI = auto()
    QUOTE = auto()
    MENTION = auto()
    STOP = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of text. low: the form to look up. start, end: where it stands in the text it was cut from."""

    kind: TokenKind
    text: str
    low: str
    start: int
    end: int

    @property
    def quote(self) -> int:
        """Index of the masked quote; only for QUOTE."""
        return ord(self.text) - ord(QUOTE_FIRST)


def plain_emoji(text: str) -> str:
    """An emoji without skin tone and variation selectors, for looking it up."""
    return _SKIN.sub("", text)


def tokens_of(text: str) -> list[Token]:
    """The tokens of `text`, in order; hyphens and other marks only part words. Apostrophes must be straight."""
    return [_token(found) for found in _TOKEN.finditer(text)]


def _token(found: "re.Match[str]") -> Token:
    text = found.group()
    kind = TokenKind[(found.lastgroup or "stop").upper()]
    low = plain_emoji(text) if kind is TokenKind.EMOJI else text.lower()
    return Token(kind, text, low, found.start(), found.end())


def phrase_of(text: str) -> str:
    """The form under which the words of `text` are looked up together."""
    if text.replace(" ", "").isalpha():
        return text.lower()
    if text.endswith("'") and len(text) > 1:
        head, _, elided = text.rpartition(" ")
        return f"{phrase_of(head)} {elided.lower()}".strip()
    return " ".join(token.low for token in tokens_of(text))
