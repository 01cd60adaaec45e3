"""What a yes is bound to: exactly this clip, asked for by this person, here."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from walkon.types.ids import ClipId, PersonId, PlaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All that somebody agrees to when they agree to a clip.

    words: as written. scene: its bytes, which hold the shots, the seed, the spoken lines and all that an engine may be told:
    whatever a model reads must be made from the scene and nothing else. reference: the clip whose look or frames it takes up,
    None for none. requester: the account that asked.
    """

    clip: ClipId
    requester: PersonId
    place: PlaceId
    words: str
    scene: bytes
    reference: ClipId | None = None

    def digest(self, parts: Iterable[str]) -> bytes:
        """SHA-256 over everything and over the parts of the likeness that are asked for; another digest is another question."""
        pieces = [self.clip, self.requester, self.place, self.words, self.reference or "", *sorted(parts)]
        total = hashlib.sha256(_measured(self.scene))
        for piece in pieces:
            total.update(_measured(piece.encode()))
        return total.digest()


def _measured(piece: bytes) -> bytes:
    # Its length first, so that no two lists of pieces read the same.
    return len(piece).to_bytes(8, "big") + piece
