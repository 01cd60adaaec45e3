"""The page's tables and statements: the conversation, and who a browser is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Index, Row, String, Table, delete, func, or_, select, update

from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, EnumText, insert
from walkon.store.sealed_columns import Sealed, SealedId, SealedName
from walkon.types.ids import PersonId
from walkon.types.people import Locale

WEB_MESSAGE = Table(
    "web_message",
    METADATA,
    Column("seq", INT64, primary_key=True, autoincrement=True),
    Column("key", SealedName("web_message.key", 160), nullable=False, unique=True),
    Column("channel", String(64), nullable=False),
    Column("visible_to", SealedId()),
    Column("person_id", SealedId()),
    Column("author", SealedName("web_message.author")),
    Column("text", Sealed("web_message.text")),
    Column("card", Sealed("web_message.card")),
    Column("locale", EnumText(Locale), nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("revision", INT64, nullable=False),
    Column("at_ms", INT64, nullable=False),
    Index("ix_web_message_channel_seq", "channel", "seq"),
    Index("ix_web_message_revision", "revision"),
    Index("ix_web_message_answered", "answered"),
)
WEB_SESSION = Table(
    "web_session",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("name", SealedName("web_session.name")),
    Column("admitted", Boolean, nullable=False),
    Column("at_ms", INT64, nullable=False),
)
PERSONAL = {
    WEB_MESSAGE.name: {
        "person_id": "erased by person",
        "visible_to": "erased by person",
        "author": "erased by person",
        "text": "erased by person",
        "card": "erased by person",
    },
    WEB_SESSION.name: {"name": "erased by person"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to keep. key: its name for ever. Either `text`, said by a person, or `card` (JSON for the page).

    visible_to: the only person who may see it, None for everybody. answered: nobody waits for an answer to it.
    """

    key: str
    channel: str
    visible_to: str | None = None
    person_id: str | None = None
    author: str | None = None
    text: str | None = None
    card: str | None = None
    locale: Locale = Locale.EN
    answered: bool = True
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(NewMessage):
    """A kept message. seq: its place in the conversation. revision: greater with every change to any message."""

    seq: int
    revision: int


_MESSAGE = [WEB_MESSAGE.c[name] for name in ("seq", "revision", *NewMessage.__dataclass_fields__)]


def _message(row: Row[Any]) -> Message:
    return Message(**row._mapping)


async def _next_revision(tx: Transaction) -> int:
    return int((await tx.execute(select(func.coalesce(func.max(WEB_MESSAGE.c.revision), 0)))).scalar_one()) + 1


async def find(tx: Transaction, key: str) -> Message | None:
    """One message by its key, None if unknown."""
    row = (await tx.execute(select(*_MESSAGE).where(WEB_MESSAGE.c.key == key))).first()
    return _message(row) if row else None


async def at(tx: Transaction, seq: int) -> Message | None:
    """One message by its place in the conversation, None if unknown."""
    row = (await tx.execute(select(*_MESSAGE).where(WEB_MESSAGE.c.seq == seq))).first()
    return _message(row) if row else None


async def add(tx: Transaction, new: NewMessage) -> tuple[Message, bool]:
    """Keep the message unless its key is known; returns the one that stands, and whether it is new."""
    known = await find(tx, new.key)
    if known is not None:
        return known, False
    values = {name: getattr(new, name) for name in NewMessage.__dataclass_fields__}
    await tx.execute(insert(WEB_MESSAGE).values(**values, revision=await _next_revision(tx)))
    kept = await find(tx, new.key)
    assert kept is not None  # noqa: S101  inserted in this transaction
    return kept, True


async def put(tx: Transaction, new: NewMessage) -> tuple[Message, bool]:
    """Keep the message, or give the one that stands under its key the new card; returns it, and whether anything changed."""
    kept, is_new = await add(tx, new)
    if is_new or kept.card == new.card:
        return kept, is_new
    change = {"card": new.card, "revision": await _next_revision(tx)}
    await tx.execute(update(WEB_MESSAGE).where(WEB_MESSAGE.c.key == new.key).values(**change))
    return await find(tx, new.key) or kept, True


def _seen_by(channel: str, people: Sequence[str]) -> list[ColumnElement[bool]]:
    visible = WEB_MESSAGE.c.visible_to
    return [WEB_MESSAGE.c.channel == channel, or_(visible.is_(None), visible.in_(people))]


async def newest(tx: Transaction, channel: str, people: Sequence[str], *, before: int | None, limit: int) -> list[Message]:
    """The last `limit` messages that these people may see, below seq `before`, oldest first."""
    where = _seen_by(channel, people) + ([] if before is None else [WEB_MESSAGE.c.seq < before])
    rows = await tx.execute(select(*_MESSAGE).where(*where).order_by(WEB_MESSAGE.c.seq.desc()).limit(limit))
    return [_message(row) for row in reversed(rows.all())]


async def changed_since(tx: Transaction, channel: str, people: Sequence[str], *, revision: int, limit: int) -> list[Message]:
    """Up to `limit` messages that these people may see and that changed after `revision`, oldest change first."""
    where = [*_seen_by(channel, people), WEB_MESSAGE.c.revision > revision]
    rows = await tx.execute(select(*_MESSAGE).where(*where).order_by(WEB_MESSAGE.c.revision).limit(limit))
    return [_message(row) for row in rows]


async def changed_after(tx: Transaction, channel: str, revision: int, *, limit: int) -> list[Message]:
    """Up to `limit` messages, whoever may see them, that changed after `revision`, oldest change first."""
    where = [WEB_MESSAGE.c.channel == channel, WEB_MESSAGE.c.revision > revision]
    rows = await tx.execute(select(*_MESSAGE).where(*where).order_by(WEB_MESSAGE.c.revision).limit(limit))
    return [_message(row) for row in rows]


async def speakers(tx: Transaction, channel: str, author: str) -> list[str]:
    """The accounts that have spoken under that name, at most two."""
    where = [WEB_MESSAGE.c.channel == channel, WEB_MESSAGE.c.author == author, WEB_MESSAGE.c.person_id.is_not(None)]
    rows = await tx.execute(select(WEB_MESSAGE.c.person_id).where(*where).distinct().limit(2))
    return [id for (id,) in rows]


async def last_revision(tx: Transaction) -> int:
    """The newest revision of any message, 0 before the first."""
    return await _next_revision(tx) - 1


async def unanswered(tx: Transaction, channel: str) -> list[Message]:
    """What people said and nobody has answered yet, oldest first."""
    where = [WEB_MESSAGE.c.answered.is_(False), WEB_MESSAGE.c.channel == channel]
    rows = await tx.execute(select(*_MESSAGE).where(*where).order_by(WEB_MESSAGE.c.seq))
    return [_message(row) for row in rows]


async def mark_answered(tx: Transaction, key: str) -> None:
    """The message of that key has its answer."""
    await tx.execute(update(WEB_MESSAGE).where(WEB_MESSAGE.c.key == key).values(answered=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """What is known of a browser. id: SHA-256 of its cookie. name: None until given. admitted: it gave the passphrase."""

    id: str
    name: str | None
    admitted: bool
    at_ms: int


async def session(tx: Transaction, id: str) -> SessionRow | None:
    """One browser, None if nothing is known of it."""
    row = (await tx.execute(select(WEB_SESSION).where(WEB_SESSION.c.id == id))).first()
    return SessionRow(**row._mapping) if row else None


async def save_session(tx: Transaction, row: SessionRow) -> None:
    """Write down what is known of a browser."""
    values = {name: getattr(row, name) for name in SessionRow.__dataclass_fields__}
    await tx.execute(insert(WEB_SESSION).values(**values).on_conflict_do_update(index_elements=["id"], set_=values))


async def forget(tx: Transaction, person: PersonId) -> None:
    """Remove what an account of the page said and was told, and every browser that speaks for it."""
    await tx.execute(delete(WEB_MESSAGE).where(or_(WEB_MESSAGE.c.person_id == person, WEB_MESSAGE.c.visible_to == person)))
    await tx.execute(delete(WEB_SESSION).where(WEB_SESSION.c.name == person.partition(":")[2]))
