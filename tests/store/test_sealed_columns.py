"""Names and words lie in the store as noise: column by column, and also those that an earlier release left plain."""

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, LargeBinary, MetaData, Table, delete, select, update

from tests.contracts.test_database import METADATA
from tests.stores import keys_of_tests, open_store
from walkon.store import sealed_keys
from walkon.store.database import Database, driver_of
from walkon.store.faults import StoreSealed, Unkeepable
from walkon.store.first_sealing import AT_ONCE, PLAIN
from walkon.store.keys import Keys
from walkon.store.migrating import SCRIPTS
from walkon.store.sealed_columns import Seal, Sealed, SealedBytes, SealedId, SealedName
from walkon.store.sealed_keys import OF_THE_STORE, SEALED_KEY
from walkon.store.sealing import SealBroken
from walkon.store.unsealing import STORE_SEAL
from walkon.types.errors import SetupError

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LEA = "web:CANARY Léa"
WORDS = "CANARY Léa surfs a wave"
SEAL = Seal(bytes(32))
WAYS = (Sealed("clip.prompt"), SealedName("likeness.handle"), SealedId())

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: type(way).__name__)
@given(text=TEXTS)
def test_what_is_sealed_comes_back_as_it_was(way: Sealed, text: str) -> None:
    for plain in (text, f"web:{text}"):
        assert way.opened(way.closed(plain, SEAL), SEAL) == plain


@given(body=st.binary())
def test_bytes_that_are_sealed_come_back_as_they_were(body: bytes) -> None:
    way = SealedBytes("clip.scene")
    assert way.opened(way.closed(body, SEAL), SEAL) == body


def test_what_is_looked_for_is_sealed_alike_and_the_rest_never() -> None:
    read, found, account = WAYS
    assert read.closed(WORDS, SEAL) != read.closed(WORDS, SEAL)
    assert found.closed(WORDS, SEAL) == found.closed(WORDS, SEAL)
    assert account.closed(LEA, SEAL) == account.closed(LEA, SEAL)


@pytest.mark.parametrize("kind", [Sealed, SealedName])
def test_what_was_moved_to_another_column_or_altered_does_not_open(kind: type[Sealed]) -> None:
    sealed = kind("clip.prompt").closed(WORDS, SEAL)
    with pytest.raises(SealBroken):
        kind("report.reason").opened(sealed, SEAL)
    with pytest.raises(SealBroken):
        kind("clip.prompt").opened(("B" if sealed[0] == "A" else "A") + sealed[1:], SEAL)


@pytest.mark.parametrize("plain", [WORDS, LEA, "web:", "=="])
def test_what_was_never_sealed_does_not_pass_for_sealed(plain: str) -> None:
    with pytest.raises(SealBroken):
        Sealed("clip.prompt").opened(plain, SEAL)


@pytest.mark.parametrize("number", ["discord:123", "telegram:-100123", "discord:dm-5", "discord:@7", ""])
def test_an_id_that_a_platform_numbered_stays_readable(number: str) -> None:
    assert SealedId().closed(number, SEAL) == number


def test_half_a_character_is_refused_before_it_is_sealed() -> None:
    with pytest.raises(Unkeepable):
        Sealed("clip.prompt").closed("\ud800", SEAL)


def sealed_columns() -> set[tuple[str, str]]:
    kinds = Sealed | SealedBytes
    return {(table.name, column.name) for table in METADATA.sorted_tables for column in table.columns if isinstance(column.type, kinds)}


def test_the_first_sealing_reaches_every_sealed_column_in_its_own_way() -> None:
    assert {(plain.name, name) for plain in PLAIN for name in plain.ways} == sealed_columns()
    for plain in PLAIN:
        for name, way in plain.ways.items():
            declared = METADATA.tables[plain.name].c[name].type
            assert (type(way), way.place) == (type(declared), declared.place)


async def test_before_it_has_its_keys_a_store_shows_no_name_and_takes_none(store_place: Path | str) -> None:
    database = await Database.open(store_place)
    likeness = METADATA.tables["likeness"]
    with pytest.raises(StoreSealed):
        await database.read(lambda tx: tx.execute(select(likeness).where(likeness.c.handle == "lea")))
    await database.close()


async def test_a_store_does_not_open_with_another_key_file(store_place: Path | str) -> None:
    await (await open_store(store_place)).close()
    database = await Database.open(store_place)
    with pytest.raises(SetupError, match="does not open this store's names and words"):
        await database.unseal(Keys.new(), NOW)
    await database.close()


async def test_a_store_that_lost_its_own_key_says_so_and_takes_no_fresh_one(store_place: Path | str) -> None:
    first = await open_store(store_place)
    await first.write(lambda tx: tx.execute(delete(SEALED_KEY).where(SEALED_KEY.c.purpose == OF_THE_STORE)))
    await first.close()
    with pytest.raises(SetupError, match="missing from its table sealed_key"):
        await open_store(store_place)


def _older(engine: Engine) -> None:
    """Bring an empty database to the tables of the release before."""
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", SCRIPTS)
        config.attributes["connection"] = connection
        command.upgrade(config, "0025")
        for plain in PLAIN:
            table = Table(plain.name, MetaData(), autoload_with=connection)
            rows = AT_ONCE + 1 if plain.name == "reaction" else 2
            connection.execute(table.insert(), [_row(table, number) for number in range(rows)])


def _row(table: Table, number: int) -> dict[str, Any]:
    """A row that names people wherever it can. Whatever must be different is."""
    plain = next(plain for plain in PLAIN if plain.name == table.name)
    row: dict[str, Any] = {}
    for column in table.columns:
        kind = column.type.python_type
        if column.name in plain.ids:
            row[column.name] = f"{LEA} {number}"
        elif column.name in plain.ways and not isinstance(column.type, LargeBinary):
            row[column.name] = f"CANARY{number}"[-6:] if column.name == "digits" else f"CANARY {column.name} {number}"
        elif kind is bytes:
            row[column.name] = f"{'CANARY' if column.name in plain.ways else 'a hash'} {number}".encode()
        else:
            row[column.name] = False if kind is bool else number if kind is int else f"x{number}"
    return row


@pytest.fixture
async def older(store_place: Path | str) -> AsyncIterator[Path | str]:
    """A store as the release before left it, in use: its log of changes is not carried over."""
    driver = driver_of(store_place)
    engine = driver.engine(writer=True)
    _older(engine)
    held = engine.connect()
    yield store_place
    held.close()
    engine.dispose()


async def _values(database: Database) -> dict[str, list[Any]]:
    async with database.reading() as tx:
        found = {}
        for plain in PLAIN:
            table = METADATA.tables[plain.name]
            rows = await tx.execute(select(*(table.c[name] for name in plain.ways)))
            found[plain.name] = sorted(tuple(row) for row in rows)
        return found


def _plain_values(place: Path | str) -> dict[str, list[Any]]:
    engine = driver_of(place).engine(writer=False)
    try:
        with engine.connect() as connection:
            found = {}
            for plain in PLAIN:
                table = Table(plain.name, MetaData(), autoload_with=connection)
                rows = connection.execute(select(*(table.c[name] for name in plain.ways)))
                found[plain.name] = sorted(tuple(row) for row in rows)
            return found
    finally:
        engine.dispose()


def _left(place: Path | str) -> list[str]:
    """Where the canary can still be read, in rows and (of a file) in every byte on the disk."""
    files = [path.name for path in place.parent.rglob("store.db*") if b"CANARY" in path.read_bytes()] if isinstance(place, Path) else []
    return [name for name, rows in _plain_values(place).items() if "CANARY" in str(rows)] + files


async def test_what_an_earlier_release_left_plain_is_sealed_at_the_first_start_and_reads_the_same(older: Path | str) -> None:
    before = _plain_values(older)
    assert set(_left(older)) >= {plain.name for plain in PLAIN}
    database = await open_store(older)
    assert await _values(database) == before
    assert _left(older) == []
    await database.close()
    again = await open_store(older)
    assert await _values(again) == before
    await again.close()


async def test_a_sealing_that_was_cut_off_before_the_pages_were_written_anew_goes_on_at_the_next_start(older: Path | str) -> None:
    first = await open_store(older)
    await first.write(lambda tx: tx.execute(update(STORE_SEAL).values(settled=False)))
    await first.close()
    if isinstance(older, Path):
        with older.open("ab") as file:
            file.write(b"CANARY on a page that nothing uses".ljust(4096, b"\0"))
    second = await open_store(older)
    assert _left(older) == []
    async with second.reading() as tx:
        assert (await tx.execute(select(STORE_SEAL.c.settled))).scalars().all() == [True]
    await second.close()


async def test_a_rotated_key_file_opens_the_store_and_no_row_is_written_anew(older: Path | str) -> None:
    database, turned = await open_store(older), keys_of_tests().rotated()
    before = _plain_values(older)
    await database.write(lambda tx: sealed_keys.rewrap(tx, turned))
    await database.close()
    opened = await Database.open(older)
    await opened.unseal(turned.without_older(), NOW)
    assert _plain_values(older) == before
    assert "CANARY" in str(await _values(opened))
    await opened.close()


PLAIN_ABOUT_PEOPLE = {
    "clip": {"event"},  # a number of the platform's, or a random one of the page's
    "outbox": {"subject"},  # an id of ours
    "ledger": {"sealed"},  # sealed under the person's own key
    "sealed_key": {"owner"},  # a keyed hash, as are the next two
    "artefact": {"owner"},
    "guarded_mark": {"person_key"},
    "door_mark": {"person_key"},
    "artefact_chunk": {"sealed"},
    "guardianship": {"of_age_ms"},  # a day
    "place_rules": {"person"},  # how much each person may, about nobody
}


def test_every_column_about_a_person_is_sealed_or_says_nothing_without_the_key_file() -> None:
    declared: dict[str, dict[str, str]] = {}
    for module in list(sys.modules.values()):
        if module.__name__.startswith("walkon."):
            declared |= getattr(module, "PERSONAL", {})
    plain = {(table, name) for table, names in declared.items() for name in names} - sealed_columns()
    assert plain == {(table, name) for table, names in PLAIN_ABOUT_PEOPLE.items() for name in names}
