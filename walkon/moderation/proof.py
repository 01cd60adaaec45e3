"""What moderators did, also as entries of the ledger: sealed under the keys of whom it was done to."""

from datetime import datetime

from walkon.moderation.mutes import Case, Entry
from walkon.moderation.tables import append
from walkon.store.keys import Keys
from walkon.store.ledger import Ledger
from walkon.store.thread import Transaction
from walkon.types.ids import EventId


async def write(tx: Transaction, keys: Keys, event: EventId, case: Case, now: datetime, *, running: int = 0, waiting: int = 0) -> Entry:
    """Write a deed into the log and into the ledger. Raises IntegrityError for an event that stands there."""
    entry = await append(tx, event, case, now, running=running, waiting=waiting)
    await _seal(tx, keys, entry)
    return entry


async def _seal(tx: Transaction, keys: Keys, entry: Entry) -> None:
    payload = {
        "line": entry.seq,
        "by": keys.person_key(entry.by.id),
        "place": entry.place,
        "until": entry.until,
        "reason": entry.reason,
        "stopped": entry.running + entry.waiting,
    }
    await Ledger(keys).append(tx, f"moderation.{entry.deed}", keys.person_key(entry.person.id), payload=payload, at=entry.at)
