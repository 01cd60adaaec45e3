"""Names of the queue's keys, as the scripts make them. All begin with one hash tag, so in a cluster they share a slot.

`d` counts the unfinished jobs of people and places. Left behind when nothing waits or runs: `schema`, `q` (counters), `f:` (the
root of the turns), `paused`, the records `j:`, `p:`, `r:` of ended jobs with their index `ended` and `dead`, for a week; `c:` and
`a:` (answers for repeats), which expire within a minute.
"""

from walkon.queue.fairness import Path
from walkon.queue.redis_scripts import SCHEMA_VERSION

TAG = "{walkon}"
PREFIX = f"{TAG}:{SCHEMA_VERSION}:"

QUEUE = f"{PREFIX}q"
PAUSED = f"{PREFIX}paused"
LEASES = f"{PREFIX}leases"
DELAYED = f"{PREFIX}delayed"
DEAD = f"{PREFIX}dead"

CANCELS = f"{PREFIX}cancels"
"""The channel on which ids of running jobs are told that were cancelled."""


def job(name: str) -> str:
    """A job's record."""
    return f"{PREFIX}j:{name}"


def result(name: str) -> str:
    """A job's result."""
    return f"{PREFIX}r:{name}"


def children(path: Path) -> str:
    """The hash of the nodes below a node."""
    return f"{PREFIX}f:{path[0] if path else ''}{_sized(path[1]) if len(path) > 1 else ''}"


def line(path: Path, lane: str) -> str:
    """A person's waiting jobs in a lane, oldest first; members as in `in_line`."""
    klass, place, person = path
    return f"{PREFIX}l:{klass}{_sized(place)}{_sized(person)}:{lane}"


def id_in(member: bytes) -> str:
    """The job of a member of `LEASES`, `DELAYED` or `DEAD`: a number of sixteen digits, a colon, the id."""
    return member[17:].decode()


def in_line(member: bytes) -> tuple[int, str]:
    """Cost in milliseconds and id of a member of a `line`."""
    cost_ms, _, name = member.partition(b" ")
    return int(cost_ms), name.decode()


def _sized(name: str) -> str:
    return f":{len(name.encode())}:{name}"
