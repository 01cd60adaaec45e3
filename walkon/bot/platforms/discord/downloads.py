"""Files that people attached: Discord gives an address of its own, open to whoever knows it, for a while."""

from collections.abc import AsyncIterator

import aiohttp

from walkon.bot.files import Attachment, FileGone, FileTooLarge

PATIENCE_S = 120.0
CHUNK = 64 * 1024


async def download(attachment: Attachment, *, limit: int) -> AsyncIterator[bytes]:
    """The file, at most `limit` bytes of it. Raises FileTooLarge, FileGone."""
    timeout, left = aiohttp.ClientTimeout(total=PATIENCE_S), limit
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(attachment.url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise FileGone
            async for chunk in answer.content.iter_chunked(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise FileTooLarge(limit)
                yield chunk
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise FileGone from error
