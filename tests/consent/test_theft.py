"""A copy of the data directory without the key file: nothing of any person can be read from it, however one looks."""

import base64
import json
import shutil
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from tests.consent.theft import LEA, enrolled, lent, readable
from tests.town import Town
from walkon.store.ledger import Ledger

WORDS = "CANARY-these-words-Lea-said-about-her-own-clip"


def stolen_from(tmp_path: Path) -> Path:
    """A copy of everything that lies there at this moment, its log of changes too."""
    return shutil.copytree(tmp_path, tmp_path / "stolen", ignore=shutil.ignore_patterns("stolen"))


async def test_a_thief_without_the_key_reads_no_face_no_voice_no_film_and_no_words_of_a_decision(town: Town, tmp_path: Path) -> None:
    film = await enrolled(town)
    house = town.house
    kept = await lent(house.database, house.keys, LEA)
    assert sorted(name.split()[0] for name in kept) == ["still", "still", "still", "voice"]
    key, told = house.keys.person_key(LEA), {"words": WORDS}
    await house.database.write(lambda tx: Ledger(house.keys).append(tx, "consent.canary", key, payload=told, at=town.clock.now()))
    assert readable(stolen_from(tmp_path), {**kept, "film": film, "words": WORDS.encode()}) == set()


async def test_the_thief_would_find_anything_that_lay_open(town: Town, tmp_path: Path) -> None:
    await enrolled(town)
    kept = await lent(town.house.database, town.house.keys, LEA)
    (tmp_path / "forgotten.tmp").write_bytes(b"head" + kept["still 0"])
    (tmp_path / "words.tmp").write_text(WORDS)
    found = readable(tmp_path, {**kept, "words": WORDS.encode()})
    assert {"still 0", "words"} <= found
    assert "voice 0" not in found


@pytest.mark.parametrize(
    "lying",
    [
        json.dumps({"name": "Zoë"}).encode(),
        b"..." + base64.b64encode(b"12 Zo\xc3\xab 345") + b"...",
        zlib.compress("a film with Zoë in it".encode()),
        "Zoë".encode("utf-16-le"),
        "Zoë".encode().hex().encode(),
    ],
    ids=["escaped", "coded", "packed", "wide", "hexadecimal"],
)
def test_the_thief_reads_a_name_in_any_usual_dress(tmp_path: Path, lying: bytes) -> None:
    (tmp_path / "file").write_bytes(lying)
    with closing(sqlite3.connect(tmp_path / "some.db")) as database:
        database.execute("CREATE TABLE some (cell BLOB)")
    assert readable(tmp_path, {"name": "Zoë".encode(), "another": b"Mia"}) == {"name"}
