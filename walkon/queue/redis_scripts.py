"""The queue's Lua scripts as the server gets them: header, the numbers they share with Python, the shared parts, the body."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from importlib.resources import files
from json import dumps

from walkon.queue.fairness import BREADTH, CLASS_WEIGHTS, MAX_LAG, TAGS_PER_MS
from walkon.queue.port import MAX_COST_MS, JobClass, JobKind
from walkon.queue.rules import POISON, RESULT_WINDOW_MS, SWEEP_LIMIT, UNKNOWN_KIND, VANISHED

SCHEMA_VERSION = 1
"""Part of every key. A release reads its own version only, and refuses to start beside a newer one."""

FORGET_AT_ONCE = 16
"""Idle nodes dropped per claim and level: more than a claim can leave behind, so that none pile up."""

FRONT = 16
"""Of a ring, how many are kept in hand by a script that hands out many jobs."""

ANSWER_MS = 60_000
"""How long an answer is kept for a repeat of its call: longer than any client goes on repeating."""

SHARED_PARTS = ("jobs", "rings", "turns", "moves")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One script. text: what EVAL is given; sha: what EVALSHA is."""

    name: str
    text: str
    sha: str


@cache
def script(name: str) -> Script:
    """The script of that file."""
    folder = files("walkon.queue") / "lua"
    header, _, body = (folder / f"{name}.lua").read_text("utf-8").partition("\n")
    shared = [(folder / "shared" / f"{part}.lua").read_text("utf-8") for part in SHARED_PARTS]
    text = "\n".join([header, *_constants(), *shared, body])
    return Script(name=name, text=text, sha=sha1(text.encode()).hexdigest())  # noqa: S324 - the server's name for a script


def _constants() -> list[str]:
    numbers: Mapping[str, int] = {
        "SCHEMA": SCHEMA_VERSION,
        "TAGS_PER_MS": TAGS_PER_MS,
        "MAX_LAG": MAX_LAG,
        "BREADTH": BREADTH,
        "MAX_COST_MS": MAX_COST_MS,
        "SWEEP_LIMIT": SWEEP_LIMIT,
        "WINDOW_MS": RESULT_WINDOW_MS,
        "FORGET_AT_ONCE": FORGET_AT_ONCE,
        "FRONT": FRONT,
        "ANSWER_MS": ANSWER_MS,
    }
    weights = ", ".join(f"{name} = {weight}" for name, weight in CLASS_WEIGHTS.items())
    kinds = ", ".join(f"{kind.value} = true" for kind in JobKind)
    classes = ", ".join(dumps(klass.value) for klass in JobClass)
    return [
        *(f"local {name} = {number}" for name, number in numbers.items()),
        f"local POISON, VANISHED, UNKNOWN_KIND = {dumps(POISON)}, {dumps(VANISHED)}, {dumps(UNKNOWN_KIND)}",
        f"local KINDS = {{ {kinds} }}",
        f"local WEIGHTS, CLASSES = {{ {weights} }}, {{ {classes} }}",
    ]
