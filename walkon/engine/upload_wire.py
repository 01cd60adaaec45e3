"""What the process that reads uploads answers, and the bounds it runs in."""

import msgspec

from walkon.consent.enrolment import UploadFault

MEMORY_BYTES = 1 << 31
"""Address space, libraries included: reading a minute of 4096 x 2304 takes about 1.1 GiB."""
CPU_S = 90
WALL_S = 120.0
LONGEST_ANSWER = 24 << 20


class Refused(msgspec.Struct, tag="refused", frozen=True, kw_only=True):
    """It is no enrolment video."""

    fault: UploadFault


class Read(msgspec.Struct, tag="read", frozen=True, kw_only=True):
    """What is left of it; see `consent.enrolment.Decoded`."""

    stills: tuple[bytes, ...]
    voice: bytes | None
    review: bytes
    seconds: float


Answer = Refused | Read
_DECODER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def packed(answer: Answer) -> bytes:
    """The answer as bytes."""
    return msgspec.msgpack.encode(answer)


def read_answer(body: bytes) -> Answer:
    """The answer in the bytes. Raises msgspec.DecodeError."""
    return _DECODER.decode(body)
