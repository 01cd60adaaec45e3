"""Small real mp4 files, and what a reader of manifests says of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import c2pa
import numpy as np

from walkon.engine.encode import Reel, plan
from walkon.provenance.manifest import settings

SIZE = (320, 180)


def film(path: Path, *, seconds: float = 1.0, shade: int = 90, mark: str = "") -> Path:
    """A grey clip with a moving bar and a tone."""
    count = round(seconds * 24)
    tone = np.sin(np.arange(count * 2000) * 0.05).astype(np.float32) * 0.1
    reel = Reel(path, plan(SIZE, count, 4_000_000, mark=mark), np.stack([tone, tone], axis=1))
    for index in range(count):
        picture = np.full((SIZE[1], SIZE[0], 4), shade, np.uint8)
        picture[:, index * 5 : index * 5 + 20, :3] = 220
        reel.add(picture)
    reel.close()
    return path


@dataclass(frozen=True)
class Read:
    """What a reader that trusts `anchor` says of a file. failures: codes of the active manifest."""

    state: str
    failures: tuple[str, ...]
    manifests: dict[str, Any]
    active: str

    @property
    def manifest(self) -> dict[str, Any]:
        return self.manifests[self.active]

    @property
    def actions(self) -> list[dict[str, Any]]:
        return next(part["data"]["actions"] for part in self.manifest["assertions"] if part["label"].startswith("c2pa.actions"))


def read(path: Path, anchor: str) -> Read:
    """Raises c2pa.C2paError where there is no manifest."""
    with path.open("rb") as stream, c2pa.Context(c2pa.Settings.from_dict(dict(settings(anchor)))) as context:
        with c2pa.Reader("video/mp4", stream, context=context) as reader:
            found = json.loads(reader.json())
            results = reader.get_validation_results() or {}
            failures = tuple(part["code"] for part in results.get("activeManifest", {}).get("failure", ()))
            return Read(str(reader.get_validation_state()), failures, found["manifests"], found["active_manifest"])
