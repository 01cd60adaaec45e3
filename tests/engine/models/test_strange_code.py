"""Code that lies beside weights is never run, however they name it, and neither are pickles opened."""

import json
import pickle
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from walkon.engine.model_settings import Settings
from walkon.engine.models import tiny
from walkon.engine.models.families import engine as engine_of
from walkon.engine.models.loading import loaded
from walkon.engine.port import BackendUnavailable

pytestmark = pytest.mark.timeout(120)


def changed(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def a_component_of_its_own(folder: Path, code: str) -> None:
    (folder / "scheduler" / "mine.py").write_text(code + "class Mine: pass\n")
    changed(folder / "model_index.json", scheduler=["mine", "Mine"])


def a_pipeline_of_its_own(folder: Path, code: str) -> None:
    (folder / "mine.py").write_text(code + "from diffusers import WanPipeline\nclass Mine(WanPipeline): pass\n")
    changed(folder / "model_index.json", _class_name=["mine", "Mine"])


def a_text_encoder_of_its_own(folder: Path, code: str) -> None:
    (folder / "text_encoder" / "mine.py").write_text(code + "from transformers import UMT5EncoderModel, UMT5Config\n")
    changed(folder / "text_encoder" / "config.json", auto_map={"AutoModel": "mine.UMT5EncoderModel", "AutoConfig": "mine.UMT5Config"})
    changed(folder / "model_index.json", text_encoder=["transformers", "AutoModel"])


class _Opened:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.canary,)


@pytest.fixture
def weights(data_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny.home(data_dir / "tiny", "wan", engine_of("wan")), tmp_path / "weights"))


def load(folder: Path, data_dir: Path) -> None:
    loaded(Settings(family="wan", tiny=True, folder=folder, data_dir=data_dir, words=""))


@pytest.mark.parametrize("harm", [a_component_of_its_own, a_pipeline_of_its_own, a_text_encoder_of_its_own])
def test_code_beside_the_weights_is_not_run(harm: Callable[[Path, str], None], weights: Path, tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    harm(weights, f"import pathlib\npathlib.Path({str(canary)!r}).touch()\n")
    with suppress(BackendUnavailable):
        load(weights, tmp_path)
    assert not canary.exists()


def test_a_pickle_in_place_of_the_weights_is_not_opened(weights: Path, tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    (weights / "transformer" / "diffusion_pytorch_model.safetensors").unlink()
    (weights / "transformer" / "diffusion_pytorch_model.bin").write_bytes(pickle.dumps(_Opened(canary)))
    with pytest.raises(BackendUnavailable):
        load(weights, tmp_path)
    assert not canary.exists()


@pytest.mark.parametrize("part", ["transformer", "text_encoder"])
def test_weights_whose_only_form_is_a_pickle_are_refused_though_it_is_harmless(part: str, weights: Path, tmp_path: Path) -> None:
    import safetensors.torch
    import torch

    (file,) = (weights / part).glob("*.safetensors")
    name = "pytorch_model.bin" if part == "text_encoder" else "diffusion_pytorch_model.bin"
    torch.save(safetensors.torch.load_file(file), weights / part / name)
    file.unlink()
    with pytest.raises(BackendUnavailable, match="do not load"):
        load(weights, tmp_path)
