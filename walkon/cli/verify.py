"""`walkon verify`: does a file come from this host?"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from walkon.cli.frame import FAILED, as_json, common, settings, show

if TYPE_CHECKING:
    from walkon.config import Config
    from walkon.library.clips import Clip
    from walkon.provenance.verify import Reading
    from walkon.store.database import Transaction

FOUND = {
    "signed": "Made here, and not a byte of it was changed since.",
    "changed": "It carries this host's statement, but was changed since, or carries the statement of another clip.",
    "expired": "It carries a statement whose certificate has ended, so nobody can say any more whose it is.",
    "foreign": "It carries a statement of {signer}, whom this host does not know. Whether to believe that is yours to say.",
    "broken": "It carries something like a statement that cannot be read.",
    "unread": "It could not be read in the time that a file gets.",
    "none": "",
}
AGREED = {
    "given": "All of them agreed, and still do.",
    "withdrawn": "Consent has been withdrawn since.",
    "unknown": "All of them had agreed when it was made; whether they still do is not known here.",
}
NONE = "No mark of this host was found. That does not say what it is, or that it is real: marks can be taken out."


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@common
@as_json
def verify(file: Path, as_json: bool) -> None:
    """Say whether FILE comes from this host; ends with 1 where no mark of it was found."""
    config = settings()
    result, words = asyncio.run(_verified(config, file))
    show(result, words, json_wanted=as_json)
    if result["verdict"] == "none":
        click.get_current_context().exit(FAILED)


async def _verified(config: "Config", file: Path) -> tuple[dict[str, Any], str]:
    from walkon.provenance.verify import Mark, examine

    known = await _known(config, file)
    reading = await examine(file, _anchor(config))
    verdict = "exact" if known.clip or known.removed else "signed" if reading.mark is Mark.SIGNED else "none"
    return _record(verdict, known, reading), "\n".join(_lines(verdict, known, reading))


def _anchor(config: "Config") -> str:
    """PEM of whom this host's clips are signed under, "" where nothing was signed yet. Raises SetupError."""
    from walkon.provenance.certificates import brought_credentials, existing_credentials

    provenance = config.provenance
    if provenance.certificate and provenance.private_key:
        return brought_credentials(provenance.certificate, provenance.private_key).anchor
    found = existing_credentials(config.signing_dir)
    return found.anchor if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the store knows of a very file. people: how many real ones are in it. agree: whether all of them still do."""

    clip: "Clip | None" = None
    removed: bool = False
    people: int = 0
    agree: bool = True


async def _known(config: "Config", file: Path) -> _Known:
    """What the store knows of it; nothing where there is no store."""
    from walkon.agreement import against, agreed
    from walkon.consent.grants import Use
    from walkon.library.knowing import clips_with, is_taken_down
    from walkon.store.keyring import looking

    if not config.store_on_postgres and not config.store_path.exists():
        return _Known()
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()

    async def look(tx: "Transaction") -> _Known:
        found, now = await clips_with(tx, digest), datetime.now(UTC)
        if not found:
            return _Known(removed=await is_taken_down(tx, digest))
        clip = found[0]
        people = await agreed(tx, clip, now)
        return _Known(clip=clip, people=people.count if people else 0, agree=not await against(tx, clip, now, use=Use.KEEP))

    return await looking(config.store_place, look, config.consent.key_file, config.walkon.data_dir)


def _consent(verdict: str, known: _Known, reading: "Reading") -> dict[str, Any] | None:
    """Of how many people the clip shows, and whether they agree now: what the store says, else only what was true when it was made."""
    people = known.people or (reading.people if verdict != "none" else 0)
    if not people:
        return None
    now = ("given" if known.agree else "withdrawn") if known.clip else "unknown"
    return {"people": people, "receipts": list(reading.receipts), "now": now}


def _record(verdict: str, known: _Known, reading: "Reading") -> dict[str, Any]:
    clip = known.clip
    return {
        "verdict": verdict,
        "clip": clip.id if clip else None,
        "ai_generated": True if verdict != "none" else None,
        "drawn": clip.finished.drawn if clip and clip.finished else reading.drawn,
        "made_at": clip.ended_at.isoformat() if clip and clip.ended_at else None,
        "mark": reading.mark.value,
        "signer": reading.signer or None,
        "altered": list(reading.altered),
        "made_from": reading.made_from,
        "removed": known.removed,
        "stamped_at": reading.stamped_at or None,
        "consent": _consent(verdict, known, reading),
    }


def _lines(verdict: str, known: _Known, reading: "Reading") -> list[str]:
    clip = known.clip
    found = FOUND[reading.mark].format(signer=reading.signer or "somebody unnamed")
    if clip:
        made = f", finished on {clip.ended_at:%Y-%m-%d at %H:%M} UTC" if clip.ended_at else ""
        found = f"This very file is clip {clip.id} of this host{made}."
    elif known.removed:
        found = "This very file was made here and taken down since."
    lines = [found or NONE] if verdict != "none" or not found else [found, NONE]
    if verdict != "none":
        drawn = clip.finished.drawn if clip and clip.finished else reading.drawn
        lines.append("Drawn by computer; no model made it." if drawn else "Made by AI.")
    if consent := _consent(verdict, known, reading):
        shown = "One real person is in it." if consent["people"] == 1 else f"{consent['people']} real people are in it."
        lines.append(f"{shown} {AGREED[consent['now']]}")
    if reading.stamped_at and verdict != "none":
        lines.append(f"Its time stamp says {reading.stamped_at}.")
    if reading.made_from and verdict != "none":
        lines.append(f"Made from another clip; {reading.made_from} stand before it.")
    return lines
