"""Clips on disk. A name is the hash of the content, so a file never changes and a repeat is one file."""

import asyncio
import hashlib
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from walkon.types.errors import WalkonError

_NAME_LETTERS = frozenset("0123456789abcdef.mpjgvt")


@dataclass(eq=False)
class MediaMissing(WalkonError):
    """No such file in the store."""

    key: str


class MediaStore:
    """Files in one private directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def put(self, source: Path) -> str:
        """Take the file in, durably; returns its key `SHA256.SUFFIX`. The source is left where it is."""
        return await asyncio.to_thread(self._put, source)

    def _put(self, source: Path) -> str:
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        key = digest + source.suffix
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
        if not set(key) <= _NAME_LETTERS or key.startswith(".") or not path.is_file():
            raise MediaMissing(key)
        return path

    async def read(self, key: str) -> bytes:
        """The whole file. Raises MediaMissing."""
        return await asyncio.to_thread(self.path(key).read_bytes)

    async def remove(self, key: str) -> None:
        """Delete the file; a name that is none of ours, or of a file that is gone, changes nothing. Raises OSError."""
        try:
            path = self.path(key)
        except MediaMissing:
            return
        await asyncio.to_thread(path.unlink, missing_ok=True)

    def sweep_parts(self) -> int:
        """Remove what a killed process left half written; returns how many."""
        parts = list(self._directory.glob(".*.part"))
        for part in parts:
            part.unlink(missing_ok=True)
        return len(parts)
