"""A press that codes nothing, and the room in front of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from walkon.engine import slips
from walkon.engine.pressroom import PressRoom
from walkon.engine.ring import Ring, new_ring

PATIENCE_S = 20.0


class PaperPress:
    """Notes what comes."""

    def __init__(self, wire: Connection) -> None:
        self._wire, self.heard = wire, list[str]()
        self._news = threading.Condition()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                message = self._wire.recv()
            except (EOFError, OSError):
                return
            with self._news:
                self.heard.append(type(message).__name__)
                self._news.notify_all()
            match message:
                case slips.Ping():
                    self._wire.send(message)
                case slips.Filled(slot):
                    self._wire.send(slips.Freed(slot))
                case slips.End():
                    self._wire.send(slips.Sealed(bytes=1, loudness_lufs=-16.0, cpu_s=0.0))

    def has(self, name: str, count: int) -> bool:
        """Whether so many of these came, within a while."""
        with self._news:
            return self._news.wait_for(lambda: self.heard.count(name) >= count, PATIENCE_S)


@contextmanager
def paper_press() -> Iterator[tuple[PaperPress, PressRoom]]:
    """A press and its room, for as long as they are needed."""
    ours, theirs = Pipe()
    yield PaperPress(theirs), PressRoom(Ring(new_ring()), ours)
    ours.close()
