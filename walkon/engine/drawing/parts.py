"""The people and things of one take, before they have a way through time."""

from dataclasses import dataclass, field

from walkon.engine.drawing import art
from walkon.engine.drawing.figures import Figure
from walkon.scene.verbs import Verb
from walkon.types.scene import Action, Subject

GOAL = "goal"
"""Noun of the net that a ball is kicked into."""
MOST_ACTORS = 6
BACK_ROW = -0.2
"""Depth from which on a body stands in the row at the back."""


@dataclass(slots=True, kw_only=True)
class Part:
    """A subject's part in one take, before it has a way through time."""

    id: str
    subject: Subject
    verbs: list[tuple[Verb, Action]] = field(default_factory=list)
    figure: Figure
    x: float = 0.0
    facing: int = 1
    depth: float = 0.0
    mount: str | None = None
    held: str | None = None
    behind: bool = False
    airborne: bool = False
    ball: bool = False
    hoop: bool = False
    absent: bool = False
    speaks: bool = False
    width: float = 1.0
    leads: bool = True
    slides: bool = False
    stirs: bool = False
    starts: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The parts of a take by id, in the order of the row."""

    parts: dict[str, Part]
    row: tuple[str, ...]
    basket: bool = False

    def part(self, id: str | None) -> Part | None:
        """The part of that id."""
        return self.parts.get(id) if id is not None else None


def any_ball(parts: dict[str, Part]) -> Part | None:
    """The first ball of the take."""
    return next((part for part in parts.values() if part.subject.emoji in art.BALLS), None)
