"""The studio's side of the press: hands over pictures and waits for free slots."""

from collections.abc import Callable
from multiprocessing.connection import Connection

from walkon.engine import slips
from walkon.engine.encode import Picture
from walkon.engine.performance import Samples, SoundTrack
from walkon.engine.port import RenderFailed
from walkon.engine.ring import SLOTS, Ring


class PressGone(Exception):
    """The press has died: this studio cannot finish another clip."""


class PressRoom:
    """The studio's side of the press: fills slots, waits for free ones."""

    def __init__(self, ring: Ring, connection: Connection) -> None:
        self._ring, self._wire = ring, connection
        self._free = list(range(SLOTS))
        self._size = (0, 0)
        self._number = 0

    def _send(self, message: object) -> None:
        try:
            self._wire.send(message)
        except OSError as problem:
            raise PressGone from problem

    def _next(self) -> slips.Sealed | slips.Ping | None:
        try:
            message = self._wire.recv()
        except (EOFError, OSError) as problem:
            raise PressGone from problem
        match message:
            case slips.Freed(slot):
                self._free.append(slot)
            case slips.Broken(reason):
                raise RenderFailed(reason=f"the clip could not be written: {reason}", retryable=True)
            case slips.Sealed() | slips.Ping():
                return message
        return None

    def settle(self) -> None:
        """Leave whatever was begun; returns when the press waits for work. Raises PressGone."""
        self._number += 1
        self._send(slips.Abandon())
        self._send(slips.Ping(self._number))
        while True:
            try:
                if self._next() == slips.Ping(self._number):
                    break
            except RenderFailed:
                continue
        self._free = list(range(SLOTS))

    def begin(self, begin: slips.Begin) -> None:
        """Start a file."""
        self._size = begin.size
        self._send(begin)

    def add(self, draw: Callable[[Picture], None], *, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Let `draw` fill the next free slot and hand it over. meanwhile: called where no slot is free."""
        while self._wire.poll():
            self._next()
        if not self._free:
            meanwhile()
        while not self._free or self._wire.poll():
            self._next()
        slot = self._free.pop()
        draw(self._ring.picture(slot, self._size))
        self._send(slips.Filled(slot))

    def hear(self, heard: SoundTrack | Samples) -> None:
        """Hand over the sound of a file that was begun without it."""
        self._send(slips.Sound(heard))

    def end(self) -> slips.Sealed:
        """Finish the file."""
        self._send(slips.End())
        while True:
            if isinstance(message := self._next(), slips.Sealed):
                return message
