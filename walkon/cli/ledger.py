"""`walkon ledger`: check that nothing of what was decided was altered, also beside a running `walkon up`."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from walkon.cli.frame import FAILED, as_json, common, settings, show

if TYPE_CHECKING:
    from walkon.store.audit import Audit

SHOWN_FAULTS = 20

MEANINGS = {
    "missing": "is not there",
    "altered": "is not what was written",
    "unchained": "does not follow from those before it",
    "content": "has words that do not open",
    "tree": "stands under a hash that is not its own",
    "shortened": "was published as the end, and the ledger ends before it",
    "forked": "was published as the end of another history",
}


@click.group()
@common
def ledger() -> None:
    """Check the ledger of what was decided."""


@ledger.command()
@common
@as_json
def verify(as_json: bool) -> None:
    """Recompute the whole ledger: one altered, deleted or re-ordered byte is found."""
    config = settings()
    from walkon.safekeeping import audited

    found, keys_read = asyncio.run(audited(config))
    result = {
        "sound": found.sound,
        "size": found.head.size,
        "root": found.head.root.hex(),
        "readable": found.readable,
        "forgotten": found.forgotten,
        "keys": keys_read,
        "published": str(found.published) if found.published else None,
        "faults": [{"fault": fault.fault.value, "at": fault.at} for fault in found.faults],
    }
    show(result, "\n".join(_lines(found, result)), json_wanted=as_json)
    if not found.sound:
        click.get_current_context().exit(FAILED)


@ledger.command()
@common
@as_json
def unlock(as_json: bool) -> None:
    """Go on from the ledger as it stands, after a backup older than what was published."""
    config = settings()
    from walkon.restoring import unlock as go_on
    from walkon.types.clock import SystemClock

    head = asyncio.run(go_on(config, SystemClock()))
    words = f"The ledger goes on from {head.size} entries, root {head.root.hex()}. Tell the people of this host that decisions were lost."
    show({"size": head.size, "root": head.root.hex()}, words, json_wanted=as_json)


def _lines(found: "Audit", result: dict[str, Any]) -> Iterator[str]:
    yield f"{found.head.size} entries, root {result['root']}"
    if not result["keys"]:
        yield "The key file is not here: order and hashes were checked, the words were not."
    if found.forgotten:
        yield f"{found.forgotten} entries are about people who were forgotten: their words are gone, their places are proved."
    for fault in found.faults[:SHOWN_FAULTS]:
        yield f"{fault.fault.value}: entry {fault.at} {MEANINGS[fault.fault]}."
    if len(found.faults) > SHOWN_FAULTS:
        yield f"and {len(found.faults) - SHOWN_FAULTS} more."
    yield (
        "Nothing was altered."
        if found.sound
        else "THE LEDGER IS NOT WHAT WAS WRITTEN. Keep this store as it is, and compare it with a backup."
    )
