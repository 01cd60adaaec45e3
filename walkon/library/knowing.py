"""Which clip a file is: asked of a store that a running walkon may be writing to."""

from collections.abc import Sequence

from sqlalchemy import inspect, select

from walkon.library import films, tables
from walkon.library.clips import Clip
from walkon.store.database import Transaction
from walkon.types.ids import ClipId


async def is_taken_down(tx: Transaction, sha256: str) -> bool:
    """Whether this very file was taken down here; no where there is no such table yet."""
    if not await tx.run_sync(lambda connection: inspect(connection).has_table(films.REFUSED_FILM.name)):
        return False
    return await films.is_refused(tx, [sha256])


async def clips_with(tx: Transaction, sha256: str) -> Sequence[Clip]:
    """The clips whose film is this very file, newest first; none where there is no such table yet."""
    if not await tx.run_sync(lambda connection: inspect(connection).has_table(films.CLIP_FILE.name)):
        return ()
    rows = await tx.execute(select(films.CLIP_FILE.c.clip_id).where(films.CLIP_FILE.c.key == f"{sha256}.mp4"))
    found = [await tables.get(tx, ClipId(row.clip_id)) for row in rows]
    return sorted((clip for clip in found if clip), key=lambda clip: clip.asked_at, reverse=True)
