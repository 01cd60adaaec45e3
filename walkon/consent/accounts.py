"""Linking: one person, several accounts, joined by a code that both sides confirm.

One account asks for a code; the other shows it, which is its word; the first then says yes to exactly that account. From then on
a mention of either means the same person, and what is decided about one binds the other.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from walkon.consent import tables
from walkon.consent.decisions import Decision, DecisionKind, Record
from walkon.store import accounts
from walkon.store.accounts import Offer, person_of
from walkon.store.database import Transaction
from walkon.types.clock import to_ms
from walkon.types.errors import WalkonError
from walkon.types.ids import ALPHABET, PersonId

VALID_FOR = timedelta(minutes=10)

CODE_LENGTH = 8
"""Letters or digits of a code: 40 bits, which nobody tries out in ten minutes."""

_READ_AS = str.maketrans("OILU", "011V")


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


def _sha256(code: str) -> bytes:
    plain = "".join(letter for letter in code.upper() if letter.isalnum()).translate(_READ_AS)
    return hashlib.sha256(plain.encode()).digest()


async def offer(tx: Transaction, account: PersonId, now: datetime) -> str:
    """A fresh code that joins whoever shows it with `account`; a former one is void."""
    await accounts.drop_offers(tx, account, to_ms(now))
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    await accounts.put_offer(tx, Offer(account=account, code_sha256=_sha256(code), expires_ms=to_ms(now + VALID_FOR)))
    return f"{code[:4]}-{code[4:]}"


async def claim(tx: Transaction, code: str, account: PersonId, now: datetime) -> PersonId:
    """`account` shows the code; the account that must still confirm. A code is shown once. Raises UnknownCode, SamePerson."""
    found = await accounts.offer_coded(tx, _sha256(code))
    if found is None or to_ms(now) >= found.expires_ms or found.claimed_by not in (None, account):
        raise UnknownCode
    if await person_of(tx, account) == await person_of(tx, found.account):
        raise SamePerson
    await accounts.put_offer(tx, replace(found, claimed_by=account))
    return found.account


async def confirm(tx: Transaction, account: PersonId, claimed_by: PersonId, now: datetime, record: Record) -> PersonId:
    """`account` confirms that `claimed_by`, which showed its code, is the same person; the person they are from now on.

    The person is named by the account that lends a likeness, else by the one that offered. Raises UnknownCode, NotClaimed, BothEnrolled.
    """
    found = await accounts.offer_of(tx, account)
    if found is None or to_ms(now) >= found.expires_ms:
        raise UnknownCode
    if found.claimed_by != claimed_by:
        raise NotClaimed
    first, second = await person_of(tx, account), await person_of(tx, claimed_by)
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
