"""The outbox: one row for each message walkon owes, with the revision that is wanted and the one that is shown.

A row says *that* something must be shown, never what: the card is made from the newest records at the moment of showing,
so the newest always wins and a repeat shows the same. Where several processes deliver to a platform they claim rows
(`claims.py`); the first answer, sent by whoever made the row, holds it for a while.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Index,
    String,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    false,
    or_,
    select,
    update,
)

from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, EnumText, insert
from walkon.store.sealed_columns import Sealed, SealedName


class OutboxKind(StrEnum):
    """What the message is."""

    CARD = "card"
    """The clip's own message, edited from first answer to last state."""
    NOTE = "note"
    """A short reply to it that notifies the asker after a long wait."""
    ASK = "ask"
    """A question to one person; `subject` names it, `reply` is who is asked."""
    SECOND = "second"
    """The same question to whoever looks after that person, once they have said yes; `reply` is the guardian."""
    REVIEW = "review"
    """An enrolment for an operator to decide; `subject` names it."""
    ENROLMENT = "enrolment"
    """What came of it, for whoever enrolled."""
    LEDGER = "ledger"
    """The ledger's head, for an operator; `subject` is its size."""
    CASE = "case"
    """What was reported about it, shown to moderators."""
    VERDICT = "verdict"
    """What a moderator decided, for one whom it is about; `reply` says who that is."""
    APPEAL = "appeal"
    """A second look that somebody asks for, shown to those who may decide; `subject` names the line of the log."""
    RESTRICTION = "restriction"
    """No message: the platform's own means against somebody, wanted as `reply` says; `ref` says what came of it."""


QUESTIONS = (OutboxKind.ASK, OutboxKind.SECOND)
"""The kinds of message that ask somebody."""


class OutboxState(StrEnum):
    """Whether anybody still tries."""

    OPEN = "open"
    SETTLED = "settled"
    """The last state stands."""
    GIVEN_UP = "given_up"


OUTBOX = Table(
    "outbox",
    METADATA,
    Column("key", SealedName("outbox.key", 120), primary_key=True),
    Column("kind", EnumText(OutboxKind), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("place", Sealed("outbox.place"), nullable=False),
    Column("reply", Sealed("outbox.reply"), nullable=False),
    Column("ref", Sealed("outbox.ref")),
    Column("follows", Sealed("outbox.follows")),
    Column("wanted", INT64, nullable=False),
    Column("shown", INT64, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("due_ms", INT64, nullable=False),
    Column("held_until_ms", INT64, nullable=False),
    Column("attempts", INT64, nullable=False),
    Column("state", EnumText(OutboxState), nullable=False),
    Column("error", Sealed("outbox.error")),
    Column("created_ms", INT64, nullable=False),
    Column("message", String(64)),
    Column("deliverer", String(32)),
    Column("claimed_until_ms", INT64, nullable=False, server_default="0"),
    Column("stood", Boolean, nullable=False, server_default=false()),
    Column("calm_ms", INT64, nullable=False, server_default="0"),
    Index("ix_outbox_platform_due", "platform", "state", "held_until_ms"),
    Index("ix_outbox_subject", "subject"),
    Index("ix_outbox_message", "platform", "message"),
)
PERSONAL = {OUTBOX.name: dict.fromkeys(("subject", "reply", "place", "ref"), "erased with the clip, once its chat shows that it is gone")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One owed message. place, reply, ref, follows: JSON of the bot and its platforms, opaque here."""

    key: str
    kind: OutboxKind
    platform: str
    subject: str
    place: str
    reply: str
    ref: str | None
    follows: str | None
    wanted: int
    shown: int
    urgent: bool
    attempts: int
    created_ms: int


_ROW = [OUTBOX.c[name] for name in Row.__dataclass_fields__]
_AT = select(*_ROW).where(OUTBOX.c.platform == bindparam("platform"), OUTBOX.c.message == bindparam("message")).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A message to owe. urgent: a last state rather than word of progress."""

    key: str
    kind: OutboxKind
    platform: str
    subject: str
    place: str
    reply: str = "{}"
    follows: str | None = None
    urgent: bool = False


async def put(tx: Transaction, row: NewRow, now_ms: int, *, hold_ms: int = 0, wanted: int = 1) -> None:
    """Owe a message; a row of that key that exists is left as it is.

    hold_ms: how long the first answer has before delivery sends it instead. wanted: 2 where that answer
    is not the card itself.
    """
    values = {
        **{name: getattr(row, name) for name in NewRow.__dataclass_fields__},
        "ref": None,
        "wanted": wanted,
        "shown": 0,
        "due_ms": now_ms,
        "held_until_ms": now_ms + hold_ms,
        "attempts": 0,
        "state": OutboxState.OPEN,
        "created_ms": now_ms,
    }
    await tx.execute(insert(OUTBOX).values(**values).on_conflict_do_nothing())


async def renew(tx: Transaction, row: NewRow, now_ms: int) -> None:
    """Owe it, or where it is owed or shown already, owe what `reply` says now."""
    await put(tx, row, now_ms, wanted=0)
    values = {"reply": row.reply, "wanted": OUTBOX.c.wanted + 1, "due_ms": now_ms, "attempts": 0, "state": OutboxState.OPEN, "error": None}
    await tx.execute(update(OUTBOX).where(OUTBOX.c.key == row.key).values(**values))


async def touch(tx: Transaction, subject: str, now_ms: int, *, urgent: bool, kind: OutboxKind = OutboxKind.CARD) -> None:
    """Something about `subject` changed: show its cards anew, before others if urgent."""
    where = and_(OUTBOX.c.subject == subject, OUTBOX.c.kind == kind)
    values = {"wanted": OUTBOX.c.wanted + 1, "due_ms": now_ms, "calm_ms": 0, "attempts": 0, "state": OutboxState.OPEN}
    await tx.execute(update(OUTBOX).where(where).values(**values, **({"urgent": True} if urgent else {})))


async def touch_calmly(tx: Transaction, subject: str, now_ms: int, *, every_ms: int) -> None:
    """Something small about `subject` changed: its cards follow, each at most once in that time, however often it changes.

    A card that is owed for another reason shows the change with it; one that nobody tries to show any more is left.
    """
    where = and_(OUTBOX.c.subject == subject, OUTBOX.c.kind == OutboxKind.CARD, OUTBOX.c.state != OutboxState.GIVEN_UP)
    next_ms = OUTBOX.c.due_ms + every_ms
    due_ms = case((OUTBOX.c.wanted > OUTBOX.c.shown, OUTBOX.c.due_ms), (next_ms > now_ms, next_ms), else_=now_ms)
    values = {"wanted": OUTBOX.c.wanted + 1, "due_ms": due_ms, "calm_ms": every_ms, "state": OutboxState.OPEN}
    await tx.execute(update(OUTBOX).where(where).values(**values))


async def retract(tx: Transaction, subject: str, now_ms: int) -> None:
    """`subject` may be seen no more: its cards that stand, or are on their way, say so before anything else is shown.

    Where nothing was ever posted and nobody tries any more, nothing is; a note that was not sent yet never is.
    """
    unsent = and_(OUTBOX.c.subject == subject, OUTBOX.c.kind == OutboxKind.NOTE, OUTBOX.c.ref.is_(None))
    await tx.execute(delete(OUTBOX).where(unsent))
    never = and_(OUTBOX.c.state == OutboxState.GIVEN_UP, OUTBOX.c.ref.is_(None))
    where = and_(OUTBOX.c.subject == subject, OUTBOX.c.kind == OutboxKind.CARD, ~never)
    values = {"wanted": OUTBOX.c.wanted + 1, "due_ms": 0, "calm_ms": 0, "attempts": 0, "state": OutboxState.OPEN, "urgent": True}
    await tx.execute(update(OUTBOX).where(where).values(**values))


class CopyState(StrEnum):
    """What became of a message whose subject was retracted."""

    GONE = "gone"
    """It shows the newest card, or somebody deleted it."""
    PENDING = "pending"
    OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A message that showed `subject`. place: as in Row. error: why it is out of reach."""

    subject: str
    platform: str
    place: str
    state: CopyState
    error: str | None


async def copies(tx: Transaction, subjects: Collection[str]) -> Sequence[Copy]:
    """Every message that was posted about these subjects."""
    where = and_(OUTBOX.c.subject.in_(subjects), OUTBOX.c.kind == OutboxKind.CARD)
    never = and_(OUTBOX.c.state == OutboxState.GIVEN_UP, OUTBOX.c.ref.is_(None))
    rows = await tx.execute(select(OUTBOX).where(where, ~never).order_by(OUTBOX.c.created_ms, OUTBOX.c.key))
    return [Copy(subject=row.subject, platform=row.platform, place=row.place, state=_copy_state(row), error=row.error) for row in rows]


def _copy_state(row: Any) -> CopyState:
    if row.state is OutboxState.GIVEN_UP:
        return CopyState.OUT_OF_REACH
    return CopyState.GONE if row.shown >= row.wanted else CopyState.PENDING


async def touch_notice(tx: Transaction, subject: str, now_ms: int) -> None:
    """What is told about a person was decided: show its message anew, for the last time as far as anybody knows."""
    where = and_(OUTBOX.c.subject == subject, OUTBOX.c.kind.not_in((OutboxKind.CARD, OutboxKind.NOTE)))
    values = {"wanted": OUTBOX.c.wanted + 1, "due_ms": now_ms, "attempts": 0, "state": OutboxState.OPEN, "urgent": True}
    await tx.execute(update(OUTBOX).where(where).values(**values))


def is_due(platform: str, now_ms: int, busy: Collection[str] = ()) -> ColumnElement[bool]:
    """Which rows are to be shown now and are not in `busy`."""
    return _due_where(platform, now_ms, busy)


def _due_where(platform: Any, now_ms: Any, busy: Any) -> ColumnElement[bool]:
    return and_(
        OUTBOX.c.platform == platform,
        OUTBOX.c.state == OutboxState.OPEN,
        OUTBOX.c.wanted > OUTBOX.c.shown,
        OUTBOX.c.due_ms <= now_ms,
        OUTBOX.c.held_until_ms <= now_ms,
        OUTBOX.c.key.not_in(busy),
    )


def is_watched(platform: str | BindParameter[str]) -> ColumnElement[bool]:
    """Which rows stand as a message and have not reached their last state: progress is edited into them."""
    return and_(OUTBOX.c.platform == platform, OUTBOX.c.state == OutboxState.OPEN, OUTBOX.c.urgent.is_(False), OUTBOX.c.ref.is_not(None))


async def rows_of(tx: Transaction, which: ColumnElement[bool], limit: int | None = None) -> Sequence[Row]:
    """These rows: last states first, then the oldest change first."""
    return [Row(**found._mapping) for found in await tx.execute(select(*_ROW).where(which).order_by(*_ORDER).limit(limit))]


# Built once: a look happens several times a second, and to build the statement costs more than to run it.
_ORDER = (OUTBOX.c.urgent.desc(), OUTBOX.c.due_ms, OUTBOX.c.key)
_DUE_NOW = _due_where(bindparam("platform"), bindparam("now_ms"), bindparam("busy", expanding=True))
_DUE = select(*_ROW).where(_DUE_NOW).order_by(*_ORDER).limit(bindparam("most"))
_WATCHED = select(*_ROW).where(is_watched(bindparam("platform"))).order_by(*_ORDER)


async def due(tx: Transaction, platform: str, now_ms: int, *, limit: int, busy: Collection[str] = ()) -> Sequence[Row]:
    """Up to `limit` rows to show now that are not in `busy`: last states first, then the oldest change first."""
    wanted = {"platform": platform, "now_ms": now_ms, "busy": list(busy), "most": limit}
    return [Row(**found._mapping) for found in await tx.execute(_DUE, wanted)]


async def watched(tx: Transaction, platform: str) -> Sequence[Row]:
    """The rows of `is_watched`."""
    return [Row(**found._mapping) for found in await tx.execute(_WATCHED, {"platform": platform})]


async def acknowledge(tx: Transaction, key: str, revision: int, ref: str, *, message: str | None = None) -> None:
    """Revision `revision` stands as message `ref`, which reactions call `message`. An older revision never overwrites a newer."""
    await tx.execute(_acknowledged(), {"its_key": key, "revision": revision, "its_ref": ref, "its_message": message})


@cache
def _acknowledged() -> Update:
    revision = bindparam("revision", type_=INT64)
    last = and_(OUTBOX.c.urgent, OUTBOX.c.wanted == revision)
    state = case((last, OutboxState.SETTLED), else_=OUTBOX.c.state)
    # What changed while this was on its way, and may wait, waits.
    due_ms = case((OUTBOX.c.wanted > revision, OUTBOX.c.due_ms + OUTBOX.c.calm_ms), else_=OUTBOX.c.due_ms)
    stands = {"ref": bindparam("its_ref"), "message": bindparam("its_message"), "shown": revision, "stood": or_(last, OUTBOX.c.stood)}
    calm = {"held_until_ms": 0, "attempts": 0, "error": None, "state": state, "due_ms": due_ms}
    return update(OUTBOX).where(OUTBOX.c.key == bindparam("its_key"), OUTBOX.c.shown <= revision).values(**stands, **calm)


async def unseen(tx: Transaction, platforms: Collection[str]) -> frozenset[str]:
    """Subjects whose last state is wanted in a message where no last state has stood yet."""
    waiting = and_(OUTBOX.c.platform.in_(platforms), OUTBOX.c.state == OutboxState.OPEN)
    where = and_(waiting, OUTBOX.c.kind == OutboxKind.CARD, OUTBOX.c.urgent, ~OUTBOX.c.stood)
    return frozenset(row.subject for row in await tx.execute(select(OUTBOX.c.subject).where(where)))


async def show_again(tx: Transaction, key: str, now_ms: int) -> None:
    """What stands there may be old: show the newest once more."""
    values = {"wanted": OUTBOX.c.wanted + 1, "due_ms": now_ms, "calm_ms": 0, "state": OutboxState.OPEN}
    await tx.execute(update(OUTBOX).where(OUTBOX.c.key == key).values(**values))


async def retry(tx: Transaction, key: str, due_ms: int, error: str) -> None:
    """Try again at due_ms."""
    values = {"due_ms": due_ms, "error": error, "held_until_ms": 0, "attempts": OUTBOX.c.attempts + 1}
    await tx.execute(update(OUTBOX).where(OUTBOX.c.key == key).values(**values))


async def hurry(tx: Transaction, subject: str, now_ms: int) -> None:
    """What messages about `subject` waited for is there: try them again now."""
    await tx.execute(update(OUTBOX).where(OUTBOX.c.subject == subject, OUTBOX.c.due_ms > now_ms).values(due_ms=now_ms))


async def forget(tx: Transaction, key: str, *, seen: int) -> None:
    """The message is gone. Revisions up to `seen` need no message any more; a newer one is posted anew."""
    await tx.execute(update(OUTBOX).where(OUTBOX.c.key == key).values(ref=None, held_until_ms=0))
    await tx.execute(update(OUTBOX).where(OUTBOX.c.key == key, OUTBOX.c.shown < seen).values(shown=seen))


async def give_up(tx: Transaction, key: str, error: str) -> None:
    """Nothing more can be shown there, until the subject changes again."""
    await tx.execute(update(OUTBOX).where(OUTBOX.c.key == key).values(state=OutboxState.GIVEN_UP, error=error, held_until_ms=0))


async def withdraw(tx: Transaction, key: str) -> None:
    """The message is not owed after all, and nobody has seen it."""
    await tx.execute(delete(OUTBOX).where(OUTBOX.c.key == key))


async def release_holds(tx: Transaction, platform: str) -> None:
    """At start: a first answer that a dead process owed is anybody's. Only the one process that serves `platform` may call it."""
    await tx.execute(update(OUTBOX).where(OUTBOX.c.platform == platform).values(held_until_ms=0))


async def at(tx: Transaction, platform: str, message: str) -> Row | None:
    """What the message is about that reactions call so; None for a message that is none of ours."""
    found = (await tx.execute(_AT, {"platform": platform, "message": message})).first()
    return Row(**found._mapping) if found else None


async def messages_of(tx: Transaction, subject: str) -> Sequence[str]:
    """The messages about `subject`, as reactions call them."""
    where = and_(OUTBOX.c.subject == subject, OUTBOX.c.message.is_not(None))
    return [row.message for row in await tx.execute(select(OUTBOX.c.message).where(where))]


async def standing(tx: Transaction, platform: str, kind: OutboxKind, *, limit: int) -> Sequence[Row]:
    """The newest messages of that kind that stand and can be reacted to."""
    where = and_(OUTBOX.c.platform == platform, OUTBOX.c.kind == kind, OUTBOX.c.message.is_not(None))
    return [
        Row(**found._mapping) for found in await tx.execute(select(*_ROW).where(where).order_by(OUTBOX.c.created_ms.desc()).limit(limit))
    ]


async def owed(tx: Transaction, platform: str) -> int:
    """How many messages are still owed there."""
    where = and_(OUTBOX.c.platform == platform, OUTBOX.c.state == OutboxState.OPEN, OUTBOX.c.wanted > OUTBOX.c.shown)
    return len((await tx.execute(select(OUTBOX.c.key).where(where))).all())


async def row(tx: Transaction, key: str) -> Row | None:
    """One row, None if unknown."""
    found = (await tx.execute(select(*_ROW).where(OUTBOX.c.key == key))).first()
    return Row(**found._mapping) if found else None


async def forget_person(tx: Transaction, person: str) -> None:
    """Owe nobody a message any more that names this account and is about no clip; messages about clips go with their clips.

    A question that stands in a chat is shown once more, closed, and no longer says who was asked.
    """
    columns = (OUTBOX.c.key, OUTBOX.c.kind, OUTBOX.c.ref, OUTBOX.c.reply, OUTBOX.c.place)
    # Sealed, so they are looked through here: never the cards of clips, which are nearly all there is.
    rows = (await tx.execute(select(*columns).where(OUTBOX.c.kind.not_in([OutboxKind.CARD, OutboxKind.NOTE])))).all()
    asked = [row.key for row in rows if row.kind in QUESTIONS and row.ref is not None and f'"{person}"' in row.reply]
    named = [row.key for row in rows if f'"{person}"' in row.place or (f'"{person}"' in row.reply and row.key not in asked)]
    once_more = {"wanted": OUTBOX.c.wanted + 1, "due_ms": 0, "attempts": 0, "state": OutboxState.OPEN, "urgent": True}
    for key in asked:
        await tx.execute(update(OUTBOX).where(OUTBOX.c.key == key).values(reply="{}", **once_more))
    for key in named:
        await tx.execute(delete(OUTBOX).where(OUTBOX.c.key == key))


def settled() -> ColumnElement[bool]:
    """Which messages nothing is owed of any more."""
    return or_(OUTBOX.c.state != OutboxState.OPEN, OUTBOX.c.wanted <= OUTBOX.c.shown)
