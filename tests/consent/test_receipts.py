"""Receipts: signed by this host, altered by nobody, in the terms of the standard."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey

from walkon.consent.receipts import (
    Circumstances,
    Controller,
    Event,
    EventState,
    Notice,
    Purpose,
    PurposeRecord,
    Receipt,
    ReceiptInvalid,
    sign,
    verify,
)
from walkon.store.keys import Keys
from walkon.types.ids import PersonId

KEYS = Keys.new()
LEA = KEYS.person_key(PersonId("discord:1"))
RECEIPT = Receipt(
    record_id="urn:uuid:8d0a6f0e-0000-4000-8000-000000000000",
    pii_principal_id=LEA,
    privacy_notice=Notice(uri="/sora privacy", version="1", hash="00"),
    language="fr",
    purposes=(
        PurposeRecord(
            purpose=Purpose.LIKENESS_FACE, pii_controllers=(Controller(party_id=KEYS.id),), pii_information=("reference stills",)
        ),
    ),
    event=Event(time=datetime(2026, 11, 24, tzinfo=UTC), state=EventState.REFUSED, duration="for good", entity=LEA, manner="reaction"),
    walkon=Circumstances(clip="7KQ2M9", words="ab" * 32),
)
SIGNED = sign(RECEIPT, KEYS)


def test_a_receipt_is_read_back_by_whoever_has_the_public_key() -> None:
    assert verify(SIGNED, KEYS.public) == RECEIPT


def test_it_says_what_it_is_in_the_header_and_uses_the_names_of_the_standard() -> None:
    header, payload, _ = (base64.urlsafe_b64decode(part + "==") for part in SIGNED.split("."))
    assert json.loads(header) == {"alg": "Ed25519", "typ": "consent+jws", "kid": KEYS.signing_id}
    record = json.loads(payload)
    assert {"schema_version", "record_id", "pii_principal_id", "privacy_notice", "language", "purposes", "event"} <= record.keys()
    assert {"purpose", "lawful_basis", "pii_controllers", "retention_period", "withdrawal_method"} <= record["purposes"][0].keys()
    assert record["event"]["state"] == "refused"


# The last letter of the signature carries four bits that base64 drops; every other letter counts.
@given(st.integers(0, len(SIGNED) - 2), st.sampled_from("ABCDEFGH.-_0"))
def test_one_altered_letter_is_found(at: int, letter: str) -> None:
    if SIGNED[at] == letter:
        return
    with pytest.raises(ReceiptInvalid):
        verify(SIGNED[:at] + letter + SIGNED[at + 1 :], KEYS.public)


def with_header(**header: str) -> str:
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return ".".join([encoded, *SIGNED.split(".")[1:]])


def test_a_token_cannot_choose_its_algorithm() -> None:
    none = with_header(alg="none", typ="consent+jws", kid=KEYS.signing_id).rpartition(".")[0] + "."
    shared = OctKey.import_key(KEYS.public[KEYS.signing_id])
    hmac = jws.serialize_compact({"alg": "HS256", "typ": "consent+jws", "kid": KEYS.signing_id}, b"{}", shared, algorithms=["HS256"])
    for forged in (none, hmac, with_header(alg="EdDSA", typ="consent+jws", kid=KEYS.signing_id)):
        with pytest.raises(ReceiptInvalid):
            verify(forged, KEYS.public)


def test_another_host_s_receipt_and_another_kind_of_token_are_refused() -> None:
    other = Keys.new()
    with pytest.raises(ReceiptInvalid, match="not signed by this host"):
        verify(sign(RECEIPT, other), KEYS.public)
    with pytest.raises(ReceiptInvalid, match="not signed by this host"):
        verify(with_header(alg="Ed25519", typ="JWT", kid=KEYS.signing_id), KEYS.public)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "x" * 70_000, "é.é.é"])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(ReceiptInvalid):
        verify(text, KEYS.public)


def test_receipts_stay_valid_after_a_rotation() -> None:
    assert verify(SIGNED, KEYS.rotated().public) == RECEIPT
