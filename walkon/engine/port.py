"""The engine's port: what a backend can do, what it is asked for, what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from walkon.queue.lanes import lanes_of
from walkon.queue.port import MAX_SWAP_MS, Warm
from walkon.types.errors import WalkonError
from walkon.types.ids import PersonId
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
    """What to render. directory: an empty directory the backend writes into. max_bytes: the mp4 may not be larger.

    source: the mp4 of the clip that `scene.built_on` names, where there is one and it could be had. made: a film of this scene that
    was made elsewhere and is to be finished; `source` then only where it goes on from that one. mark: words that every
    picture and the poster carry in a corner, none where the host switched that off. portraits: a still (JPEG) of those in the
    scene who lend their face; it travels to the process that draws, and is written nowhere.
    """

    scene: Scene
    directory: Path
    max_bytes: int
    source: Path | None = None
    made: Path | None = None
    mark: str = ""
    portraits: Mapping[PersonId, bytes] = field(default_factory=dict, repr=False)


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
    picture owes to the prompt. loudness_lufs: integrated. defects: what is wrong with it, where that is only reported. notice: a
    sentence that the model's licence wants beside the clip wherever it is shown.
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
    defects: tuple[str, ...] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a backend is. lane: the first part of every queue lane it serves. drawn: the clip is drawn by computer, no model made it.

    models: those it can load here, empty where there is nothing to choose. vram_gb: of its card, 0 without one. loaded: the model
    in memory now, and swap_ms what putting another there takes. faces: it shows people by the stills they lend; to one that does
    not, none is given. at_once: renders that it can have under way now, 0 while it can take none up. extends: it can go on from the
    pictures of a clip.
    """

    name: str
    lane: str
    drawn: bool
    min_seconds: float
    max_seconds: float
    models: tuple[str, ...] = ()
    vram_gb: float = 0
    loaded: str = ""
    swap_ms: int = 0
    faces: bool = False
    at_once: int = 1
    extends: bool = False

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes of all jobs that it can do."""
        return lanes_of(self.lane, models=self.models, vram_gb=self.vram_gb)

    @property
    def warm(self) -> Warm | None:
        """The lanes of those for which nothing has to be loaded, None where that makes no difference."""
        if not self.loaded or not self.swap_ms:
            return None
        return Warm(lanes=lanes_of(self.lane, models=(self.loaded,), vram_gb=self.vram_gb), swap_ms=min(self.swap_ms, MAX_SWAP_MS))


@dataclass(eq=False)
class RenderFailed(WalkonError):
    """The render ended without a clip. `retryable`: another try may help (child died, disk full), else the input is at fault."""

    reason: str
    retryable: bool


@dataclass(eq=False)
class Spent(RenderFailed):
    """The same, and the process that tried is not fit for another order."""


@dataclass(eq=False)
class BackendUnavailable(WalkonError):
    """The backend cannot start on this machine; `reason` names what is missing and the mend."""

    reason: str


@dataclass(eq=False)
class TooSmall(BackendUnavailable):
    """The same, as this machine has too little memory."""


class RenderBackend(Protocol):
    """Makes clips, as many at a time as its capabilities say; cancelling the awaiting task stops one and frees the machine."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    async def start(self) -> None:
        """Warm up. Raises BackendUnavailable."""

    async def render(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Render the order. Raises RenderFailed; BackendUnavailable where what it renders with is away."""

    async def close(self) -> None:
        """Let go of the machine."""
