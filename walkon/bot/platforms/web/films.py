"""Films that pages sent for enrolling: in memory until they are read, each once, and only for a short while."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from walkon.bot.files import Attachment
from walkon.types.clock import Clock
from walkon.types.ids import PersonId

KEPT_FOR = timedelta(minutes=10)
LONGEST = 48 << 20
"""Bytes of one film: what enrolling takes at most."""
MOST = 4
"""Films at once; the oldest goes first."""


@dataclass(frozen=True, slots=True, repr=False)
class _Film:
    sender: PersonId
    at: datetime
    content: bytes


class Films:
    """By an address that nobody can guess; one for each account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._films: OrderedDict[str, _Film] = OrderedDict()

    def put(self, sender: PersonId, film: bytes) -> None:
        """Keep it until the account's next command that takes a file."""
        self._films = OrderedDict((address, one) for address, one in self._films.items() if one.sender != sender)
        self._films[f"page:{secrets.token_urlsafe(24)}"] = _Film(sender, self._clock.now(), film)
        while len(self._films) > MOST:
            self._films.popitem(last=False)

    def of(self, sender: PersonId) -> Attachment | None:
        """What the account sent and nobody has read yet."""
        self._forget()
        for address, film in self._films.items():
            if film.sender == sender:
                return Attachment(name="film", content_type="video/*", size=len(film.content), url=address)
        return None

    def take(self, address: str) -> bytes | None:
        """The film; it is gone from here. None if there is none."""
        self._forget()
        film = self._films.pop(address, None)
        return film.content if film else None

    def _forget(self) -> None:
        now = self._clock.now()
        self._films = OrderedDict((address, film) for address, film in self._films.items() if now - film.at < KEPT_FOR)
