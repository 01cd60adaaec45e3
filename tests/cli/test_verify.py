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
from walkon.consent import tables as consent
from walkon.consent.grants import Grant, withdraw
from walkon.consent.grants import Source as Granted
from walkon.consent.likeness import Likeness, Part
from walkon.library import tables
from walkon.library.clips import Clip, RemovedBy
from walkon.library.endings import end_finished, end_taken_down
from walkon.provenance.certificates import now, own_credentials
from walkon.provenance.manifest import Agreement, Source, Statement, sign
from walkon.scene.codec import encode
from walkon.scene.parser import parse
from walkon.store.database import Database, Transaction
from walkon.store.keyring import keys_for
from walkon.store.media import MediaStore
from walkon.types.ids import ClipId, EventId, GrantId, LikenessId, PersonId, PlaceId
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
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """The store of a running walkon."""
    (tmp_path / "data").mkdir()
    opened = await Database.open(tmp_path / "data" / "store.db")
    await keys_for(opened, tmp_path / "home" / "keys", tmp_path / "data", NOW)
    yield opened
    await opened.close()


@pytest.fixture
async def stored(tmp_path: Path, clip: Path, database: Database) -> ClipId:
    """The clip in that store."""
    return (await kept(database, tmp_path, clip)).id


async def kept(database: Database, tmp_path: Path, file: Path, scene: bytes = b"") -> Clip:
    """The clip whose film that file is."""
    key = await MediaStore(tmp_path / "data" / "media").put(file)
    record = Clip(
        id=ClipId("7KQ2M9"),
        event=EventId("web:1"),
        asker=Person(id=PersonId("web:Ana"), name="Ana"),
        place=Place(id=PlaceId("web:local"), channel="lobby"),
        prompt="a dog runs",
        scene=scene,
        lane="animatic",
        max_bytes=1_000_000,
        asked_at=NOW,
    )

    async def step(tx: Transaction) -> None:
        await tables.add(tx, record)
        await end_finished(tx, record.id, 1, replace(FINISHED, video=key), NOW)

    await database.write(step)
    return record


def test_the_very_file_is_named_by_its_clip(verify: Verify, clip: Path, stored: ClipId) -> None:
    told = verify(str(clip), "--json")
    found = json.loads(told.stdout)
    assert told.returncode == 0
    assert (found["verdict"], found["clip"], found["made_at"]) == ("exact", stored, NOW.isoformat())


def test_a_clip_that_is_not_kept_any_more_is_known_by_its_statement(verify: Verify, clip: Path) -> None:
    told = verify(str(clip))
    assert told.returncode == 0
    assert told.stdout.splitlines() == ["Made here, and not a byte of it was changed since.", "Drawn by computer; no model made it."]


RECEIPT = "urn:uuid:00000000-0000-4000-8000-000000000007"
AGREEMENT = Agreement(people=2, receipts=(RECEIPT,), log_size=3, log_root="ab" * 32)


@pytest.fixture
def peopled(tmp_path: Path) -> Path:
    """A clip of this host in which two people agreed."""
    path = film(tmp_path / "people.mp4", seconds=0.5)
    statement = Statement(source=Source.MODEL, engine="diffusers", agreement=AGREEMENT)
    sign(path, statement, own_credentials(tmp_path / "home" / "signing", now()))
    return path


def test_of_a_clip_that_is_not_kept_it_tells_that_they_agreed_then_and_not_that_they_do_now(verify: Verify, peopled: Path) -> None:
    said = "2 real people are in it. All of them had agreed when it was made; whether they still do is not known here."
    assert said in verify(str(peopled)).stdout.splitlines()
    found = json.loads(verify(str(peopled), "--json").stdout)
    assert found["consent"] == {"people": 2, "receipts": [RECEIPT], "now": "unknown"}


async def test_of_a_clip_that_is_kept_it_tells_whether_they_agree_now(
    verify: Verify, peopled: Path, database: Database, tmp_path: Path
) -> None:
    lea, parts = PersonId("web:Lea"), frozenset({Part.FACE})
    clip = await kept(database, tmp_path, peopled, encode(parse("@lea surfs", people={"@lea": lea})))
    likeness = Likeness(id=LikenessId("L1"), owner=lea, handle="lea", name="Lea", parts=parts, enrolled_at=NOW, used_at=NOW)
    grant = Grant(
        id=GrantId("G1"),
        clip=clip.id,
        owner=lea,
        requester=clip.asker.id,
        likeness=likeness.id,
        place=clip.place.scope,
        digest=clip.terms.digest(parts),
        parts=parts,
        source=Granted.ASK,
        given_at=NOW,
    )
    await database.write(lambda tx: consent.put_likeness(tx, likeness, "lea"))
    await database.write(lambda tx: consent.put_grant(tx, grant))
    assert "One real person is in it. All of them agreed, and still do." in verify(str(peopled)).stdout
    await database.write(lambda tx: consent.put_grant(tx, withdraw(grant, NOW)))
    told = json.loads(verify(str(peopled), "--json").stdout)
    assert (told["verdict"], told["consent"]["now"], told["removed"]) == ("exact", "withdrawn", False)
    assert "Lea" not in json.dumps(told)


async def test_a_film_that_was_taken_down_is_said_to_be(verify: Verify, clip: Path, database: Database, tmp_path: Path) -> None:
    record = await kept(database, tmp_path, clip)

    async def gone(tx: Transaction) -> None:
        found = await tables.get(tx, record.id)
        assert found
        await end_taken_down(tx, found, RemovedBy.MODERATOR, NOW)

    await database.write(gone)
    told = verify(str(clip), "--json")
    assert "made here and taken down since" in verify(str(clip)).stdout
    assert (json.loads(told.stdout)["removed"], json.loads(told.stdout)["clip"], told.returncode) == (True, None, 0)


def test_without_people_nothing_is_said_of_consent(verify: Verify, clip: Path) -> None:
    assert json.loads(verify(str(clip), "--json").stdout)["consent"] is None


def test_a_clip_that_was_changed_is_believed_nothing(verify: Verify, peopled: Path) -> None:
    peopled.write_bytes(peopled.read_bytes() + b"\0" * 8)
    assert json.loads(verify(str(peopled), "--json").stdout)["consent"] is None


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
