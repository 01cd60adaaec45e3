"""The vault: what a person lent of face and voice, sealed; each thing under a key of its own, which dies with it.

Nothing here ever writes a plain byte to a disk. A thing opens only as what it is: its owner, version and kind are part of the seal.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from walkon.consent import vault_tables as tables
from walkon.consent.artefacts import Artefact, ArtefactKind
from walkon.store import sealed_keys
from walkon.store.keys import Keys
from walkon.store.sealing import seal_chunks, unseal_chunks
from walkon.store.thread import Transaction
from walkon.types.errors import WalkonError
from walkon.types.ids import PersonKey


@dataclass(eq=False)
class ArtefactGone(WalkonError):
    """It was destroyed, or never was."""

    id: str


class Vault:
    """Puts things away and takes them out; every call runs on the caller's transaction."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def put(
        self, tx: Transaction, owner: PersonKey, content: bytes, *, version: str, kind: ArtefactKind, number: int, now: datetime
    ) -> Artefact:
        """Keep the content under a fresh key."""
        key = await sealed_keys.new(tx, self._keys, owner, kind, now)
        artefact = Artefact(id=secrets.token_hex(16), owner=owner, version=version, kind=kind, number=number, key_id=key.id, made_at=now)
        await tables.add(tx, artefact, seal_chunks(key.key, content, _place(artefact)))
        return artefact

    async def open(self, tx: Transaction, artefact: Artefact) -> bytes:
        """The content, in memory. Raises ArtefactGone; SealBroken where it was altered or stands in another's place."""
        key = await sealed_keys.opened_by_id(tx, self._keys, artefact.key_id)
        chunks = await tables.chunks(tx, artefact.id)
        if key is None or not chunks:
            raise ArtefactGone(artefact.id)
        return unseal_chunks(key.key, chunks, _place(artefact))

    async def of(self, tx: Transaction, owner: PersonKey, *, version: str | None = None) -> Sequence[Artefact]:
        """What is kept of a person, of one version or of all; stills in their order."""
        return await tables.of(tx, owner, version)

    async def destroy(self, tx: Transaction, artefacts: Sequence[Artefact]) -> None:
        """Destroy these and their keys: what a copy of the store still holds of them opens no more."""
        for artefact in artefacts:
            await sealed_keys.destroy(tx, artefact.key_id)
            await tables.remove(tx, artefact.id)

    async def destroy_all_of(self, tx: Transaction, owner: PersonKey) -> int:
        """The same for everything of a person; returns how many things there were. The person's ledger key stays."""
        found = await tables.of(tx, owner, None)
        await self.destroy(tx, found)
        return len(found)


def _place(artefact: Artefact) -> str:
    return f"{artefact.owner}|{artefact.version}|{artefact.kind}|{artefact.number}"
