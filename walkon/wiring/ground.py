"""What every role stands on: the store, the queue, the media, the keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from walkon.config import Config
from walkon.queue.port import JobQueue, QueueUnusable
from walkon.safekeeping import keys_of
from walkon.store.database import Database, StoreUnusable
from walkon.store.keys import Keys
from walkon.store.media import Media, MediaStore
from walkon.telemetry import Metrics, build_metrics
from walkon.types.errors import SetupError


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every role stands on."""

    config: Config
    database: Database
    queue: JobQueue
    media: Media
    keys: Keys
    metrics: Metrics
    counts: dict[str, int]


@asynccontextmanager
async def ground_of(config: Config) -> AsyncIterator[Ground]:
    """Everything opened, and closed at the end. Raises SetupError, StoreLocked."""
    try:
        database = await Database.open(config.store_place)
    except StoreUnusable as error:
        raise SetupError(error.reason if config.store_on_postgres else f"{config.store_path.parent}: {error.reason}") from error
    counts: dict[str, int] = {}
    try:
        async with open_queue(config) as queue:
            media, keys = media_of(config), await keys_of(config, database)
            metrics = build_metrics(lambda: counts)
            yield Ground(config=config, database=database, queue=queue, media=media, keys=keys, metrics=metrics, counts=counts)
    finally:
        await database.close()


def media_of(config: Config) -> Media:
    """Where clips are kept. Raises SetupError."""
    if not config.media_on_s3:
        return MediaStore(config.media_path)
    from walkon.store.s3 import S3Media

    try:
        return S3Media(config.media.url or "", config.walkon.data_dir / "fetched")
    except ModuleNotFoundError as error:
        raise SetupError("[media] url: clips in a bucket need obstore: pip install 'walkon[s3]'.") from error


@asynccontextmanager
async def open_queue(config: Config) -> AsyncIterator[JobQueue]:
    """The configured queue, open. Raises SetupError."""
    try:
        queue = await _opened_queue(config)
    except (QueueUnusable, OSError) as error:
        raise SetupError(str(getattr(error, "reason", error))) from error
    try:
        yield queue
    finally:
        await queue.close()


async def _opened_queue(config: Config) -> JobQueue:
    from walkon.queue.rules import Depth

    settings = config.queue
    depth = Depth(all=settings.max_depth, place=settings.max_per_place, person=settings.max_per_person)
    if config.queue_on_redis:
        from walkon.queue.redis import RedisQueue

        return await RedisQueue.open(settings.url or "", lease_s=settings.lease_s, max_attempts=settings.max_attempts, depth=depth)
    from walkon.queue.sqlite import SqliteQueue

    config.queue_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return await SqliteQueue.open(config.queue_path, lease_s=settings.lease_s, max_attempts=settings.max_attempts, depth=depth)
