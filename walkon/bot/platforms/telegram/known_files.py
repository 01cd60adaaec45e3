"""What Telegram has already: a file that was uploaded once is named by its id from then on.

An inline message can show nothing else, and a clip that is shown in many chats travels once.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Column, String, Table, Text, delete, select

from walkon.store.database import Database, Transaction
from walkon.store.schema import METADATA, insert

FILE = Table(
    "telegram_file",
    METADATA,
    Column("key", String(160), primary_key=True),
    Column("file_id", Text, nullable=False),
)
PERSONAL: dict[str, dict[str, str]] = {FILE.name: {}}


class KnownFiles:
    """File ids by key in the media store. An id holds for one bot; one that Telegram no longer knows is forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> str | None:
        """The file's id, None where Telegram was never given it."""
        return (await self.among([key])).get(key)

    async def among(self, keys: Collection[str]) -> Mapping[str, str]:
        """The ids of those of these files that Telegram has."""

        async def found(tx: Transaction) -> Mapping[str, str]:
            rows = await tx.execute(select(FILE.c.key, FILE.c.file_id).where(FILE.c.key.in_(keys)))
            return {row.key: row.file_id for row in rows}

        return await self._database.read(found)

    async def remember(self, key: str, file_id: str) -> None:
        """Telegram has the file under this id."""
        new = insert(FILE).values(key=key, file_id=file_id)

        async def kept(tx: Transaction) -> None:
            await tx.execute(new.on_conflict_do_update(index_elements=["key"], set_={"file_id": file_id}))

        await self._database.write(kept)

    async def forget(self, key: str) -> None:
        """Telegram does not know that id any more."""

        async def gone(tx: Transaction) -> None:
            await tx.execute(delete(FILE).where(FILE.c.key == key))

        await self._database.write(gone)
