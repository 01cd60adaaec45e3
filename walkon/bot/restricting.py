"""The platform's own means against somebody: asked for through the outbox, so that a crash neither loses nor doubles them.

There is one row for a person and a place; it says what is wanted now, so that the newest word wins however late it is carried out.
Setting the same end twice is setting it once. Our own mute never waits for any of it.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from time import monotonic

import msgspec
import structlog

from walkon.bot.house import House
from walkon.bot.port import ChatPlatform
from walkon.moderation import tables as moderation
from walkon.moderation.mutes import Case, Deed, Entry
from walkon.moderation.proof import write
from walkon.moderation.restrictions import Restricted, Restriction, end_of, has_means
from walkon.store import outbox
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.store.outbox import NewRow, OutboxKind, Row
from walkon.types.clock import to_ms
from walkon.types.ids import EventId, PersonId, PlaceId
from walkon.types.people import Person, Place, Platform

log = structlog.get_logger(__name__)

LOOKS_S = 0.03
"""How often an answer that waits for what the platform says looks for it."""


class _Outcome(msgspec.Struct, frozen=True):
    restricted: Restricted


def key_of(place: PlaceId, person: PersonId) -> str:
    """The outbox key of what is wanted for somebody in a place."""
    return f"native:{place}:{person}"


async def ask(tx: Transaction, entry: Entry, by: Person, now: datetime) -> None:
    """Owe the platform's own means beside this mute; nothing where the place knows none."""
    if entry.place is None or not has_means(entry.place):
        return
    until = end_of(Platform(entry.place.partition(":")[0]), now, entry.until)
    await _owe(tx, Restriction(person=entry.person, place=entry.place, by=by, until=until, why=_why(entry, by)), now)


async def lift(tx: Transaction, entry: Entry, now: datetime) -> None:
    """Owe that what was asked for beside the mute that ends is lifted with it; nothing where none was."""
    if entry.place is None:
        return
    for account in await accounts_of(tx, entry.person.id):
        row = await outbox.row(tx, key_of(entry.place, account))
        before = msgspec.json.decode(row.reply, type=Restriction) if row else None
        if before and not before.lifts and not before.over_at(now):
            await _owe(tx, replace(before, by=entry.by, why=_why(entry, entry.by), lifts=True), now)


async def outcome(house: House, entry: Entry) -> Restricted | None:
    """What the platform made of the newest wish about the person of this line; None where it has not said so within a moment."""
    if entry.place is None or not has_means(entry.place):
        return Restricted.NO_MEANS
    key, until = key_of(entry.place, entry.person.id), monotonic() + house.native_wait_s
    while True:
        row = await house.database.read(lambda tx: outbox.row(tx, key))
        if row is not None and row.ref and row.shown >= row.wanted:
            return msgspec.json.decode(row.ref, type=_Outcome).restricted
        if monotonic() >= until:
            return None
        await asyncio.sleep(LOOKS_S)


async def lifts(house: House, entry: Entry) -> bool:
    """Whether the platform's own means are to be lifted with the mute that this line ended."""
    if entry.place is None:
        return False
    key = key_of(entry.place, entry.person.id)
    row = await house.database.read(lambda tx: outbox.row(tx, key))
    wanted = msgspec.json.decode(row.reply, type=Restriction) if row else None
    return wanted is not None and wanted.lifts and wanted.why == _why(entry, entry.by)


async def carry_out(platform: ChatPlatform, house: House, row: Row) -> str:
    """Do what the row says now, and write down what came of it; returns its ref. Raises as `ChatPlatform.restrict`."""
    wanted = msgspec.json.decode(row.reply, type=Restriction)
    over = wanted.over_at(house.clock.now())
    restricted = Restricted.NOTHING if over else await platform.restrict(wanted)
    ref = msgspec.json.encode(_Outcome(restricted)).decode()
    await house.database.write(lambda tx: _write_down(tx, house, row, wanted, restricted))
    log.info("restricted", place=wanted.place, lifts=wanted.lifts, outcome=restricted)
    return ref


async def _write_down(tx: Transaction, house: House, row: Row, wanted: Restriction, restricted: Restricted) -> None:
    event, now = EventId(f"{row.key}:{row.wanted}"), house.clock.now()
    if await moderation.entry_of(tx, event) is None:
        case = Case(deed=Deed.RESTRICT, person=wanted.person, place=wanted.place, by=wanted.by, reason=restricted)
        await write(tx, house.keys, event, case, now)


async def _owe(tx: Transaction, wanted: Restriction, now: datetime) -> None:
    place = Place(id=wanted.place, channel=wanted.place.partition(":")[2])
    row = NewRow(
        key=key_of(wanted.place, wanted.person.id),
        kind=OutboxKind.RESTRICTION,
        platform=place.platform,
        subject="restriction",
        place=msgspec.json.encode(place).decode(),
        reply=msgspec.json.encode(wanted).decode(),
        urgent=True,
    )
    await outbox.renew(tx, row, to_ms(now))


def _why(entry: Entry, by: Person) -> str:
    """For the platform's own log: verb, length, who, reason, and the line of ours."""
    length = entry.until - entry.at if entry.until else None
    hours = f" {length.total_seconds() / 3600:g}h" if length else ""
    return f"walkon {entry.deed}{hours} by @{by.name}: {entry.reason or '-'} (#{entry.seq})"
