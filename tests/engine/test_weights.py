"""Which model the settings mean, and what is said where it cannot be had. Nothing here loads a weight."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from walkon.engine.families import families
from walkon.engine.port import BackendUnavailable
from walkon.engine.weights import allowed, choose, examined

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
    for unpinned in ("kandinskylab/lite", "kandinskylab/lite@main", f"kandinskylab/lite@{REVISION[:7]}"):
        assert "names no revision" in why(unpinned, tmp_path)
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


def heavy(gb: float) -> bytes:
    """The header of weights that large, at two bytes a number, and none of them: the file is sparse."""
    numbers = int(gb * 1e9 / 2)
    header = json.dumps({"weight": {"dtype": "BF16", "shape": [numbers], "data_offsets": [0, 2 * numbers]}}).encode()
    return len(header).to_bytes(8, "little") + header


def lite_and_pro(data_dir: Path) -> tuple[Path, Path]:
    """Two checkpoints of one family, of 24 and 74 GB."""
    folders = []
    for name, gb in (("a-pro", 74.0), ("lite", 24.0)):
        folder = weights(data_dir / "models" / name)
        file = folder / "transformer" / "model.safetensors"
        file.write_bytes(heavy(gb))
        with file.open("r+b") as opened:
            opened.truncate(file.stat().st_size + 2 * int(gb * 1e9 / 2))
        folders.append(folder)
    return folders[1], folders[0]


def test_auto_takes_the_largest_weights_of_a_family_that_the_card_holds(tmp_path: Path) -> None:
    lite, pro = lite_and_pro(tmp_path)
    chosen = {gb: choose("auto", data_dir=tmp_path, accepted=(), room_gb=gb).folder for gb in (16, 40, 141)}
    assert chosen == {16: lite, 40: lite, 141: pro}


def test_auto_takes_a_model_under_terms_only_once_they_are_accepted(tmp_path: Path) -> None:
    weights(tmp_path / "models" / "k6")
    weights(tmp_path / "models" / "ltx", "LTX2Pipeline")
    without, accepted = (choose("auto", data_dir=tmp_path, accepted=words, room_gb=80) for words in ((), ("ltx2",)))
    assert (without.family.name, accepted.family.name) == ("kandinsky6", "ltx2")
    assert "not LTX-2 (LTX-2 community licence not accepted)" in without.why


def test_terms_that_were_not_accepted_are_told_with_where_the_model_may_not_be_used(tmp_path: Path) -> None:
    row = families()["ltx2"]
    barred = replace(row, licence=replace(row.licence, excluded=("the European Union", "South Korea")))
    with pytest.raises(BackendUnavailable) as refusal:
        allowed(barred, ())
    assert "may not be used in the European Union, South Korea" in refusal.value.reason
    assert f'Read {row.licence.url}, then add "ltx2" to [engine] accepted_licences' in refusal.value.reason
    allowed(barred, ("ltx2",))
    with pytest.raises(BackendUnavailable, match="has not been accepted"):
        choose(str(weights(tmp_path / "ltx", "LTX2Pipeline")), data_dir=tmp_path, accepted=())


def test_auto_without_any_weights_says_how_to_begin(tmp_path: Path) -> None:
    said = why("auto", tmp_path)
    assert "no weights here" in said
    assert "tiny:kandinsky6" in said


def test_looking_reads_no_tensor(tmp_path: Path) -> None:
    folder = weights(tmp_path / "mine", **{"model.safetensors": tensors(numbers=b"\xff" * 8)})
    assert examined(folder).name == "kandinsky6"
