"""Which model the settings mean, and what is said where it cannot be had. Nothing here loads a weight."""

import json
from pathlib import Path

import pytest

from walkon.engine.port import BackendUnavailable
from walkon.engine.weights import choose, examined

PIPELINES = {"kandinsky6": "Kandinsky6TI2VAPipeline"}
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `hf download` would keep what it fetched: an empty folder."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def tensors(numbers: bytes = b"\0" * 8) -> bytes:
    header = json.dumps({"weight": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    return len(header).to_bytes(8, "little") + header + numbers


def weights(folder: Path, family: str = "kandinsky6", **files: bytes) -> Path:
    folder.mkdir(parents=True)
    index = {
        "_class_name": PIPELINES.get(family, family),
        "_diffusers_version": "0",
        "transformer": ["diffusers", "Any"],
        "extra": [None, None],
    }
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "transformer").mkdir()
    for name, content in (files or {"model.safetensors": tensors()}).items():
        (folder / "transformer" / name).write_bytes(content)
    return folder


def why(model: str, data_dir: Path, accepted: tuple[str, ...] = (), room_gb: float = 100) -> str:
    with pytest.raises(BackendUnavailable) as refusal:
        choose(model, data_dir=data_dir, accepted=accepted, room_gb=room_gb)
    return refusal.value.reason


def test_a_folder_of_weights_is_known_by_what_it_says_of_itself(tmp_path: Path) -> None:
    chosen = choose(str(weights(tmp_path / "mine")), data_dir=tmp_path, accepted=())
    assert (chosen.family.name, chosen.folder, chosen.is_tiny) == ("kandinsky6", tmp_path / "mine", False)


def test_a_tiny_model_needs_no_weights(tmp_path: Path) -> None:
    chosen = choose("tiny:kandinsky6", data_dir=tmp_path, accepted=())
    assert chosen.is_tiny
    assert not chosen.family.checked
    assert "no such family" in why("tiny:nothing", tmp_path)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"model.safetensors": tensors()[:-3]}, "is damaged"),
        ({"model.safetensors": tensors() + b"more"}, "is damaged"),
        ({"model.safetensors": b"PK\3\4 not tensors at all"}, "is damaged"),
        ({"model.safetensors": b""}, "is damaged"),
        ({"model.bin": b"pickle"}, "can run any code"),
        (
            {"model.safetensors.index.json": json.dumps({"weight_map": {"a": "part-2.safetensors"}}).encode()},
            "part-2.safetensors is missing",
        ),
    ],
)
def test_weights_that_are_not_whole_are_named(tmp_path: Path, files: dict[str, bytes], said: str) -> None:
    weights(tmp_path / "mine", **files)
    assert said in why(str(tmp_path / "mine"), tmp_path)


def test_a_folder_that_is_something_else_is_named(tmp_path: Path) -> None:
    assert "there is no folder" in why(str(tmp_path / "none"), tmp_path)
    (tmp_path / "empty").mkdir()
    assert "no model_index.json" in why(str(tmp_path / "empty"), tmp_path)
    assert "StableDiffusionPipeline, which walkon does not run" in why(
        str(weights(tmp_path / "other", "StableDiffusionPipeline")), tmp_path
    )
    (weights(tmp_path / "broken") / "model_index.json").write_text("{")
    assert "cannot be read" in why(str(tmp_path / "broken"), tmp_path)


def test_a_hub_name_needs_its_revision_and_is_looked_for_where_it_was_fetched_to(tmp_path: Path, no_cache: Path) -> None:
    assert "names no revision" in why("kandinskylab/lite", tmp_path)
    said = why(f"kandinskylab/lite@{REVISION}", tmp_path)
    assert f"hf download kandinskylab/lite --revision {REVISION}" in said
    folder = weights(no_cache / "models--kandinskylab--lite" / "snapshots" / REVISION)
    assert choose(f"kandinskylab/lite@{REVISION}", data_dir=tmp_path, accepted=()).folder == folder


def test_auto_says_what_it_chose_and_why_not_the_others(tmp_path: Path) -> None:
    weights(tmp_path / "models" / "k6")
    chosen = choose("auto", data_dir=tmp_path, accepted=(), room_gb=24)
    assert chosen.family.name == "kandinsky6"
    assert "the first that fits 24.0 GB" in chosen.why
    assert "needs 16 GB of the card, 8.0 are there" in why("auto", tmp_path, room_gb=8)


def test_auto_without_any_weights_says_how_to_begin(tmp_path: Path) -> None:
    said = why("auto", tmp_path)
    assert "no weights here" in said
    assert "tiny:kandinsky6" in said


def test_looking_reads_no_tensor(tmp_path: Path) -> None:
    folder = weights(tmp_path / "mine", **{"model.safetensors": tensors(numbers=b"\xff" * 8)})
    assert examined(folder).name == "kandinsky6"
