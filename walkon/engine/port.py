"""The engine's port: what a backend can do, what it is asked for, what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from walkon.types.errors import WalkonError
from walkon.types.scene import Scene


class Phase(StrEnum):
    """What a render is doing; keys of `phase.*` in the locales."""

    WARMING_UP = "warming_up"
    READING = "reading"
    PAINTING = "painting"
    DEVELOPING = "developing"
    SOUND = "sound"
    FINISHING = "finishing"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One report of a render. step, steps: counted, 0 of 0 where it is not. fraction: 0 to 1 over the whole render."""

    phase: Phase
    step: int = 0
    steps: int = 0
    fraction: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to render. directory: an empty directory the backend writes into. max_bytes: the mp4 may not be larger."""

    scene: Scene
    directory: Path
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A spoken line or sound on the clip's clock, in seconds. speaker: its label as written, None for a sound."""

    start_s: float
    end_s: float
    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A finished clip on disk.

    video: H.264 yuv420p + AAC mp4, faststart. poster: JPEG of the same size. captions: WebVTT, also where nothing is said.
    seconds: exact length of picture and sound. energy_wh with energy_metered False is an estimate. not_staged: what the
    picture owes to the prompt. loudness_lufs: integrated.
    """

    video: Path
    poster: Path
    captions: Path
    seconds: float
    width: int
    height: int
    fps: int
    bytes: int
    loudness_lufs: float
    not_staged: tuple[str, ...] = ()
    energy_wh: float = 0.0
    energy_metered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a backend is. lane: the queue lane it serves. drawn: the clip is drawn by computer, no model made it."""

    name: str
    lane: str
    drawn: bool
    min_seconds: float
    max_seconds: float


@dataclass(eq=False)
class RenderFailed(WalkonError):
    """The render ended without a clip. `retryable`: another try may help (child died, disk full), else the input is at fault."""

    reason: str
    retryable: bool


@dataclass(eq=False)
class BackendUnavailable(WalkonError):
    """The backend cannot start on this machine; `reason` names what is missing and the mend."""

    reason: str


class RenderBackend(Protocol):
    """Makes clips. One render at a time; cancelling the awaiting task stops it and frees the machine."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    async def start(self) -> None:
        """Warm up. Raises BackendUnavailable."""

    async def render(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Render the order. Raises RenderFailed."""

    def estimate_ms(self, scene: Scene) -> int:
        """Expected milliseconds for this scene on this machine."""

    async def close(self) -> None:
        """Let go of the machine."""
