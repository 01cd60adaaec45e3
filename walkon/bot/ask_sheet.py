"""What a yes may say, as the letters a button carries: for how long, which parts, remixes too, out of this chat too.

A number behind them is the piece of the words that is read meanwhile.
"""

from dataclasses import dataclass, replace

from walkon.consent.asking import Ask, Consent
from walkon.consent.grants import Lasting
from walkon.consent.likeness import Part

_LASTING = {"c": Lasting.THIS_CLIP, "d": Lasting.DAY, "w": Lasting.WEEK, "u": Lasting.UNTIL_TAKEN_BACK}
_PARTS = {"f": Part.FACE, "v": Part.VOICE}
_REMIX, _TRAVEL = "r", "t"
_DIGITS = "0123456789"
MOST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """A yes that is being put together. piece: of words that take more than one message, from 0."""

    consent: Consent
    piece: int = 0

    @classmethod
    def narrowest(cls, ask: Ask) -> "Sheet":
        """This clip, the parts asked for, not one thing more."""
        return cls(Consent(parts=ask.parts))

    @classmethod
    def read(cls, terms: str, ask: Ask) -> "Sheet":
        """From a button. Letters that mean nothing are left out, and parts that were not asked for; none at all are the narrowest."""
        if not terms:
            return cls.narrowest(ask)
        lasting = next((meant for letter, meant in _LASTING.items() if letter in terms), Lasting.THIS_CLIP)
        parts = frozenset(part for letter, part in _PARTS.items() if letter in terms) & ask.parts
        consent = Consent(parts=parts, lasting=lasting, covers_remix=_REMIX in terms, may_travel=_TRAVEL in terms)
        return cls(consent, piece_in(terms))

    def __str__(self) -> str:
        consent = self.consent
        letters = [letter for letter, lasting in _LASTING.items() if lasting is consent.lasting]
        letters += [letter for letter, part in _PARTS.items() if part in consent.parts]
        letters += [*([_REMIX] if consent.covers_remix else []), *([_TRAVEL] if consent.may_travel else [])]
        return "".join([*letters, *([str(self.piece)] if self.piece else [])])

    def lasting(self, lasting: Lasting) -> "Sheet":
        """The same for so long."""
        return replace(self, consent=replace(self.consent, lasting=lasting))

    def turned(self, part: Part) -> "Sheet":
        """The same with the part, or without it."""
        return replace(self, consent=replace(self.consent, parts=self.consent.parts ^ {part}))

    def remixes_turned(self) -> "Sheet":
        """The same with remixes, or without."""
        return replace(self, consent=replace(self.consent, covers_remix=not self.consent.covers_remix))

    def travel_turned(self) -> "Sheet":
        """The same with leave to go elsewhere, or without."""
        return replace(self, consent=replace(self.consent, may_travel=not self.consent.may_travel))

    def at(self, piece: int) -> "Sheet":
        """The same beside another piece of the words."""
        return replace(self, piece=max(0, piece))


def piece_in(terms: str) -> int:
    """The piece of the words that a button's letters name."""
    return int("".join(letter for letter in terms if letter in _DIGITS)[:MOST_DIGITS] or 0)
