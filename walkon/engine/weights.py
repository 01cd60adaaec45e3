"""Finds the weights that `[engine] model` means and looks at them without loading: there, whole, of a known family, allowed."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from walkon.engine.families import families, family_of, names
from walkon.engine.families.row import Family, tiny, weighed
from walkon.engine.port import BackendUnavailable

TINY, AUTO = "tiny:", "auto"
HUB_NAME = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)@(?P<revision>[0-9a-f]{40})")
PREFERENCE = ("ltx2", "kandinsky6", "wan_ti2v", "wan_vace", "wan")
"""For `auto`: picture with sound before silence, then the better picture, then the family with the most control."""

_CARD_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The model to run. folder: its weights, None for a tiny one. why: in words, for the log and the doctor."""

    family: Family
    folder: Path | None
    why: str

    @property
    def is_tiny(self) -> bool:
        """Random weights, built on this machine."""
        return self.folder is None


@dataclass(frozen=True, slots=True)
class Card:
    """An accelerator. free_gb: in GB of 10⁹ bytes."""

    name: str
    free_gb: float


def card() -> Card | None:
    """The first accelerator and what is free of it; None where the driver's tool finds none."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    asked = [tool, "--query-gpu=name,memory.free", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=_CARD_TIMEOUT_S, check=True, stdin=subprocess.DEVNULL).stdout
        name, free_mib = told.strip().splitlines()[0].rsplit(",", 1)
        return Card(name.strip(), int(free_mib) * 2**20 / 1e9)
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def choose(model: str, *, data_dir: Path, accepted: Sequence[str], room_gb: float | None = None) -> Choice:
    """What `model` means: `tiny:FAMILY`, `auto`, a folder, or a hub name with its revision (`ORG/NAME@40 hex digits`).

    accepted: words of `[engine] accepted_licences`. room_gb: memory of the card that may be used, None to ask it. Nothing is
    downloaded. Raises BackendUnavailable with one sentence and its mend.
    """
    if model.startswith(TINY):
        return _tiny(model.removeprefix(TINY))
    if model == AUTO:
        return _automatic(data_dir, accepted, room_gb)
    folder = folder_of(model)
    row = examined(folder)
    allowed(row, accepted)
    return Choice(family=row, folder=folder, why=f"{row.title} from {folder}, as configured")


def _tiny(name: str) -> Choice:
    if name not in names():
        raise BackendUnavailable(reason=f'[engine] model = "{TINY}{name}": there is no such family. Families are {", ".join(names())}.')
    row = tiny(families()[name])
    return Choice(family=row, folder=None, why=f"{row.title}: random weights, no picture of anything")


def folder_of(model: str) -> Path:
    """The folder that a path or a hub name with its revision means. Raises BackendUnavailable where it is not on this machine."""
    if found := HUB_NAME.fullmatch(model):
        folder = _hub() / f"models--{found['name'].replace('/', '--')}" / "snapshots" / found["revision"]
        if not folder.is_dir():
            mend = f"hf download {found['name']} --revision {found['revision']} --include '*.safetensors' '*.json' '*.txt' '*.model'"
            raise BackendUnavailable(reason=f"the weights of {model} are not on this machine. Run: {mend}")
        return folder
    if re.fullmatch(r"[\w.-]+/[\w.-]+(@.*)?", model) and not Path(model).expanduser().exists():
        raise BackendUnavailable(reason=f'"{model}" names no revision. Write ORG/NAME@ and the 40 digits of its commit, or a folder.')
    folder = Path(model).expanduser()
    if not folder.is_dir():
        raise BackendUnavailable(reason=f"there is no folder {folder}. Write the folder of the weights, {AUTO}, or {TINY}FAMILY.")
    return folder


def _hub() -> Path:
    """Where `hf download` keeps what it fetches (huggingface_hub documentation, environment variables, read 2026-11)."""
    cache = os.environ.get("HF_HUB_CACHE")
    return Path(cache) if cache else Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser() / "hub"


def allowed(row: Family, accepted: Sequence[str]) -> None:
    """Raises BackendUnavailable where the operator has not accepted the terms that the family comes under, with what they bar."""
    word = row.licence.accepted_by
    if word is None or word in accepted:
        return
    barred = f" It may not be used in {', '.join(row.licence.excluded)}." if row.licence.excluded else ""
    raise BackendUnavailable(
        reason=f"{row.title} comes under the {row.licence.name}, which has not been accepted.{barred} "
        f'Read {row.licence.url}, then add "{word}" to [engine] accepted_licences.'
    )


def _automatic(data_dir: Path, accepted: Sequence[str], room_gb: float | None) -> Choice:
    found = list(_known_folders(data_dir))
    room = room_gb if room_gb is not None else (held.free_gb if (held := card()) else 0.0)
    passed: list[str] = []
    for name in PREFERENCE:
        row, folder = _fittest([(row, folder) for folder, row in found if row.name == name], room) or (families()[name], None)
        why_not = _why_not(row, folder, accepted, room)
        if why_not is None and folder is not None:
            told = f"{row.title} from {folder}: the first that fits {room:.1f} GB"
            return Choice(family=row, folder=folder, why="; ".join([told, *passed]))
        passed.append(f"not {row.title} ({why_not})")
    mend = f'Put the weights of one into {data_dir / "models"}, or set model = "{TINY}kandinsky6" to try without.'
    raise BackendUnavailable(reason=f"no model can be chosen: {', '.join(passed)}. {mend}")


def _fittest(held: Sequence[tuple[Family, Path]], room_gb: float) -> tuple[Family, Path] | None:
    """Of several weights of one family the largest that fits without streaming, which is slow, or the smallest where none does."""
    by_weight = sorted(held, key=lambda each: each[0].least.host_gb)
    return next((each for each in reversed(by_weight) if each[0].unstreamed_gb <= room_gb), by_weight[0] if by_weight else None)


def _why_not(row: Family, folder: Path | None, accepted: Sequence[str], room_gb: float) -> str | None:
    if folder is None:
        return "no weights here"
    if row.licence.accepted_by and row.licence.accepted_by not in accepted:
        return f"{row.licence.name} not accepted"
    return f"needs {row.least.card_gb:g} GB of the card, {room_gb:.1f} are there" if room_gb < row.least.card_gb else None


def _known_folders(data_dir: Path) -> Iterator[tuple[Path, Family]]:
    hub = _hub().glob("models--*/snapshots/*/model_index.json")
    for index in sorted([*hub, *(data_dir / "models").glob("*/model_index.json")]):
        try:
            yield index.parent, weighed(examined(index.parent), parts_gb(index.parent))
        except BackendUnavailable:
            continue


def examined(folder: Path) -> Family:
    """The family of the weights in a folder, every file looked at but none read whole. Raises BackendUnavailable."""
    index = _index(folder)
    row = family_of(index)
    if row is None:
        known = ", ".join(sorted(name for each in families().values() for name in each.pipelines))
        raise BackendUnavailable(reason=f"{folder} holds a {index.get('_class_name')}, which walkon does not run. It runs {known}.")
    for component, origin in index.items():
        if isinstance(origin, list) and origin and origin[0]:
            _component(folder / component)
    return row


def _index(folder: Path) -> dict[str, object]:
    try:
        read = json.loads((folder / "model_index.json").read_text("utf-8"))
    except FileNotFoundError:
        raise BackendUnavailable(reason=f"{folder} has no model_index.json: no weights in diffusers' form. Fetch them again.") from None
    except (OSError, ValueError) as problem:
        raise BackendUnavailable(reason=f"{folder}/model_index.json cannot be read ({problem}). Fetch the weights again.") from None
    if not isinstance(read, dict):
        raise BackendUnavailable(reason=f"{folder}/model_index.json is not a record. Fetch the weights again.")
    return read


def _component(folder: Path) -> None:
    if not folder.is_dir():
        raise BackendUnavailable(reason=f"{folder} is missing. Fetch the weights again.")
    for shards in folder.glob("*.safetensors.index.json"):
        for name in sorted(set(json.loads(shards.read_text("utf-8"))["weight_map"].values())):
            if not (folder / name).is_file():
                raise BackendUnavailable(reason=f"{folder / name} is missing. Fetch the weights again.")
    weights = sorted(folder.glob("*.safetensors"))
    if not weights and any(folder.glob("*.bin")):
        raise BackendUnavailable(reason=f"{folder} holds pickled weights, which can run any code. Fetch the safetensors.")
    for file in weights:
        _whole(file)


def parts_gb(folder: Path) -> Mapping[str, float]:
    """GB of 10⁹ bytes of each component of examined weights, at two bytes a number, as a card holds them."""
    parts = sorted({file.parent for file in folder.glob("*/*.safetensors")})
    return {part.name: sum(map(_numbers, _read_of(part))) * 2 / 1e9 for part in parts}


def _read_of(component: Path) -> Sequence[Path]:
    """The files that are loaded: other precisions of the same weights may lie beside them."""
    for shards in component.glob("*model.safetensors.index.json"):
        return [component / name for name in sorted(set(json.loads(shards.read_text("utf-8"))["weight_map"].values()))]
    plain = [file for file in component.glob("*.safetensors") if file.stem.count(".") == 0]
    return plain or list(component.glob("*.safetensors"))


def _numbers(file: Path) -> int:
    return sum(prod(entry["shape"]) for name, entry in _whole(file).items() if name != "__metadata__")


def _whole(file: Path) -> Mapping[str, Any]:
    """The header, after its own sum: the length of the header, the header, then exactly the bytes that it announces."""
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            size = file.stat().st_size
            if not 2 <= length <= min(size - 8, 100 << 20):
                raise ValueError(f"{size} bytes")
            tensors = json.loads(opened.read(length))
        ends = [entry["data_offsets"][1] for name, entry in tensors.items() if name != "__metadata__"]
        if 8 + length + max(ends, default=0) != size:
            raise ValueError(f"{size} bytes of {8 + length + max(ends, default=0)}")
        return dict(tensors)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BackendUnavailable(reason=f"{file} is damaged ({problem}). Fetch it again.") from None
