"""Receipts: what a person can keep to show what was agreed. JSON in the terms of ISO/IEC TS 27560:2023, signed with Ed25519.

One purpose a record. A refusal is recorded as well: it is evidence.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from walkon.store.keys import Keys
from walkon.types.errors import WalkonError
from walkon.types.ids import PersonKey

ALGORITHM = "Ed25519"
"""RFC 9864; `EdDSA` is deprecated there."""
KIND = "consent+jws"
SCHEMA = "ISO/IEC TS 27560:2023"
LONGEST = 64_000
"""Characters of a receipt at most; a real one has about 2,500."""


@dataclass(eq=False)
class ReceiptInvalid(WalkonError):
    """Not a receipt of this host, or altered since."""

    why: str


class Purpose(StrEnum):
    """What personal data may be used for."""

    LIKENESS_FACE = "likeness-face"
    LIKENESS_VOICE = "likeness-voice"
    STORE_REFERENCE = "store-reference"
    PUBLISH = "publish"


class EventState(StrEnum):
    """What happened. The standard names given and withdrawn; the others are walkon's own."""

    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """The words about privacy that applied."""

    uri: str
    version: str
    hash: str


class Controller(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for the data: this host."""

    party_id: str
    role: str = "controller"
    contact: str = "/sora privacy"


class PurposeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One purpose, and everything the person was told about it."""

    purpose: Purpose
    pii_controllers: tuple[Controller, ...]
    pii_information: tuple[str, ...]
    type: str = "optional"
    lawful_basis: str = "explicit consent, GDPR Art. 9(2)(a)"
    collection_method: str = "given by the person in a private chat"
    processing_method: str = "drawn or rendered into the clip named here"
    storage_locations: tuple[str, ...] = ("this host, sealed",)
    retention_period: str = "until withdrawn, or a year without use"
    processing_locations: tuple[str, ...] = ("this host",)
    jurisdiction: str = "where this host is run"
    recipients: tuple[str, ...] = ("the people of the chat the clip is posted in",)
    withdrawal_method: str = "/sora cameo revoke"
    privacy_rights: str = "/sora privacy"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The decision. duration: until when it holds, or in words. entity: who decided. manner: by which action."""

    time: datetime
    state: EventState
    duration: str
    entity: PersonKey
    manner: str
    type: str = "explicit"


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What walkon adds to the standard. words: the hash of `words_salt` and the digest of the prompt and its terms; nobody is named."""

    clip: str | None = None
    requester: PersonKey | None = None
    words: str | None = None
    words_salt: str | None = None
    audience: str | None = None
    refused_topics: tuple[str, ...] = ()
    channel: str | None = None
    may_travel: bool = False
    covers_remix: bool = False
    identity_level: str = "none"
    guardian: bool = False


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The record of one decision about one purpose. record_id: a random `urn:uuid:`."""

    record_id: str
    pii_principal_id: PersonKey
    privacy_notice: Notice
    language: str
    purposes: tuple[PurposeRecord]
    event: Event
    walkon: Circumstances
    schema_version: str = SCHEMA


def sign(receipt: Receipt, keys: Keys) -> str:
    """The receipt as a compact JWS, the form in which it leaves the house."""
    header = {"alg": ALGORITHM, "typ": KIND, "kid": keys.signing_id}
    key = _key(keys.public[keys.signing_id], keys.signing_seed)
    return jws.serialize_compact(header, msgspec.json.encode(receipt, order="deterministic"), key, algorithms=[ALGORITHM])


def verify(token: str, public: Mapping[str, bytes]) -> Receipt:
    """The receipt, if this host signed it. public: `Keys.public`. Raises ReceiptInvalid.

    What the token says about its algorithm is compared with ours, never followed; of its key id only our own count.
    """
    if len(token) > LONGEST:
        raise ReceiptInvalid("too long")
    try:
        header = jws.extract_compact(token.encode()).headers()
        key = public.get(str(header.get("kid")))
        if key is None or header.get("typ") != KIND:
            raise ReceiptInvalid("not signed by this host")
        payload = jws.deserialize_compact(token, _key(key), algorithms=[ALGORITHM]).payload
        return msgspec.json.decode(payload, type=Receipt)
    except (JoseError, msgspec.DecodeError, ValueError):
        raise ReceiptInvalid("altered, or no receipt") from None


def _key(public: bytes, seed: bytes | None = None) -> OKPKey:
    private = {"d": _base64url(seed)} if seed else {}
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _base64url(public), **private})


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
