"""The press: the second process of a render. It mixes the sound, codes the pictures out of the ring and writes the mp4.

Run as `python -m walkon.engine.press RING WIRE PARENT`: two inherited file descriptors and the pid it lives and dies with.
"""

import sys
import time
from multiprocessing.connection import Connection

import numpy as np

from walkon.engine.encode import Reel
from walkon.engine.lifeline import die_with_parent
from walkon.engine.performance import Samples, SoundTrack
from walkon.engine.ring import Ring
from walkon.engine.slips import Abandon, Begin, Broken, End, Filled, Freed, Ping, Sealed, Sound
from walkon.engine.sound.loudness import SilentAudio, integrated, mastered
from walkon.engine.sound.mix import mix

SILENT_LUFS = -70.0
"""Reported for a clip without sound: the meter's absolute gate."""


class _Press:
    def __init__(self, ring: Ring, wire: Connection) -> None:
        self._ring, self._wire = ring, wire
        self._reel: Reel | None = None
        self._size = (0, 0)
        self._sound: Samples = np.zeros((0, 2), np.float32)
        self._began_s = 0.0

    def serve(self) -> None:
        while True:
            try:
                message = self._wire.recv()
            except EOFError:
                self._abandon()
                return
            try:
                self._handle(message)
            except (OSError, ValueError) as problem:  # PyAV's errors are OSErrors or ValueErrors
                self._abandon()
                self._wire.send(Broken(str(problem)))

    def _handle(self, message: Ping | Begin | Filled | Sound | End | Abandon) -> None:
        match message:
            case Ping():
                self._wire.send(message)
            case Begin():
                self._begin(message)
            case Filled(slot):
                if self._reel is not None:
                    self._reel.add(self._ring.picture(slot, self._size))
                self._wire.send(Freed(slot))
            case Sound(heard):
                self._sound = mix(heard) if isinstance(heard, SoundTrack) else mastered(heard)
                if self._reel is not None:
                    self._reel.hear(self._sound)
            case End():
                self._end()
            case Abandon():
                self._abandon()

    def _begin(self, begin: Begin) -> None:
        self._abandon()
        self._began_s = time.process_time()
        if begin.track is not None:
            self._sound = mix(begin.track)
        self._size = begin.size
        self._reel = Reel(begin.path, begin.recipe, None if begin.sound_later else self._sound)

    def _end(self) -> None:
        if self._reel is None:
            return
        size, self._reel = self._reel.close(), None
        try:
            loudness = integrated(self._sound)
        except SilentAudio:
            loudness = SILENT_LUFS
        self._wire.send(Sealed(bytes=size, loudness_lufs=loudness, cpu_s=time.process_time() - self._began_s))

    def _abandon(self) -> None:
        if self._reel is not None:
            reel, self._reel = self._reel, None
            reel.abandon()


def main(arguments: list[str]) -> None:
    """Serve until the other end of the wire is closed."""
    ring, wire, parent = map(int, arguments)
    die_with_parent(parent)
    _Press(Ring(ring), Connection(wire)).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
