"""Every decision is an entry and a receipt, written with its effect; its person alone reads them, a stranger can check them."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.consent.village import ANA, LEA, Village
from walkon.consent import enrolment_tables, tables
from walkon.consent.artefacts import ArtefactKind
from walkon.consent.asking import Consent, Lasting
from walkon.consent.casting import Caster
from walkon.consent.deciding import Decider
from walkon.consent.enrolled import Enrolled
from walkon.consent.enrolment import Enrolment, EnrolmentState, IdentityLevel, new_challenge
from walkon.consent.likeness import Part
from walkon.consent.proof import Proof
from walkon.consent.receipts import EventState, Purpose, Receipt, verify
from walkon.consent.vault import Vault
from walkon.store import merkle, sealed_keys
from walkon.store.audit import audit
from walkon.store.database import Transaction
from walkon.store.keys import Keys


class ProvedVillage(Village):
    """The same, with decisions written down as on a host."""

    keys = Keys.new()

    @property
    def proof(self) -> Proof:
        return Proof(self.keys)

    @property
    def decider(self) -> Decider:
        return Decider(self.proof.record)

    @property
    def caster(self) -> Caster:
        return replace(super().caster, record=self.proof.record)

    async def receipts(self, person: str = LEA) -> list[Receipt]:
        entries = await self.do(lambda tx: self.proof.receipts_of(tx, person))
        return [verify(token, self.keys.public) for entry in entries for token in entry.payload["receipts"]]

    async def export(self, person: str = LEA) -> dict[str, Any]:
        return json.loads(await self.do(lambda tx: self.proof.export(tx, person)))

    async def with_stills(self, person: str = LEA) -> None:
        """As after an enrolment: a still in the vault, and the record of who let it in."""
        challenge = new_challenge(person, self.clock.now(), name="Lea", tries_left=2)

        async def step(tx: Transaction) -> None:
            await enrolment_tables.add(tx, challenge)
            enrolment = await enrolment_tables.get(tx, challenge.id)
            assert isinstance(enrolment, Enrolment)
            owner = self.keys.person_key(person)
            kind = ArtefactKind.STILL
            await Vault(self.keys).put(tx, owner, b"face", version=challenge.id, kind=kind, number=0, now=self.clock.now())
            accepted = replace(enrolment, state=EnrolmentState.ACCEPTED, level=IdentityLevel.CHALLENGE_AND_OPERATOR)
            await Enrolled(self.keys).begin(tx, accepted, self.clock.now())

        await self.do(step)


@pytest.fixture
def proved(village: Village) -> ProvedVillage:
    return ProvedVillage(village.database, village.clock)


async def test_a_yes_leaves_a_receipt_for_each_part_with_what_was_agreed(proved: ProvedVillage) -> None:
    await proved.with_stills()
    await proved.enrol(LEA)
    terms = proved.terms()
    casting = await proved.cast(terms, LEA, parts=frozenset(Part))
    await proved.approve(casting.asks[0], LEA, terms, Consent(parts=frozenset(Part), lasting=Lasting.THIS_CLIP))
    given = [one for one in await proved.receipts() if one.event.state is EventState.GIVEN and one.walkon.clip == terms.clip]
    assert [one.purposes[0].purpose for one in given] == [Purpose.LIKENESS_FACE, Purpose.LIKENESS_VOICE]
    one = given[0]
    assert (one.pii_principal_id, one.walkon.requester) == (proved.keys.person_key(LEA), proved.keys.person_key(ANA))
    assert (one.walkon.may_travel, one.walkon.channel) == (False, terms.place)
    assert one.walkon.identity_level == "challenge_and_operator"
    digest = terms.digest(frozenset(Part)).hex()
    assert one.walkon.words == hashlib.sha256(f"{one.walkon.words_salt}{digest}".encode()).hexdigest()
    assert len({one.record_id for one in given}) == 2


async def test_a_no_and_a_silence_are_evidence_too(proved: ProvedVillage) -> None:
    await proved.enrol(LEA)
    first, second = proved.terms(), proved.terms()
    refused = await proved.cast(first, LEA)
    await proved.cast(second, LEA)
    await proved.refuse(refused.asks[0], LEA)
    proved.clock.pass_s(25 * 3600)
    await proved.do(lambda tx: proved.decider.expire(tx, proved.clock.now()))
    states = {one.walkon.clip: one.event.state for one in await proved.receipts() if one.walkon.clip}
    assert states == {first.clip: EventState.REFUSED, second.clip: EventState.EXPIRED}


async def test_nobody_is_named_in_a_receipt_or_in_the_open_part_of_the_ledger(proved: ProvedVillage) -> None:
    await proved.enrol(LEA)
    await proved.agreed(proved.terms("CANARY words of the prompt"), LEA)
    exported = json.dumps(await proved.export()) + "".join(repr(one) for one in await proved.receipts())
    for secret in (LEA, ANA, "Lea", "CANARY"):
        assert secret not in exported


async def test_a_stranger_can_check_an_export_with_nothing_but_the_head(proved: ProvedVillage) -> None:
    await proved.enrol(LEA)
    await proved.agreed(proved.terms(), LEA)
    export = await proved.export()
    public = {kid: bytes.fromhex(key) for kid, key in export["ed25519_public_keys"].items()}
    size, root = export["head"]["size"], bytes.fromhex(export["head"]["root"])
    assert len(export["entries"]) == 3
    for entry in export["entries"]:
        assert all(verify(token, public) for token in entry["receipts"])
        proof = [bytes.fromhex(node) for node in entry["inclusion"]]
        assert merkle.included(bytes.fromhex(entry["leaf_hash"]), entry["seq"], size, proof, root)


async def test_a_question_behind_a_closed_door_is_no_news_to_its_owner(proved: ProvedVillage) -> None:
    await proved.cast(proved.terms("a political rally"), LEA)
    await proved.enrol(LEA, audience="only_me")
    casting = await proved.cast(proved.terms(), LEA)
    assert not casting.asks[0].heard
    assert not any(one.walkon.clip == casting.asks[0].clip for one in await proved.receipts())


async def test_revoking_empties_the_vault_in_the_same_transaction(proved: ProvedVillage) -> None:
    await proved.with_stills()
    await proved.enrol(LEA)
    assert await proved.do(lambda tx: Enrolled(proved.keys).references_of(tx, LEA)) == (b"face",)
    with pytest.raises(RuntimeError):

        async def step(tx: Transaction) -> None:
            await proved.decider.revoke(tx, LEA, proved.clock.now())
            raise RuntimeError

        await proved.database.write(step)
    assert await proved.do(lambda tx: Enrolled(proved.keys).references_of(tx, LEA)) == (b"face",)
    await proved.do(lambda tx: proved.decider.revoke(tx, LEA, proved.clock.now()))
    assert await proved.do(lambda tx: Enrolled(proved.keys).references_of(tx, LEA)) == ()
    assert await proved.do(lambda tx: tables.likeness_of(tx, LEA)) is None


async def test_attack_28_after_forgetting_the_old_receipt_still_verifies_and_the_ledger_s_words_are_gone(proved: ProvedVillage) -> None:
    await proved.enrol(LEA)
    await proved.agreed(proved.terms(), LEA)
    entries = await proved.do(lambda tx: proved.proof.receipts_of(tx, LEA))
    kept = await proved.export()
    await proved.do(lambda tx: sealed_keys.destroy_all_of(tx, proved.keys.person_key(LEA)))
    assert await proved.receipts() == []
    assert verify(kept["entries"][0]["receipts"][0], proved.keys.public)
    found = await proved.do(lambda tx: tx.run_sync(lambda connection: audit(connection, proved.keys)))
    assert (found.sound, found.forgotten) == (True, len(entries))
