"""Develops a take with as little memory as it takes: smaller tiles for what is left, where memory runs out."""

from collections.abc import Iterator

import torch

from walkon.engine.models.driver import Driver, Roll
from walkon.engine.models.planner import TILE_SHRINKS, tile
from walkon.engine.performance import Pictures


def decoded(driver: Driver, roll: Roll, size: tuple[int, int]) -> Iterator[Pictures]:
    """The roll's pictures; where memory runs out, what is left of it again with smaller tiles, with which later rolls of that size
    begin. Raises torch.OutOfMemoryError.
    """
    passed = 0
    for shrink in TILE_SHRINKS:
        if shrink > driver.tiles.get(size, 1.0):
            continue
        driver.tiles[size] = shrink
        tile(driver.pipe, shrink, size)
        skip = passed
        try:
            for pictures in driver.develop(roll):
                fresh, skip = pictures[skip:], max(0, skip - len(pictures))
                if len(fresh):
                    yield fresh
                    passed += len(fresh)
        except torch.OutOfMemoryError:
            if shrink == TILE_SHRINKS[-1]:
                raise
        else:
            return
