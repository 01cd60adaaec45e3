"""What the studio and the press say to each other while a clip is made."""

from dataclasses import dataclass
from pathlib import Path

from walkon.engine.encode import Recipe
from walkon.engine.performance import Samples, SoundTrack


@dataclass(frozen=True, slots=True)
class Ping:
    """Answered by the same, after everything sent before it is dealt with."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Start a file. size: of the pictures in the ring. track: None to code the last sound once more.

    sound_later: the sound is not known yet; `Sound` brings it before the end.
    """

    path: Path
    recipe: Recipe
    size: tuple[int, int]
    track: SoundTrack | None
    sound_later: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """What is heard: to be mixed, or recorded as it is (stereo at 48 kHz) and only brought to its loudness."""

    heard: SoundTrack | Samples


@dataclass(frozen=True, slots=True)
class Filled:
    """The slot holds the next picture; answered by Freed."""

    slot: int


@dataclass(frozen=True, slots=True)
class Freed:
    """The slot may be drawn into again."""

    slot: int


@dataclass(frozen=True, slots=True)
class End:
    """That was the last picture; answered by Sealed."""


@dataclass(frozen=True, slots=True)
class Abandon:
    """Remove what was begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The file is whole. cpu_s: processor time since it was begun."""

    bytes: int
    loudness_lufs: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Broken:
    """The file could not be written; it is removed."""

    reason: str
