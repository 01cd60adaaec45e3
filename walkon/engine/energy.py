"""What a render took from the wall: read from the processor's own meter where it may be read, else estimated from its time."""

from dataclasses import dataclass
from pathlib import Path

WATTS_PER_CORE = 8.0
"""Watts of one busy core with its share of memory and power supply.

A 65 W desktop processor of 8 cores draws 8.1 W a core at full load, a 280 W server processor of 64 cores with 200 W of memory,
fans and losses 7.5 W (data-sheet TDP over cores); the estimate is good to a factor of two.
"""

RAPL = Path("/sys/class/powercap/intel-rapl:0")


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy of one render. metered: read from a meter (of the whole processor), not estimated."""

    wh: float
    metered: bool


def estimated_wh(cpu_seconds: float) -> float:
    """Watt-hours of so many seconds of a busy core."""
    return cpu_seconds * WATTS_PER_CORE / 3600


class Meter:
    """Runs from its making to `read`. rapl: the folder of the processor's energy counter."""

    def __init__(self, rapl: Path = RAPL) -> None:
        self._rapl = rapl
        self._start_uj = _counter(rapl / "energy_uj")

    def read(self, cpu_seconds: float) -> Energy:
        """Energy since the start; cpu_seconds: processor time the render took, for the estimate."""
        now_uj = _counter(self._rapl / "energy_uj")
        if self._start_uj is None or now_uj is None:
            return Energy(estimated_wh(cpu_seconds), False)
        used_uj = now_uj - self._start_uj
        if used_uj < 0:
            used_uj += _counter(self._rapl / "max_energy_range_uj") or 0
        return Energy(used_uj / 3.6e9, True) if used_uj >= 0 else Energy(estimated_wh(cpu_seconds), False)


def _counter(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None
