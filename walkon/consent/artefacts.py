"""What is kept of a person: records of the vault, without a byte of it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from walkon.types.ids import PersonKey


class ArtefactKind(StrEnum):
    """What is kept of a person."""

    STILL = "still"
    """A reference picture, JPEG."""
    VOICE = "voice"
    """At most ten seconds of speech, FLAC, 16 kHz mono."""
    REVIEW = "review"
    """The small copy of the enrolment video that an operator looks at, mp4; gone with the decision, or after an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One thing in the vault. version: the enrolment it came with. number: counts the stills of a version."""

    id: str
    owner: PersonKey
    version: str
    kind: ArtefactKind
    number: int
    key_id: str
    made_at: datetime
