"""Proves at start that the model runs here: the shortest take in two steps, developed and heard, and numbers all the way."""

from dataclasses import replace

from walkon.engine.models.driver import Driver, NotFinite, Request
from walkon.engine.models.planner import tile
from walkon.engine.port import BackendUnavailable

STEPS = 2
EDGE = 4
"""Multiples of the family's grid along each edge."""


def smoke(driver: Driver) -> None:
    """Raises BackendUnavailable where libraries and weights do not fit each other."""
    family = driver.family
    sampling = family.sampling if family.sampling.sigmas else replace(family.sampling, steps=STEPS)
    edge = family.grid.multiple * EDGE
    request = Request(
        words="a fox", frames=family.grid.k + family.grid.offset, size=(edge, edge), fps=family.fps, seed=0, sampling=sampling
    )
    try:
        tile(driver.pipe, 1.0, request.size)
        roll = driver.denoise(request, lambda step, steps: None)
        count = sum(len(pictures) for pictures in driver.develop(roll))
        heard = driver.record(roll)
    except NotFinite:
        raise BackendUnavailable(reason=f'{family.title} makes numbers that are none here. Try [engine] dtype = "float32".') from None
    except (RuntimeError, ValueError, TypeError, AttributeError) as problem:
        first = (str(problem).strip().splitlines() or [""])[0][:200]
        raise BackendUnavailable(
            reason=f"{family.title} does not run with these libraries: {type(problem).__name__} {first}. Install the pinned versions."
        ) from problem
    if count != request.frames or (heard is None) != (family.audio is None):
        raise BackendUnavailable(reason=f"{family.title} made {count} pictures of {request.frames}: these weights are of another family.")
