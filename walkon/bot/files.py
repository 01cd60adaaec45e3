"""Files that people send: named in an event, fetched only when a command wants one, and never beyond a bound."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
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

    async def fetch(self, attachment: Attachment, target: Path, *, limit: int) -> None:
        """Write the file to `target`, which is removed again on failure. Raises FileTooLarge, FileGone."""


@dataclass(slots=True)
class Files:
    """The sources by platform. They are added as platforms are built, which is after the house is."""

    sources: dict[Platform, FileSource] = field(default_factory=dict)

    async def fetch(self, platform: Platform, attachment: Attachment, target: Path, *, limit: int) -> None:
        """The file that somebody sent on that platform, at most `limit` bytes. Raises FileTooLarge, FileGone."""
        if attachment.size > limit:
            raise FileTooLarge(limit)
        source = self.sources.get(platform)
        if source is None:
            raise FileGone
        try:
            await source.fetch(attachment, target, limit=limit)
        except BaseException:
            await asyncio.to_thread(target.unlink, missing_ok=True)
            raise
