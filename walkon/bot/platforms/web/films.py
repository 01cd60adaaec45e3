"""Films that pages sent: kept in memory until they are read, each once, and only for a short while."""

import secrets
from collections import OrderedDict
from datetime import datetime, timedelta

from walkon.types.clock import Clock

KEPT_FOR = timedelta(minutes=10)
MOST_BYTES = 200 << 20
"""All films together; the oldest goes first."""

PREFIX = "page:"


class Films:
    """By an address that nobody can guess."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._films: OrderedDict[str, tuple[datetime, bytes]] = OrderedDict()

    def put(self, film: bytes) -> str:
        """Keep it; returns its address."""
        address = f"{PREFIX}{secrets.token_urlsafe(24)}"
        self._films[address] = (self._clock.now(), film)
        self._forget()
        return address

    def size(self, address: str) -> int | None:
        """Bytes, None if there is no such film."""
        kept = self._films.get(address)
        return len(kept[1]) if kept else None

    def take(self, address: str) -> bytes | None:
        """The film; it is gone from here. None if there is none."""
        self._forget()
        kept = self._films.pop(address, None)
        return kept[1] if kept else None

    def _forget(self) -> None:
        while self._films:
            at, _ = next(iter(self._films.values()))
            if self._clock.now() - at < KEPT_FOR and sum(len(film) for _, film in self._films.values()) <= MOST_BYTES:
                return
            self._films.popitem(last=False)
