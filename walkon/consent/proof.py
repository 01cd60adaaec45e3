"""What a decision leaves behind: its entry in the ledger, with a signed receipt for each purpose it was about.

Where somebody lends nothing any more, the vault is emptied in the same transaction.
"""

import hashlib
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from walkon.consent import enrolment_tables, tables
from walkon.consent import guardian_tables as guardians
from walkon.consent.decisions import Decision, DecisionKind
from walkon.consent.enrolled import Enrolled
from walkon.consent.floors import floor_of
from walkon.consent.receipts import Circumstances, Controller, Event, EventState, Notice, Purpose, PurposeRecord, Receipt, sign, verify
from walkon.store.accounts import accounts_of
from walkon.store.keys import Keys
from walkon.store.ledger import Entry, Ledger
from walkon.store.thread import Transaction
from walkon.store.tombstones import TombstoneKind, bury
from walkon.types.ids import ClipId, PersonId

STATES: Mapping[DecisionKind, EventState] = {
    DecisionKind.ASKED: EventState.REQUESTED,
    DecisionKind.APPROVED: EventState.GIVEN,
    DecisionKind.GRANTED: EventState.GIVEN,
    DecisionKind.PERMITTED: EventState.GIVEN,
    DecisionKind.ENROLLED: EventState.GIVEN,
    DecisionKind.REFUSED: EventState.REFUSED,
    DecisionKind.EXPIRED: EventState.EXPIRED,
    DecisionKind.VOIDED: EventState.SUPERSEDED,
    DecisionKind.WITHDRAWN: EventState.WITHDRAWN,
    DecisionKind.TAKEN_BACK: EventState.WITHDRAWN,
    DecisionKind.PERMISSION_ENDED: EventState.WITHDRAWN,
    DecisionKind.REVOKED: EventState.WITHDRAWN,
}
"""The decisions that a receipt is made for, and what each is in the terms of the standard."""

_YES = frozenset(f"consent.{kind}" for kind in (DecisionKind.APPROVED, DecisionKind.GRANTED))
"""The entries that say yes to one clip."""

BURIED: Mapping[DecisionKind, TombstoneKind] = {
    DecisionKind.TAKEN_BACK: TombstoneKind.GRANT,
    DecisionKind.PERMISSION_ENDED: TombstoneKind.PERMISSION,
    DecisionKind.REVOKED: TombstoneKind.LIKENESS,
}
"""The decisions that no backup may undo, and what each ended; the fact of that name says which."""

GUARDING: Mapping[DecisionKind, TombstoneKind] = {
    DecisionKind.GUARDED: TombstoneKind.GUARDED,
    DecisionKind.UNGUARDED: TombstoneKind.UNGUARDED,
    DecisionKind.CAME_OF_AGE: TombstoneKind.UNGUARDED,
    DecisionKind.LINKED: TombstoneKind.GUARDED,
}
"""The decisions after which every account of a person is looked after, or none is, whatever a backup says; LINKED where one was."""

KEPT = {
    Purpose.LIKENESS_FACE: ("reference stills",),
    Purpose.LIKENESS_VOICE: ("voice sample",),
    Purpose.STORE_REFERENCE: ("reference stills", "voice sample"),
}
"""What personal data a purpose is about."""

NOTICE = Notice(uri="/sora privacy", version="1", hash=hashlib.sha256(b"walkon privacy notice 1").hexdigest())


@dataclass(frozen=True, slots=True)
class Proof:
    """Writes decisions down and gives them out again."""

    keys: Keys

    async def record(self, tx: Transaction, decision: Decision) -> None:
        """Write the decision down; a `decisions.Record`."""
        ledger, others = Ledger(self.keys), {role: self.keys.person_key(person) for role, person in decision.others.items()}
        level = await self._level(tx, decision.about)
        payload = {**decision.facts, **others, "receipts": [sign(one, self.keys) for one in self._receipts(decision, level)]}
        about = self.keys.person_key(decision.about)
        await ledger.append(tx, f"consent.{decision.kind}", about, payload=payload, at=decision.at)
        if (buried := BURIED.get(decision.kind)) and (subject := decision.facts.get(buried)):
            await bury(tx, buried, str(subject), decision.at)
        await self._remember_guarding(tx, decision)
        await self._remember_rules(tx, decision)
        if decision.kind is DecisionKind.REVOKED:
            await Enrolled(self.keys).let_go(tx, decision.about, decision.at)
        if decision.kind is DecisionKind.LINKED:
            # What an account had begun before it was joined is not the person's; they begin anew.
            await Enrolled(self.keys).let_go(tx, decision.others["account"], decision.at)

    async def _remember_guarding(self, tx: Transaction, decision: Decision) -> None:
        kind = GUARDING.get(decision.kind)
        guarded = kind and await guardians.guardianship_of(tx, decision.about, decision.at)
        if kind and (guarded or decision.kind is DecisionKind.CAME_OF_AGE):
            for account in await accounts_of(tx, decision.about):
                await bury(tx, kind, self.keys.person_key(account), decision.at)

    async def _remember_rules(self, tx: Transaction, decision: Decision) -> None:
        if decision.kind is DecisionKind.RULES_CHANGED and (likeness := await tables.likeness_of(tx, decision.about)):
            await bury(tx, TombstoneKind.RULES, floor_of(likeness), decision.at)
        if decision.kind is DecisionKind.DOOR_CLOSED:
            for account in await accounts_of(tx, decision.about):
                await bury(tx, TombstoneKind.DOOR, self.keys.person_key(account), decision.at)

    async def receipts_of(self, tx: Transaction, person: PersonId) -> Sequence[Entry]:
        """What was decided about a person, whatever account they used then, oldest first; receipts are in `payload["receipts"]`."""
        ledger = Ledger(self.keys)
        accounts = await accounts_of(tx, person)
        entries = [entry for account in accounts for entry in await ledger.about(tx, self.keys.person_key(account))]
        return sorted((entry for entry in entries if (entry.payload or {}).get("receipts")), key=lambda entry: entry.seq)

    async def agreed_to(self, tx: Transaction, clip: ClipId) -> Sequence[str]:
        """The ids of the receipts that people hold for their yes to a clip, as far as it stands. They are random and name nobody."""
        owners = dict.fromkeys(grant.owner for grant in await tables.grants_of(tx, clip) if grant.withdrawn_at is None)
        newest: dict[PersonId, Sequence[str]] = {}
        for owner in owners:
            for entry in await Ledger(self.keys).about(tx, self.keys.person_key(owner)):
                facts = entry.payload or {}
                if entry.kind in _YES and facts.get("clip") == clip:
                    newest[owner] = facts["receipts"]
        return [verify(token, self.keys.public).record_id for tokens in newest.values() for token in tokens]

    async def export(self, tx: Transaction, person: PersonId) -> bytes:
        """All receipts of a person as one JSON file, with what a stranger needs to check them: keys, head, proofs."""
        ledger = Ledger(self.keys)
        head = await ledger.head(tx)
        found = [await self._exported(tx, ledger, entry, head.size) for entry in await self.receipts_of(tx, person)]
        public = {kid: key.hex() for kid, key in self.keys.public.items()}
        whole = {"head": {"size": head.size, "root": head.root.hex()}, "ed25519_public_keys": public, "entries": found}
        return msgspec.json.format(msgspec.json.encode(whole))

    async def _exported(self, tx: Transaction, ledger: Ledger, entry: Entry, size: int) -> dict[str, Any]:
        proof = await ledger.inclusion(tx, entry.seq, size)
        return {
            "seq": entry.seq,
            "at": entry.at,
            "kind": entry.kind,
            "leaf_hash": entry.leaf_hash.hex(),
            "inclusion": [node.hex() for node in proof],
            "receipts": (entry.payload or {})["receipts"],
        }

    async def _level(self, tx: Transaction, person: PersonId) -> str:
        accepted = await enrolment_tables.accepted_of(tx, person)
        return str(accepted.level) if accepted else "none"

    def _receipts(self, decision: Decision, level: str) -> Iterator[Receipt]:
        state = STATES.get(decision.kind)
        # A question that its owner never heard, and its end, are no news to them.
        if state is None or decision.facts.get("heard") is False:
            return
        for purpose in _purposes(decision):
            yield Receipt(
                record_id=uuid.uuid4().urn,
                pii_principal_id=self.keys.person_key(decision.about),
                privacy_notice=NOTICE,
                language="en",
                purposes=(self._purpose(purpose),),
                event=Event(
                    time=decision.at,
                    state=state,
                    duration=str(decision.facts.get("until") or "until withdrawn"),
                    entity=self.keys.person_key(decision.about),
                    manner=str(decision.kind),
                ),
                walkon=self._circumstances(decision, level),
            )

    def _purpose(self, purpose: Purpose) -> PurposeRecord:
        return PurposeRecord(purpose=purpose, pii_controllers=(Controller(party_id=self.keys.id),), pii_information=KEPT[purpose])

    def _circumstances(self, decision: Decision, level: str) -> Circumstances:
        facts, salt = decision.facts, secrets.token_hex(16)
        digest = facts.get("digest")
        requester = decision.others.get("requester")
        refused = facts.get("refused")
        return Circumstances(
            clip=_text(facts.get("clip")),
            requester=self.keys.person_key(requester) if requester else None,
            words=hashlib.sha256(f"{salt}{digest}".encode()).hexdigest() if digest else None,
            words_salt=salt if digest else None,
            audience=_text(facts.get("audience")),
            refused_topics=tuple(refused) if isinstance(refused, list) else (),
            channel=_text(facts.get("place")),
            may_travel=bool(facts.get("may_travel")),
            covers_remix=bool(facts.get("covers_remix")),
            identity_level=level,
            guardian="guardian" in decision.others,
        )


def _purposes(decision: Decision) -> tuple[Purpose, ...]:
    parts = decision.facts.get("parts")
    named = tuple(Purpose(f"likeness-{part}") for part in parts) if isinstance(parts, list) else ()
    if decision.kind in (DecisionKind.ENROLLED, DecisionKind.REVOKED):
        return (*named, Purpose.STORE_REFERENCE)
    return named or (Purpose.LIKENESS_FACE,)


def _text(value: object) -> str | None:
    return str(value) if value else None
