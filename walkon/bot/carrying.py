"""Clips that a person carried into a chat which their platform does not name: who may see them there."""

import msgspec

from walkon.bot.command import Asked
from walkon.library.clips import Clip
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.types.ids import ClipId
from walkon.types.people import Place

CARRIED = "carried:"
"""How the outbox keys of such messages begin."""


async def was_carried(tx: Transaction, clip: ClipId) -> bool:
    """Whether it stands in a chat that nobody named to us."""
    copies = await outbox.copies(tx, [clip])
    return any(msgspec.json.decode(copy.place, type=Place).elsewhere for copy in copies)


async def in_sight(tx: Transaction, clip: Clip, asked: Asked) -> bool:
    """Whether whoever asks may see the clip: in its place, as its asker, or, asking from elsewhere, one that was carried there."""
    if clip.may_be_seen_in(asked.place.id, asked.person.id):
        return True
    return asked.place.elsewhere and await was_carried(tx, clip.id)
