"""Backups of an embedded store: a consistent copy of the database with the clips in one file, and the sealed keys in another.

Whoever has the first file alone reads no face, no voice and no word of the ledger; with the second, it still takes the key file.
"""

import hashlib
import io
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Engine, create_engine, delete, func, insert, select

from walkon.store.keyring import KEY_FILE
from walkon.store.ledger import LEDGER
from walkon.store.sealed_keys import OF_THE_STORE, SEALED_KEY
from walkon.types.errors import WalkonError

FORMAT = 1
STORE, MANIFEST, MEDIA = "store.db", "manifest.json", "media/"
_MEDIA_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,4}")
LARGEST_MANIFEST = 64 << 20


@dataclass(eq=False)
class BackupUnusable(WalkonError):
    """The file is no backup of this release, or is damaged."""

    reason: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup says of itself. files: SHA-256 by name. entries: of the ledger. key_file: the id of the one it needs."""

    format: int
    made_at: datetime
    entries: int
    key_file: str | None
    files: dict[str, str]


class SealedKeyRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key of the store, as wrapped as it was there."""

    id: str
    owner: str
    purpose: str
    wrapped: bytes
    wrapping_version: int
    made_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was written. keys: the second file."""

    file: Path
    keys: Path
    manifest: Manifest


def keys_beside(file: Path) -> Path:
    """Where the sealed keys of a backup are, unless somebody moved them."""
    return file.with_name(file.name + ".keys")


def make_backup(store: Path, media: Path, file: Path, *, now: datetime, without: Collection[str] = ()) -> Backup:
    """Copy a store, also one in use. without: purposes of keys that are kept nowhere else. Raises OSError, sqlite3.Error.

    Files that a clip lost while the copy was made are left out; the clip says so when it is asked for.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".walkon-backup-", dir=file.parent) as scratch:
        copy = Path(scratch) / STORE
        _copied(store, copy)
        keys, entries, key_file = _parted(copy, without)
        manifest = _packed(copy, media, file, Manifest(format=FORMAT, made_at=now, entries=entries, key_file=key_file, files={}))
    with _private(keys_beside(file)) as sink:
        sink.write(msgspec.json.encode(keys))
    return Backup(file=file, keys=keys_beside(file), manifest=manifest)


def unpack(file: Path, into: Path) -> Manifest:
    """Take a backup apart into a directory, every byte of it checked. Raises BackupUnusable, OSError."""
    try:
        with tarfile.open(file, "r:") as archive:
            manifest = _manifest(archive)
            members = {member.name: member for member in archive.getmembers()}
            if set(members) != {MANIFEST, *manifest.files} or STORE not in manifest.files:
                raise BackupUnusable("it does not hold what it says")
            for name, digest in manifest.files.items():
                _unpack_one(archive, members[name], into, digest)
    except (tarfile.TarError, EOFError, msgspec.DecodeError, KeyError) as error:
        raise BackupUnusable(f"it cannot be read ({type(error).__name__})") from error
    return manifest


def put_keys(store: Path, file: Path) -> int | None:
    """Put the sealed keys of a backup into its database; returns how many, None where there is no such file. Raises BackupUnusable."""
    if not file.exists():
        return None
    try:
        rows = msgspec.json.decode(file.read_bytes(), type=list[SealedKeyRow])
    except msgspec.DecodeError as error:
        raise BackupUnusable(f"{file.name} holds no sealed keys") from error
    with _opened(store) as engine, engine.begin() as connection:
        known = set(connection.execute(select(SEALED_KEY.c.id)).scalars())
        fresh = [msgspec.structs.asdict(row) for row in rows if row.id not in known]
        if fresh:
            connection.execute(insert(SEALED_KEY), fresh)
    return len(fresh)


def _copied(store: Path, copy: Path) -> None:
    with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def _parted(copy: Path, without: Collection[str]) -> tuple[list[SealedKeyRow], int, str | None]:
    """Take the sealed keys out of the copy, without a trace."""
    with _opened(copy) as engine:
        with engine.begin() as connection:
            of_people = SEALED_KEY.c.purpose != OF_THE_STORE
            rows = connection.execute(select(SEALED_KEY).where(of_people)).all()
            connection.execute(delete(SEALED_KEY).where(of_people))
            entries = connection.execute(select(func.count()).select_from(LEDGER)).scalar_one()
            key_file = connection.execute(select(KEY_FILE.c.id)).scalar()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
    keys = [SealedKeyRow(**dict(row._mapping)) for row in rows if row.purpose not in without]
    return keys, int(entries), key_file


def _packed(copy: Path, media: Path, file: Path, manifest: Manifest) -> Manifest:
    clips = sorted(path for path in media.glob("*.*") if _MEDIA_NAME.fullmatch(path.name)) if media.is_dir() else []
    with _private(file) as sink, tarfile.open(fileobj=sink, mode="w:") as archive:
        files = {STORE: _added(archive, STORE, copy)}
        for path in clips:
            try:
                files[MEDIA + path.name] = _added(archive, MEDIA + path.name, path)
            except FileNotFoundError:
                continue
        whole = msgspec.structs.replace(manifest, files=files)
        body = msgspec.json.encode(whole)
        archive.addfile(_entry(MANIFEST, len(body)), io.BytesIO(body))
    return whole


def _added(archive: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        archive.addfile(_entry(name, size), source)
    return digest


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _manifest(archive: tarfile.TarFile) -> Manifest:
    member = archive.getmember(MANIFEST)
    source = archive.extractfile(member)
    if source is None or member.size > LARGEST_MANIFEST:
        raise BackupUnusable("it does not say what it holds")
    manifest = msgspec.json.decode(source.read(), type=Manifest)
    if manifest.format != FORMAT:
        raise BackupUnusable("it was made by another release")
    return manifest


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, into: Path, digest: str) -> None:
    known = member.name == STORE or (member.name.startswith(MEDIA) and _MEDIA_NAME.fullmatch(member.name.removeprefix(MEDIA)))
    source = archive.extractfile(member) if known and member.isreg() else None
    if source is None:
        raise BackupUnusable(f"{member.name[:80]!r} has no place in a backup")
    target = into / member.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("xb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)
    with target.open("rb") as written:
        if hashlib.file_digest(written, "sha256").hexdigest() != digest:
            raise BackupUnusable(f"{member.name} is damaged")


@contextmanager
def _private(file: Path) -> Iterator[io.BufferedWriter]:
    """A file for its owner alone, there only once it is whole and on the disk."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _opened(store: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{store}")
    try:
        yield engine
    finally:
        engine.dispose()
