"""Reactions become deeds. Whoever may not do the deed, or reacts to something else, is not answered: a reaction asks for no words."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from walkon.bot.command import Reacted
from walkon.bot.house import House
from walkon.bot.port import Awaiting
from walkon.bot.remixing import another_take
from walkon.library import tables
from walkon.store import outbox
from walkon.store.outbox import OutboxKind, Row
from walkon.types.ids import ClipId
from walkon.types.people import Place, Platform

REMIX = "🔁"
"""Another take of the clip it is put under. Telegram's fixed list of reactions has none that means it."""

READ_BACK = 50
"""The newest messages whose reactions are looked at after a start."""


async def react(house: House, reacted: Reacted) -> None:
    """Do what the reaction means, if anything. Raises as `intake.promise` does."""
    row = await house.database.read(lambda tx: outbox.at(tx, reacted.place.platform, reacted.message))
    if row is not None and row.kind is OutboxKind.CARD and reacted.emoji == REMIX and reacted.added:
        await _remix(house, reacted, row)


async def _remix(house: House, reacted: Reacted, row: Row) -> None:
    async with house.database.reading() as tx:
        clip = await tables.get(tx, ClipId(row.subject))
    place = msgspec.json.decode(row.place, type=Place)
    if clip is not None and clip.finished and clip.may_be_seen_in(place.id, reacted.person.id):
        await another_take(house, replace(reacted, place=place), clip)


async def awaiting(house: House, platform: Platform) -> Sequence[Awaiting]:
    """The messages whose reactions are to be read back after a start."""
    rows = await house.database.read(lambda tx: outbox.standing(tx, platform, OutboxKind.CARD, limit=READ_BACK))
    return [_awaiting(row, (REMIX,)) for row in rows if row.ref]


def _awaiting(row: Row, emoji: tuple[str, ...]) -> Awaiting:
    return Awaiting(ref=row.ref or "{}", place=msgspec.json.decode(row.place, type=Place), emoji=emoji)
