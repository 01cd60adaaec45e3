"""What a PostgreSQL server and an S3 bucket lack to be relied upon. Looks only; changes nothing."""

import time
from dataclasses import dataclass

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, extract, func, inspect, select, table
from sqlalchemy.exc import DBAPIError

from walkon.store.faults import StoreUnusable
from walkon.store.keyring import KEY_FILE
from walkon.store.migrating import SCRIPTS
from walkon.store.postgres import PostgresDriver
from walkon.store.s3 import S3Media

CLOCKS_APART_S = 1.0
"""Leases of messages are told by each machine's own clock; further apart, one may begin before another has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """stops: why nothing would work. looks: what is less than it could be. key_file: its id, if the store names one."""

    stops: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    key_file: str | None = None


def store_health(url: str) -> Health:
    """Look at the database. Blocks for some seconds where the server does not answer."""
    driver = PostgresDriver(url, patience_s=0)
    try:
        engine = driver.engine(writer=False)
        with engine.connect() as connection:
            driver.check(connection)
            return Health(stops=tuple(_stops(connection)), looks=tuple(_looks(connection)), key_file=_key_file(connection))
    except ModuleNotFoundError:
        return Health(stops=("psycopg is not installed: pip install 'walkon[postgres]'",))
    except StoreUnusable as error:
        return Health(stops=(error.reason,))
    except DBAPIError as error:
        return Health(stops=(driver.refusal(error),))


def _stops(connection: Connection) -> list[str]:
    if connection.scalar(select(func.pg_is_in_recovery())):
        return ["the server is a replica: give the address of the primary"]
    if inspect(connection).has_table("alembic_version"):
        config = Config()
        config.set_main_option("script_location", SCRIPTS)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if connection.scalar(select(column("version_num")).select_from(table("alembic_version"))) not in known:
            return ["it was written by a newer walkon: install that release"]
    return []


def _looks(connection: Connection) -> list[str]:
    found = []
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if connection.scalar(select(func.current_setting(setting))) == "off":
            found.append(f"{setting} is off: what was accepted may be lost at a power cut")
    before = time.time()
    server = float(connection.scalar(select(extract("epoch", func.clock_timestamp()))) or 0)
    apart = max(before - server, server - time.time(), 0)
    if apart > CLOCKS_APART_S:
        found.append(f"its clock and this machine's are {apart:.0f} s apart: keep both right (NTP)")
    return found


def _key_file(connection: Connection) -> str | None:
    return connection.scalar(select(KEY_FILE.c.id)) if inspect(connection).has_table(KEY_FILE.name) else None


async def media_health(media: S3Media) -> Health:
    """Look at the bucket."""
    try:
        await media.check()
    except OSError as error:
        return Health(stops=(str(error),))
    return Health()
