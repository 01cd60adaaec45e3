"""What kind of file an upload is, by its bytes alone. Pure; runs before any library is let near them.

Only two containers are let in. Everything else that a demuxer knows (playlists that name other files, archives, pages, pictures)
is turned away here, and so is a video that is something else as well.
"""

from collections.abc import Iterator
from enum import StrEnum

from walkon.consent.enrolment import UploadFault, UploadRefused


class Container(StrEnum):
    """A container and the demuxer that reads it."""

    MP4 = "mov"
    WEBM = "matroska"


# ISO/IEC 14496-12, box types that may stand at the top of a file; `wide` is QuickTime's.
_TOP = {
    b"ftyp",
    b"moov",
    b"mdat",
    b"free",
    b"skip",
    b"wide",
    b"uuid",
    b"meta",
    b"moof",
    b"mfra",
    b"sidx",
    b"ssix",
    b"styp",
    b"emsg",
    b"prft",
}
# Brands of still pictures in the same container (ISO/IEC 23008-12, AVIF).
_PICTURES = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif"}
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 22 + 0xFFFF


def container_of(body: bytes) -> Container:
    """The container. Raises UploadRefused: NOT_A_VIDEO, POLYGLOT, TRUNCATED."""
    if body[4:8] == b"ftyp":
        if body[8:12] in _PICTURES:
            raise UploadRefused(UploadFault.NOT_A_VIDEO)
        _check_boxes(body)
        found = Container.MP4
    elif body.startswith(_EBML):
        _check_segment(body)
        found = Container.WEBM
    else:
        raise UploadRefused(UploadFault.NOT_A_VIDEO)
    if _is_archive(body):
        raise UploadRefused(UploadFault.POLYGLOT)
    return found


def _check_boxes(body: bytes) -> None:
    seen = set(_boxes(body))
    if b"moov" not in seen:
        raise UploadRefused(UploadFault.TRUNCATED)


def _boxes(body: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(body):
        size, kind = int.from_bytes(body[at : at + 4], "big"), body[at + 4 : at + 8]
        header = 8
        if size == 1:
            size, header = int.from_bytes(body[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(body) - at
        if kind not in _TOP or size < header:
            raise UploadRefused(UploadFault.POLYGLOT)
        if at + size > len(body):
            raise UploadRefused(UploadFault.TRUNCATED)
        yield kind
        at += size


def _check_segment(body: bytes) -> None:
    """RFC 8794: the header, then one segment, which may not say its size (a browser's recording) and else must end the file."""
    at, size = _element(body, len(_EBML))
    header = body[at : at + size] if size is not None else b""
    if b"webm" not in header and b"matroska" not in header:
        raise UploadRefused(UploadFault.NOT_A_VIDEO)
    at += size or 0
    if not body[at:].startswith(_SEGMENT):
        raise UploadRefused(UploadFault.TRUNCATED if at >= len(body) else UploadFault.POLYGLOT)
    at, size = _element(body, at + len(_SEGMENT))
    if size is not None and at + size > len(body):
        raise UploadRefused(UploadFault.TRUNCATED)
    if size is not None and at + size < len(body):
        raise UploadRefused(UploadFault.POLYGLOT)


def _element(body: bytes, at: int) -> tuple[int, int | None]:
    """Where an element's content begins and how long it is, None where it does not say; `at` is where its size stands."""
    first = body[at] if at < len(body) else 0
    length = 9 - first.bit_length()
    if not first or at + length > len(body):
        raise UploadRefused(UploadFault.TRUNCATED)
    number = int.from_bytes(body[at : at + length], "big") & ((1 << 7 * length) - 1)
    return at + length, None if number == (1 << 7 * length) - 1 else number


def _is_archive(body: bytes) -> bool:
    """Whether it ends as a zip does: an end record whose comment reaches exactly to the end of the file."""
    tail = body[-_ZIP_TAIL:]
    at = tail.rfind(_ZIP_END)
    return at >= 0 and len(tail) - at >= 22 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)
