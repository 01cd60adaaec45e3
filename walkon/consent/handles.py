"""Handles: what others type to mean somebody. No two may be mistaken for each other; pure."""

import re
import unicodedata
from dataclasses import dataclass

from walkon.types.errors import WalkonError

SHORTEST, LONGEST = 2, 32

_HANDLE = re.compile(rf"[^\W_](?:[\w.-]{{{SHORTEST - 2},{LONGEST - 2}}}[^\W_])?")
# Look-alikes within the Latin letters; other scripts are refused whole (unicode.org/reports/tr39, single script).
_READ_AS = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", "2": "z", "ı": "l", "ø": "o", "đ": "d", "ł": "l", "ß": "b"})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("æ", "ae"), ("œ", "oe"))


@dataclass(eq=False)
class BadHandle(WalkonError):
    """A handle is 2 to 32 Latin letters, digits, points, dashes or underscores, and begins and ends with a letter or digit."""

    handle: str


@dataclass(eq=False)
class HandleTaken(WalkonError):
    """Somebody has this handle, or one that looks like it."""

    handle: str


def read_handle(text: str) -> str:
    """The handle meant by `text`, with or without its @, in small letters and NFC. Raises BadHandle for anything else.

    Letters of another script, invisible characters and marks that do not join their letter make it another text, never a handle.
    """
    handle = unicodedata.normalize("NFC", text.strip().removeprefix("@")).lower()
    if not SHORTEST <= len(handle) <= LONGEST or not _HANDLE.fullmatch(handle) or not all(_is_plain(letter) for letter in handle):
        raise BadHandle(text[:LONGEST])
    return handle


def _is_plain(letter: str) -> bool:
    if letter.isascii():
        return True
    return unicodedata.name(letter, "").startswith("LATIN SMALL LETTER")


def skeleton(handle: str) -> str:
    """What the handle looks like: two with the same skeleton may not both exist. Not for showing."""
    parted = unicodedata.normalize("NFD", handle)
    bare = "".join(letter for letter in parted if letter.isalnum() and not unicodedata.combining(letter)).translate(_READ_AS)
    for pair, one in _PAIRS:
        bare = bare.replace(pair, one)
    return bare
