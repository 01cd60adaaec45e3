"""Who likes which clip: one like for each person and clip, however many accounts the person has. Likes are counted, never ranked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Boolean, Column, Index, ScalarSelect, Select, String, Table, and_, case, delete, func, or_, select, update

from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.library.tables import CLIP
from walkon.store.accounts import ACCOUNT, accounts_of
from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, insert
from walkon.store.sealed_columns import SealedId
from walkon.types.ids import ClipId, EventId, PersonId

LIKE = Table(
    "clip_like",
    METADATA,
    Column("clip_id", String(16), primary_key=True),
    Column("account_id", SealedId(), primary_key=True),
    Column("stands", Boolean, nullable=False),
    Column("event", String(128), nullable=False),
    Column("at_ms", INT64, nullable=False),
    Index("ix_clip_like_account_id_at_ms", "account_id", "at_ms"),
)
PERSONAL = {LIKE.name: {"account_id": "erased by person, and with the clip"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody says of a clip, and by which event: the same event a second time changes nothing."""

    clip: ClipId
    account: PersonId
    event: EventId
    at_ms: int


async def count(tx: Transaction, clip: ClipId) -> int:
    """How many people like the clip."""
    person = func.coalesce(ACCOUNT.c.person_id, LIKE.c.account_id)
    joined = LIKE.outerjoin(ACCOUNT, ACCOUNT.c.account_id == LIKE.c.account_id)
    found = select(func.count(person.distinct())).select_from(joined).where(LIKE.c.clip_id == clip, LIKE.c.stands)
    return int((await tx.execute(found)).scalar_one())


async def likes(tx: Transaction, clip: ClipId, account: PersonId) -> bool:
    """Whether the person behind the account likes the clip."""
    accounts = await accounts_of(tx, account)
    where = (LIKE.c.clip_id == clip, LIKE.c.account_id.in_(accounts), LIKE.c.stands)
    return (await tx.execute(select(LIKE.c.clip_id).where(*where).limit(1))).first() is not None


async def like(tx: Transaction, said: Opinion) -> None:
    """The person likes the clip from now on."""
    await _say(tx, said, stands=True)


async def unlike(tx: Transaction, said: Opinion) -> None:
    """The person takes their like back, whichever of their accounts it was given by."""
    accounts = await accounts_of(tx, said.account)
    await tx.execute(update(LIKE).where(LIKE.c.clip_id == said.clip, LIKE.c.account_id.in_(accounts)).values(stands=False))
    await _say(tx, said, stands=False)


async def turn(tx: Transaction, said: Opinion) -> bool:
    """Like it, or take the like back if there is one; returns whether the person likes it now. Once for each event."""
    stands = await likes(tx, said.clip, said.account)
    where = (LIKE.c.clip_id == said.clip, LIKE.c.account_id == said.account, LIKE.c.event == said.event)
    if (await tx.execute(select(LIKE.c.event).where(*where))).first():
        return stands
    await (unlike(tx, said) if stands else like(tx, said))
    return not stands


async def _say(tx: Transaction, said: Opinion, *, stands: bool) -> None:
    values = {"stands": stands, "event": said.event, "at_ms": said.at_ms}
    row = insert(LIKE).values(clip_id=said.clip, account_id=said.account, **values)
    await tx.execute(row.on_conflict_do_update(index_elements=["clip_id", "account_id"], set_=values))


async def liked_by(tx: Transaction, account: PersonId, *, limit: int) -> Sequence[Clip]:
    """The finished clips that the person likes, the last liked first."""
    accounts = await accounts_of(tx, account)
    query = select(CLIP.c.id).where(CLIP.c.state == ClipState.FINISHED, CLIP.c.id.in_(_liked(accounts)))
    return await _clips(tx, query.order_by(_liked_ms(accounts).desc(), CLIP.c.id).limit(limit))


async def own_then_liked(tx: Transaction, account: PersonId, *, start: int = 0, limit: int) -> Sequence[Clip]:
    """A person's finished clips, newest first, then those of others that they like, the last liked first; from the `start`th on."""
    accounts = await accounts_of(tx, account)
    own = CLIP.c.person_id == account
    where = and_(CLIP.c.state == ClipState.FINISHED, or_(own, CLIP.c.id.in_(_liked(accounts))))
    moment = case((own, CLIP.c.asked_ms), else_=_liked_ms(accounts))
    query = select(CLIP.c.id).where(where).order_by(case((own, 0), else_=1), moment.desc(), CLIP.c.id)
    return await _clips(tx, query.offset(start).limit(limit))


async def _clips(tx: Transaction, query: Select[tuple[str]]) -> Sequence[Clip]:
    found = [await tables.get(tx, ClipId(row.id)) for row in (await tx.execute(query)).all()]
    return [clip for clip in found if clip]


def _liked(accounts: Sequence[PersonId]) -> Select[tuple[str]]:
    return select(LIKE.c.clip_id).where(LIKE.c.account_id.in_(accounts), LIKE.c.stands)


def _liked_ms(accounts: Sequence[PersonId]) -> ScalarSelect[int]:
    mine = (LIKE.c.clip_id == CLIP.c.id, LIKE.c.account_id.in_(accounts), LIKE.c.stands)
    return select(func.max(LIKE.c.at_ms)).where(*mine).scalar_subquery()


async def drop(tx: Transaction, clip: ClipId) -> None:
    """Nobody likes the clip any more: it is gone."""
    await tx.execute(delete(LIKE).where(LIKE.c.clip_id == clip))


async def forget(tx: Transaction, account: PersonId) -> Sequence[ClipId]:
    """The account likes nothing; returns what it liked."""
    liked = [ClipId(row.clip_id) for row in await tx.execute(_liked([account]))]
    await tx.execute(delete(LIKE).where(LIKE.c.account_id == account))
    return liked
