"""Which files belong to which clips, which films may never come back, and which files are still to be deleted."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Column, Index, String, Table, delete, exists, or_, select

from walkon.library.clips import Finished
from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, insert
from walkon.types.ids import ClipId

CLIP_FILE = Table(
    "clip_file",
    METADATA,
    Column("key", String(80), primary_key=True),
    Column("clip_id", String(16), primary_key=True),
    Index("ix_clip_file_clip_id", "clip_id"),
)
REFUSED_FILM = Table("refused_film", METADATA, Column("sha256", String(64), primary_key=True), Column("at_ms", INT64, nullable=False))
PURGE = Table("purge", METADATA, Column("key", String(80), primary_key=True), Column("due_ms", INT64, nullable=False))

_FILM = ".film"


def files_of(finished: Finished) -> tuple[str, ...]:
    """The keys in the media store of all that a render left behind, the film first."""
    return finished.video, finished.poster, finished.captions


def digests_of(finished: Finished) -> tuple[str, ...]:
    """The SHA-256, in hexadecimal, by which the film is known again: of the file, and of the film in it before it was signed."""
    return (finished.video.partition(".")[0], *([finished.film] if finished.film else []))


def _film_key(finished: Finished) -> tuple[str, ...]:
    """A row without a file: it tells clips of one film that were signed apart."""
    return (f"{finished.film}{_FILM}",) if finished.film else ()


async def keep(tx: Transaction, clip: ClipId, finished: Finished) -> None:
    """These files are the clip's from now on."""
    rows = [{"key": key, "clip_id": clip} for key in dict.fromkeys((*files_of(finished), *_film_key(finished)))]
    await tx.execute(insert(CLIP_FILE).values(rows).on_conflict_do_nothing())


async def twins(tx: Transaction, clips: Collection[ClipId]) -> frozenset[ClipId]:
    """Clips that show the very same film as one of these; without these themselves."""
    films = select(CLIP_FILE.c.key).where(
        CLIP_FILE.c.clip_id.in_(clips), or_(CLIP_FILE.c.key.like("%.mp4"), CLIP_FILE.c.key.like(f"%{_FILM}"))
    )
    rows = await tx.execute(select(CLIP_FILE.c.clip_id).where(CLIP_FILE.c.key.in_(films)))
    return frozenset(ClipId(row.clip_id) for row in rows) - set(clips)


async def refuse(tx: Transaction, sha256: str, now_ms: int) -> None:
    """A film of this content may never come back."""
    await tx.execute(insert(REFUSED_FILM).values(sha256=sha256, at_ms=now_ms).on_conflict_do_nothing())


async def is_refused(tx: Transaction, digests: Collection[str]) -> bool:
    """Whether a film of one of these contents was taken down. digests: SHA-256 in lower-case hexadecimal."""
    return (await tx.execute(select(REFUSED_FILM.c.sha256).where(REFUSED_FILM.c.sha256.in_(digests)))).first() is not None


async def let_go(tx: Transaction, clip: ClipId, now_ms: int) -> Sequence[str]:
    """The clip's files are its no more: those that no other clip needs are to be deleted. Returns them all."""
    kept = [str(row.key) for row in await tx.execute(select(CLIP_FILE.c.key).where(CLIP_FILE.c.clip_id == clip))]
    keys = [key for key in kept if not key.endswith(_FILM)]
    await tx.execute(delete(CLIP_FILE).where(CLIP_FILE.c.clip_id == clip))
    await discard(tx, keys, now_ms)
    return keys


async def drop(tx: Transaction, clip: ClipId, finished: Finished, due_ms: int, *, but: Finished | None = None) -> None:
    """These files are the clip's no more, except those of `but`; they are deleted from due_ms on, unless a clip needs them."""
    needed = {*files_of(but), *_film_key(but)} if but else set()
    keys = [key for key in (*files_of(finished), *_film_key(finished)) if key not in needed]
    await tx.execute(delete(CLIP_FILE).where(CLIP_FILE.c.clip_id == clip, CLIP_FILE.c.key.in_(keys)))
    await discard(tx, [key for key in keys if not key.endswith(_FILM)], due_ms)


async def discard(tx: Transaction, keys: Iterable[str], due_ms: int) -> None:
    """Delete these files from due_ms on, unless a clip needs them by then."""
    for key in keys:
        await tx.execute(insert(PURGE).values(key=key, due_ms=due_ms).on_conflict_do_nothing())


async def to_purge(tx: Transaction, now_ms: int, limit: int = 1000) -> Sequence[str]:
    """Files to delete now. What a clip needs again is struck off the list."""
    needed = exists().where(CLIP_FILE.c.key == PURGE.c.key)
    await tx.execute(delete(PURGE).where(needed))
    rows = await tx.execute(select(PURGE.c.key).where(PURGE.c.due_ms <= now_ms).order_by(PURGE.c.due_ms).limit(limit))
    return [str(row.key) for row in rows]


async def purged(tx: Transaction, key: str) -> None:
    """The file is deleted."""
    await tx.execute(delete(PURGE).where(PURGE.c.key == key))
