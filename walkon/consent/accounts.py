"""Linking: one person, several accounts, joined by a code that both sides confirm.

One account asks for a code; the other shows it, which is its word; the first then says yes to exactly that account. From then on
a mention of either means the same person, and what is decided about one binds the other.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from walkon.consent import guardian_tables, tables
from walkon.consent.codes import VALID_FOR, fresh_code, sha256_of
from walkon.consent.decisions import Decision, DecisionKind, Record
from walkon.store import accounts
from walkon.store.accounts import Offer, person_of
from walkon.store.database import Transaction
from walkon.types.clock import to_ms
from walkon.types.errors import WalkonError
from walkon.types.ids import PersonId


@dataclass(eq=False)
class UnknownCode(WalkonError):
    """No such code: mistyped, run out, used, or never given. Nobody learns which."""


@dataclass(eq=False)
class SamePerson(WalkonError):
    """These accounts are one person already."""


@dataclass(eq=False)
class NotClaimed(WalkonError):
    """Nobody has shown the code yet, so there is nothing to confirm."""


@dataclass(eq=False)
class BothEnrolled(WalkonError):
    """Both accounts lend a likeness; one must be given up first, by its owner."""


@dataclass(eq=False)
class GuardianApart(WalkonError):
    """A guardian and a young person do not become one, nor do two people who have each their own guardian."""


async def offer(tx: Transaction, account: PersonId, now: datetime) -> str:
    """A fresh code that joins whoever shows it with `account`; a former one is void."""
    await accounts.drop_offers(tx, account, to_ms(now))
    code = fresh_code()
    await accounts.put_offer(tx, Offer(account=account, code_sha256=sha256_of(code), expires_ms=to_ms(now + VALID_FOR)))
    return code


async def claim(tx: Transaction, code: str, account: PersonId, now: datetime) -> PersonId:
    """`account` shows the code; the account that must still confirm. A code is shown once. Raises UnknownCode, SamePerson."""
    found = await accounts.offer_coded(tx, sha256_of(code))
    if found is None or to_ms(now) >= found.expires_ms or found.claimed_by not in (None, account):
        raise UnknownCode
    if await person_of(tx, account) == await person_of(tx, found.account):
        raise SamePerson
    await accounts.put_offer(tx, replace(found, claimed_by=account))
    return found.account


async def confirm(tx: Transaction, account: PersonId, claimed_by: PersonId, now: datetime, record: Record) -> PersonId:
    """`account` confirms that `claimed_by`, which showed its code, is the same person; the person they are from now on.

    The person is named by the account that lends a likeness, else by the one that offered.
    Raises UnknownCode, NotClaimed, BothEnrolled, GuardianApart.
    """
    found = await accounts.offer_of(tx, account)
    if found is None or to_ms(now) >= found.expires_ms:
        raise UnknownCode
    if found.claimed_by != claimed_by:
        raise NotClaimed
    first, second = await person_of(tx, account), await person_of(tx, claimed_by)
    if not await guardian_tables.may_be_one(tx, first, second, now):
        raise GuardianApart
    enrolled = [person for person in (first, second) if await tables.likeness_of(tx, person)]
    if len(enrolled) > 1:
        raise BothEnrolled
    person = enrolled[0] if enrolled else first
    other = second if person == first else first
    await accounts.join(tx, person, other, to_ms(now))
    await tables.hand_over(tx, person, other)
    await accounts.drop_offers(tx, account, to_ms(now))
    await record(tx, Decision(kind=DecisionKind.LINKED, about=person, at=now, others={"account": other}))
    return person


async def decline(tx: Transaction, account: PersonId, now: datetime) -> None:
    """The account takes its offer back."""
    await accounts.drop_offers(tx, account, to_ms(now))
