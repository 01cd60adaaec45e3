"""A model family as a record: what it makes, on which grid, in whose words, on how much memory, under which terms."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from walkon.types.scene import Aspect


class Task(StrEnum):
    """What a family can be asked for."""

    TEXT = "text"
    REMIX = "remix"
    """Keeps something of a given clip, by strength."""
    EXTEND = "extend"
    """Goes on from the end of a given clip."""
    PEOPLE = "people"
    """Shows the people whose stills it is given."""


class Dialect(StrEnum):
    """How a prompt says what is heard and what is spoken."""

    TAGGED = "tagged"
    """Speech between <S> and <E>, sounds between <AUDCAP> and <ENDAUDCAP>."""
    QUOTED = "quoted"
    """Flowing prose; speech in quotation marks after who says it."""
    SILENT = "silent"
    """Only what is seen."""


class Placement(StrEnum):
    """Where the weights lie while a clip is made; from fastest to most frugal."""

    RESIDENT = "resident"
    """All on the card; text encoders move to the host after the words are read."""
    OFFLOADED = "offloaded"
    """One component on the card at a time."""
    GROUPED = "grouped"
    """The transformer streams through the card block by block, everything else one at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Which numbers of pictures a model can make: k·n + offset. multiple: both edges of the picture in pixels."""

    k: int
    offset: int
    multiple: int

    def frames(self, wished: float) -> int:
        """The nearest number on the grid that is not below `wished`."""
        steps = max(1, -(-(wished - self.offset) // self.k))
        return int(steps) * self.k + self.offset

    def below(self, frames: float) -> int:
        """The largest number on the grid that is not above `frames`; `offset` or less where there is none to speak of."""
        return int((frames - self.offset) // self.k) * self.k + self.offset

    def latents(self, frames: int) -> int:
        """Latents in time that so many pictures, on the grid, are made of."""
        return (frames - self.offset) // self.k + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """The sound a joint model makes. rate: Hertz."""

    rate: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How often a model is asked. guidance 1 means that one evaluation makes a step. sigmas: given where the steps are distilled."""

    steps: int
    guidance: float
    sigmas: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The least memory a placement takes for the family's smallest checkpoint at its own size and length, in GB of 10⁹ bytes."""

    placement: Placement
    card_gb: float
    host_gb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """Under which terms weights may be used. excluded: countries where they may not be.

    accepted_by: the word for `[engine] accepted_licences`; None where the licence asks nothing of the operator. notice: a
    sentence that the licence wants on what is posted, or None.
    """

    name: str
    url: str
    accepted_by: str | None = None
    excluded: tuple[str, ...] = ()
    notice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family of models.

    pipelines: diffusers classes that `model_index.json` may name; told_by: what else it has to say there, where several families
    share a class. seconds: shortest and longest shot. audio: None for a silent
    model, which gets walkon's own sound. distilled: what to use where the weights say that they are. needs: best first.
    tail: pictures of the shot before that the next one begins with. checked: False where black, frozen or silent output is only
    reported, as random weights make little else.
    """

    name: str
    title: str
    pipelines: tuple[str, ...]
    tasks: frozenset[Task]
    grid: Grid
    fps: int
    seconds: tuple[float, float]
    sizes: Mapping[Aspect, tuple[int, int]]
    audio: Audio | None
    sampling: Sampling
    distilled: Sampling
    dialect: Dialect
    needs: tuple[Need, ...]
    licence: Licence
    told_by: Mapping[str, bool] = field(default_factory=dict)
    tail: int = 1
    checked: bool = True

    @property
    def least(self) -> Need:
        """What the most frugal placement takes."""
        return min(self.needs, key=lambda need: need.card_gb)

    @property
    def unstreamed_gb(self) -> float:
        """The least of the card that suffices without streaming the transformer through it."""
        return min((need.card_gb for need in self.needs if need.placement is not Placement.GROUPED), default=math.inf)

    @property
    def most_frames(self) -> int:
        """The longest shot in pictures, on the grid."""
        return self.grid.below(int(self.seconds[1] * self.fps + 1e-6) + self.grid.k)

    @property
    def least_frames(self) -> int:
        """The shortest shot in pictures, on the grid, that still shows something after a lead."""
        return self.grid.frames(max(self.seconds[0] * self.fps, self.tail + self.grid.k))

    def holding(self, frames: int) -> "Family":
        """The same on a machine whose memory holds shots of so many pictures, on the grid, and no longer ones."""
        if frames >= self.most_frames:
            return self
        shortest = self.seconds[0]
        # `most_frames` gives a shot the rest of its last step on the grid.
        return replace(self, seconds=(shortest, max(shortest, (frames - self.grid.k) / self.fps)))


WORK = 0.2
"""Of what a placement takes, the part that grows with a shot's length: the rows reckon weights and a quarter of them for work."""


def weighed(family: Family, parts_gb: Mapping[str, float]) -> Family:
    """The family with the needs of these very weights, where they are larger than its smallest. parts_gb: of each component."""
    whole_gb, largest_gb = sum(parts_gb.values()) / (1 - WORK), max(parts_gb.values(), default=0.0) / (1 - WORK)
    on_card = {Placement.RESIDENT: whole_gb, Placement.OFFLOADED: largest_gb, Placement.GROUPED: 0.0}
    needs = (
        replace(need, card_gb=max(need.card_gb, on_card[need.placement]), host_gb=max(need.host_gb, whole_gb)) for need in family.needs
    )
    return replace(family, needs=tuple(needs))


TINY_SIZES: Mapping[Aspect, tuple[int, int]] = {Aspect.WIDE: (96, 64), Aspect.TALL: (64, 96), Aspect.SQUARE: (64, 64)}
"""On the grid of every family."""


def tiny(row: Family) -> Family:
    """The row of the family's `tiny:` model: random weights, small pictures, three steps, no licence to accept."""
    return replace(
        row,
        title=f"tiny {row.title}",
        sizes=TINY_SIZES,
        sampling=Sampling(steps=3, guidance=row.sampling.guidance),
        distilled=Sampling(steps=3, guidance=1.0),
        needs=(Need(placement=Placement.RESIDENT, card_gb=0.1, host_gb=1.0),),
        licence=Licence(name="random numbers", url=""),
        checked=False,
    )
