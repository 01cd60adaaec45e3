"""`walkon verify`: does a file come from this host?"""

import asyncio
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from walkon.cli.frame import FAILED, as_json, common, settings, show

if TYPE_CHECKING:
    from walkon.config import Config
    from walkon.library.clips import Clip
    from walkon.provenance.verify import Reading

FOUND = {
    "signed": "Made here, and not a byte of it was changed since.",
    "changed": "It carries this host's statement, but was changed since, or carries the statement of another clip.",
    "expired": "It carries a statement whose certificate has ended, so nobody can say any more whose it is.",
    "foreign": "It carries a statement of {signer}, whom this host does not know. Whether to believe that is yours to say.",
    "broken": "It carries something like a statement that cannot be read.",
    "unread": "It could not be read in the time that a file gets.",
    "none": "",
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

    clip = await _known(config, file)
    reading = await examine(file, _anchor(config))
    verdict = "exact" if clip else "signed" if reading.mark is Mark.SIGNED else "none"
    return _record(verdict, clip, reading), "\n".join(_lines(verdict, clip, reading))


def _anchor(config: "Config") -> str:
    """PEM of whom this host's clips are signed under, "" where nothing was signed yet. Raises SetupError."""
    from walkon.provenance.certificates import brought_credentials, existing_credentials

    provenance = config.provenance
    if provenance.certificate and provenance.private_key:
        return brought_credentials(provenance.certificate, provenance.private_key).anchor
    found = existing_credentials(config.signing_dir)
    return found.anchor if found else ""


async def _known(config: "Config", file: Path) -> "Clip | None":
    """The clip whose film is this very file, None where the store knows none or there is no store."""
    from walkon.library.knowing import clips_with
    from walkon.store.database import looking

    if not config.store_on_postgres and not config.store_path.exists():
        return None
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    found = await looking(config.store_place, lambda tx: clips_with(tx, digest))
    return found[0] if found else None


def _record(verdict: str, clip: "Clip | None", reading: "Reading") -> dict[str, Any]:
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
    }


def _lines(verdict: str, clip: "Clip | None", reading: "Reading") -> list[str]:
    found = FOUND[reading.mark].format(signer=reading.signer or "somebody unnamed")
    if clip:
        made = f", finished on {clip.ended_at:%Y-%m-%d at %H:%M} UTC" if clip.ended_at else ""
        found = f"This very file is clip {clip.id} of this host{made}."
    lines = [found or NONE] if verdict != "none" or not found else [found, NONE]
    if verdict != "none":
        drawn = clip.finished.drawn if clip and clip.finished else reading.drawn
        lines.append("Drawn by computer; no model made it." if drawn else "Made by AI.")
    if reading.made_from and verdict != "none":
        lines.append(f"Made from another clip; {reading.made_from} stand before it.")
    return lines
