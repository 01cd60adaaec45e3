"""Whether a clip would arrive: what `/readyz` tells, and whether the platforms take their tokens."""

import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog

from walkon.config import Config
from walkon.store.database import Database, StoreAway
from walkon.store.duty import held
from walkon.store.lock import RoleLock
from walkon.types.clock import SystemClock, to_ms
from walkon.types.errors import SetupError
from walkon.types.people import Platform

if TYPE_CHECKING:
    from walkon.bot.port import ChatPlatform

log = structlog.get_logger(__name__)

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


async def try_token(config: Config, platform: "ChatPlatform") -> None:
    """Whether the platform takes its token. Raises SetupError where it refuses it; one that is away is only noted."""
    from walkon.bot.port import PlatformDown, TokenRefused

    try:
        await platform.check()
    except TokenRefused as error:
        raise SetupError(_refused_token(config, platform.platform)) from error
    except PlatformDown as error:
        log.error("platform_away", platform=platform.platform, reason=error.reason)


def _refused_token(config: Config, platform: Platform) -> str:
    section = config.discord if platform is Platform.DISCORD else config.telegram
    ends = f" (ends {section.token})" if section else ""
    if platform is Platform.DISCORD:
        return f"[discord] token was refused by Discord{ends}. Copy a fresh one: Developer Portal → Bot → Reset Token."
    return f"[telegram] token was refused by Telegram{ends}. Copy a fresh one: BotFather → /token."
