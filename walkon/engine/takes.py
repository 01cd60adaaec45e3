"""Cuts a scene into takes that a model can make: each on its grid, none longer than it can hold, one after the other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from walkon.engine.families.row import Family
from walkon.types.scene import Scene, Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One call of the model. frames: on the family's grid. lead: pictures at its start that repeat the end of what came before.

    index: of the shot in the scene. part: 0 for the first take of its shot. Only `frames - lead` pictures are shown.
    """

    index: int
    part: int
    frames: int
    lead: int

    @property
    def shown(self) -> int:
        """Pictures that are new."""
        return self.frames - self.lead


def cut(scene: Scene, family: Family, *, continued: bool = False) -> tuple[Take, ...]:
    """The takes of a scene, at least one. continued: the first begins with the end of another clip.

    Every shot gets its time code's length or an equal share; all of them together last at least `scene.seconds`, so the real
    length is `length(…)` and a little more than was asked for.
    """
    takes: list[Take] = []
    for index, seconds in enumerate(shares(scene, family.seconds[0])):
        owed, part = math.ceil(seconds * family.fps - 1e-6), 0
        while owed > 0:
            lead = family.tail if takes or continued else 0
            frames = min(family.grid.frames(owed + lead), family.most_frames)
            takes.append(Take(index=index, part=part, frames=frames, lead=lead))
            owed, part = owed - (frames - lead), part + 1
    return tuple(takes)


MOST_TAKES = 8
"""Takes that one clip is joined from: each begins with the end of the one before, and what drifts adds up."""


def longest_s(family: Family) -> float:
    """Seconds of the longest clip that the family makes with shots as long as it can hold."""
    return MOST_TAKES * (family.most_frames - family.tail) / family.fps


def length(takes: Sequence[Take], family: Family) -> float:
    """Seconds of a clip made of these takes."""
    return sum(take.shown for take in takes) / family.fps


def shares(scene: Scene, least_s: float) -> tuple[float, ...]:
    """Seconds of every shot, each at least `least_s`; one share where there is no shot."""
    shots = scene.shots or (Shot(),)
    starts = [shot.start_s for shot in shots]
    if len(shots) > 1 and all(start is not None for start in starts):
        marks = [start or 0.0 for start in starts]
        last = max(scene.seconds, shots[-1].end_s or 0.0) - marks[-1]
        lengths = [*(later - earlier for earlier, later in pairwise(marks)), last]
    else:
        lengths = [scene.seconds / len(shots)] * len(shots)
    return tuple(max(least_s, length) for length in lengths)
