"""`walkon ledger verify`, in real processes, beside a store that is open."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from walkon.config import Config, load
from walkon.doctor import Finding, Level, examine
from walkon.store.database import Database, Transaction
from walkon.store.keyring import keys_for
from walkon.store.ledger import LEDGER, Ledger
from walkon.types.ids import PersonId

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
Verify = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WALKON_")}
        own = {
            "WALKON_WALKON__DATA_DIR": str(tmp_path / "data"),
            "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys"),
            "PYTHONPATH": os.getcwd(),
        }
        command = [sys.executable, "-m", "walkon", "ledger", "verify", *words]
        return subprocess.run(command, cwd=tmp_path, env=inherited | own, capture_output=True, text=True, timeout=60, check=False)

    return run


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    (tmp_path / "data").mkdir()
    database = await Database.open(tmp_path / "data" / "store.db")
    keys = await keys_for(database, tmp_path / "keys", tmp_path / "data", NOW)

    async def step(tx: Transaction) -> None:
        for number in range(5):
            await Ledger(keys).append(tx, "grant.given", keys.person_key(PersonId("web:Lea")), payload={"n": number}, at=NOW)

    await database.write(step)
    yield database
    await database.close()


def test_a_sound_ledger_ends_with_0_and_says_its_root(verify: Verify, store: Database) -> None:
    done = verify("--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert (found["sound"], found["size"], found["readable"], found["keys"], len(found["root"])) == (True, 5, 5, True, 64)


async def test_one_altered_byte_ends_with_1_and_names_the_entry(verify: Verify, store: Database) -> None:
    await store.write(lambda tx: tx.execute(update(LEDGER).where(LEDGER.c.seq == 3).values(at_ms=LEDGER.c.at_ms + 1)))
    done = verify()
    assert done.returncode == 1
    assert "altered: entry 3 is not what was written." in done.stdout
    assert json.loads(verify("--json").stdout)["faults"][0] == {"fault": "altered", "at": 3}


def test_without_the_key_file_order_and_hashes_are_checked_and_that_is_said(verify: Verify, store: Database, tmp_path: Path) -> None:
    (tmp_path / "keys").unlink()
    done = verify()
    assert done.returncode == 0
    assert "the words were not" in done.stdout


def test_a_host_without_a_store_has_an_empty_ledger_and_none_is_made(verify: Verify, tmp_path: Path) -> None:
    done = verify("--json")
    assert (done.returncode, json.loads(done.stdout)["size"]) == (0, 0)
    assert not (tmp_path / "data").exists()


def finding_of(config: Config) -> Finding:
    return next(finding for finding in examine(config) if finding.check == "ledger")


async def test_attack_29_the_doctor_is_loud_about_an_altered_ledger(store: Database, tmp_path: Path) -> None:
    config = load(None, {"WALKON_WALKON__DATA_DIR": str(tmp_path / "data"), "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys")})
    assert (await asyncio.to_thread(finding_of, config)).level is Level.OK
    await store.write(lambda tx: tx.execute(update(LEDGER).where(LEDGER.c.seq == 2).values(kind="grant.forged")))
    finding = await asyncio.to_thread(finding_of, config)
    assert (finding.level, finding.mend is not None) == (Level.STOP, True)
    assert "NOT what was written" in finding.what
