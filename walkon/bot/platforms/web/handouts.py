"""Files that were handed over in private: in memory, for who was given them, and only for a while."""

import secrets
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from walkon.bot.cards import Handout
from walkon.types.clock import Clock
from walkon.types.ids import PersonId

KEPT_FOR = timedelta(hours=1)
MOST = 64
"""Files at once; the oldest goes first."""


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    owner: PersonId
    at: datetime
    handout: Handout


class Handouts:
    """By an address that nobody can guess, which is not enough to get one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def put(self, owner: PersonId, handout: Handout) -> str:
        """Keep it for its owner; returns its address."""
        self._forget()
        address = secrets.token_urlsafe(24)
        self._kept[address] = _Kept(owner, self._clock.now(), handout)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return address

    def get(self, address: str, people: Collection[PersonId]) -> Handout | None:
        """The file, if one of these people was given it and it is still kept."""
        self._forget()
        kept = self._kept.get(address)
        return kept.handout if kept and kept.owner in people else None

    def _forget(self) -> None:
        now = self._clock.now()
        self._kept = OrderedDict((address, kept) for address, kept in self._kept.items() if now - kept.at < KEPT_FOR)
