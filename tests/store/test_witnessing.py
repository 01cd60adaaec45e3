"""A store may not forget what the outside has seen: ends are carried to the witness, heads are published, and a cut store is locked."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.doubles.clock import StandingClock
from tests.stores import open_store
from walkon.store.database import Database, Transaction
from walkon.store.keys import Keys
from walkon.store.ledger import LEDGER, NODE, Ledger
from walkon.store.tombstones import Tombstone, TombstoneKind, bury
from walkon.store.witness import Shown, Witness
from walkon.store.witnessing import StoreLocked, Watch, refuse_if_locked
from walkon.types.ids import PersonId

KEYS = Keys.new()
LEA = KEYS.person_key(PersonId("web:Lea"))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "keys", KEYS)


@pytest.fixture
def watch(database: Database, witness: Witness, clock: StandingClock) -> Watch:
    return Watch(database, KEYS, witness, clock)


async def decide(database: Database, clock: StandingClock, times: int = 1) -> None:
    async def step(tx: Transaction) -> None:
        for _ in range(times):
            await Ledger(KEYS).append(tx, "consent.approved", LEA, payload={}, at=clock.now())

    await database.write(step)


async def test_ends_are_carried_to_the_witness_once_also_after_a_restart(
    database: Database, witness: Witness, watch: Watch, clock: StandingClock
) -> None:
    for number in range(3):
        await database.write(lambda tx, number=number: bury(tx, TombstoneKind.CLIP, f"CLIP{number}", clock.now()))
    assert await watch.catch_up() == 3
    await database.write(lambda tx: bury(tx, TombstoneKind.GRANT, "G", clock.now()))
    assert await Watch(database, KEYS, witness, clock).catch_up() == 1
    assert witness.read()[-1] == Tombstone(TombstoneKind.GRANT, "G", clock.now())


async def test_the_head_is_published_once_a_day(database: Database, witness: Witness, watch: Watch, clock: StandingClock) -> None:
    await decide(database, clock)
    head = await watch.publish_if_due()
    assert head
    assert witness.read() == [Shown(head, clock.now())]
    clock.pass_s(timedelta(hours=23).total_seconds())
    assert await watch.publish_if_due() is None
    clock.pass_s(3601)
    assert await watch.publish_if_due() == head
    assert len(witness.read()) == 2


async def test_a_store_that_grew_is_not_locked(database: Database, witness: Witness, watch: Watch, clock: StandingClock) -> None:
    await refuse_if_locked(database, KEYS, witness)
    await decide(database, clock, 3)
    await watch.publish()
    await decide(database, clock, 4)
    await refuse_if_locked(database, KEYS, witness)
    head = witness.head()
    assert head and head.size == 3


async def test_attack_27_a_ledger_shorter_than_what_was_published_is_locked_with_the_way_out(
    database: Database, witness: Witness, watch: Watch, clock: StandingClock
) -> None:
    await decide(database, clock, 5)
    await watch.publish()

    async def step(tx: Transaction) -> None:
        await tx.execute(delete(LEDGER).where(LEDGER.c.seq >= 4))
        await tx.execute(delete(NODE).where(NODE.c.position > 1))

    await database.write(step)
    with pytest.raises(StoreLocked, match="walkon ledger unlock") as locked:
        await refuse_if_locked(database, KEYS, witness)
    assert (locked.value.now.size, locked.value.witnessed.size) == (4, 5)


async def test_attack_29_a_forked_ledger_of_the_same_or_greater_length_is_locked(
    database: Database, witness: Witness, watch: Watch, clock: StandingClock, tmp_path: Path
) -> None:
    await decide(database, clock, 5)
    await watch.publish()
    other = await open_store(tmp_path / "other.db")
    await decide(other, clock, 7)
    with pytest.raises(StoreLocked, match="is not the one"):
        await refuse_if_locked(other, KEYS, witness)
    await other.close()
