"""Button tokens: what is pressed, on which clip. They carry no rights: every press is checked for who may press it."""

from dataclasses import dataclass
from enum import StrEnum

from walkon.types.ids import ClipId, read_clip_id

PREFIX = "w1"


class Deed(StrEnum):
    """What a button does."""

    CANCEL = "cancel"
    AGAIN = "again"
    DETAILS = "details"
    VARY = "vary"
    REMIX = "remix"

    @property
    def public(self) -> bool:
        """Everybody sees its usual answer: it makes a clip at once."""
        return self in (Deed.AGAIN, Deed.VARY)


@dataclass(frozen=True, slots=True)
class Token:
    """A press on a clip's button."""

    deed: Deed
    clip: ClipId

    def __str__(self) -> str:
        return f"{PREFIX}:{self.deed}:{self.clip}"


def read_token(text: str) -> Token | None:
    """The token in a button's id; None where it is none of ours or from another release."""
    parts = text.split(":")
    if len(parts) != 3 or parts[0] != PREFIX or parts[1] not in frozenset(Deed):
        return None
    clip = read_clip_id(parts[2])
    return Token(Deed(parts[1]), clip) if clip else None
