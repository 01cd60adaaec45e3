"""Whether a clip would arrive, as `/readyz` tells it."""

import shutil
from collections.abc import Mapping

from walkon.config import Config
from walkon.store.database import Database, StoreAway
from walkon.store.duty import held
from walkon.store.lock import RoleLock
from walkon.types.clock import SystemClock, to_ms

WORKER = "worker"
"""The lock of the worker of one machine."""
PRESENT = "worker:"
"""How the duty begins by which a worker of a shared store shows that it is there."""
LEAST_SPACE = 256 << 20
"""Bytes left on the disk below which no clip can be relied upon."""


async def readiness(config: Config, database: Database, counts: Mapping[str, int]) -> Mapping[str, object]:
    """`ready`, and what it rests on. counts: the queue's jobs by state. workers: of all machines where the store is shared."""
    try:
        store, workers = True, await _workers(config, database)
    except StoreAway:
        store, workers = False, 0
    space = shutil.disk_usage(config.walkon.data_dir).free > LEAST_SPACE
    return {
        "ready": store and workers > 0 and space,
        "worker": workers > 0,
        "workers": workers,
        "store": store,
        "space": space,
        "queue": dict(counts),
    }


async def _workers(config: Config, database: Database) -> int:
    if not database.shared:
        return int(RoleLock.holder(config.walkon.data_dir, WORKER) is not None)
    now_ms = to_ms(SystemClock().now())
    names = await database.read(lambda tx: held(tx, now_ms))
    return sum(name.startswith(PRESENT) for name in names)
