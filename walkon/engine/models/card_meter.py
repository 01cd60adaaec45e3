"""What the card took from the wall, read from its own counter through the driver's library."""

import ctypes
import time

from walkon.engine.energy import Energy, Meter

CARD_WATTS = 350.0
"""Watts of a working card that has no counter: the limit of a 24 to 80 GB card lies between 300 and 700 W, good to a factor of two."""

_LIBRARY = "libnvidia-ml.so.1"


class CardMeter:
    """Runs from its making to `read`. Works where the driver counts energy (NVML, Volta and later); library: for tests.

    Source: NVML API reference, nvmlDeviceGetTotalEnergyConsumption: millijoules since the driver was loaded (read 2026-11).
    """

    def __init__(self, library: str = _LIBRARY) -> None:
        self._library, self._device = _opened(library)
        self._start_mj = self._counter()

    def read(self) -> float | None:
        """Watt-hours since the start, None where nothing counts."""
        now_mj = self._counter()
        if self._start_mj is None or now_mj is None or now_mj < self._start_mj:
            return None
        return (now_mj - self._start_mj) / 3.6e6

    def _counter(self) -> int | None:
        if self._library is None:
            return None
        total = ctypes.c_ulonglong()
        failed = self._library.nvmlDeviceGetTotalEnergyConsumption(self._device, ctypes.byref(total))
        return None if failed else total.value


def _opened(name: str) -> tuple[ctypes.CDLL | None, ctypes.c_void_p]:
    device = ctypes.c_void_p()
    try:
        library = ctypes.CDLL(name)
        failed = library.nvmlInit_v2() or library.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(device))
    except (OSError, AttributeError):
        return None, device
    return (None if failed else library), device


class Meters:
    """Processor and card together; metered only where both are. on_card: False for the processor alone."""

    def __init__(self, *, on_card: bool) -> None:
        self._processor, self._card, self._began_s = Meter(), CardMeter() if on_card else None, time.monotonic()

    def read(self, cpu_seconds: float) -> Energy:
        """Energy since the start; cpu_seconds: processor time the render took, for the estimate."""
        energy = self._processor.read(cpu_seconds)
        if self._card is None:
            return energy
        counted = self._card.read()
        wh = CARD_WATTS * (time.monotonic() - self._began_s) / 3600 if counted is None else counted
        return Energy(energy.wh + wh, energy.metered and counted is not None)
