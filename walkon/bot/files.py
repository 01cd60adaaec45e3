"""Files that people send: named in an event, read only when a command wants one, never beyond a bound, and in memory alone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from walkon.types.errors import WalkonError
from walkon.types.people import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file somebody sent, not yet fetched. size: bytes. content_type: what the sender's client claims. url: the platform's own."""

    name: str
    content_type: str
    size: int
    url: str


@dataclass(eq=False)
class FileTooLarge(WalkonError):
    """The file is larger than what is asked for here. limit: bytes."""

    limit: int


@dataclass(eq=False)
class FileGone(WalkonError):
    """The platform does not hand the file out (any more)."""


class FileSource(Protocol):
    """Where a platform's files come from."""

    def read(self, attachment: Attachment, *, limit: int) -> AsyncIterator[bytes]:
        """The file, piece by piece and never kept on a disk. Raises FileTooLarge beyond `limit` bytes, FileGone."""


@dataclass(slots=True)
class Files:
    """The sources by platform. They are added as platforms are built, which is after the house is."""

    sources: dict[Platform, FileSource] = field(default_factory=dict)

    async def read(self, platform: Platform, attachment: Attachment, *, limit: int) -> AsyncIterator[bytes]:
        """The file that somebody sent on that platform, at most `limit` bytes of it. Raises FileTooLarge, FileGone."""
        if attachment.size > limit:
            raise FileTooLarge(limit)
        source = self.sources.get(platform)
        if source is None:
            raise FileGone
        left = limit
        async for piece in source.read(attachment, limit=limit):
            left -= len(piece)
            if left < 0:
                raise FileTooLarge(limit)
            yield piece
