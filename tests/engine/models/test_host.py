"""What a host sees: one clip from the command line, one line where a model cannot be had, the doctor's word on it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from walkon.engine.families import families
from walkon.engine.families.row import tiny as tiny_row
from walkon.engine.models import tiny
from walkon.engine.models.families import engine as engine_of
from walkon.types.scene import Aspect

pytestmark = pytest.mark.timeout(120)

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def walkon(tmp_path: Path, data_dir: Path) -> Run:
    """Runs `walkon` with a model in an empty directory."""

    def run(*words: str, model: str, **variables: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WALKON_")}
        own = {
            "WALKON_WALKON__DATA_DIR": str(data_dir),
            "WALKON_WEB__PORT": "0",
            "WALKON_ENGINE__BACKEND": "diffusers",
            "WALKON_ENGINE__MODEL": model,
            "HF_HUB_CACHE": str(tmp_path / "hub"),
            "WALKON_CONSENT__KEY_FILE": str(data_dir.with_name(f"{data_dir.name}-keys") / "keys"),
            "PYTHONPATH": os.getcwd(),
        }
        command = [sys.executable, "-m", "walkon", *words]
        return subprocess.run(
            command, cwd=tmp_path, env=inherited | own | variables, capture_output=True, text=True, timeout=90, check=False
        )

    return run


@pytest.fixture
def weights(tmp_path: Path, data_dir: Path) -> Callable[[str], Path]:
    """A folder with a family's weights, as a host would have fetched them: here they are random."""

    def fetched(family: str) -> Path:
        return Path(shutil.copytree(tiny.home(data_dir / "tiny", family, engine_of(family)), tmp_path / family))

    return fetched


def test_a_signed_clip_of_every_family_is_made_from_the_command_line(family: str, walkon: Run, tmp_path: Path) -> None:
    done = walkon("render", "a cat on the moon", "--seconds", "2", "--seed", "4", "-o", "clip.mp4", "--json", model=f"tiny:{family}")
    assert done.returncode == 0, done.stderr
    told, row = json.loads(done.stdout), tiny_row(families()[family])
    frames = row.grid.frames(2 * row.fps)
    assert (told["engine"], told["fps"], told["seconds"], told["notice"]) == ("diffusers", row.fps, frames / row.fps, "")
    assert told["loudness_lufs"] == pytest.approx(-16, abs=0.5)
    with av.open(str(tmp_path / "clip.mp4")) as file:
        assert sum(1 for _ in file.decode(video=0)) == frames
        picture, sound = file.streams.video[0], file.streams.audio[0]
        assert (picture.width, picture.height) == row.sizes[Aspect.WIDE] == (told["width"], told["height"])
        assert abs(float(sound.duration * sound.time_base) - frames / row.fps) < 1 / row.fps
    signed = (tmp_path / "clip.mp4").read_bytes()
    assert len(signed) == told["bytes"]
    assert b"c2pa" in signed


@pytest.mark.parametrize("verb", [("up",), ("worker",), ("render", "a cat", "-o", "clip.mp4")], ids=lambda verb: verb[0])
def test_a_model_that_cannot_be_had_is_one_line_and_exit_code_2(verb: tuple[str, ...], walkon: Run) -> None:
    done = walkon(*verb, model="auto")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "no model can be chosen" in done.stderr
    assert not done.stdout


def test_a_licence_that_was_not_accepted_is_the_reason_and_accepting_it_is_enough(walkon: Run, weights: Callable[[str], Path]) -> None:
    folder = weights("ltx2")
    refused = walkon("worker", model=str(folder))
    assert refused.returncode == 2
    assert "LTX-2 community licence, which has not been accepted" in refused.stderr
    assert 'add "ltx2" to [engine] accepted_licences' in refused.stderr
    found = json.loads(walkon("doctor", "--json", model=str(folder), WALKON_ENGINE__ACCEPTED_LICENCES="ltx2").stdout)
    assert next(check for check in found["checks"] if check["check"] == "model")["level"] != "stop"


@pytest.mark.parametrize("harm", ["cut", "lost"])
def test_weights_that_are_not_whole_stop_the_start_and_the_doctor_names_the_file(
    harm: str, walkon: Run, weights: Callable[[str], Path]
) -> None:
    folder = weights("kandinsky6")
    file = folder / "vae" / "diffusion_pytorch_model.safetensors"
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:-100])
    else:
        shutil.rmtree(folder / "vae")
    done = walkon("worker", model=str(folder))
    assert done.returncode == 2
    assert str(file if harm == "cut" else file.parent) in done.stderr
    examined = json.loads(walkon("doctor", "--json", model=str(folder)).stdout)
    model = next(check for check in examined["checks"] if check["check"] == "model")
    assert model["level"] == "stop"
    assert model["mend"].startswith("Fetch")


def test_the_doctor_says_what_would_run(walkon: Run) -> None:
    examined = json.loads(walkon("doctor", "--json", model="tiny:kandinsky6").stdout)
    model = next(check for check in examined["checks"] if check["check"] == "model")
    assert model["level"] == "ok"
    assert "tiny Kandinsky 6" in model["what"]
