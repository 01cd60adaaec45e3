"""Reads one upload and ends. A process of its own, with little memory, little time, no files and no secrets.

Run as `python -m walkon.engine.upload_desk PARENT`: the upload on standard input, the answer on standard output as msgpack.
"""

import os
import resource
import sys

from walkon.consent.enrolment import UploadFault, UploadRefused
from walkon.engine.lifeline import die_with_parent
from walkon.engine.upload_wire import CPU_S, MEMORY_BYTES, Answer, Refused, packed


def _bound() -> None:
    """Take away what a hostile file could use. No file may grow, not even by a byte."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    os.chdir("/")


def _answer(body: bytes) -> Answer:
    from walkon.engine.upload_reader import read_upload

    try:
        return read_upload(body)
    except UploadRefused as refused:
        return Refused(fault=refused.fault)
    except MemoryError:
        return Refused(fault=UploadFault.TOO_COSTLY)


def main() -> None:
    """Read, answer, end."""
    die_with_parent(int(sys.argv[1]))
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _bound()
    answer = _answer(sys.stdin.buffer.read())
    sink.write(packed(answer))
    sink.flush()


if __name__ == "__main__":
    main()
