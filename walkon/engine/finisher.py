"""The finishing process: reads a question a line on standard input, answers a line on standard output.

Run as `python -m walkon.engine.finisher PARENT`: the pid it lives and dies with.
"""

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from walkon.engine.finishing import Answer, Ask, Check, Checked, Fault, Sign, Signed
from walkon.engine.lifeline import die_with_parent
from walkon.provenance.manifest import SigningFailed, sign


@cache
def _classify() -> Any:
    from walkon.safety.frames import open_nsfw

    return open_nsfw()


def answer(ask: Ask) -> Answer:
    """Do what is asked."""
    return _looked(ask) if isinstance(ask, Check) else _signed(ask)


def _looked(ask: Check) -> Answer:
    from walkon.safety.frames import CannotLook, look_at

    try:
        return Checked(look_at(Path(ask.clip), Path(ask.poster), _classify(), most=ask.most))
    except CannotLook as problem:
        return Fault(str(problem))


def _signed(ask: Sign) -> Answer:
    try:
        return Signed(sign(Path(ask.clip), ask.statement, ask.credentials))
    except SigningFailed as problem:
        return Fault(str(problem))


def _rich(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise TypeError(kind.__name__)


def main(arguments: list[str]) -> None:
    """Answer until the other end is closed."""
    die_with_parent(int(arguments[0]))
    # Libraries that print must not speak into the answers.
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        sink.write(msgspec.json.encode(answer(msgspec.json.decode(line, type=Ask, dec_hook=_rich))) + b"\n")
        sink.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
