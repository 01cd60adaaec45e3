"""A signed clip says how it was made, and any change of it shows."""

import os
import socket
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import c2pa
import pytest

from tests.provenance.filming import film, read
from walkon.provenance.boxes import boxes, manifest_box
from walkon.provenance.certificates import Credentials, now, own_credentials
from walkon.provenance.manifest import CONSENT, ROOM, Agreement, SigningFailed, Source, Statement, room_for, sign

DRAWN = Statement(source=Source.ALGORITHM, engine="animatic")
MADE = Statement(source=Source.MODEL, engine="diffusers")
Clip = Callable[[str], Path]


@pytest.fixture
def signed(clip: Clip, credentials: Credentials) -> Path:
    path = clip("signed.mp4")
    sign(path, DRAWN, credentials)
    return path


def kinds(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        return [box.kind for box in boxes(file, 0, path.stat().st_size)]


def test_a_signed_clip_is_trusted_by_whoever_trusts_the_host(signed: Path, credentials: Credentials) -> None:
    assert read(signed, credentials.anchor).state == "Trusted"


@pytest.mark.parametrize(("statement", "term"), [(DRAWN, "algorithmicMedia"), (MADE, "trainedAlgorithmicMedia")])
def test_it_says_whether_a_program_or_a_model_made_it(clip: Clip, credentials: Credentials, statement: Statement, term: str) -> None:
    path = clip("clip.mp4")
    sign(path, statement, credentials)
    (action,) = read(path, credentials.anchor).actions
    assert action["action"] == "c2pa.created"
    assert action["digitalSourceType"].endswith(f"/{term}")
    assert action["softwareAgent"]["name"] == f"walkon {statement.engine}"


def test_a_remix_names_the_clip_it_was_made_from_and_keeps_its_statement(clip: Clip, signed: Path, credentials: Credentials) -> None:
    remix = clip("remix.mp4")
    sign(remix, replace(MADE, parent=signed), credentials)
    found = read(remix, credentials.anchor)
    assert found.state == "Trusted"
    assert [action["action"] for action in found.actions] == ["c2pa.opened", "c2pa.edited"]
    (parent,) = found.manifest["ingredients"]
    assert parent["relationship"] == "parentOf"
    assert parent["active_manifest"] == read(signed, credentials.anchor).active


AGREED = Agreement(people=2, receipts=(f"urn:uuid:{uuid.UUID(int=7)}", f"urn:uuid:{uuid.UUID(int=8)}"), log_size=9, log_root="ab" * 32)


def test_it_says_how_many_agreed_and_which_receipts_they_hold_and_names_nobody(clip: Clip, credentials: Credentials) -> None:
    path = clip("clip.mp4")
    sign(path, replace(MADE, agreement=AGREED), credentials)
    found = read(path, credentials.anchor)
    (said,) = [part for part in found.manifest["assertions"] if part["label"] == CONSENT]
    assert said["data"] == {
        "v": 1,
        "people": 2,
        "receipts": list(AGREED.receipts),
        "log": {"size": 9, "root": AGREED.log_root},
    }
    assert said["created"]
    assert found.state == "Trusted"


def test_a_clip_in_which_nobody_real_is_says_nothing_of_agreement(signed: Path, credentials: Credentials) -> None:
    assert [part["label"] for part in read(signed, credentials.anchor).manifest["assertions"]].count(CONSENT) == 0


def test_a_receipt_that_was_exchanged_shows(clip: Clip, credentials: Credentials) -> None:
    path = clip("clip.mp4")
    sign(path, replace(MADE, agreement=AGREED), credentials)
    content = path.read_bytes()
    path.write_bytes(content.replace(AGREED.receipts[0].encode(), f"urn:uuid:{uuid.UUID(int=9)}".encode()))
    assert "assertion.hashedURI.mismatch" in read(path, credentials.anchor).failures


def test_a_long_line_of_remixes_stays_small(clip: Clip, credentials: Credentials) -> None:
    parent = None
    sizes = []
    for number in range(24):
        path = clip(f"{number}.mp4")
        before = path.stat().st_size
        room = room_for(parent)
        sign(path, replace(DRAWN, parent=parent), credentials)
        sizes.append(path.stat().st_size - before)
        assert sizes[-1] <= room
        parent = path
    assert max(sizes) <= 2 * 128 * 1024
    assert read(path, credentials.anchor).state == "Trusted"


def test_it_plays_as_before_and_starts_at_once(clip: Clip, signed: Path) -> None:
    before = clip("before.mp4")
    assert kinds(signed).index(b"moov") < kinds(signed).index(b"mdat")
    with av.open(str(before)) as old, av.open(str(signed)) as new:
        assert new.duration == old.duration
        assert [stream.frames for stream in new.streams] == [stream.frames for stream in old.streams]
        assert [packet.pts for packet in new.demux()] == [packet.pts for packet in old.demux()]


def test_the_size_is_told_and_fits_the_room_that_was_left_for_it(clip: Clip, credentials: Credentials) -> None:
    path = clip("clip.mp4")
    before = path.stat().st_size
    seal = sign(path, DRAWN, credentials)
    assert seal.bytes == path.stat().st_size <= before + ROOM


def test_a_film_is_known_again_whenever_it_is_signed(clip: Clip, credentials: Credentials) -> None:
    one, two = clip("one.mp4"), clip("two.mp4")
    assert sign(one, DRAWN, credentials).film == sign(two, MADE, credentials).film
    assert one.read_bytes() != two.read_bytes()


def test_a_platform_that_empties_user_data_finds_none(signed: Path) -> None:
    assert b"udta" not in signed.read_bytes()


def flip_in(kind: bytes) -> Callable[[bytes], bytes]:
    def flip(content: bytes) -> bytes:
        at = content.index(kind) + 200
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    return flip


TAMPERED = {
    "a bit in the pictures": flip_in(b"mdat"),
    "a bit in the statement": flip_in(b"c2pa.claim"),
    "a bit in the tables": flip_in(b"stsz"),
    "bytes at the end": lambda content: content + b"\0\0\0\0",
    "a free box at the end": lambda content: content + (16).to_bytes(4, "big") + b"free12345678",
    "a skip box at the end": lambda content: content + (16).to_bytes(4, "big") + b"skip12345678",
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED.keys())
def test_whatever_is_changed_shows(signed: Path, credentials: Credentials, tamper: Callable[[bytes], bytes]) -> None:
    signed.write_bytes(tamper(signed.read_bytes()))
    try:
        assert read(signed, credentials.anchor).state == "Invalid"
    except c2pa.C2paError:
        assert b"c2pa" in signed.read_bytes()


def test_the_statement_of_one_clip_put_on_another_is_invalid(tmp_path: Path, signed: Path, credentials: Credentials) -> None:
    box = manifest_box(signed)
    assert box
    stolen = signed.read_bytes()[box.start : box.start + box.size]
    other = film(tmp_path / "other.mp4", shade=30).read_bytes()
    other_ftyp = int.from_bytes(other[:4], "big")
    (tmp_path / "forged.mp4").write_bytes(other[:other_ftyp] + stolen + other[other_ftyp:])
    found = read(tmp_path / "forged.mp4", credentials.anchor)
    assert found.state == "Invalid"
    assert any("bmffHash" in code for code in found.failures)


def test_a_certificate_that_somebody_makes_under_the_same_name_is_not_trusted(clip: Clip, tmp_path: Path, credentials: Credentials) -> None:
    forger = own_credentials(tmp_path / "forger", now())
    path = clip("clip.mp4")
    sign(path, DRAWN, forger)
    found = read(path, credentials.anchor)
    assert found.state == "Valid"
    assert "signingCredential.untrusted" in found.failures or found.state != "Trusted"


def test_a_clip_signed_before_a_renewal_stays_trusted(clip: Clip, tmp_path: Path) -> None:
    first = own_credentials(tmp_path / "signing", now())
    path = clip("clip.mp4")
    sign(path, DRAWN, first)
    renewed = own_credentials(tmp_path / "signing", now() + timedelta(days=340))
    assert renewed.chain != first.chain
    assert read(path, renewed.anchor).state == "Trusted"


def test_a_copy_without_its_statement_has_none(signed: Path, tmp_path: Path, credentials: Credentials) -> None:
    copy = tmp_path / "copy.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", signed, "-c", "copy", copy], check=True)
    with pytest.raises(c2pa.C2paError):
        read(copy, credentials.anchor)
    assert manifest_box(copy) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path, credentials: (path.write_bytes(b"no film"), credentials)[1],
        lambda path, credentials: replace(credentials, chain="nonsense"),
        lambda path, credentials: replace(credentials, key=path.with_name("none.key")),
        lambda path, credentials: replace(credentials, chain=credentials.anchor),
    ],
    ids=["no mp4", "no certificate", "no key", "another's certificate"],
)
def test_what_could_not_be_signed_is_removed(
    clip: Clip, credentials: Credentials, spoil: Callable[[Path, Credentials], Credentials]
) -> None:
    path = clip("clip.mp4")
    with pytest.raises(SigningFailed):
        sign(path, DRAWN, spoil(path, credentials))
    assert not list(path.parent.glob("clip*"))


def test_nothing_in_the_file_is_about_a_place_or_a_machine(signed: Path) -> None:
    content = signed.read_bytes().lower()
    words = (socket.gethostname(), str(Path.home()), str(signed.parent), os.environ.get("USER", ""))
    for word in words:
        assert len(word) < 6 or word.lower().encode() not in content, word


@pytest.mark.parametrize("content", [b"", b"\0" * 7, b"\0\0\0\x01moov" + b"\xff" * 8, b"\0\0\0\x04moov", b"\xff" * 64])
def test_broken_boxes_have_no_statement(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.mp4").write_bytes(content)
    assert manifest_box(tmp_path / "broken.mp4") is None
    assert room_for(tmp_path / "broken.mp4") == ROOM
