"""Reads the statement in one file and tells what it found: `python -m walkon.provenance.reader FILE`, the anchor on standard input."""

import json
import os
import re
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import c2pa
import msgspec

from walkon.provenance.boxes import manifest_box
from walkon.provenance.manifest import CONSENT, MIME, settings
from walkon.provenance.verify import MOST_BYTES, Mark, Reading

MOST_RECEIPTS = 100
URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_MEMORY, MOST_CPU_S = 2 * 1024**3, 60


def read(path: Path, anchor: str) -> Reading:
    """What the file's statement says. anchor: whom to trust, "" for nobody."""
    if path.stat().st_size > MOST_BYTES:
        return Reading(mark=Mark.UNREAD)
    try:
        with path.open("rb") as stream, c2pa.Context(c2pa.Settings.from_dict(dict(settings(anchor)))) as context:
            with c2pa.Reader(MIME, stream, context=context) as reader:
                return _told(json.loads(reader.json()), reader.get_validation_results() or {})
    except c2pa.C2paError:
        return Reading(mark=Mark.BROKEN if manifest_box(path) else Mark.NONE)


def _told(report: dict[str, Any], results: dict[str, Any]) -> Reading:
    active = report["manifests"][report["active_manifest"]]
    codes = results.get("activeManifest", {})
    failed = [part["code"] for part in codes.get("failure", ())]
    trusted = any(part["code"] == "signingCredential.trusted" for part in codes.get("success", ()))
    # What speaks of the certificate is told by the mark; what is left speaks of the file.
    altered = tuple(dict.fromkeys(code for code in failed if not code.startswith("signingCredential.")))
    people, receipts = _agreement(active)
    return Reading(
        mark=_mark(trusted, "signingCredential.expired" in failed, altered),
        signer=str(active.get("signature_info", {}).get("common_name", "")),
        altered=altered,
        drawn=_drawn(active),
        made_from=_line(report["manifests"], active),
        people=people,
        receipts=receipts,
        stamped_at=str(active.get("signature_info", {}).get("time", "")),
    )


def _mark(trusted: bool, expired: bool, altered: Sequence[str]) -> Mark:
    if trusted:
        return Mark.CHANGED if altered else Mark.SIGNED
    return Mark.EXPIRED if expired else Mark.FOREIGN


def _drawn(manifest: dict[str, Any]) -> bool | None:
    actions = [
        action
        for part in manifest.get("assertions", ())
        if str(part.get("label", "")).startswith("c2pa.actions")
        for action in part.get("data", {}).get("actions", ())
    ]
    kinds = [str(action["digitalSourceType"]).rpartition("/")[2] for action in actions if action.get("digitalSourceType")]
    return kinds[-1] == "algorithmicMedia" if kinds else None


def _agreement(manifest: dict[str, Any]) -> tuple[int, tuple[str, ...]]:
    said = next((part.get("data") for part in manifest.get("assertions", ()) if part.get("label") == CONSENT), None)
    if not isinstance(said, dict) or not isinstance(people := said.get("people"), int):
        return 0, ()
    receipts = said.get("receipts")
    named = receipts[:MOST_RECEIPTS] if isinstance(receipts, list) else []
    return people, tuple(one for one in named if isinstance(one, str) and URN.fullmatch(one))


def _line(manifests: dict[str, Any], manifest: dict[str, Any]) -> int:
    """How many clips stand before this one. Counted over names seen once, so that a statement that runs in a circle ends too."""
    seen: set[str] = set()
    while True:
        above = [part for part in manifest.get("ingredients", ()) if part.get("relationship") == "parentOf"]
        name = str(above[0].get("active_manifest", "")) if above else ""
        if not above or name in seen:
            return len(seen)
        seen.add(name)
        manifest = manifests.get(name, {})


def main(arguments: list[str]) -> None:
    """Read the file within bounds and print what was found, one JSON object."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sink.write(msgspec.json.encode(read(Path(arguments[0]), sys.stdin.read())))
    sink.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
