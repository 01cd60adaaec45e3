"""The card's energy counter, against a library of three functions that we compile here; a real card was never at hand."""

import shutil
import subprocess
from pathlib import Path

import pytest

from walkon.engine.models.card_meter import CardMeter

DRIVER = """
static unsigned long long total = 5000;
int nvmlInit_v2(void) { return %d; }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **device) { *device = &total; return index; }
int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules) {
  *millijoules = *(unsigned long long *)device; total += 7200000; return 0;
}
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="no compiler")
@pytest.mark.parametrize(("fault", "told"), [(0, 2.0), (9, None)], ids=["counts", "refuses"])
def test_the_counter_is_read_in_watt_hours_where_the_driver_has_one(fault: int, told: float | None, tmp_path: Path) -> None:
    (tmp_path / "driver.c").write_text(DRIVER % fault)
    library = tmp_path / f"libdriver{fault}.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, tmp_path / "driver.c"], check=True)
    assert CardMeter(str(library)).read() == told


def test_without_the_library_nothing_is_told() -> None:
    assert CardMeter("libnothing-of-that-name.so").read() is None
