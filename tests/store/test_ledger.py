"""The ledger: written with the change it tells of, altered by nobody unseen, silent about the forgotten."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from tests.stores import keys_of_tests, open_store
from walkon.store import merkle, sealed_keys
from walkon.store.audit import Audit, Fault, audit
from walkon.store.database import Database, Transaction
from walkon.store.keys import Keys
from walkon.store.ledger import HEAD, LEDGER, NODE, Head, Ledger, published
from walkon.store.sealed_keys import SEALED_KEY
from walkon.types.ids import PersonId, PersonKey

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ENTRIES = 11


@pytest.fixture
def keys() -> Keys:
    return keys_of_tests()


@pytest.fixture
def lea(keys: Keys) -> PersonKey:
    return keys.person_key(PersonId("discord:1"))


@pytest.fixture
def marc(keys: Keys) -> PersonKey:
    return keys.person_key(PersonId("discord:2"))


@pytest.fixture
async def full(database: Database, keys: Keys, lea: PersonKey, marc: PersonKey) -> AsyncIterator[Database]:
    ledger = Ledger(keys)

    async def step(tx: Transaction) -> None:
        for number in range(ENTRIES):
            person = (lea, marc, None)[number % 3]
            await ledger.append(tx, "grant.given", person, payload={"clip": f"AAAA{number:02}"}, at=NOW + timedelta(seconds=number))

    await database.write(step)
    yield database


async def audited(database: Database, keys: Keys | None, witnessed: Head | None = None) -> Audit:
    async with database.reading() as tx:
        return await tx.run_sync(lambda connection: audit(connection, keys, witnessed))


async def faults(database: Database, keys: Keys | None, witnessed: Head | None = None) -> set[Fault]:
    return {found.fault for found in (await audited(database, keys, witnessed)).faults}


async def test_a_whole_ledger_is_sound_and_every_word_is_read(full: Database, keys: Keys) -> None:
    found = await audited(full, keys)
    assert (found.sound, found.readable, found.forgotten, found.head.size) == (True, ENTRIES, 0, ENTRIES)
    async with full.reading() as tx:
        assert await Ledger(keys).head(tx) == found.head


async def test_an_entry_says_what_was_written_to_its_person_alone(full: Database, keys: Keys, lea: PersonKey) -> None:
    async with full.reading() as tx:
        hers = await Ledger(keys).about(tx, lea)
    assert [entry.seq for entry in hers] == [0, 3, 6, 9]
    assert hers[1].payload == {"clip": "AAAA03"}
    assert hers[1].at == NOW + timedelta(seconds=3)


async def test_a_change_that_is_rolled_back_leaves_no_entry(full: Database, keys: Keys, lea: PersonKey) -> None:
    with pytest.raises(RuntimeError):

        async def step(tx: Transaction) -> None:
            await Ledger(keys).append(tx, "grant.given", lea, payload={}, at=NOW)
            raise RuntimeError

        await full.write(step)
    assert (await audited(full, keys)).head.size == ENTRIES


async def test_every_entry_is_proved_against_every_later_head(full: Database, keys: Keys) -> None:
    ledger = Ledger(keys)
    async with full.reading() as tx:
        head = await ledger.head(tx)
        for seq in range(ENTRIES):
            entry = await ledger.read(tx, seq)
            assert entry
            assert merkle.included(entry.leaf_hash, seq, head.size, await ledger.inclusion(tx, seq, head.size), head.root)


async def test_a_ledger_that_grew_is_proved_to_begin_with_the_published_one(full: Database, keys: Keys, lea: PersonKey) -> None:
    ledger = Ledger(keys)

    async def step(tx: Transaction) -> tuple[Head, Head, list[bytes]]:
        old = await ledger.publish(tx, NOW)
        for _ in range(5):
            await ledger.append(tx, "grant.withdrawn", lea, payload={}, at=NOW)
        new = await ledger.head(tx)
        proof = await ledger.consistency(tx, old.size, new.size)
        assert await published(tx) == (old, NOW)
        return old, new, proof

    old, new, proof = await full.write(step)
    assert merkle.consistent((old.size, old.root), (new.size, new.root), proof)
    assert await faults(full, keys) == set()


@pytest.mark.parametrize("column", ["commitment", "sealed", "root_before", "leaf_hash"])
@pytest.mark.parametrize("seq", [0, 4, ENTRIES - 1])
async def test_one_altered_byte_in_any_column_is_found_even_without_the_keys(full: Database, column: str, seq: int) -> None:
    async def step(tx: Transaction) -> None:
        row = (await tx.execute(LEDGER.select().where(LEDGER.c.seq == seq))).one()
        value = bytearray(row._mapping[column])
        value[len(value) // 2] ^= 1
        await tx.execute(update(LEDGER).where(LEDGER.c.seq == seq).values({column: bytes(value)}))

    await full.write(step)
    found = await audited(full, None)
    assert seq in {fault.at for fault in found.faults if fault.fault in (Fault.ALTERED, Fault.UNCHAINED)}


@pytest.mark.parametrize(("column", "value"), [("at_ms", 1), ("kind", "grant.lost"), ("key_id", "0" * 32)])
async def test_an_altered_time_kind_or_key_is_found(full: Database, column: str, value: object) -> None:
    await full.write(lambda tx: tx.execute(update(LEDGER).where(LEDGER.c.seq == 4).values({column: value})))
    assert Fault.ALTERED in await faults(full, None)


@pytest.mark.parametrize("seq", [0, 4, ENTRIES - 2])
async def test_a_deleted_entry_is_found(full: Database, seq: int) -> None:
    await full.write(lambda tx: tx.execute(delete(LEDGER).where(LEDGER.c.seq == seq)))
    assert Fault.MISSING in await faults(full, None)


async def test_a_cut_off_end_is_found_by_the_published_head(full: Database, keys: Keys) -> None:
    async def step(tx: Transaction) -> None:
        await Ledger(keys).publish(tx, NOW)
        await tx.execute(delete(LEDGER).where(LEDGER.c.seq >= 8))
        await tx.execute(delete(NODE))

    await full.write(step)
    assert Fault.SHORTENED in await faults(full, None)


async def test_two_entries_changed_for_each_other_are_found(full: Database) -> None:
    async def step(tx: Transaction) -> None:
        for old, new in ((3, 100), (6, 3), (100, 6)):
            await tx.execute(update(LEDGER).where(LEDGER.c.seq == old).values(seq=new))

    await full.write(step)
    assert Fault.ALTERED in await faults(full, None)


async def test_a_hash_above_the_entries_that_is_altered_missing_or_too_many_is_found(full: Database) -> None:
    await full.write(lambda tx: tx.execute(update(NODE).where(NODE.c.level == 1, NODE.c.position == 2).values(hash=b"\0" * 32)))
    assert await faults(full, None) == {Fault.TREE}
    await full.write(lambda tx: tx.execute(delete(NODE).where(NODE.c.level == 1, NODE.c.position == 2)))
    assert await faults(full, None) == {Fault.TREE}


async def test_a_history_rewritten_with_all_its_hashes_is_found_by_the_published_head(
    full: Database, keys: Keys, lea: PersonKey, tmp_path: Path
) -> None:
    seen = await full.write(lambda tx: Ledger(keys).publish(tx, NOW))
    other = await open_store(tmp_path / "forged.db")

    async def step(tx: Transaction) -> None:
        for _ in range(ENTRIES + 3):
            await Ledger(keys).append(tx, "grant.given", lea, payload={"clip": "FORGED"}, at=NOW)

    await other.write(step)
    assert await faults(other, keys) == set()
    assert await faults(other, keys, seen) == {Fault.FORKED}
    await other.close()


async def test_an_altered_published_head_is_found(full: Database, keys: Keys) -> None:
    async def step(tx: Transaction) -> None:
        await Ledger(keys).publish(tx, NOW)
        await tx.execute(update(HEAD).values(root=b"\0" * 32))

    await full.write(step)
    assert await faults(full, keys) == {Fault.FORKED}


async def test_sealed_words_under_a_changed_key_are_found_with_the_keys(
    full: Database, keys: Keys, lea: PersonKey, marc: PersonKey
) -> None:
    async def step(tx: Transaction) -> None:
        hers = (await tx.execute(SEALED_KEY.select().where(SEALED_KEY.c.owner == lea))).one()
        await tx.execute(update(SEALED_KEY).where(SEALED_KEY.c.owner == marc).values(wrapped=hers.wrapped))

    await full.write(step)
    assert Fault.CONTENT in await faults(full, keys)


async def test_forgetting_a_person_takes_the_words_and_leaves_every_proof(
    full: Database, keys: Keys, lea: PersonKey, marc: PersonKey
) -> None:
    ledger = Ledger(keys)

    async def step(tx: Transaction) -> Head:
        before = await ledger.head(tx)
        await sealed_keys.destroy_all_of(tx, lea)
        return before

    before = await full.write(step)
    found = await audited(full, keys)
    assert (found.sound, found.forgotten, found.head) == (True, 4, before)
    async with full.reading() as tx:
        assert await ledger.about(tx, lea) == []
        entry = await ledger.read(tx, 3)
        assert entry
        assert entry.payload is None
        assert merkle.included(entry.leaf_hash, 3, before.size, await ledger.inclusion(tx, 3, before.size), before.root)
        assert len(await ledger.about(tx, marc)) == 4


async def test_a_rotation_wraps_keys_anew_and_leaves_what_they_sealed_alone(full: Database, keys: Keys) -> None:
    turned = keys.rotated()

    async def step(tx: Transaction) -> None:
        sealed = (await tx.execute(LEDGER.select().with_only_columns(LEDGER.c.sealed))).all()
        # The store's own key is among them.
        assert await sealed_keys.wrapped_by_older(tx, turned) == 4
        assert await sealed_keys.rewrap(tx, turned, most=2) == 2
        assert await sealed_keys.rewrap(tx, turned) == 2
        assert await sealed_keys.wrapped_by_older(tx, turned) == 0
        assert (await tx.execute(LEDGER.select().with_only_columns(LEDGER.c.sealed))).all() == sealed

    await full.write(step)
    assert (await audited(full, turned.without_older())).readable == ENTRIES
    await full.unseal(turned.without_older(), NOW)
