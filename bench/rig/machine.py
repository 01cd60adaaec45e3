"""Where and when figures were measured, and what a process costs there (Linux: /proc)."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """load: processes that wanted to run, on average over the minute before the measurement; the cores should have been idle."""

    date: str
    cores: int
    processor: str
    memory_gb: int
    python: str
    load: float

    @classmethod
    def now(cls) -> "Machine":
        """This machine at this moment."""
        return cls(
            date=datetime.now(UTC).date().isoformat(),
            cores=len(os.sched_getaffinity(0)),
            processor=_processor(),
            memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
            python=platform.python_version(),
            load=round(os.getloadavg()[0], 2),
        )

    def __str__(self) -> str:
        kind = f"{self.cores} cores ({self.processor}), {self.memory_gb} GB"
        return f"{self.date}, {kind}, Python {self.python}, load before the start {self.load:g}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def cpu_s(pid: int) -> float:
    """Processor time of a living process so far, in seconds."""
    after_the_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_the_name[11:13])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Resident memory of a living process in MiB; pages shared with others count in full."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024
