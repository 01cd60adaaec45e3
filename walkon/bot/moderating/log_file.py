"""The moderators' log as a file: every line since the beginning, oldest first, as JSON lines or as a table."""

import csv
import io
from collections.abc import Iterable, Mapping

import msgspec

from walkon.bot.cards import Card, Handout, Tone
from walkon.bot.command import Reply
from walkon.bot.moderating.desk import EXPORT, Desk, confidential
from walkon.moderation import tables
from walkon.moderation.mutes import Entry
from walkon.store.database import Transaction
from walkon.types.ids import PlaceId

MOST_LINES, READ_AT_ONCE = 20_000, 1_000
"""Some 5 MB: what every chat platform takes as a file. The newest are kept."""

FIELDS = ("line", "at", "deed", "place", "by", "by_name", "on", "on_name", "until", "reason", "clip", "running", "waiting")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def log_file(desk: Desk) -> Reply:
    """The log of the place, or of everything, handed over in private."""
    wanted = desk.ctx.get(EXPORT) or "jsonl"
    entries = await desk.ctx.house.database.read(lambda tx: all_lines(tx, desk.place))
    content = as_csv(entries) if wanted == "csv" else as_json_lines(entries)
    head = desk.speaker.text("card.mod.log_file", n=len(entries))
    handout = Handout(name=f"walkon-moderation.{wanted}", content=content)
    return confidential(Card(tone=Tone.QUIET, head=head, handout=handout))


def as_json_lines(entries: Iterable[Entry]) -> bytes:
    """An object a line."""
    return b"".join(msgspec.json.encode(_fields(entry)) + b"\n" for entry in entries)


def as_csv(entries: Iterable[Entry]) -> bytes:
    """A table with a head. What people wrote never begins like a formula: a spreadsheet would run it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    for entry in entries:
        writer.writerow({name: _cell(value) for name, value in _fields(entry).items()})
    return text.getvalue().encode()


def _fields(entry: Entry) -> Mapping[str, object]:
    values = (
        entry.seq,
        f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
        str(entry.deed),
        entry.place,
        entry.by.id,
        entry.by.name,
        entry.person.id,
        entry.person.name,
        f"{entry.until:%Y-%m-%dT%H:%M:%SZ}" if entry.until else None,
        entry.reason,
        entry.clip,
        entry.running,
        entry.waiting,
    )
    return dict(zip(FIELDS, values, strict=True))


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


async def all_lines(tx: Transaction, place: PlaceId | None) -> list[Entry]:
    """The newest MOST_LINES lines about one place, or (None) of the whole host, oldest first."""
    found: list[Entry] = []
    while lines := await tables.lines(tx, place, after=found[-1].seq if found else 0, limit=READ_AT_ONCE):
        found += lines
    return found[-MOST_LINES:]
