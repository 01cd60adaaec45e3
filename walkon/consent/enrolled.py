"""What an enrolment leaves: its entry in the ledger, and what is in the vault for as long as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from walkon.consent import enrolment_tables as tables
from walkon.consent.artefacts import Artefact, ArtefactKind
from walkon.consent.enrolment import Enrolment, EnrolmentState
from walkon.consent.vault import ArtefactGone, Vault
from walkon.store.keys import Keys
from walkon.store.ledger import Ledger
from walkon.store.thread import Transaction
from walkon.types.ids import PersonId

KEPT = (ArtefactKind.STILL, ArtefactKind.VOICE)
"""What stays after an acceptance."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Steps over a transaction. People are resolved persons."""

    keys: Keys

    async def begin(self, tx: Transaction, enrolment: Enrolment, now: datetime) -> None:
        """It was accepted: stills and voice stay, everything else of the person goes, former enrolments with all they had."""
        await tables.keep(tx, enrolment)
        await tables.supersede(tx, enrolment)
        await self.write_down(tx, enrolment, now)
        vault = Vault(self.keys)
        everything = await vault.of(tx, self.keys.person_key(enrolment.person))
        await vault.destroy(tx, [one for one in everything if one.version != enrolment.id or one.kind not in KEPT])

    async def end(self, tx: Transaction, enrolment: Enrolment, now: datetime) -> None:
        """It came to nothing, or is over: nothing of it stays but the record."""
        await tables.keep(tx, enrolment)
        await self.write_down(tx, enrolment, now)
        await Vault(self.keys).destroy(tx, await self.artefacts(tx, enrolment))

    async def let_go(self, tx: Transaction, person: PersonId, now: datetime) -> None:
        """The person lends nothing any more: every still and the voice are destroyed, also what waits for an operator."""
        accepted = await tables.accepted_of(tx, person)
        for enrolment in [*await tables.open_of(tx, person), *([accepted] if accepted else [])]:
            await self.end(tx, replace(enrolment, state=EnrolmentState.WITHDRAWN, decided_at=now), now)

    async def references_of(self, tx: Transaction, person: PersonId) -> tuple[bytes, ...]:
        """The stills of somebody who is enrolled, opened in memory; none for anybody else. Raises SealBroken."""
        return tuple(await self._opened(tx, person, ArtefactKind.STILL))

    async def voice_of(self, tx: Transaction, person: PersonId) -> bytes | None:
        """The voice sample of somebody who is enrolled and gave one. Raises SealBroken."""
        found = await self._opened(tx, person, ArtefactKind.VOICE)
        return found[0] if found else None

    async def artefacts(self, tx: Transaction, enrolment: Enrolment) -> Sequence[Artefact]:
        """What the vault has of this enrolment."""
        return await Vault(self.keys).of(tx, self.keys.person_key(enrolment.person), version=enrolment.id)

    async def write_down(self, tx: Transaction, enrolment: Enrolment, now: datetime) -> None:
        """Its present state, into the ledger."""
        facts = {
            "enrolment": enrolment.id,
            "verdicts": [f"{verdict.question}: {verdict.outcome}" for verdict in enrolment.verdicts],
            "level": enrolment.level,
            "by": self.keys.person_key(enrolment.decided_by) if enrolment.decided_by else None,
            "reason": enrolment.reason or enrolment.fault,
        }
        about = self.keys.person_key(enrolment.person)
        await Ledger(self.keys).append(tx, f"enrolment.{enrolment.state}", about, payload=facts, at=now)

    async def _opened(self, tx: Transaction, person: PersonId, kind: ArtefactKind) -> list[bytes]:
        enrolment = await tables.accepted_of(tx, person)
        if enrolment is None:
            return []
        vault = Vault(self.keys)
        try:
            return [await vault.open(tx, one) for one in await self.artefacts(tx, enrolment) if one.kind is kind]
        except ArtefactGone:
            return []
