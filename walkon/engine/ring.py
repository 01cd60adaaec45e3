"""Pictures shared by two processes without copying: a few slots of memory that has no name, so that nothing is left behind."""

import mmap
import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SLOTS = 12
"""Half a second of pictures: enough to even out a slow one."""

SLOT_BYTES = 1920 * 1088 * 4
"""The largest picture any engine makes; memory is taken only where a picture was written."""


def new_ring() -> int:
    """A file descriptor of fresh shared memory; it is gone when the last process that holds it closes it."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("walkon-pictures")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, SLOTS * SLOT_BYTES)
    return descriptor


class Ring:
    """The slots behind a descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, SLOTS * SLOT_BYTES)

    def picture(self, slot: int, size: tuple[int, int]) -> "npt.NDArray[np.uint8]":
        """The slot as a writable BGRA picture (height, width, 4); it keeps the memory alive."""
        # The worker, which only makes rings, stays free of numpy.
        import numpy as np

        width, height = size
        flat = np.frombuffer(self._memory, np.uint8, width * height * 4, slot * SLOT_BYTES)
        return flat.reshape(height, width, 4)
