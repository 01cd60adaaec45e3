"""Reading a file that comes piece by piece."""

from collections.abc import AsyncIterator


async def whole(pieces: AsyncIterator[bytes]) -> bytes:
    """All of it."""
    return b"".join([piece async for piece in pieces])
