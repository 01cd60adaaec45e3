"""How the time of a take is shared between reading, steps and developing: learned from past takes of its shape in this process,
so on this card, and used to say how much of a clip is done.
"""

import time
from dataclasses import dataclass, field

UNTIL_DEVELOPED = 0.94
"""Fraction of a clip's work after which the last pictures of its last take are decoded."""
FIRST_READ, FIRST_PAINTED = 0.05, 0.80
"""The same for a take's words and steps, before anything was measured."""

_NEWEST = 0.3

Shape = tuple[tuple[int, int], int]
"""Width and height in pixels, and pictures."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Fractions of a take's work, up to UNTIL_DEVELOPED, after which its words are read and its steps are done."""

    read: float = FIRST_READ
    painted: float = FIRST_PAINTED


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of a take's three parts."""

    read_s: float
    paint_s: float
    develop_s: float

    @property
    def marks(self) -> Marks:
        """The fractions that follow from it."""
        whole_s = max(1e-9, self.read_s + self.paint_s + self.develop_s)
        return Marks(UNTIL_DEVELOPED * self.read_s / whole_s, UNTIL_DEVELOPED * (self.read_s + self.paint_s) / whole_s)

    def nearer(self, newest: "Spent") -> "Spent":
        """A little of the newest in it."""
        old, new = (self.read_s, self.paint_s, self.develop_s), (newest.read_s, newest.paint_s, newest.develop_s)
        return Spent(*(was + _NEWEST * (now - was) for was, now in zip(old, new, strict=True)))


class Pace:
    """What past takes took, by their shape."""

    def __init__(self) -> None:
        self._known: dict[Shape, Spent] = {}

    def marks(self, shape: Shape) -> Marks:
        """What is known of takes of that shape, or the first guess."""
        return self._known[shape].marks if shape in self._known else Marks()

    def learn(self, shape: Shape, spent: Spent) -> None:
        """A take of that shape took so long."""
        self._known[shape] = self._known[shape].nearer(spent) if shape in self._known else spent


@dataclass(slots=True)
class Stopwatch:
    """Measures one take. now_s: for tests."""

    began_s: float = field(default_factory=time.monotonic)
    steps_s: list[float] = field(default_factory=list)

    def step(self, now_s: float | None = None) -> None:
        """A step is done."""
        self.steps_s.append(time.monotonic() if now_s is None else now_s)

    def spent(self, now_s: float | None = None) -> Spent | None:
        """What it took, now that it is developed; None where no step was counted."""
        if not self.steps_s:
            return None
        first_s, last_s = self.steps_s[0], self.steps_s[-1]
        step_s = (last_s - first_s) / (len(self.steps_s) - 1) if len(self.steps_s) > 1 else 0.0
        read_s = max(0.0, first_s - self.began_s - step_s)
        ended_s = time.monotonic() if now_s is None else now_s
        return Spent(read_s, last_s - self.began_s - read_s, ended_s - last_s)
