"""What is sealed: AES-256-GCM with a random nonce, bound to what it is for, under keys that are themselves wrapped.

The additional data names the place a thing belongs to, so that two sealed things changed for each other do not open.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from walkon.store.keys import KEY_BYTES
from walkon.types.errors import WalkonError

CHUNK_BYTES = 1 << 20
"""Plain bytes of a chunk at most, so that a large thing is opened without holding it twice."""
NONCE_BYTES = 12
"""NIST SP 800-38D, 5.2.1.1: the length GCM is fastest and safest with."""


@dataclass(eq=False)
class SealBroken(WalkonError):
    """It does not open: altered, cut, or in another's place. `place`: where it was read from."""

    place: str


def new_key() -> bytes:
    """A fresh key for sealing."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plain: bytes, place: str) -> bytes:
    """The nonce, then the sealed bytes. place: what it is and where it belongs; needed again to open it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """What was sealed. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):
        raise SealBroken(place) from None


def seal_chunks(key: bytes, plain: bytes, place: str) -> list[bytes]:
    """The same in chunks. Each knows its index and whether it is the last: none can be dropped, doubled or moved unseen."""
    starts = range(0, max(1, len(plain)), CHUNK_BYTES)
    last = len(starts) - 1
    return [seal(key, plain[at : at + CHUNK_BYTES], _chunk_place(place, index, index == last)) for index, at in enumerate(starts)]


def unseal_chunks(key: bytes, chunks: Sequence[bytes], place: str) -> bytes:
    """What was sealed in chunks. Raises SealBroken."""
    if not chunks:
        raise SealBroken(place)
    last = len(chunks) - 1
    return b"".join(unseal(key, chunk, _chunk_place(place, index, index == last)) for index, chunk in enumerate(chunks))


def wrap(wrapping: bytes, key: bytes) -> bytes:
    """The key, wrapped (RFC 3394): 8 bytes longer, and safe to store."""
    return aes_key_wrap(wrapping, key)


def unwrap(wrapping: bytes, wrapped: bytes, place: str) -> bytes:
    """The key that was wrapped. Raises SealBroken."""
    try:
        return aes_key_unwrap(wrapping, wrapped)
    except (InvalidUnwrap, ValueError):
        raise SealBroken(place) from None


def _chunk_place(place: str, index: int, last: bool) -> str:
    return f"{place}|{index}|{'last' if last else 'more'}"
