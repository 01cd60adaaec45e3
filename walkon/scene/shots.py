"""Cuts a masked prompt into shots: by their headings and time codes, else by sentences."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from walkon.scene.quotes import Masked
from walkon.scene.tokens import QUOTE_FIRST

_STAMP = r"\d{1,2}:\d{2}(?:[.,]\d{1,2})?"
_CODE = re.compile(rf"[\[(]?\s*({_STAMP})\s*(?:-|–|—|to|à)\s*({_STAMP})\s*[\])]?\s*:?|\[\s*({_STAMP})\s*\]\s*:?")
_HEADING = re.compile(
    r"(?:(?:^|(?<=[\n.!?;\ue000-\uf8ff]))\s*|(?<=\s))(?:shot|scene|plan|scène|séquence|cut|panel)\s?(?:n°|no\.?)?\s?\d{1,2}\s?[:.\-–—)]\s*"
    r"|(?:^|(?<=[\n.!?;\ue000-\uf8ff]))\s*\d{1,2}\s?[.)](?=\s)\s*"
    r"|(?:^|(?<=\n))\s*[-*•–]\s+",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+|\s*;\s*")
_JOINED = re.compile(
    r"^\s*(?:says?|said|asks?|asked|shouts?|yells?|screams?|replies|answers?|whispers?|sings?|laughs?|cries|exclaims?"
    r"|dit|demande|répond|crie|hurle|murmure|chante|s'écrie|s'exclame|lance|chuchote)\b",
    re.I,
)


class Cut(Enum):
    """Why a shot begins; a weaker cut may be undone where shots are too many."""

    ASKED = auto()
    SENTENCE = auto()
    THEN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The masked text of one shot. start_s, end_s: from its time code."""

    text: str
    cut: Cut
    start_s: float | None = None
    end_s: float | None = None


def pieces_of(masked: Masked) -> list[Piece]:
    """The shots of a prompt in order; at least one where the text has any word, emoji or quote."""
    return _by_code(masked) or _by_heading(masked) or _sentences(masked.text, masked.quotes, Cut.SENTENCE)


def _seconds(stamp: str | None) -> float | None:
    if stamp is None:
        return None
    minutes, _, seconds = stamp.replace(",", ".").partition(":")
    return int(minutes) * 60 + float(seconds)


def _by_code(masked: Masked) -> list[Piece]:
    codes = list(_CODE.finditer(masked.text))
    if not codes:
        return []
    before = masked.text[: codes[0].start()]
    pieces = [Piece(text=before, cut=Cut.ASKED)] if _has_words(before) and not _HEADING.fullmatch(before) else []
    for code, after in zip(codes, [*codes[1:], None], strict=True):
        text = masked.text[code.end() : after.start() if after else None]
        start, end = _seconds(code.group(1) or code.group(3)), _seconds(code.group(2))
        if end is None and after is not None:
            end = _seconds(after.group(1) or after.group(3))
        if _has_words(text):
            pieces.append(Piece(text=_HEADING.sub(" ", text).strip(), cut=Cut.ASKED, start_s=start, end_s=end))
    return _without_disorder(pieces)


def _without_disorder(pieces: list[Piece]) -> list[Piece]:
    """Time codes count only where all of them follow each other."""
    clock = 0.0
    for piece in pieces:
        if piece.start_s is None or piece.start_s < clock or (piece.end_s is not None and piece.end_s <= piece.start_s):
            return [Piece(text=piece.text, cut=piece.cut) for piece in pieces]
        clock = piece.end_s if piece.end_s is not None else piece.start_s
    return pieces


def _by_heading(masked: Masked) -> list[Piece]:
    headings = list(_HEADING.finditer(masked.text))
    if not headings:
        return []
    edges = [heading.start() for heading in headings] + [len(masked.text)]
    pieces = [Piece(text=masked.text[: edges[0]], cut=Cut.ASKED)]
    for heading, end in zip(headings, edges[1:], strict=True):
        pieces.append(Piece(text=masked.text[heading.end() : end], cut=Cut.ASKED))
    return [piece for piece in pieces if _has_words(piece.text)]


def _has_words(text: str) -> bool:
    return any(letter.isalnum() or letter >= "\u231a" for letter in text)


def _sentences(text: str, quotes: tuple[str, ...], cut: Cut) -> list[Piece]:
    pieces: list[Piece] = []
    for part in _SENTENCE.split(_after_speech(text, quotes)):
        if not _has_words(part):
            continue
        if pieces and (_JOINED.match(part) or _only_quotes(part)):
            pieces[-1] = Piece(text=f"{pieces[-1].text} {part}", cut=pieces[-1].cut)
        else:
            pieces.append(Piece(text=part, cut=cut))
    return pieces


def _only_quotes(part: str) -> bool:
    return not re.search(r"[^\W_]", re.sub("[\ue000-\uf8ff]", "", part))


def _after_speech(text: str, quotes: tuple[str, ...]) -> str:
    """A capital after a finished spoken sentence begins a new one: `"Hi." The fox` → `"Hi.". The fox`."""

    def close(found: "re.Match[str]") -> str:
        spoken = quotes[ord(found.group(1)) - ord(QUOTE_FIRST)]
        return f"{found.group(1)}. " if spoken[-1] in ".!?…" else found.group()

    return re.sub(r"([\ue000-\uf8ff])\s+(?=[A-ZÀ-Ý])", close, text)
