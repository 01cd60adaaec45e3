"""The one room of the page: keeps the conversation, and tells every open page what changed, in order."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from walkon.bot.platforms.web import tables
from walkon.bot.platforms.web.tables import Message, NewMessage
from walkon.store.database import Database, Transaction
from walkon.types.ids import PersonId
from walkon.types.people import Person

CHANNEL = "lobby"
SNAPSHOT = 60
"""Messages of a fresh page, and of one step back."""
CATCH_UP = 200
"""Changes that are sent one by one to a page that comes back; after more it starts afresh."""

LOOK_S = 1.0
"""How soon another process's change is noticed where its announcement was missed."""
GAP_S = 0.05


class Listener(Protocol):
    """An open page."""

    @property
    def people(self) -> Sequence[str]:
        """Whose private messages it may see."""

    def hear(self, message: Message) -> None:
        """A message is new or changed. Called in the order of revisions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a page needs to be up to date. fresh: it starts anew with these. earlier: there is more before them."""

    fresh: bool
    messages: Sequence[Message]
    earlier: bool
    revision: int


class Lobby:
    """Every change is written, then told, under one lock: a page that joins misses nothing and hears nothing out of order.

    On a shared store other processes have pages of their own: what is told is then read from the store, theirs and ours in order.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = asyncio.Lock()
        self._listeners: set[Listener] = set()
        self._told: int | None = None

    async def join(self, listener: Listener, since: int) -> Snapshot:
        """What changed since that revision; from now on the listener hears the rest. Joining again is fine."""
        async with self._lock, self._database.reading() as view:
            revision = await tables.last_revision(view)
            self._listeners.add(listener)
            if 0 < since <= revision:
                changed = await tables.changed_since(view, CHANNEL, listener.people, revision=since, limit=CATCH_UP + 1)
                if len(changed) <= CATCH_UP:
                    return Snapshot(fresh=False, messages=changed, earlier=False, revision=revision)
            newest = await tables.newest(view, CHANNEL, listener.people, before=None, limit=SNAPSHOT + 1)
            return Snapshot(fresh=True, messages=newest[-SNAPSHOT:], earlier=len(newest) > SNAPSHOT, revision=revision)

    def leave(self, listener: Listener) -> None:
        """The page was closed."""
        self._listeners.discard(listener)

    async def before(self, listener: Listener, seq: int) -> tuple[Sequence[Message], bool]:
        """The messages before one, and whether there are more."""
        async with self._database.reading() as view:
            found = await tables.newest(view, CHANNEL, listener.people, before=seq, limit=SNAPSHOT + 1)
        return found[-SNAPSHOT:], len(found) > SNAPSHOT

    async def person(self, name: str) -> Person | None:
        """Who is called that here; None where nobody or more than one account has spoken under it."""
        async with self._database.reading() as view:
            ids = await tables.speakers(view, CHANNEL, name)
        return Person(id=PersonId(ids[0]), name=name) if len(ids) == 1 else None

    async def addressed(self, seq: int, people: Sequence[str]) -> Message | None:
        """The private message of that place in the conversation, if it is addressed to one of these people."""
        message = await self._database.read(lambda tx: tables.at(tx, seq))
        return message if message and message.visible_to in people else None

    async def add(self, new: NewMessage, *, answers: str | None = None) -> tuple[Message, bool]:
        """Keep a message unless its key is known; returns the one that stands, and whether it is new.

        answers: key of the message it answers, which from then on waits no more.
        """

        async def kept(tx: Transaction) -> tuple[Message, bool]:
            found = await tables.add(tx, new)
            if answers is not None:
                await tables.mark_answered(tx, answers)
            return found

        async with self._lock:
            message, changed = await self._database.write(kept)
            await self._tell(message, changed=changed)
        return message, changed

    async def put(self, new: NewMessage) -> Message:
        """Keep a message, or change the one that stands under its key."""
        async with self._lock:
            message, changed = await self._database.write(lambda tx: tables.put(tx, new))
            await self._tell(message, changed=changed)
        return message

    async def unanswered(self) -> Sequence[Message]:
        """What was said before the server stopped, and never answered."""
        async with self._database.reading() as view:
            return await tables.unanswered(view, CHANNEL)

    async def hear_others(self) -> None:
        """Tell what other processes changed, until cancelled. Does nothing where there are none."""
        if not self._database.shared:
            return
        if self._told is None:
            self._told = await self._database.read(tables.last_revision)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._database.changed.wait()
                    self._database.changed.clear()
            async with self._lock:
                await self._tell_the_rest()
            await asyncio.sleep(GAP_S)

    async def _tell(self, message: Message, *, changed: bool) -> None:
        if not changed:
            return
        told = message.revision - 1 if self._told is None or not self._database.shared else self._told
        if message.revision == told + 1:
            self._hear(message)
            self._told = message.revision
        else:
            await self._tell_the_rest()
        if self._database.shared:
            self._database.announce()

    async def _tell_the_rest(self) -> None:
        told = self._told or 0
        for message in await self._database.read(lambda tx: tables.changed_after(tx, CHANNEL, told, limit=CATCH_UP)):
            self._hear(message)
            self._told = message.revision

    def _hear(self, message: Message) -> None:
        for listener in self._listeners:
            if message.visible_to is None or message.visible_to in listener.people:
                listener.hear(message)
