"""The signed statement in a clip (C2PA): made by a computer, by which engine, from which clip, unaltered since.

Signing is the last step of a clip: whatever changes a byte afterwards shows. Nothing in it is about a person, a place or
the words. Runs where a crash of native code costs nothing: in a child process.
"""

import hashlib
import json
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import walkon
from walkon.provenance.boxes import copy_without, manifest_box, neutralise_user_data
from walkon.provenance.certificates import Credentials

MIME = "video/mp4"
MOST_INHERITED = 128 * 1024
"""Bytes of a parent's manifest that are taken over; a longer line of remixes begins anew at its parent."""
ROOM = 24 * 1024
"""Bytes that a manifest without ancestry takes at most (measured: 4.3 kB, a time stamp 10 more, a person 0.1 each)."""
STAMP_S = 10.0
"""How long the authority that stamps the time may take."""

# Purposes of certificates that a reader takes, with C2PA's own first.
_PURPOSES = "1.3.6.1.4.1.62558.2.1\n1.3.6.1.5.5.7.3.4\n1.3.6.1.5.5.7.3.36\n"


class Source(StrEnum):
    """How the pictures came to be: terms of IPTC's digital source type vocabulary (cv.iptc.org, read 2026-11)."""

    ALGORITHM = "algorithmicMedia"
    """Drawn by a program that learned nothing: the paper theatre."""
    MODEL = "trainedAlgorithmicMedia"

    @property
    def uri(self) -> str:
        """The term as the manifest has it."""
        return f"http://cv.iptc.org/newscodes/digitalsourcetype/{self.value}"


CONSENT = "org.walkon.consent"
"""The label under which a clip says that those in it agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """That everybody in a clip agreed, without saying who. people: how many. receipts: random ids of the receipts that they hold.

    log_size, log_root: the ledger that has those decisions, as it stood then; the root in hexadecimal.
    """

    people: int
    receipts: tuple[str, ...]
    log_size: int
    log_root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is said of a clip. engine: the backend, and the model where there is one. parent: the file it was made from.

    agreement: of the people in it, None where nobody real is.
    """

    source: Source
    engine: str
    parent: Path | None = None
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What signing a clip left. bytes: its size now. film: SHA-256, in hexadecimal, of the file as it was before. untimed: why no
    time was stamped though one was asked for, "" else.
    """

    bytes: int
    film: str
    untimed: str = ""


class SigningFailed(Exception):
    """The clip could not be signed, so it may not be shown."""


def sign(clip: Path, statement: Statement, credentials: Credentials, *, stamp_s: float = STAMP_S) -> Seal:
    """Sign a finished mp4 in place. stamp_s: how long the authority that stamps the time may take.

    Until the very last step the file at `clip` is the unsigned one, and on any fault it is removed: an unsigned clip is never
    left to be posted. Where the authority that stamps the time does not, it is signed without. Raises SigningFailed.
    """
    target = clip.with_suffix(".signed")
    try:
        neutralise_user_data(clip)
        with clip.open("rb") as unsigned:
            film = hashlib.file_digest(unsigned, "sha256").hexdigest()
        untimed = _stamped(clip, statement, credentials, target, stamp_s) if credentials.tsa_url else ""
        if untimed or not credentials.tsa_url:
            _signed(clip, statement, credentials, target)
        target.replace(clip)
    except Exception as error:
        clip.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise SigningFailed(f"{type(error).__name__}: {error}") from error
    return Seal(bytes=clip.stat().st_size, film=film, untimed=untimed)


def _stamped(clip: Path, statement: Statement, credentials: Credentials, target: Path, stamp_s: float) -> str:
    """Sign into `target` with the time; why that could not be, "" where it is done."""
    attempt, told = clip.with_suffix(".stamped"), list[str]()

    def try_it() -> None:
        try:
            _signed(clip, statement, credentials, attempt, tsa_url=credentials.tsa_url)
            told.append("")
        except Exception as error:
            told.append(f"{type(error).__name__}: {error}")

    # The library waits for an answer as long as the other end likes; it is left to itself then, with a file of its own.
    trying = threading.Thread(target=try_it, daemon=True)
    trying.start()
    trying.join(stamp_s)
    if told == [""]:
        attempt.replace(target)
        return ""
    attempt.unlink(missing_ok=True)
    return told[0] if told else f"no answer for {stamp_s:g} s"


def _signed(clip: Path, statement: Statement, credentials: Credentials, target: Path, *, tsa_url: str = "") -> None:
    import c2pa

    with c2pa.Context(c2pa.Settings.from_dict(settings(credentials.anchor))) as context:
        info = c2pa.C2paSignerInfo(b"es256", credentials.chain.encode(), credentials.key.read_bytes(), tsa_url.encode() or None)
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(manifest_of(statement)), context) as builder:
            with tempfile.TemporaryDirectory(dir=clip.parent) as folder:
                if statement.parent is not None:
                    _add_parent(builder, statement.parent, Path(folder))
                with clip.open("rb") as source, target.open("w+b") as signed:
                    builder.sign(signer, MIME, source, signed)


def _add_parent(builder: Any, parent: Path, folder: Path) -> None:
    box = manifest_box(parent)
    if box is not None and box.size > MOST_INHERITED:
        bare = folder / "parent.mp4"
        copy_without(parent, bare, box)
        parent = bare
    with parent.open("rb") as stream:
        builder.add_ingredient(json.dumps({"title": "clip", "relationship": "parentOf", "label": "parent"}), MIME, stream)


def settings(anchor: str) -> Mapping[str, Any]:
    """c2pa-rs settings: trust one authority (anchor "": none), ask the network nothing, and hash `free` boxes, which anybody could fill."""
    return {
        "verify": {"verify_trust": True, "verify_after_sign": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
        "trust": {"trust_config": _PURPOSES} | ({"trust_anchors": anchor} if anchor else {}),
        "builder": {
            "thumbnail": {"enabled": False},
            "bmff_hash_exclude_free_and_skip_boxes": False,
            "created_assertion_labels": ["c2pa.actions", CONSENT],
        },
    }


def manifest_of(statement: Statement) -> dict[str, Any]:
    """The manifest before it is signed."""
    agent = {"name": f"walkon {statement.engine}", "version": walkon.__version__}
    created = {"action": "c2pa.created", "digitalSourceType": statement.source.uri, "softwareAgent": agent}
    edited = {"action": "c2pa.edited", "digitalSourceType": statement.source.uri, "softwareAgent": agent}
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}
    actions = [created] if statement.parent is None else [opened, edited]
    said = [{"label": "c2pa.actions.v2", "data": {"actions": actions, "allActionsIncluded": True}}]
    if agreed := statement.agreement:
        log = {"size": agreed.log_size, "root": agreed.log_root}
        said.append({"label": CONSENT, "data": {"v": 1, "people": agreed.people, "receipts": list(agreed.receipts), "log": log}})
    return {
        "title": "clip",
        "format": MIME,
        "claim_generator_info": [{"name": "walkon", "version": walkon.__version__}],
        "assertions": said,
    }


def room_for(parent: Path | None) -> int:
    """Bytes to leave for the manifest under a size limit."""
    box = manifest_box(parent) if parent is not None and parent.is_file() else None
    return ROOM + (min(box.size, MOST_INHERITED) if box else 0)
