"""Chance that is the same everywhere: numbers from a seed and a purpose, never from a process's salt or the order of calls."""

from zlib import crc32

import numpy as np


def draw(seed: int, *purpose: object) -> np.random.Generator:
    """A generator of its own for one purpose, so that one more tree does not move the rain."""
    return np.random.default_rng((seed, crc32(repr(purpose).encode())))


def share(seed: int, *purpose: object) -> float:
    """One number in [0, 1) for a purpose; cheap enough for every frame."""
    return crc32(repr((seed, purpose)).encode()) / 2**32
