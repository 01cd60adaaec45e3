"""Clips on an S3 server, shared by every machine. The bucket stays private: the page passes clips on after its own checks."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from walkon.store.media import PIECE, MediaAway, MediaMissing, is_name, name_of

if TYPE_CHECKING:
    from obstore.store import S3Store

TYPES = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".png": "image/png", ".vtt": "text/vtt; charset=utf-8"}
PATIENCE = timedelta(seconds=20)
"""How long one request is repeated while the server fails. A render whose clip could not be put is made again elsewhere."""
ANSWER_WITHIN = timedelta(seconds=30)
CONNECT_WITHIN = timedelta(seconds=5)

LEFT_S = 3600
"""Nothing is on its way to a chat for so long."""


class S3Media:
    """`Media` in one bucket, below a prefix. Keys, region and endpoint come from the environment, as AWS_… variables."""

    def __init__(self, url: str, scratch: Path, *, patience: timedelta = PATIENCE) -> None:
        """url: s3://BUCKET/PREFIX. scratch: a private folder, for files on their way to a chat. patience: with one request."""
        self._store = _store(url, patience)
        self._scratch = scratch

    async def put(self, source: Path) -> str:
        """As `Media` says."""
        import obstore

        key = await asyncio.to_thread(name_of, source)
        with _faults(key):
            if not await self._stands(key):
                await obstore.put_async(self._store, key, source, attributes={"Content-Type": TYPES[source.suffix]})
        return key

    async def _stands(self, key: str) -> bool:
        try:
            await self.size(key)
        except MediaMissing:
            return False
        return True

    async def size(self, key: str) -> int:
        """As `Media` says."""
        import obstore

        with _faults(key):
            return int((await obstore.head_async(self._store, key))["size"])

    async def read(self, key: str) -> bytes:
        """As `Media` says."""
        import obstore

        with _faults(key):
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())

    async def pieces(self, key: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """As `Media` says."""
        import obstore

        if start >= stop:
            return
        with _faults(key):
            found = await obstore.get_async(self._store, key, options={"range": (start, stop)})
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        """As `Media` says; it is fetched, and gone after the context, so that a takedown leaves no copy behind."""
        size = await self.size(key)
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            path = Path(folder, key)
            with await asyncio.to_thread(path.open, "wb") as file:
                async for piece in self.pieces(key, 0, size):
                    await asyncio.to_thread(file.write, piece)
            yield path

    async def remove(self, key: str) -> None:
        """As `Media` says."""
        import obstore

        if is_name(key):
            with _faults(key):
                await obstore.delete_async(self._store, key)

    async def check(self) -> None:
        """Whether the bucket may be read. Raises MediaAway with what the server said."""
        # A HEAD would not tell a bucket that is missing from a file that is.
        with suppress(MediaMissing):
            await self.read("0" * 64 + ".mp4")

    def sweep_parts(self) -> int:
        """As `Media` says; what is younger may be on its way from another process of this machine."""
        left = [folder for folder in self._scratch.glob("*") if time.time() - folder.stat().st_mtime > LEFT_S]
        for folder in left:
            shutil.rmtree(folder, ignore_errors=True)
        return len(left)


@contextmanager
def _faults(key: str) -> Iterator[None]:
    from obstore.exceptions import BaseError

    if not is_name(key):
        raise MediaMissing(key)
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise MediaAway("there is no such bucket") from error
        raise MediaMissing(key) from error
    except BaseError as error:
        raise MediaAway(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _store(url: str, patience: timedelta) -> "S3Store":
    from obstore.store import S3Store

    return S3Store.from_url(
        url,
        retry_config={"max_retries": 10, "retry_timeout": patience},
        # Whether plain http is right is the host's choice, made with the endpoint's address.
        client_options={"allow_http": True, "timeout": ANSWER_WITHIN, "connect_timeout": CONNECT_WITHIN},
    )
