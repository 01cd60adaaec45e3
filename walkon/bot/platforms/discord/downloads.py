"""Files that people attached: Discord gives an address of its own, open to whoever knows it, for a while."""

import asyncio
from pathlib import Path

import aiohttp

from walkon.bot.files import Attachment, FileGone, FileTooLarge

PATIENCE_S = 120.0
CHUNK = 64 * 1024


async def download(attachment: Attachment, target: Path, *, limit: int) -> None:
    """Write the file to `target`, reading at most `limit` bytes. Raises FileTooLarge, FileGone."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(attachment.url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise FileGone
            await _write(answer, target, limit)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise FileGone from error


async def _write(answer: aiohttp.ClientResponse, target: Path, limit: int) -> None:
    written = 0
    with target.open("wb") as file:
        async for chunk in answer.content.iter_chunked(CHUNK):
            written += len(chunk)
            if written > limit:
                raise FileTooLarge(limit)
            await asyncio.to_thread(file.write, chunk)
