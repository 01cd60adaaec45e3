from pathlib import Path

import pytest

from walkon.engine.energy import WATTS_PER_CORE, Meter


def test_without_a_meter_energy_is_estimated_from_processor_time_and_says_so(tmp_path: Path) -> None:
    energy = Meter(tmp_path).read(3600)
    assert energy.wh == pytest.approx(WATTS_PER_CORE)
    assert not energy.metered


def test_with_a_meter_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "energy_uj").write_text("1000000\n")
    meter = Meter(tmp_path)
    (tmp_path / "energy_uj").write_text("7201000000\n")
    energy = meter.read(1)
    assert energy.wh == pytest.approx(2)
    assert energy.metered


def test_a_counter_that_wrapped_around_is_understood(tmp_path: Path) -> None:
    (tmp_path / "energy_uj").write_text("9000000000")
    (tmp_path / "max_energy_range_uj").write_text("10000000000")
    meter = Meter(tmp_path)
    (tmp_path / "energy_uj").write_text("800000000")
    assert meter.read(1).wh == pytest.approx(0.5)


def test_a_meter_that_falls_silent_is_replaced_by_the_estimate(tmp_path: Path) -> None:
    (tmp_path / "energy_uj").write_text("5")
    meter = Meter(tmp_path)
    (tmp_path / "energy_uj").unlink()
    assert not meter.read(1).metered
