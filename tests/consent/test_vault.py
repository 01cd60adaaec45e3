"""The vault: opened in its place by the key file, by nothing else, and never again once destroyed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.stores import keys_of_tests
from walkon.consent.artefacts import Artefact, ArtefactKind
from walkon.consent.vault import ArtefactGone, Vault
from walkon.consent.vault_tables import ARTEFACT, CHUNK
from walkon.store import sealed_keys
from walkon.store.database import Database, Transaction
from walkon.store.keys import Keys
from walkon.store.sealing import SealBroken
from walkon.types.ids import PersonId, PersonKey

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FACE = b"CANARY-face-of-lea" * 4000
"""Text that would show wherever it lay unsealed."""


@pytest.fixture
def keys() -> Keys:
    return keys_of_tests()


@pytest.fixture
def vault(keys: Keys) -> Vault:
    return Vault(keys)


@pytest.fixture
def lea(keys: Keys) -> PersonKey:
    return keys.person_key(PersonId("discord:1"))


@pytest.fixture
def marc(keys: Keys) -> PersonKey:
    return keys.person_key(PersonId("discord:2"))


async def put(database: Database, vault: Vault, owner: PersonKey, content: bytes = FACE, version: str = "v1") -> Artefact:
    return await database.write(lambda tx: vault.put(tx, owner, content, version=version, kind=ArtefactKind.STILL, number=0, now=NOW))


async def opened(database: Database, vault: Vault, artefact: Artefact) -> bytes:
    return await database.read(lambda tx: vault.open(tx, artefact))


def on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


async def test_what_was_put_away_is_taken_out_whole(database: Database, vault: Vault, lea: PersonKey) -> None:
    large = bytes(range(256)) * 10_000
    first, second = await put(database, vault, lea), await put(database, vault, lea, large)
    assert await opened(database, vault, first) == FACE
    assert await opened(database, vault, second) == large
    assert await database.read(lambda tx: vault.of(tx, lea)) == [first, second]


async def test_attack_30_files_of_two_people_swapped_do_not_open(database: Database, vault: Vault, lea: PersonKey, marc: PersonKey) -> None:
    hers, his = await put(database, vault, lea), await put(database, vault, marc, b"face of marc")

    async def step(tx: Transaction) -> None:
        for old, new in ((hers.id, "elsewhere"), (his.id, hers.id), ("elsewhere", his.id)):
            await tx.run_sync(lambda connection: connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON"))
            await tx.execute(update(CHUNK).where(CHUNK.c.artefact_id == old).values(artefact_id=new))

    await database.write(step)
    for artefact in (hers, his):
        with pytest.raises(SealBroken):
            await opened(database, vault, artefact)


async def test_attack_30_a_row_given_to_another_person_with_key_and_all_does_not_open(
    database: Database, vault: Vault, lea: PersonKey, marc: PersonKey
) -> None:
    hers = await put(database, vault, lea)
    await database.write(lambda tx: tx.execute(update(ARTEFACT).where(ARTEFACT.c.id == hers.id).values(owner=marc)))
    [his] = await database.read(lambda tx: vault.of(tx, marc))
    with pytest.raises(SealBroken):
        await opened(database, vault, his)


async def test_a_theft_of_the_disk_without_the_key_file_shows_nothing(
    database: Database, vault: Vault, lea: PersonKey, tmp_path: Path
) -> None:
    stolen = await put(database, vault, lea)
    assert b"CANARY" not in on_disk(tmp_path)
    assert b"discord:1" not in on_disk(tmp_path)
    with pytest.raises(SealBroken):
        await opened(database, Vault(Keys.new()), stolen)


async def test_what_is_destroyed_opens_no_more_and_its_key_is_gone_from_the_disk(
    database: Database, vault: Vault, lea: PersonKey, tmp_path: Path
) -> None:
    artefact = await put(database, vault, lea)
    async with database.reading() as tx:
        wrapped = (await tx.execute(sealed_keys.SEALED_KEY.select().where(sealed_keys.SEALED_KEY.c.owner == lea))).one().wrapped
    assert wrapped in on_disk(tmp_path)
    assert await database.write(lambda tx: vault.destroy_all_of(tx, lea)) == 1
    with pytest.raises(ArtefactGone):
        await opened(database, vault, artefact)
    await database.scrub()
    assert wrapped not in on_disk(tmp_path)


async def test_a_rotation_leaves_the_sealed_bytes_alone_and_the_old_key_can_go(
    database: Database, vault: Vault, keys: Keys, lea: PersonKey
) -> None:
    artefact = await put(database, vault, lea)

    async def step(tx: Transaction) -> Keys:
        before = (await tx.execute(CHUNK.select())).all()
        await sealed_keys.rewrap(tx, turned := keys.rotated())
        assert (await tx.execute(CHUNK.select())).all() == before
        return turned

    turned = await database.write(step)
    assert await opened(database, Vault(turned.without_older()), artefact) == FACE
    with pytest.raises(SealBroken):
        await opened(database, vault, artefact)
