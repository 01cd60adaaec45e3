"""A clip says that those in it agreed, in a way that only they can connect with themselves."""

import json
import re

from tests.troupe import LEA, TOM, Troupe
from walkon.bot import agreeing
from walkon.consent.asking import Consent
from walkon.consent.likeness import Part
from walkon.consent.receipts import EventState, verify
from walkon.provenance.manifest import Statement, manifest_of
from walkon.store.ledger import Ledger


async def made(troupe: Troupe, words: str, **options: object) -> Statement:
    """What was signed of the clip that was asked for and rendered."""
    await troupe.agreed(words, **options)
    lease = await troupe.claim()
    assert lease
    assert await troupe.render(lease, proof=troupe.house.proof)
    return troupe.finisher.signed[-1]


async def held_by(troupe: Troupe, person: str) -> dict[str, EventState]:
    """The receipts that a person has, by their ids."""
    exported = json.loads(await troupe.house.database.read(lambda tx: troupe.house.proof.export(tx, person)))
    found = [verify(token, troupe.house.keys.public) for entry in exported["entries"] for token in entry["receipts"]]
    return {receipt.record_id: receipt.event.state for receipt in found}


async def test_everybody_in_a_clip_finds_their_own_receipt_in_it_and_nobody_elses(troupe: Troupe) -> None:
    agreement = (await made(troupe, "@lea surfs with @tom")).agreement
    assert agreement and agreement.people == 2
    lea, tom = await held_by(troupe, LEA), await held_by(troupe, TOM)
    assert [id in lea for id in agreement.receipts].count(True) == 1
    assert [id in tom for id in agreement.receipts].count(True) == 1
    assert {(lea | tom)[id] for id in agreement.receipts} == {EventState.GIVEN}


async def test_face_and_voice_have_a_receipt_each(troupe: Troupe) -> None:
    agreement = (await made(troupe, '@lea surfs, "hello" says @lea', given=Consent(parts=frozenset(Part)))).agreement
    assert agreement and (agreement.people, len(agreement.receipts)) == (1, 2)


async def test_it_names_the_ledger_as_it_stood_so_that_nothing_before_can_be_unsaid(troupe: Troupe) -> None:
    agreement = (await made(troupe, "@lea surfs")).agreement
    assert agreement
    await made(troupe, "@tom surfs")
    ledger = Ledger(troupe.house.keys)
    head = await troupe.house.database.read(ledger.head)
    assert agreement.log_size < head.size
    assert (await troupe.house.database.read(lambda tx: ledger.root(tx, agreement.log_size))).hex() == agreement.log_root


async def test_two_clips_of_one_person_share_nothing_that_could_connect_them(troupe: Troupe) -> None:
    one, other = [(await made(troupe, words)).agreement for words in ("@lea surfs", "@lea dances")]
    assert one and other
    assert not set(one.receipts) & set(other.receipts)


async def test_nothing_of_a_person_stands_in_it(troupe: Troupe) -> None:
    statement = await made(troupe, "@lea surfs at noon")
    said = json.dumps(manifest_of(statement)).lower()
    key = troupe.house.keys.person_key(LEA)
    for word in ("lea", "ana", "web:", "surfs", "noon", key, key[:16]):
        assert word not in re.sub(r"urn:uuid:[0-9a-f-]+", "", said), word


async def test_a_clip_without_people_says_nothing(troupe: Troupe) -> None:
    assert (await made(troupe, "a dog runs")).agreement is None


async def test_a_yes_that_was_taken_back_is_in_no_clip(troupe: Troupe) -> None:
    clip = await troupe.agreed("@lea surfs")
    await agreeing.take_back(troupe.house, LEA, [clip.id])
    assert await troupe.house.database.read(lambda tx: troupe.house.proof.agreed_to(tx, clip.id)) == []
