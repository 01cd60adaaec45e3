"""The witness: a file beside the key file that remembers what the store may not forget, and is in no backup of it.

It holds tombstones and the heads of the ledger that were published. Each line carries a keyed hash of itself and of the line
before, so that nothing is taken out or changed unseen by whoever lacks the key file.
"""

import fcntl
import hmac
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from walkon.store.keys import Keys
from walkon.store.ledger import Head
from walkon.store.tombstones import Tombstone
from walkon.types.errors import SetupError

MAC_LETTERS = 32


@dataclass(frozen=True, slots=True)
class Shown:
    """A head of the ledger that was shown to the outside, or accepted as it stands by whoever keeps this host."""

    head: Head
    at: datetime


Remark = Tombstone | Shown


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    at: datetime
    kind: str
    subject: str


class Witness:
    """The file. Processes of one host may share it; whoever reads it sees whole lines."""

    def __init__(self, key_file: Path, keys: Keys) -> None:
        self.path = key_file.with_name(key_file.name + ".witness")
        self._keys = keys

    def read(self) -> list[Remark]:
        """Everything it remembers, oldest first; nothing where there is no file yet. Raises SetupError where it was altered.

        A last line that a crash cut short was never believed, and does not count.
        """
        return [remark for remark, _ in self._lines()]

    def head(self) -> Head | None:
        """The last head it remembers."""
        return next((remark.head for remark in reversed(self.read()) if isinstance(remark, Shown)), None)

    def add(self, remarks: Iterable[Remark]) -> None:
        """Remember these, durably, in this order."""
        bodies = [msgspec.json.encode(_line(remark)).decode() for remark in remarks]
        if not bodies:
            return
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # another process of this host may write too
            whole = list(self._lines())
            mac = whole[-1][1] if whole else ""
            file.truncate(file.read().rfind(b"\n") + 1)
            file.seek(0, os.SEEK_END)
            for body in bodies:
                mac = self._mac(mac, body)
                file.write(f"{mac} {body}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def _lines(self) -> Iterator[tuple[Remark, str]]:
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return
        before = ""
        for number, line in enumerate(text[: text.rfind("\n") + 1].splitlines(), 1):
            mac, _, body = line.partition(" ")
            if not hmac.compare_digest(mac, self._mac(before, body)):
                raise SetupError(f"{self.path}:{number} was altered, or is another store's. Put its copy back.")
            before = mac
            yield _remark(msgspec.json.decode(body, type=_Line)), mac

    def _mac(self, before: str, body: str) -> str:
        return self._keys.mac(f"witness {before} {body}".encode()).hex()[:MAC_LETTERS]


def _line(remark: Remark) -> _Line:
    if isinstance(remark, Shown):
        return _Line(at=remark.at, kind="head", subject=str(remark.head))
    return _Line(at=remark.at, kind=remark.kind, subject=remark.subject)


def _remark(line: _Line) -> Remark:
    if line.kind == "head":
        size, _, root = line.subject.partition(":")
        return Shown(Head(int(size), bytes.fromhex(root)), line.at)
    return msgspec.convert({"kind": line.kind, "subject": line.subject, "at": line.at}, type=Tombstone)
