"""The boxes of an mp4 file (ISO/IEC 14496-12): just enough to find them, rename one, or leave one out."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The type of the top-level `uuid` box that holds a manifest (C2PA technical specification 2, BMFF embedding)."""
_HOLDERS = (b"moov", b"trak")
MOST_BOXES = 10_000


@dataclass(frozen=True, slots=True)
class Box:
    """A box: where it starts, how long it is with its header, and how long that header is, in bytes."""

    kind: bytes
    start: int
    size: int
    header: int


class BrokenBoxes(ValueError):
    """The file's boxes do not add up."""


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes that lie side by side from start to end. Raises BrokenBoxes."""
    for _ in range(MOST_BOXES):
        if start == end:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            raise BrokenBoxes
        size, kind, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            raise BrokenBoxes
        yield Box(kind, start, size, header)
        start += size
    raise BrokenBoxes


def neutralise_user_data(path: Path) -> int:
    """Rename every `udta` box in `moov` and its tracks to `free`; returns how many.

    Encoders write the box whether asked to or not, and a platform that empties it later would break the signature, which
    covers `moov`. Renamed, there is nothing left to empty, and no offset moves. Raises BrokenBoxes.
    """
    with path.open("r+b") as file:
        found = list(_user_data(file, 0, path.stat().st_size))
        for box in found:
            file.seek(box.start + 4)
            file.write(b"free")
            file.write(bytes(box.size - box.header))
    return len(found)


def _user_data(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    for box in list(boxes(file, start, end)):
        if box.kind in _HOLDERS:
            yield from _user_data(file, box.start + box.header, box.start + box.size)
        elif box.kind == b"udta" and box.header == 8:
            yield box


def manifest_box(path: Path) -> Box | None:
    """The box that holds the file's manifest, None where there is none or the file is no mp4."""
    with path.open("rb") as file:
        try:
            for box in boxes(file, 0, path.stat().st_size):
                if box.kind == b"uuid":
                    file.seek(box.start + box.header)
                    if file.read(16) == C2PA_UUID:
                        return box
        except BrokenBoxes:
            return None
    return None


def copy_without(source: Path, target: Path, box: Box) -> None:
    """Copy the file but for one box. Offsets inside are not moved: the copy is for hashing, not for playing."""
    with source.open("rb") as reading, target.open("wb") as writing:
        writing.write(reading.read(box.start))
        reading.seek(box.start + box.size)
        shutil.copyfileobj(reading, writing, 1 << 20)
