"""`walkon verify`, in real processes, beside a store that is open."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.provenance.filming import film
from tests.town import FINISHED
from walkon.library import tables
from walkon.library.clips import Clip
from walkon.library.endings import end_finished
from walkon.provenance.certificates import now, own_credentials
from walkon.provenance.manifest import Source, Statement, sign
from walkon.store.database import Database, Transaction
from walkon.store.media import MediaStore
from walkon.types.ids import ClipId, EventId, PersonId, PlaceId
from walkon.types.people import Person, Place

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
Verify = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WALKON_")}
        own = {
            "WALKON_WALKON__DATA_DIR": str(tmp_path / "data"),
            "WALKON_CONSENT__KEY_FILE": str(tmp_path / "home" / "keys"),
            "PYTHONPATH": os.getcwd(),
        }
        command = [sys.executable, "-m", "walkon", "verify", *words]
        return subprocess.run(command, cwd=tmp_path, env=inherited | own, capture_output=True, text=True, timeout=60, check=False)

    return run


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A clip that this host signed."""
    path = film(tmp_path / "clip.mp4", seconds=0.5)
    sign(path, Statement(source=Source.ALGORITHM, engine="animatic"), own_credentials(tmp_path / "home" / "signing", now()))
    return path


@pytest.fixture
async def stored(tmp_path: Path, clip: Path) -> AsyncIterator[ClipId]:
    """The clip in a store that a running walkon holds open."""
    (tmp_path / "data").mkdir()
    database = await Database.open(tmp_path / "data" / "store.db")
    key = await MediaStore(tmp_path / "data" / "media").put(clip)
    record = Clip(
        id=ClipId("7KQ2M9"),
        event=EventId("web:1"),
        asker=Person(id=PersonId("web:Ana"), name="Ana"),
        place=Place(id=PlaceId("web:local"), channel="lobby"),
        prompt="a dog runs",
        scene=b"",
        lane="animatic",
        max_bytes=1_000_000,
        asked_at=NOW,
    )

    async def step(tx: Transaction) -> None:
        await tables.add(tx, record)
        await end_finished(tx, record.id, 1, replace(FINISHED, video=key), NOW)

    await database.write(step)
    yield record.id
    await database.close()


def test_the_very_file_is_named_by_its_clip(verify: Verify, clip: Path, stored: ClipId) -> None:
    told = verify(str(clip), "--json")
    found = json.loads(told.stdout)
    assert told.returncode == 0
    assert (found["verdict"], found["clip"], found["made_at"]) == ("exact", stored, NOW.isoformat())


def test_a_clip_that_is_not_kept_any_more_is_known_by_its_statement(verify: Verify, clip: Path) -> None:
    told = verify(str(clip))
    assert told.returncode == 0
    assert told.stdout.splitlines() == ["Made here, and not a byte of it was changed since.", "Drawn by computer; no model made it."]


def test_nothing_is_ever_called_real(verify: Verify, tmp_path: Path) -> None:
    told = verify(str(film(tmp_path / "other.mp4", seconds=0.5)))
    assert told.returncode == 1
    assert told.stdout.startswith("No mark of this host was found. That does not say what it is, or that it is real")


def test_a_changed_clip_ends_with_1_and_says_why(verify: Verify, clip: Path) -> None:
    content = bytearray(clip.read_bytes())
    content[-100] ^= 1
    clip.write_bytes(content)
    told = verify(str(clip), "--json")
    found = json.loads(told.stdout)
    assert told.returncode == 1
    assert (found["verdict"], found["mark"], found["ai_generated"]) == ("none", "changed", None)
    assert found["altered"] == ["assertion.bmffHash.mismatch"]


def test_another_hosts_clip_is_shown_with_its_signer_and_not_believed(verify: Verify, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "home" / "signing").rename(tmp_path / "elsewhere")
    own_credentials(tmp_path / "home" / "signing", now())
    told = verify(str(clip))
    assert told.returncode == 1
    assert "walkon signer" in told.stdout
    assert "whom this host does not know" in told.stdout


def test_looking_makes_nothing(verify: Verify, tmp_path: Path) -> None:
    verify(str(film(tmp_path / "other.mp4", seconds=0.5)))
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "home").exists()


def test_a_file_that_is_not_there_is_a_usage_error(verify: Verify) -> None:
    assert verify("none.mp4").returncode == 2
