"""What can still be told of a file, whoever made it and whatever was done to it."""

import asyncio
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.provenance.filming import film
from tests.waiting import until
from walkon.provenance.boxes import C2PA_UUID, manifest_box
from walkon.provenance.certificates import Credentials, now, own_credentials
from walkon.provenance.manifest import SigningFailed, Source, Statement, sign
from walkon.provenance.verify import Mark, examine

DRAWN = Statement(source=Source.ALGORITHM, engine="animatic")
MADE = Statement(source=Source.MODEL, engine="diffusers")
Clip = Callable[[str], Path]


@pytest.fixture
def signed(clip: Clip, credentials: Credentials) -> Path:
    path = clip("signed.mp4")
    sign(path, MADE, credentials)
    return path


async def test_a_clip_of_this_host_is_known_by_its_statement(signed: Path, credentials: Credentials) -> None:
    found = await examine(signed, credentials.anchor)
    assert (found.mark, found.altered, found.drawn) == (Mark.SIGNED, (), False)
    assert found.signer.startswith("walkon signer")


async def test_the_line_of_clips_before_a_remix_is_counted(clip: Clip, signed: Path, credentials: Credentials) -> None:
    parent = signed
    for name in ("second.mp4", "third.mp4"):
        path = clip(name)
        sign(path, replace(DRAWN, parent=parent), credentials)
        parent = path
    found = await examine(parent, credentials.anchor)
    assert (found.mark, found.made_from, found.drawn) == (Mark.SIGNED, 2, True)


async def test_a_changed_clip_is_said_to_be_changed_and_not_to_be_ours(signed: Path, credentials: Credentials) -> None:
    content = bytearray(signed.read_bytes())
    content[-200] ^= 1
    signed.write_bytes(content)
    found = await examine(signed, credentials.anchor)
    assert (found.mark, found.altered) == (Mark.CHANGED, ("assertion.bmffHash.mismatch",))


async def test_a_statement_pasted_on_another_film_does_not_make_it_ours(tmp_path: Path, signed: Path, credentials: Credentials) -> None:
    box = manifest_box(signed)
    assert box
    stolen = signed.read_bytes()[box.start : box.start + box.size]
    other = film(tmp_path / "other.mp4", shade=20).read_bytes()
    head = int.from_bytes(other[:4], "big")
    (tmp_path / "forged.mp4").write_bytes(other[:head] + stolen + other[head:])
    assert (await examine(tmp_path / "forged.mp4", credentials.anchor)).mark is Mark.CHANGED


async def test_somebody_elses_certificate_of_the_same_name_is_foreign(clip: Clip, tmp_path: Path, credentials: Credentials) -> None:
    path = clip("clip.mp4")
    sign(path, DRAWN, own_credentials(tmp_path / "forger", now()))
    assert (await examine(path, credentials.anchor)).mark is Mark.FOREIGN
    assert (await examine(path, "")).mark is Mark.FOREIGN


async def test_a_statement_whose_certificate_has_ended_is_said_to_be_so(clip: Clip, tmp_path: Path) -> None:
    path, short = signed_while_it_was_good(clip, tmp_path)
    await until(lambda: now() > short.ends + timedelta(seconds=1))
    assert (await examine(path, short.anchor)).mark is Mark.EXPIRED


def signed_while_it_was_good(clip: Clip, folder: Path) -> tuple[Path, Credentials]:
    """A clip and the certificate that signed it, which ends as soon as this machine can sign by it."""
    for good_for_s in (1.5, 6, 24):
        short = own_credentials(folder / f"good for {good_for_s} s", now() - timedelta(days=365) + timedelta(seconds=good_for_s))
        path = clip(f"{good_for_s}.mp4")
        with suppress(SigningFailed):
            sign(path, DRAWN, short)
        if now() < short.ends:
            return path, short
    raise AssertionError("nothing can be signed here")


async def test_a_copy_that_was_written_anew_shows_no_mark(signed: Path, tmp_path: Path, credentials: Credentials) -> None:
    copy = tmp_path / "copy.mp4"
    await asyncio.to_thread(subprocess.run, ["ffmpeg", "-v", "error", "-i", signed, "-c", "copy", copy], check=True)
    assert (await examine(copy, credentials.anchor)).mark is Mark.NONE


async def test_an_address_in_a_statement_is_never_asked(tmp_path: Path, credentials: Credentials) -> None:
    """A file that points elsewhere for its statement would let anybody see who verifies it, or reach into this network."""
    asked: list[bytes] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="http://127.0.0.1:{port}/m.c2pa"/></rdf:RDF></x:xmpmeta>'  # noqa: E501
    body = bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + xmp.encode()
    content = film(tmp_path / "clip.mp4", seconds=0.5).read_bytes()
    (tmp_path / "clip.mp4").write_bytes(content + (len(body) + 8).to_bytes(4, "big") + b"uuid" + body)
    async with server:
        found = await examine(tmp_path / "clip.mp4", credentials.anchor)
    assert found.mark in (Mark.NONE, Mark.BROKEN)
    assert asked == []


FTYP = b"\0\0\0\x18ftypisom\0\0\2\0isommp41"
HOSTILE = {
    "empty": (b"", Mark.NONE),
    "text": (b"Safety: Safe", Mark.NONE),
    "a statement of 2 GB, it says": (bytes.fromhex("00000001") + b"uuid" + (2 << 30).to_bytes(8, "big") + bytes(64), Mark.NONE),
    "boxes that end nowhere": (b"\0\0\0\x18ftypisom" + b"\xff" * 200, Mark.NONE),
    "a statement that is noise": (FTYP + (1040).to_bytes(4, "big") + b"uuid" + C2PA_UUID + bytes(1016), Mark.BROKEN),
    "a zip": (b"PK\x03\x04" + bytes(100), Mark.NONE),
}  # fmt: skip


@pytest.mark.parametrize(("content", "mark"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_file_is_no_clip_of_ours_and_harms_nothing(
    tmp_path: Path, credentials: Credentials, content: bytes, mark: Mark
) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    assert (await examine(tmp_path / "clip.mp4", credentials.anchor)).mark is mark


async def test_a_reader_that_takes_too_long_is_ended(signed: Path, credentials: Credentials) -> None:
    assert (await examine(signed, credentials.anchor, limit_s=0.001)).mark is Mark.UNREAD
