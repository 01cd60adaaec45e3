"""The outbox: what is owed, what is shown, newest wins, nothing twice."""

from walkon.store import outbox
from walkon.store.database import Database, Transaction
from walkon.store.outbox import NewRow, OutboxKind, Row


def card(key: str, subject: str = "AAAAAA") -> NewRow:
    return NewRow(key=key, kind=OutboxKind.CARD, platform="web", subject=subject, place="{}")


async def due_keys(database: Database, now_ms: int, **more: object) -> list[str]:
    async with database.reading() as tx:
        return [row.key for row in await outbox.due(tx, "web", now_ms, limit=10, **more)]  # type: ignore[arg-type]


async def test_what_is_put_is_due_once_its_hold_is_over(database: Database) -> None:
    await database.write(lambda tx: outbox.put(tx, card("a"), 0, hold_ms=100))
    assert await due_keys(database, 99) == []
    assert await due_keys(database, 100) == ["a"]


async def test_putting_a_key_twice_changes_nothing(database: Database) -> None:
    async def step(tx: Transaction) -> None:
        await outbox.put(tx, card("a"), 0)
        await outbox.acknowledge(tx, "a", 1, "ref")
        await outbox.put(tx, card("a"), 5)

    await database.write(step)
    assert await due_keys(database, 10) == []


async def test_what_is_acknowledged_is_due_again_only_after_a_change(database: Database) -> None:
    async def step(tx: Transaction) -> None:
        await outbox.put(tx, card("a"), 0)
        await outbox.acknowledge(tx, "a", 1, "ref")

    await database.write(step)
    assert await due_keys(database, 10) == []
    await database.write(lambda tx: outbox.touch(tx, "AAAAAA", 20, urgent=False))
    assert await due_keys(database, 20) == ["a"]


async def test_a_change_during_a_delivery_is_delivered_next(database: Database) -> None:
    async def step(tx: Transaction) -> None:
        await outbox.put(tx, card("a"), 0)
        await outbox.touch(tx, "AAAAAA", 1, urgent=True)
        await outbox.acknowledge(tx, "a", 1, "ref")

    await database.write(step)
    assert await due_keys(database, 10) == ["a"]


async def test_an_older_revision_never_overwrites_a_newer(database: Database) -> None:
    async def step(tx: Transaction) -> Row | None:
        await outbox.put(tx, card("a"), 0)
        await outbox.touch(tx, "AAAAAA", 1, urgent=True)
        await outbox.acknowledge(tx, "a", 2, "new")
        await outbox.acknowledge(tx, "a", 1, "old")
        return await outbox.row(tx, "a")

    row = await database.write(step)
    assert row and (row.ref, row.shown) == ("new", 2)


async def test_last_states_go_before_everything_else(database: Database) -> None:
    async def step(tx: Transaction) -> None:
        await outbox.put(tx, card("a", "AAAAAA"), 0)
        await outbox.put(tx, card("b", "BBBBBB"), 1)
        await outbox.touch(tx, "BBBBBB", 5, urgent=True)

    await database.write(step)
    assert await due_keys(database, 10) == ["b", "a"]


async def test_what_is_being_delivered_is_left_out(database: Database) -> None:
    await database.write(lambda tx: outbox.put(tx, card("a"), 0))
    assert await due_keys(database, 10, busy=("a",)) == []


async def test_what_was_given_up_is_tried_again_after_a_change(database: Database) -> None:
    async def step(tx: Transaction) -> None:
        await outbox.put(tx, card("a"), 0)
        await outbox.give_up(tx, "a", "kicked")

    await database.write(step)
    assert await due_keys(database, 10) == []
    await database.write(lambda tx: outbox.touch(tx, "AAAAAA", 20, urgent=True))
    assert await due_keys(database, 20) == ["a"]


async def test_a_restart_frees_what_a_dead_process_held(database: Database) -> None:
    async def step(tx: Transaction) -> None:
        await outbox.put(tx, card("a"), 0, hold_ms=60_000)
        await outbox.release_holds(tx, "web")

    await database.write(step)
    assert await due_keys(database, 1) == ["a"]


async def test_other_platforms_rows_are_theirs(database: Database) -> None:
    async def step(tx: Transaction) -> None:
        await outbox.put(tx, card("a"), 0)
        assert list(await outbox.due(tx, "discord", 10, limit=10)) == []

    await database.write(step)


async def test_a_message_that_is_gone_is_posted_anew_only_for_a_newer_state(database: Database) -> None:
    async def step(tx: Transaction) -> None:
        await outbox.put(tx, card("a"), 0)
        await outbox.acknowledge(tx, "a", 1, "ref")
        await outbox.forget(tx, "a", seen=1)

    await database.write(step)
    assert await due_keys(database, 10) == []

    async def step(tx: Transaction) -> Row | None:
        await outbox.touch(tx, "AAAAAA", 20, urgent=True)
        return await outbox.row(tx, "a")

    row = await database.write(step)
    assert row and row.ref is None
    assert await due_keys(database, 20) == ["a"]


async def test_a_last_state_that_came_while_the_message_was_found_gone_is_not_lost(database: Database) -> None:
    async def step(tx: Transaction) -> None:
        await outbox.put(tx, card("a"), 0)
        await outbox.touch(tx, "AAAAAA", 1, urgent=True)
        await outbox.forget(tx, "a", seen=1)

    await database.write(step)
    assert await due_keys(database, 10) == ["a"]
