"""The child's end of the pipes: takes orders on standard input, tells of them on standard output.

Run as `python -m walkon.engine.desk RING WIRE PARENT`: two inherited file descriptors and the pid it lives and dies with.
"""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import BinaryIO, Protocol

import numpy as np

from walkon.engine import wire
from walkon.engine.lifeline import die_with_parent
from walkon.engine.port import BackendUnavailable, Order, Phase, Rendered, RenderFailed, Spent, Step, TooSmall
from walkon.engine.pressroom import PressGone, PressRoom
from walkon.engine.ring import Ring
from walkon.engine.sound.voice import Voices
from walkon.engine.studio import Stage, Studio
from walkon.types.scene import Kind, Scene, Shot, Subject

REPORT_EVERY_S = 0.05

_FIRST_ON_STAGE = Subject(id="cat", noun="cat", label="cat", kind=Kind.ANIMAL, emoji="🐈")


class Cancelled(Exception):
    """The order was withdrawn."""


class _Desk:
    """The child's end of the pipes. A thread reads orders, so that a stop is heard while a clip is drawn."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source, self._sink = source, sink
        self._orders: SimpleQueue[Order] = SimpleQueue()
        self._stopped = threading.Event()
        self._reported_s = 0.0
        self._phase: Phase | None = None
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while len(head := self._source.read(4)) == 4:
            message = wire.read_down(self._source.read(int.from_bytes(head, "big")))
            if isinstance(message, wire.Make):
                self._stopped.clear()
                self._orders.put(message.order)
            else:
                self._stopped.set()
        os._exit(0)

    def tell(self, message: wire.Up) -> None:
        self._sink.write(wire.packed(message))
        self._sink.flush()

    def report(self, step: Step) -> None:
        if self._stopped.is_set():
            raise Cancelled
        now_s = time.monotonic()
        if step.phase is not self._phase or now_s - self._reported_s >= REPORT_EVERY_S:
            self._phase, self._reported_s = step.phase, now_s
            self.tell(wire.Stepped(step))

    def next_order(self) -> Order:
        order = self._orders.get()
        self._phase = None
        return order


class Maker(Protocol):
    """What makes clips behind a desk."""

    def make_clip(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Make the order's clip in its directory. report may raise to stop it. Raises RenderFailed, PressGone."""


def _answer(studio: Maker, room: PressRoom, desk: _Desk, order: Order) -> wire.Up:
    try:
        return wire.Done(studio.make_clip(order, desk.report))
    except Cancelled:
        room.settle()
        return wire.Stopped()
    except RenderFailed as failure:
        room.settle()
        return wire.Failed(failure.reason, failure.retryable, broken=isinstance(failure, Spent))
    except (OSError, MemoryError) as problem:
        room.settle()
        return wire.Failed(f"the clip could not be written: {problem}", True)
    except PressGone:
        raise
    except Exception as mistake:  # a fault in directing or drawing is the same at every try; the studio itself is unharmed
        traceback.print_exc()
        room.settle()
        return wire.Failed(f"the clip could not be drawn: {type(mistake).__name__}", False)


def serve(stage: Callable[[], Stage], arguments: Sequence[str]) -> None:
    """Make drawn clips until the worker closes the pipe. stage: called once, after the pipes are safe from stray prints."""

    def studio(room: PressRoom, _: Callable[[Step], None]) -> Maker:
        made, voices = stage(), Voices()
        voices.warm()
        made.warm()
        return Studio(made, room, voices)

    serve_maker(studio, arguments, mend="Install walkon with its dependencies, and libegl1 and libgl1 with the system's packages")


def serve_maker(maker: Callable[[PressRoom, Callable[[Step], None]], Maker], arguments: Sequence[str], *, mend: str) -> None:
    """Make clips until the worker closes the pipe. maker: called once, with the press and where to report a long warm-up.

    mend: what to do where a library is missing.
    """
    ring, connection, parent = map(int, arguments)
    die_with_parent(parent)
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    desk = _Desk(sys.stdin.buffer, sink)
    room = PressRoom(Ring(ring), Connection(connection))
    try:
        studio = maker(room, desk.report)
    except BackendUnavailable as problem:
        desk.tell(wire.Unfit(problem.reason, too_small=isinstance(problem, TooSmall)))
        return
    except (ImportError, OSError) as problem:
        desk.tell(wire.Unfit(f"{problem}. {mend}"))
        return
    room.settle()
    desk.tell(wire.Ready(getattr(studio, "words", ""), getattr(studio, "shot_s", 0.0)))
    while True:
        order = desk.next_order()
        room.settle()
        desk.tell(wire.Taken())
        desk.tell(_answer(studio, room, desk, order))


def _drawn_stage() -> Stage:
    from walkon.engine.drawing.direction import direct
    from walkon.engine.drawing.film import Film
    from walkon.engine.drawing.film import warm as load_fonts
    from walkon.engine.drawing.portraits import lent
    from walkon.scene.words import lexicon

    def warm() -> None:
        load_fonts()
        lexicon()
        scene = Scene(prompt="", seconds=2, shots=(Shot(subjects=(_FIRST_ON_STAGE,)),))
        film = Film(scene, direct(scene, ()))
        film.draw(0, np.zeros((scene.size[1], scene.size[0], 4), np.uint8))

    return Stage(direct=direct, film=Film, warm=warm, lent=lent)


if __name__ == "__main__":
    serve(_drawn_stage, sys.argv[1:])
