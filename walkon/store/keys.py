"""The key file: what turns a copy of the store into noise for whoever lacks it.

It holds versioned wrapping keys, the pepper that hides who people are, and the key that signs receipts. It lies outside the data
directory, because a backup or a stolen disk of that directory must not carry it.
"""

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from walkon.types.errors import SetupError, WalkonError
from walkon.types.ids import PersonId, PersonKey

KEY_BYTES = 32
"""Of every key in the file: AES-256, HMAC-SHA256 and an Ed25519 seed all take 32."""


@dataclass(eq=False)
class KeysMissing(WalkonError):
    """There is no key file at `path`."""

    path: Path


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in the file. wrapping: by version; signing: Ed25519 seeds by key id. A newer release's file is refused, not cut."""

    format: int
    wrapping: dict[int, bytes]
    wrapping_current: int
    pepper: bytes
    signing: dict[str, bytes]
    signing_current: str


class Keys:
    """The keys in memory. Nothing here prints or logs one."""

    __slots__ = ("_file",)

    def __init__(self, file: _File) -> None:
        self._file = file

    @classmethod
    def new(cls) -> "Keys":
        """Fresh keys, not written anywhere."""
        kid, seed = _signing_key()
        wrapping = {1: secrets.token_bytes(KEY_BYTES)}
        pepper = secrets.token_bytes(KEY_BYTES)
        return cls(_File(format=1, wrapping=wrapping, wrapping_current=1, pepper=pepper, signing={kid: seed}, signing_current=kid))

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """The keys in the file. Raises KeysMissing, SetupError where it is unfit or others may read it."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise KeysMissing(path) from None
        except OSError as error:
            raise SetupError(f"{path}: {error.strerror}. The user that runs walkon must be able to read its key file.") from error
        with os.fdopen(descriptor, "rb") as file:
            if problem := _exposed(os.fstat(file.fileno()), path):
                raise SetupError(problem)
            body = file.read(1 << 20)
        try:
            return cls(_checked(msgspec.json.decode(body, type=_File)))
        except (msgspec.DecodeError, ValueError):
            raise SetupError(f"{path} is no key file of this release, or is damaged. Put its backup in its place.") from None

    def write(self, path: Path, *, replace: bool = False) -> None:
        """Write the file for its owner alone, durably. replace: take the place of what is there; else FileExistsError."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(self._file)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(path) if replace else os.link(part, path)
        finally:
            part.unlink(missing_ok=True)
        _settle(path.parent)

    @property
    def id(self) -> str:
        """What this file is recognised by; says nothing about what is in it. Rotation leaves it as it is."""
        return hmac.digest(self._file.pepper, b"walkon key file", "sha256")[:8].hex()

    def person_key(self, person: PersonId) -> PersonKey:
        """The account's name in vault, ledger and receipts: to be recomputed only by whoever holds the pepper."""
        return PersonKey(hmac.digest(self._file.pepper, person.encode(), "sha256").hex())

    def mac(self, data: bytes) -> bytes:
        """A hash of the data that only the holder of this file can make; 32 bytes."""
        return hmac.digest(self._file.pepper, b"mac " + data, "sha256")

    @property
    def wrapping_version(self) -> int:
        """The version that wraps new keys."""
        return self._file.wrapping_current

    def wrapping(self, version: int) -> bytes | None:
        """The wrapping key of that version, None if the file has no such version (any more)."""
        return self._file.wrapping.get(version)

    @property
    def signing_id(self) -> str:
        """The id of the key that signs now."""
        return self._file.signing_current

    @property
    def signing_seed(self) -> bytes:
        """The Ed25519 seed that signs now."""
        return self._file.signing[self._file.signing_current]

    @property
    def public(self) -> Mapping[str, bytes]:
        """The raw public key of every signing key, also of those that sign no longer, by key id."""
        return {kid: _public(seed) for kid, seed in self._file.signing.items()}

    def rotated(self) -> "Keys":
        """The same with a fresh wrapping key as the current one; the older ones stay until nothing is wrapped by them."""
        version = max(self._file.wrapping) + 1
        wrapping = {**self._file.wrapping, version: secrets.token_bytes(KEY_BYTES)}
        return Keys(msgspec.structs.replace(self._file, wrapping=wrapping, wrapping_current=version))

    def without_older(self) -> "Keys":
        """The same without the wrapping keys that are no longer current: what they wrapped can never be opened again."""
        current = self._file.wrapping_current
        return Keys(msgspec.structs.replace(self._file, wrapping={current: self._file.wrapping[current]}))

    def __repr__(self) -> str:
        return f"Keys({self.id})"


def made_or_read(path: Path, data_dir: Path) -> Keys:
    """The keys at `path`, made if there are none yet. Raises SetupError: unfit, exposed, or inside the data directory."""
    if problem := misplaced(path, data_dir):
        raise SetupError(problem)
    try:
        return Keys.read(path)
    except KeysMissing:
        try:
            Keys.new().write(path)
        except FileExistsError:
            return Keys.read(path)  # another process of this host was first
        except OSError as error:
            raise SetupError(f"{path}: {error.strerror}. Name a place that walkon may write to once, [consent] key_file.") from error
    return Keys.read(path)


def misplaced(path: Path, data_dir: Path) -> str | None:
    """Why a key file may not lie there, None where it may."""
    if path.resolve().is_relative_to(data_dir.resolve()):
        return f"{path} lies in the data directory, so whoever copies that has the keys too. Set [consent] key_file to a place outside."
    return None


def _exposed(status: os.stat_result, path: Path) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return f"{path} is no file. Set [consent] key_file to the key file itself."
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return f"{path} can be read or changed by other users of this machine. As its owner: chmod 600 {path}"
    if status.st_uid not in (os.geteuid(), 0):
        return f"{path} belongs to another user of this machine. Give it to the user that runs walkon."
    return None


def _checked(file: _File) -> _File:
    secrets_held = (*file.wrapping.values(), file.pepper, *file.signing.values())
    if file.format != 1 or file.wrapping_current not in file.wrapping or file.signing_current not in file.signing:
        raise ValueError
    if any(len(secret) != KEY_BYTES for secret in secrets_held):
        raise ValueError
    return file


def _signing_key() -> tuple[str, bytes]:
    seed = secrets.token_bytes(KEY_BYTES)
    return hashlib.sha256(_public(seed)).hexdigest()[:16], seed


def _public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _settle(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
