"""What the worker and its child say to each other: typed messages, msgpack, each behind its length in four bytes.

The child handles strangers' words with native libraries, so nothing it sends is ever unpickled.
"""

from pathlib import Path
from typing import Any

import msgspec

from walkon.engine.port import Order, Rendered, Step

CLIP, POSTER, CAPTIONS = "clip.mp4", "poster.jpg", "captions.vtt"
"""The files of a render, in the order's directory."""

LONGEST = 16 * 1024 * 1024
"""Bytes of one message at most; an order of 10,000 characters takes 100 KiB."""


class Make(msgspec.Struct, tag="make", frozen=True):
    """To the child: render this."""

    order: Order


class Stop(msgspec.Struct, tag="stop", frozen=True):
    """To the child: leave the render you are at."""


class Ready(msgspec.Struct, tag="ready", frozen=True):
    """From the child: warm, waiting for orders. words: what it chose and why, for the log. shot_s: the longest shot that this
    machine's memory holds, 0 where that is no question.
    """

    words: str = ""
    shot_s: float = 0.0


class Unfit(msgspec.Struct, tag="unfit", frozen=True):
    """From the child: it cannot work on this machine. too_small: for want of memory."""

    reason: str
    too_small: bool = False


class Taken(msgspec.Struct, tag="taken", frozen=True):
    """From the child: the order has arrived and both processes are there."""


class Stepped(msgspec.Struct, tag="stepped", frozen=True):
    """From the child: a sign of life."""

    step: Step


class Done(msgspec.Struct, tag="done", frozen=True):
    """From the child: the clip lies in the directory."""

    rendered: Rendered


class Failed(msgspec.Struct, tag="failed", frozen=True):
    """From the child: no clip. broken: the child is not fit for another order."""

    reason: str
    retryable: bool
    broken: bool = False


class Stopped(msgspec.Struct, tag="stopped", frozen=True):
    """From the child: it has left the render and waits for orders."""


Down = Make | Stop
Up = Ready | Unfit | Taken | Stepped | Done | Failed | Stopped


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


def _rich(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise TypeError(kind.__name__)


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_plain)
_DOWN: msgspec.msgpack.Decoder[Down] = msgspec.msgpack.Decoder(Down, dec_hook=_rich)
_UP: msgspec.msgpack.Decoder[Up] = msgspec.msgpack.Decoder(Up, dec_hook=_rich)


def packed(message: Down | Up) -> bytes:
    """The message with its length in front."""
    body = _ENCODER.encode(message)
    return len(body).to_bytes(4, "big") + body


def read_down(body: bytes) -> Down:
    """A message to the child, without its length. Raises msgspec.DecodeError."""
    return _DOWN.decode(body)


def read_up(body: bytes) -> Up:
    """A message from the child, without its length. Raises msgspec.DecodeError."""
    return _UP.decode(body)
