"""A thief with a copy of the data directory and without the key file: everything they could read of what somebody lent."""

import base64
import json
import sqlite3
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

from tests.engine.filming import Film
from tests.town import Town
from walkon.consent.enrolling import Enrolments, Means
from walkon.consent.lending import lends
from walkon.consent.vault import Vault
from walkon.engine.uploads import UploadReader
from walkon.store.database import Database
from walkon.store.keys import Keys
from walkon.types.ids import PersonId

LEA, OLGA = PersonId("web:Lea"), PersonId("web:Olga")

SLICE, SLICES = 24, 32
"""Bytes of one piece that is looked for, and pieces of each thing: a page's border cuts some of them, never all."""

VARIED = 14
"""Different bytes in a piece at least: what is more uniform may stand in any file."""


async def parts(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def enrolled(town: Town) -> bytes:
    """Lea enrols as one does: her film is read in its own process, an operator accepts. Returns the film."""
    house, film = town.house, Film().shot()
    means = Means(database=house.database, keys=house.keys, decode=UploadReader(), clock=house.clock, then=lends(house.decider))
    desk = Enrolments(means)
    await desk.begin(LEA, "Lea")
    waiting = await desk.receive(LEA, parts(film), declared_bytes=len(film), sent_at=house.clock.now())
    await desk.accept(waiting.id, OLGA)
    return film


async def lent(database: Database, keys: Keys, person: PersonId) -> dict[str, bytes]:
    """What the vault keeps of somebody, opened with the key."""
    vault, owner = Vault(keys), keys.person_key(person)
    artefacts = await database.read(lambda tx: vault.of(tx, owner))
    return {f"{one.kind} {one.number}": await database.read(lambda tx, one=one: vault.open(tx, one)) for one in artefacts}  # type: ignore[misc]


def readable(directory: Path, secrets: Mapping[str, bytes]) -> set[str]:
    """Which of them the thief finds any piece of: in files as they lie, in the cells of databases, coded or packed as usual."""
    wanted = {name: _pieces(secret) for name, secret in secrets.items()}
    found: set[str] = set()
    for text in _texts(directory):
        found |= {name for name, pieces in wanted.items() if name not in found and any(piece in text for piece in pieces)}
    return found


def _pieces(secret: bytes) -> list[bytes]:
    """Pieces that stand in no other file by chance, so none of a picture's head; a short secret is one, in any usual dress."""
    if len(secret) <= 2 * SLICE:
        return _dresses(secret)
    step = max(1, (len(secret) - SLICE) // SLICES)
    pieces = [secret[at : at + SLICE] for at in range(len(secret) // 4, len(secret) - SLICE, step)]
    return [piece for piece in pieces if len(set(piece)) >= VARIED]


def _dresses(text: bytes) -> list[bytes]:
    """How a few words may be written: as they are, as JSON may escape them, in two bytes a letter, in hexadecimal, within base64."""
    words = text.decode()
    # Within base64 the letters that the words share with their neighbours are not known.
    coded = [base64.b64encode(b"x" * before + text)[-(-before * 8 // 6) : (before + len(text)) * 8 // 6] for before in range(3)]
    return [text, json.dumps(words)[1:-1].encode(), words.encode("utf-16-le"), text.hex().encode(), *coded]


def _texts(directory: Path) -> Iterator[bytes]:
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        yield from _unpacked(path.read_bytes())
        if path.suffix == ".db":
            yield from _cells(path)


def _cells(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as thief:
        thief.text_factory = bytes
        for (table,) in thief.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in thief.execute(f'SELECT * FROM "{table.decode()}"'):
                for cell in row:
                    if isinstance(cell, bytes):
                        yield from _unpacked(cell)


def _unpacked(text: bytes) -> Iterator[bytes]:
    yield text
    with suppress(ValueError):
        yield base64.b64decode(text, validate=True)
    with suppress(ValueError):
        yield bytes.fromhex(text.decode("ascii"))
    with suppress(zlib.error):
        yield zlib.decompressobj(wbits=47).decompress(text)
