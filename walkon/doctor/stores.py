"""Checks of what is kept: the queue, the store, the media, the key file, the ledger and what signs clips."""

import asyncio
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from walkon.config import Config
from walkon.doctor.finding import ANSWER_TIMEOUT_S, Finding, Level
from walkon.queue.port import QueueUnusable
from walkon.store.server_health import Health, media_health, store_health
from walkon.types.errors import SetupError

DISK_TIMEOUT_S = 20.0


def database(name: str, path: Path) -> Finding:
    """Whether a database file is sound. name: the queue or the store."""
    if not path.exists():
        return Finding(check=name, level=Level.OK, what=f"{name}: none yet, made at the first start")
    try:
        verdict = _quick_check(path)
    except sqlite3.Error as error:
        verdict = str(error)
    if verdict == "ok":
        return Finding(check=name, level=Level.OK, what=f"{name}: {path} is sound")
    if verdict == "interrupted":
        return Finding(check=name, level=Level.OK, what=f"{name}: {path} opens; too large to check whole in {DISK_TIMEOUT_S:.0f} s")
    mend = f"Stop walkon, move {path.name} away and put a backup in its place, or start without it."
    return Finding(check=name, level=Level.STOP, what=f"{name}: {path} is damaged ({verdict})", mend=mend)


def _quick_check(path: Path) -> str:
    until = time.monotonic() + DISK_TIMEOUT_S
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=ANSWER_TIMEOUT_S)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        first = connection.execute("PRAGMA quick_check(1)").fetchone()
    return str(first[0])


async def redis(config: Config) -> list[Finding]:
    """Whether the Redis server answers and keeps what it is given."""
    from walkon.queue.redis import RedisQueue
    from walkon.queue.redis_health import complaints

    url = config.queue.url or ""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S * 2):
            await (await RedisQueue.open(url)).close()
            found = await complaints(url)
    except QueueUnusable as error:
        return [Finding(check="queue", level=Level.STOP, what=f"queue: {error.reason}")]
    except TimeoutError:
        return [
            Finding(check="queue", level=Level.STOP, what="queue: the Redis server does not answer", mend="Start it, or mend [queue] url.")
        ]
    stops = [Finding(check="queue", level=Level.STOP, what=f"queue: {complaint}") for complaint in found]
    return stops or [Finding(check="queue", level=Level.OK, what="queue: the Redis server answers and keeps what it is given")]


def store_server(config: Config) -> list[Finding]:
    """Whether the PostgreSQL server answers and keeps what it is given."""
    return _found("store", "the PostgreSQL server answers and keeps what it is given", store_health(config.store.url or ""))


async def media(config: Config) -> list[Finding]:
    """Whether the bucket answers; nothing where clips are files."""
    from walkon.store.s3 import S3Media

    if not config.media_on_s3:
        return []
    try:
        media = S3Media(config.media.url or "", config.walkon.data_dir / "fetched", patience=timedelta(seconds=ANSWER_TIMEOUT_S))
    except ModuleNotFoundError:
        return [Finding(check="media", level=Level.STOP, what="media: obstore is missing", mend="pip install 'walkon[s3]'")]
    return _found("media", "the bucket answers", await media_health(media))


def _found(check: str, well: str, health: Health) -> list[Finding]:
    stops = [Finding(check=check, level=Level.STOP, what=f"{check}: {stop}") for stop in health.stops]
    looks = [Finding(check=check, level=Level.LOOK, what=f"{check}: {look}") for look in health.looks]
    return stops + looks or [Finding(check=check, level=Level.OK, what=f"{check}: {well}")]


def key_file(config: Config) -> Finding:
    """Whether the key file is there, is the store's, and is its owner's alone."""
    from walkon.store.keyring import keys_known_as
    from walkon.store.keys import Keys, KeysMissing

    path = config.consent.key_file
    try:
        known = _known_key_file(config)
        keys = keys_known_as(known, path, config.walkon.data_dir) if known else Keys.read(path)
    except KeysMissing:
        return Finding(check="keys", level=Level.OK, what=f"{path}: no key file yet, made at the first need")
    except SetupError as error:
        what, _, mend = str(error).partition(". ")
        return Finding(check="keys", level=Level.STOP, what=what, mend=mend)
    return Finding(check="keys", level=Level.OK, what=f"key file {keys.id} in {path}, for its owner alone; keep a copy apart from backups")


def _known_key_file(config: Config) -> str | None:
    """The id of the key file that the store says it needs, None where it has none or does not open."""
    if config.store_on_postgres:
        return store_health(config.store.url or "").key_file
    store = config.store_path
    if not store.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True, timeout=ANSWER_TIMEOUT_S)) as connection:
            first = connection.execute("SELECT id FROM key_file").fetchone()
    except sqlite3.Error:
        return None
    return str(first[0]) if first else None


def ledger(config: Config) -> Finding:
    """Whether the ledger is what was written, and what the witness remembers of it."""
    from walkon.safekeeping import audited

    try:
        found, _ = asyncio.run(audited(config))
    except SetupError as error:
        return Finding(check="ledger", level=Level.STOP, what=f"ledger: {error}")
    except Exception as error:
        return Finding(check="ledger", level=Level.STOP, what=f"ledger: it cannot be read ({type(error).__name__}: {error})")
    if not found.sound:
        mend = "Run `walkon ledger verify` for the entries, keep this store as it is, and compare it with a backup."
        return Finding(check="ledger", level=Level.STOP, what=f"ledger: NOT what was written ({len(found.faults)} faults)", mend=mend)
    return Finding(check="ledger", level=Level.OK, what=f"ledger: {found.head.size} entries, as they were written")


def signature(config: Config) -> Finding:
    """Whether clips can be signed, and for how long."""
    from walkon.provenance.certificates import RENEW_WITHIN, Credentials, brought_credentials, existing_credentials, now

    provenance = config.provenance
    try:
        if provenance.certificate and provenance.private_key:
            found: Credentials | None = brought_credentials(provenance.certificate, provenance.private_key)
        else:
            found = existing_credentials(config.signing_dir)
    except SetupError as error:
        return Finding(check="signature", level=Level.STOP, what=str(error))
    if found is None:
        return Finding(check="signature", level=Level.OK, what="signature: none yet, made at the first start")
    left, day = found.ends - now(), f"{found.ends:%Y-%m-%d}"
    if left < timedelta(0):
        mend = "Renew it, [provenance] certificate." if not found.own else "Start walkon once: it renews its own."
        return Finding(check="signature", level=Level.STOP, what=f"signature: the certificate ended on {day}", mend=mend)
    if left < RENEW_WITHIN and not found.own:
        what = f"signature: the certificate ends on {day}, in {left.days} days"
        return Finding(check="signature", level=Level.LOOK, what=what, mend="Renew it, [provenance] certificate.")
    return Finding(check="signature", level=Level.OK, what=f"signature: clips are signed; the certificate holds until {day}")
