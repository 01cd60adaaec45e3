"""Lanes by capability: what a job needs and what a worker can do, told in names that both sides make alike.

A lane is a backend, the model it must load, and the memory the work takes, as the next tier of cards that has it:
`animatic`, `diffusers:wan-2.2`, `diffusers:wan-2.2@24`. To the queue it is a name like any other.
"""

import re
from collections.abc import Sequence
from itertools import product

TIERS_GB = (8, 12, 16, 24, 32, 48, 80, 96, 144)
"""Memory of the graphics cards that are sold, in GB as their makers count; a card of 40 GB serves the tier below it."""


def lane_of(backend: str, *, model: str = "", vram_gb: float = 0) -> str:
    """The lane of a job. vram_gb: what it takes, 0 where that does not matter. Raises ValueError where no card has that much."""
    tier_gb = next((tier for tier in TIERS_GB if tier >= vram_gb), None) if vram_gb > 0 else 0
    if tier_gb is None:
        raise ValueError(f"no card has {vram_gb:g} GB")
    return _named(backend, model, tier_gb)


def lanes_of(backend: str, *, models: Sequence[str] = (), vram_gb: float = 0) -> tuple[str, ...]:
    """The lanes of a worker. models: those it can load, none where there is nothing to choose. vram_gb: of its card."""
    tiers_gb = (0, *(tier for tier in TIERS_GB if tier <= vram_gb))
    return tuple(_named(backend, model, tier_gb) for model, tier_gb in product(("", *models), tiers_gb))


def backend_of(lane: str) -> str:
    """The backend that a lane is of, as people know it."""
    return re.split("[:@]", lane)[0]


def _named(backend: str, model: str, tier_gb: int) -> str:
    return backend + (f":{model}" if model else "") + (f"@{tier_gb}" if tier_gb else "")
