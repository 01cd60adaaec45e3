"""What an accepted enrolment becomes: a likeness with the most careful rules, or the former one's rules on the new face."""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from walkon.consent import tables
from walkon.consent.deciding import Decider
from walkon.consent.enrolling import Then
from walkon.consent.enrolment import Enrolment
from walkon.consent.handles import LONGEST, BadHandle, read_handle, skeleton
from walkon.consent.likeness import Likeness, Part
from walkon.store.thread import Transaction
from walkon.types.ids import LikenessId, PersonId, new_long_id

MOST_TRIES = 20


def lends(decider: Decider) -> Then:
    """Makes the likeness of an accepted enrolment, in its transaction."""

    async def then(tx: Transaction, enrolment: Enrolment) -> None:
        now = enrolment.decided_at or enrolment.issued_at
        parts = frozenset(Part) if enrolment.has_voice else frozenset({Part.FACE})
        former = await tables.likeness_of(tx, enrolment.person)
        plain = former or await _first(tx, enrolment, now)
        anew = replace(plain, id=LikenessId(new_long_id()), parts=parts, enrolled_at=now, used_at=now, version=plain.version)
        await decider.enrol(tx, anew, now)

    return then


async def _first(tx: Transaction, enrolment: Enrolment, now: datetime) -> Likeness:
    return Likeness(
        id=LikenessId(new_long_id()),
        owner=enrolment.person,
        handle=await _free_handle(tx, enrolment.name, enrolment.person),
        name=enrolment.name,
        parts=frozenset({Part.FACE}),
        enrolled_at=now,
        used_at=now,
    )


async def namesakes(tx: Transaction, name: str, person: PersonId) -> Sequence[PersonId]:
    """Who else lends a likeness under a handle that looks like this name: perhaps the same person with another account."""
    return await tables.owners_looking_like(tx, skeleton(_stem(name)), person)


def _stem(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()).strip("-")
    return plain[: LONGEST - 7].strip("-") or "somebody"


async def _free_handle(tx: Transaction, name: str, person: PersonId) -> str:
    """A handle like the name that nobody has, or has one that looks like it."""
    stem = _stem(name)
    for ending in ("", *(f"-{secrets.token_hex(3)}" for _ in range(MOST_TRIES))):
        try:
            handle = read_handle(stem + ending)
        except BadHandle:
            continue
        if not await tables.is_handle_taken(tx, skeleton(handle), person):
            return handle
    return read_handle(f"somebody-{secrets.token_hex(8)}")
