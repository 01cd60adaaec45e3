"""Columns that are noise to whoever has the store without the key file: names, words, and the ids that are somebody's name.

Statements are written as for any other column: a value is sealed on its way to the database and opened on its way back. What is
looked for by equality is sealed alike each time (AES-SIV, RFC 5297), anything else differently each time (AES-GCM).
"""

import base64
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from sqlalchemy import Dialect, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from walkon.store.faults import StoreSealed, Unkeepable
from walkon.store.sealing import NONCE_BYTES, SealBroken
from walkon.store.text import is_keepable

PAGE = "web:"
"""What an id of the page begins with. The rest is the name that somebody gave, where other platforms have a number."""

ID = "id"
"""The place of every id: the same account is the same text in every table, so that tables can be joined."""

_HELD_BY = "walkon_seal"


class Seal:
    """Seals and opens the values of one store. place: which column they belong to; a value in another column does not open."""

    __slots__ = ("_each", "_same")

    def __init__(self, key: bytes) -> None:
        self._each = AESGCM(key)
        self._same = AESSIV(hmac.digest(key, b"walkon: sealed alike", "sha512"))

    def close(self, plain: bytes, place: str) -> bytes:
        """Sealed, differently each time. One key is good for 2**32 values (NIST SP 800-38D, 8.3)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._each.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """What `close` sealed. Raises SealBroken."""
        try:
            return self._each.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise SealBroken(place) from None

    def close_alike(self, plain: bytes, place: str) -> bytes:
        """Sealed, alike each time. plain: not empty."""
        return self._same.encrypt(plain, [place.encode()])

    def open_alike(self, sealed: bytes, place: str) -> bytes:
        """What `close_alike` sealed. Raises SealBroken."""
        try:
            return self._same.decrypt(sealed, [place.encode()])
        except (InvalidTag, ValueError):
            raise SealBroken(place) from None


def give_seal(dialect: Dialect, seal: Seal) -> None:
    """From now on the columns of this engine open. Each engine has a dialect of its own."""
    setattr(dialect, _HELD_BY, seal)


def seal_of(dialect: Dialect) -> Seal:
    """What opens the columns of this engine. Raises StoreSealed before it was given."""
    seal: Seal | None = getattr(dialect, _HELD_BY, None)
    if seal is None:
        raise StoreSealed
    return seal


class Sealed(TypeDecorator[str]):
    """A text that is only read. Nothing and the empty text stay what they are. place: `table.column`. short: the letters of its
    column in a file; a server's holds any number.
    """

    impl = Text
    cache_ok = True

    def __init__(self, place: str, short: int | None = None) -> None:
        super().__init__()
        self.place = place
        self.short = short

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Text; a file, which counts no letters, keeps the type it was made with."""
        return Text() if self.short is None or dialect.name == "postgresql" else String(self.short)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text, sealed."""
        return self.closed(value, seal_of(dialect)) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text again. Raises SealBroken."""
        return self.opened(value, seal_of(dialect)) if value else value

    def closed(self, plain: str, seal: Seal) -> str:
        """As it lies in the database."""
        return _written(seal.close(_bytes(plain), self.place))

    def opened(self, sealed: str, seal: Seal) -> str:
        """What lies there so."""
        return seal.open(_read(sealed, self.place), self.place).decode()


class SealedName(Sealed):
    """A text that is looked for by equality: whoever has the store sees which are the same, and none of them."""

    cache_ok = True

    def closed(self, plain: str, seal: Seal) -> str:
        """As it lies in the database."""
        return _written(seal.close_alike(_bytes(plain), self.place))

    def opened(self, sealed: str, seal: Seal) -> str:
        """What lies there so."""
        return seal.open_alike(_read(sealed, self.place), self.place).decode()


class SealedId(SealedName):
    """The id of an account or a place. What a platform numbered stays as it is, what begins with PAGE is a name and is sealed."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(ID, 128)

    def closed(self, plain: str, seal: Seal) -> str:
        """As it lies in the database: the platform can still be told."""
        return PAGE + super().closed(plain.removeprefix(PAGE), seal) if _is_named(plain) else plain

    def opened(self, sealed: str, seal: Seal) -> str:
        """What lies there so."""
        return PAGE + super().opened(sealed.removeprefix(PAGE), seal) if _is_named(sealed) else sealed


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that are only read. place: `table.column`."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """The bytes, sealed."""
        return None if value is None else self.closed(value, seal_of(dialect))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """The bytes again. Raises SealBroken."""
        return None if value is None else self.opened(value, seal_of(dialect))

    def closed(self, plain: bytes, seal: Seal) -> bytes:
        """As they lie in the database."""
        return seal.close(plain, self.place)

    def opened(self, sealed: bytes, seal: Seal) -> bytes:
        """What lies there so."""
        return seal.open(bytes(sealed), self.place)


def _is_named(id: str) -> bool:
    return id.startswith(PAGE) and id != PAGE


def _bytes(plain: str) -> bytes:
    if not is_keepable(plain):
        raise Unkeepable(ascii(plain[:40]))
    return plain.encode()


def _written(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode()


def _read(written: str, place: str) -> bytes:
    try:
        return base64.b64decode(written, altchars=b"-_", validate=True)
    except ValueError:
        raise SealBroken(place) from None
