"""The certificate that signs clips: the host's own two-level authority, or one that the host brings.

The files lie in a folder outside the data directory, secret ones readable by their owner alone. `root.key` is needed again
only after five years, so it may be moved to a safe place.
"""

import os
import secrets
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from walkon.types.errors import SetupError

ROOT_YEARS, ISSUING_YEARS, SIGNER_DAYS = 10, 5, 365
RENEW_WITHIN = timedelta(days=30)
"""A signer that ends sooner is replaced, or complained about where the host brought it."""

# The purposes that C2PA's profile knows; with both, every release of c2pa-rs takes the certificate (measured with 0.91.3).
_CLAIM_SIGNING = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
_PURPOSES = x509.ExtendedKeyUsage([_CLAIM_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
_BACKDATED = timedelta(minutes=5)
ROOT, ISSUING, CHAIN = "root", "issuing", "chain.pem"
FIRST_KEY = "signer.key"
"""What the signer's key was called before the chain named it; the content is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a clip is signed with. chain: PEM, the signer first, without the root. anchor: PEM of whom it is trusted by.

    key: the file of the signer's private key; its content is read where it is used and nowhere else. own: made by walkon. tsa_url:
    of an authority that stamps the time (RFC 3161), "" for none.
    """

    chain: str
    key: Path
    anchor: str
    ends: datetime
    own: bool
    tsa_url: str = ""


def own_credentials(folder: Path, now: datetime) -> Credentials:
    """The host's own credentials, made where there are none and renewed 30 days before they end. Raises SetupError."""
    try:
        if not folder.exists():
            _establish(folder, now)
        found = _own(folder)
        if found.ends - now < RENEW_WITHIN:
            _renew(folder, now)
            found = _own(folder)
    except OSError as error:
        raise SetupError(f"{folder}: {error.strerror}. walkon keeps the certificate that signs its clips there.") from error
    return found


def existing_credentials(folder: Path) -> Credentials | None:
    """The host's own credentials as they lie there, None where none were made yet. Raises SetupError."""
    return _own(folder) if folder.exists() else None


def brought_credentials(chain: Path, key: Path) -> Credentials:
    """The host's own certificate, signer first, and its key. Raises SetupError where they are unfit."""
    try:
        text = chain.read_text("ascii")
        certificates = x509.load_pem_x509_certificates(text.encode())
    except (OSError, ValueError) as error:
        raise SetupError(
            f"{chain}: [provenance] certificate is no readable PEM file ({error}). Name the chain, the signer first."
        ) from error
    _match(certificates[0], key, mend="Put it there, or mend its owner, [provenance] private_key.")
    anchor = certificates[-1].public_bytes(Encoding.PEM).decode()
    return Credentials(chain=text, key=key, anchor=anchor, ends=certificates[0].not_valid_after_utc, own=False)


def _own(folder: Path) -> Credentials:
    try:
        chain, anchor = (folder / CHAIN).read_text("ascii"), (folder / f"{ROOT}.pem").read_text("ascii")
        signer = x509.load_pem_x509_certificates(chain.encode())[0]
    except (OSError, ValueError) as error:
        raise SetupError(
            f"{folder}: the certificate that signs clips is damaged ({error}). Put its backup there, or move the folder away."
        ) from error
    key = _key_of(folder, signer)
    _match(signer, key, mend="Put its backup there, or move the folder away: a new certificate is then made.")
    return Credentials(chain=chain, key=key, anchor=anchor, ends=signer.not_valid_after_utc, own=True)


def _key_of(folder: Path, signer: x509.Certificate) -> Path:
    """The key's file; one that lies there under its first name serves until the renewal."""
    named, first = folder / _key_name(signer), folder / FIRST_KEY
    return named if named.exists() or not first.exists() else first


def _match(certificate: x509.Certificate, path: Path, *, mend: str) -> None:
    """Raises SetupError where the key is missing, open to others, or not the certificate's. mend: where it cannot be read."""
    try:
        mode = path.stat().st_mode
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise SetupError(f"{path}: the key that signs clips cannot be read ({error.strerror}). {mend}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SetupError(f"{path}: is no unencrypted PEM key ({error}). Name the key of the certificate.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SetupError(f"{path}: is open to others ({stat.S_IMODE(mode):04o}). Run: chmod 600 {path}")
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise SetupError(f"{path}: is not the key of the certificate that signs clips. Name the pair that belongs together.")


def _establish(folder: Path, now: datetime) -> None:
    """Make the whole authority beside its place and move it there at once, so that two processes never mix theirs."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    draft.mkdir(mode=0o700)
    try:
        root_key, issuing_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = _authority("root", root_key, now, years=ROOT_YEARS, below=1)
        issuing = _authority("issuing", issuing_key, now, years=ISSUING_YEARS, below=0, by=(root, root_key))
        for name, certificate, key in ((ROOT, root, root_key), (ISSUING, issuing, issuing_key)):
            (draft / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
            _write_key(draft / f"{name}.key", key)
        _renew(draft, now)
        try:
            draft.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _renew(folder: Path, now: datetime) -> None:
    """A new signer from the issuing authority."""
    issuing = x509.load_pem_x509_certificate((folder / f"{ISSUING}.pem").read_bytes())
    issuing_key = load_pem_private_key((folder / f"{ISSUING}.key").read_bytes(), None)
    if not isinstance(issuing_key, ec.EllipticCurvePrivateKey):
        raise SetupError(f"{folder / ISSUING}.key: is not walkon's. Put its backup there.")
    key = ec.generate_private_key(ec.SECP256R1())
    ends = min(now + timedelta(days=SIGNER_DAYS), issuing.not_valid_after_utc)
    draft = _draft("signer", key, now, ends, issuer=issuing.subject)
    draft = draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    draft = draft.add_extension(_usage(signs=True), critical=True).add_extension(_PURPOSES, critical=False)
    draft = draft.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing_key.public_key()), critical=False)
    signer = draft.sign(issuing_key, hashes.SHA256())
    # The chain names its key, so that replacing it is the one step that changes both: a crash leaves the old pair or the new.
    _write_key(folder / _key_name(signer), key)
    _replace(folder / CHAIN, lambda path: path.write_bytes(b"".join(part.public_bytes(Encoding.PEM) for part in (signer, issuing))))
    for former in (*folder.glob("signer-*.key"), folder / FIRST_KEY):
        if former.name != _key_name(signer):
            former.unlink(missing_ok=True)


def _key_name(signer: x509.Certificate) -> str:
    return f"signer-{signer.serial_number:x}.key"


def _authority(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    years: int,
    below: int,
    by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
) -> x509.Certificate:
    issuer, issuer_key = (by[0].subject, by[1]) if by else (None, key)
    draft = _draft(name, key, now, now + timedelta(days=365 * years), issuer=issuer)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
    draft = draft.add_extension(_usage(signs=False), critical=True)
    if by:
        draft = draft.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    return draft.sign(issuer_key, hashes.SHA256())


def _draft(
    name: str, key: ec.EllipticCurvePrivateKey, now: datetime, ends: datetime, *, issuer: x509.Name | None
) -> x509.CertificateBuilder:
    # Of no person and no machine: a random name is enough to tell two hosts apart.
    tag = hashes.Hash(hashes.SHA256())
    tag.update(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "walkon host"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"walkon {name} {tag.finalize()[:4].hex()}"),
        ]
    )
    draft = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
    draft = draft.serial_number(x509.random_serial_number()).not_valid_before(now - _BACKDATED).not_valid_after(ends)
    return draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    body = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def write(draft: Path) -> None:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())

    _replace(path, write)


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    write(draft)
    draft.replace(path)


def now() -> datetime:
    """This moment, for whoever has no clock of its own."""
    return datetime.now(UTC)
