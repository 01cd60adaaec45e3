"""The host's own authority: made once, kept from others, renewed in time, refused when unfit."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from walkon.provenance.certificates import brought_credentials, existing_credentials, now, own_credentials
from walkon.types.errors import SetupError


def test_an_authority_is_made_at_the_first_need_and_kept(tmp_path: Path) -> None:
    first = own_credentials(tmp_path / "keys" / "signing", now())
    assert own_credentials(tmp_path / "keys" / "signing", now()) == first
    assert existing_credentials(tmp_path / "keys" / "signing") == first


def test_looking_makes_nothing(tmp_path: Path) -> None:
    assert existing_credentials(tmp_path / "signing") is None
    assert not list(tmp_path.iterdir())


def test_every_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    own_credentials(tmp_path / "signing", now())
    keys = list((tmp_path / "signing").glob("*.key"))
    assert len(keys) == 3
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert stat.S_IMODE((tmp_path / "signing").stat().st_mode) == 0o700


def test_the_chain_is_signer_and_issuer_and_not_the_root(tmp_path: Path) -> None:
    made = own_credentials(tmp_path / "signing", now())
    signer, issuing = x509.load_pem_x509_certificates(made.chain.encode())
    root = x509.load_pem_x509_certificate(made.anchor.encode())
    signer.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    assert signer.not_valid_after_utc - now() <= timedelta(days=366)


def test_certificates_name_no_person_and_no_machine(tmp_path: Path) -> None:
    made = own_credentials(tmp_path / "signing", now())
    names = [part.value for part in x509.load_pem_x509_certificates(made.chain.encode())[0].subject]
    assert names[0] == "walkon host"
    assert not any(os.uname().nodename in str(name) for name in names)


def test_the_signer_is_renewed_30_days_before_it_ends_under_the_same_root(tmp_path: Path) -> None:
    first = own_credentials(tmp_path / "signing", now())
    same = own_credentials(tmp_path / "signing", now() + timedelta(days=330))
    later = own_credentials(tmp_path / "signing", now() + timedelta(days=340))
    assert same == first
    assert later.chain != first.chain
    assert later.anchor == first.anchor


def test_a_renewal_cut_off_in_the_middle_leaves_the_old_pair(tmp_path: Path) -> None:
    first = own_credentials(tmp_path / "signing", now())
    (tmp_path / "signing" / "signer-abc123.key").write_text("begun")
    assert own_credentials(tmp_path / "signing", now()) == first
    own_credentials(tmp_path / "signing", now() + timedelta(days=340))
    assert len(list((tmp_path / "signing").glob("signer-*.key"))) == 1


def test_renewing_needs_no_root_key(tmp_path: Path) -> None:
    first = own_credentials(tmp_path / "signing", now())
    (tmp_path / "signing" / "root.key").unlink()
    assert own_credentials(tmp_path / "signing", now() + timedelta(days=340)).chain != first.chain


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_may_read_is_refused_with_the_mend(tmp_path: Path, mode: int) -> None:
    made = own_credentials(tmp_path / "signing", now())
    made.key.chmod(mode)
    with pytest.raises(SetupError, match=f"chmod 600 {made.key}"):
        own_credentials(tmp_path / "signing", now())


def test_a_missing_key_is_refused_with_the_mend(tmp_path: Path) -> None:
    own_credentials(tmp_path / "signing", now()).key.unlink()
    with pytest.raises(SetupError, match=r"cannot be read .+ move the folder away"):
        own_credentials(tmp_path / "signing", now())


def test_a_key_under_its_first_name_signs_until_the_renewal(tmp_path: Path) -> None:
    first = own_credentials(tmp_path / "signing", now())
    old = first.key.rename(tmp_path / "signing" / "signer.key")
    found = own_credentials(tmp_path / "signing", now())
    assert (found.key, found.chain, existing_credentials(tmp_path / "signing")) == (old, first.chain, found)
    later = own_credentials(tmp_path / "signing", now() + timedelta(days=340))
    assert later.anchor == first.anchor
    assert not old.exists()


def test_a_key_under_its_first_name_that_is_of_another_certificate_is_refused(tmp_path: Path) -> None:
    own_credentials(tmp_path / "signing", now()).key.unlink()
    own_credentials(tmp_path / "other", now()).key.rename(tmp_path / "signing" / "signer.key")
    with pytest.raises(SetupError, match="not the key of the certificate"):
        own_credentials(tmp_path / "signing", now())


def test_a_certificate_and_a_key_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    one, other = own_credentials(tmp_path / "one", now()), own_credentials(tmp_path / "other", now())
    chain = tmp_path / "chain.pem"
    chain.write_text(one.chain)
    assert brought_credentials(chain, one.key).ends == one.ends
    with pytest.raises(SetupError, match="not the key of the certificate"):
        brought_credentials(chain, other.key)


@pytest.mark.parametrize("content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"])
def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "chain.pem").write_text(content)
    with pytest.raises(SetupError, match="certificate"):
        brought_credentials(tmp_path / "chain.pem", tmp_path / "key.pem")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="keeps the certificate"):
        own_credentials(tmp_path / "file" / "signing", now())
