"""Forgetting somebody: everything that shows or names them ends, and the keys of whatever is left are destroyed.

All of it is one transaction. The ledger's entries about them stay in their places, as noise that proves the others.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from walkon.bot import liking
from walkon.bot.takedown import Removal, record_takedown
from walkon.consent import door_tables, enrolment_tables, guarding
from walkon.consent import guardian_tables as guardians
from walkon.consent import tables as consent
from walkon.consent.deciding import Decider
from walkon.library import tables as library
from walkon.library.clips import RemovedBy
from walkon.moderation import appeal_tables, report_tables
from walkon.moderation import tables as moderation
from walkon.store import accounts, outbox, sealed_keys
from walkon.store.database import Database, Transaction
from walkon.store.keys import Keys
from walkon.store.ledger import Ledger
from walkon.store.tombstones import TombstoneKind, bury
from walkon.types.clock import to_ms
from walkon.types.ids import PersonId

Eraser = Callable[[Transaction, PersonId], Awaitable[None]]
"""Removes what one platform keeps about an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What it came to. keys: how many were destroyed. removal: clips that are down now; `after_takedown` must follow."""

    accounts: tuple[PersonId, ...]
    keys: int
    removal: Removal


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """keys: name people in vault and ledger. erasers: of the platforms."""

    keys: Keys
    decider: Decider
    erasers: Sequence[Eraser] = ()

    async def forget(self, tx: Transaction, account: PersonId, now: datetime) -> Forgotten:
        """Forget the person behind an account, with all their accounts. Safe to repeat; of somebody unknown nothing is left to do."""
        person, named = await accounts.person_of(tx, account), await accounts.accounts_of(tx, account)
        owners = [self.keys.person_key(one) for one in named]
        held = sum([await sealed_keys.count_of(tx, owner) for owner in owners])
        shown = await self.decider.revoke(tx, person, now)
        await guarding.end_all_by(tx, person, now, self.decider.record)
        await guardians.spread(tx, person, now)
        removal = await record_takedown(tx, shown, RemovedBy.PERSON, now)
        own = await record_takedown(tx, await library.of_people(tx, named), RemovedBy.MAKER, now)
        for id in own.clips:
            await self.decider.drop(tx, id, now)
        for one in named:
            await self._erase(tx, one, now)
        await Ledger(self.keys).append(tx, "person.forgotten", None, payload={"keys": held}, at=now)
        await door_tables.take_marks(tx, owners)
        for owner in owners:
            await sealed_keys.destroy_all_of(tx, owner)
            await bury(tx, TombstoneKind.PERSON, owner, now)
        return Forgotten(accounts=tuple(named), keys=held, removal=_both(removal, own))

    async def _erase(self, tx: Transaction, account: PersonId, now: datetime) -> None:
        await enrolment_tables.forget(tx, account)
        await consent.forget(tx, account)
        await guardians.forget(tx, account)
        await library.forget(tx, account)
        await liking.forget(tx, account, to_ms(now))
        await moderation.forget(tx, account, now)
        await report_tables.forget(tx, account)
        await appeal_tables.forget(tx, account)
        await accounts.forget(tx, account)
        await outbox.forget_person(tx, account)
        for eraser in self.erasers:
            await eraser(tx, account)


def _both(one: Removal, other: Removal) -> Removal:
    return Removal(clips=one.clips | other.clips, made_from=one.made_from + other.made_from, stopped=tuple({*one.stopped, *other.stopped}))


async def erase_settled(database: Database) -> None:
    """Erase where messages stood that showed or asked whoever was forgotten, once their chats show that they are gone."""

    async def any_left(tx: Transaction) -> bool:
        return await library.any_settled_posts_of_nobody(tx) or await consent.any_settled_posts_of_no_ask(tx)

    async def erase(tx: Transaction) -> None:
        await library.erase_settled_posts_of_nobody(tx)
        await consent.erase_settled_posts_of_no_ask(tx)

    if await database.read(any_left):
        await database.write(erase)
        await database.scrub()
