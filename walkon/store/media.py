"""Clips in a folder or on an S3 server. A name is the hash of the content, so a file never changes and a repeat is one file."""

import asyncio
import hashlib
import os
import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from walkon.types.errors import WalkonError

_NAME_LETTERS = frozenset("0123456789abcdef.mpjgvt")

PIECE = 256 * 1024
"""Bytes of a file that are in memory at once while it is sent."""


@dataclass(eq=False)
class MediaMissing(WalkonError):
    """No such file in the store."""

    key: str


class MediaAway(OSError):
    """The server that keeps the clips does not do its work; its message says what it said."""


class Media(Protocol):
    """Where clips are kept. Every call raises OSError where that place is away or fails."""

    async def put(self, source: Path) -> str:
        """Take the file in, durably, whole or not at all; returns its key `SHA256.SUFFIX`. The source is left where it is."""

    async def size(self, key: str) -> int:
        """Bytes of the file. Raises MediaMissing, also for a name that is none of ours."""

    async def read(self, key: str) -> bytes:
        """The whole file. Raises MediaMissing."""

    def pieces(self, key: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to but not including `stop`, at most PIECE at a time. Raises MediaMissing."""

    def local(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The file on this machine, for as long as the context; it must not be changed. Raises MediaMissing."""

    async def remove(self, key: str) -> None:
        """Delete the file; a name that is none of ours, or of a file that is gone, changes nothing."""

    def sweep_parts(self) -> int:
        """Remove what a killed process left half written on this machine; returns how many. Only while no other writes here."""


def is_name(key: str) -> bool:
    """Whether a key may be the name of a file of ours, and of nothing else."""
    return bool(key) and set(key) <= _NAME_LETTERS and not key.startswith(".")


def name_of(source: Path) -> str:
    """The key of the file's content. Raises OSError."""
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() + source.suffix


class MediaStore:
    """`Media` in one private directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def put(self, source: Path) -> str:
        """As `Media` says."""
        return await asyncio.to_thread(self._put, source)

    def _put(self, source: Path) -> str:
        key = name_of(source)
        target = self._directory / key
        if not target.exists():
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = self._directory / f".{uuid.uuid4().hex}.part"
            with source.open("rb") as from_file, part.open("wb") as to_file:
                shutil.copyfileobj(from_file, to_file, 1 << 20)
                to_file.flush()
                os.fsync(to_file.fileno())
            part.replace(target)
        return key

    def path(self, key: str) -> Path:
        """Where the file is. Raises MediaMissing, also for a name that is none of ours."""
        path = self._directory / key
        if not is_name(key) or not path.is_file():
            raise MediaMissing(key)
        return path

    async def size(self, key: str) -> int:
        """As `Media` says."""
        return self.path(key).stat().st_size

    async def read(self, key: str) -> bytes:
        """As `Media` says."""
        return await asyncio.to_thread(self.path(key).read_bytes)

    async def pieces(self, key: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """As `Media` says."""
        with self.path(key).open("rb") as file:
            file.seek(start)
            while piece := await asyncio.to_thread(file.read, min(PIECE, stop - file.tell())):
                yield piece

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        """As `Media` says; it is here already."""
        yield self.path(key)

    async def remove(self, key: str) -> None:
        """As `Media` says."""
        try:
            path = self.path(key)
        except MediaMissing:
            return
        await asyncio.to_thread(path.unlink, missing_ok=True)

    def sweep_parts(self) -> int:
        """As `Media` says."""
        parts = list(self._directory.glob(".*.part"))
        for part in parts:
            part.unlink(missing_ok=True)
        return len(parts)
