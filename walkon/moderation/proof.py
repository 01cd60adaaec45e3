"""What moderators did, also as entries of the ledger: sealed under the keys of whom it was done to."""

from walkon.moderation.mutes import Entry
from walkon.store.keys import Keys
from walkon.store.ledger import Ledger
from walkon.store.thread import Transaction


async def write_down(tx: Transaction, keys: Keys, entry: Entry) -> int:
    """Write a line of the log into the ledger, in the transaction that made it; returns the entry's number."""
    payload = {
        "line": entry.seq,
        "by": keys.person_key(entry.by.id),
        "place": entry.place,
        "until": entry.until,
        "reason": entry.reason,
        "stopped": entry.running + entry.waiting,
    }
    return await Ledger(keys).append(tx, f"moderation.{entry.deed}", keys.person_key(entry.person.id), payload=payload, at=entry.at)
