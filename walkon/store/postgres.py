"""PostgreSQL under the store: many processes of many machines write at once, and none of them sees a half of another's work.

Transactions are serialisable. Where two collide one is run again from its start; where the connection breaks the work waits
for the server, and a commit whose answer was lost is asked for by its number, so that nothing is written twice.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Generic, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Executable

from walkon.store.faults import StoreAway, StoreUnusable
from walkon.store.first_sealing import PLAIN
from walkon.store.migrating import migrate
from walkon.store.postgres_address import for_libpq, has_several_hosts, with_settings, written
from walkon.store.text import refuse_unkeepable

log = structlog.get_logger(__name__)

T = TypeVar("T")

PAUSE_S = (0.01, 0.5)
LISTEN_AGAIN_S = 1.0
CHANNEL = "walkon_store"
OLDEST = 130_000
"""PostgreSQL 13, the first that tells what became of a transaction by `pg_xact_status(xid8)` (its release notes)."""

_COLLIDED = frozenset({"40001", "40P01"})
"""serialization_failure, deadlock_detected (PostgreSQL manual, appendix A)."""
_AWAY = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "53300"})
"""Shut down, crashed, starting, idle for too long (in a transaction or not), too many connections; class 08 is the connection."""

_SERVER = text("SELECT current_setting('server_version_num'), current_setting('server_encoding')")
_UNHURRIED = text("SET LOCAL statement_timeout = 0")
_MIGRATING = text("SELECT pg_advisory_xact_lock(hashtext('walkon migrations'))")
_NUMBER = text("SELECT pg_current_xact_id_if_assigned()::text, ''")
_NUMBER_AND_LINE = text("SELECT pg_current_xact_id_if_assigned()::text, left(pg_walfile_name(pg_current_wal_lsn()), 8)")
"""A replica that takes over begins another timeline, in which numbers of lost transactions are given again."""
_BECAME = text("SELECT pg_xact_status(CAST(:number AS xid8))")
_NOTIFY = text(f"NOTIFY {CHANNEL}")


def sqlstate(error: BaseException) -> str:
    """The five letters that say what went wrong, "" where the server said nothing."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def _is_away(error: DBAPIError) -> bool:
    state = sqlstate(error)
    silent = not state and type(error.orig).__name__ == "OperationalError"
    return error.connection_invalidated or state in _AWAY or state.startswith("08") or silent


class PostgresDriver:
    """A `Driver` for one database of a server.

    url: postgresql://…, as libpq reads it. patience_s: how long work waits for a server that is away.
    """

    near = False

    def __init__(self, url: str, *, patience_s: float) -> None:
        self.url = url
        self._patience_s = patience_s

    @property
    def name(self) -> str:
        """Which database this is, without a password."""
        return written(self.url).render_as_string(hide_password=True)

    def engine(self, *, writer: bool) -> Engine:
        """As `Driver` says. Raises ModuleNotFoundError where psycopg is not installed."""
        isolation = "SERIALIZABLE" if writer else "REPEATABLE READ"
        engine = create_engine(with_settings(self.url), isolation_level=isolation, pool_size=1, max_overflow=0)
        # Otherwise an INSERT does not say how many rows it made, as it does on SQLite.
        engine = engine.execution_options(preserve_rowcount=True)
        refuse_unkeepable(engine)
        return engine if writer else engine.execution_options(postgresql_readonly=True)

    def prepare(self, engine: Engine) -> None:
        """As `Driver` says; of several processes that start together one makes the tables."""
        try:
            with engine.connect().execution_options(isolation_level="READ COMMITTED") as connection, connection.begin():
                self.check(connection)
                connection.execute(_UNHURRIED)
                connection.execute(_MIGRATING)
                migrate(connection, self.name)
        except DBAPIError as error:
            raise StoreUnusable(self.refusal(error)) from error

    def refusal(self, error: DBAPIError) -> str:
        """Why the server did not take us, with the mend; no password is in it."""
        return f"{self.name}: {_first_line(error)}. {_mend(error)}"

    def check(self, connection: Connection) -> None:
        """Whether such a server will do. Raises StoreUnusable."""
        version, encoding = connection.execute(_SERVER).one()
        if int(version) < OLDEST:
            raise StoreUnusable(f"{self.name}: PostgreSQL {int(version) // 10_000} is too old. Take 13 or newer.")
        if encoding != "UTF8":
            raise StoreUnusable(f"{self.name} is encoded in {encoding}. Make one with: createdb -T template0 -E UTF8 NAME")

    def run(self, connect: Callable[[], Connection], work: Callable[[Connection], T], *, writer: bool) -> T:
        """As `Driver` says. Raises StoreAway."""
        attempt = _Write(work, _NUMBER_AND_LINE if has_several_hosts(self.url) else _NUMBER) if writer else partial(_look, work)
        until, pause_s = time.monotonic() + self._patience_s, PAUSE_S[0]
        while True:
            try:
                with _closed_on_a_fault(connect()) as connection:
                    return attempt(connection)
            except (DBAPIError, _StillOpen) as error:
                if not self.spoils(error):
                    raise
                if time.monotonic() > until:
                    raise StoreAway(f"{self.name}: {_first_line(error)}") from error
            time.sleep(random.uniform(0, pause_s))  # noqa: S311 - keeps those who collided apart
            pause_s = min(PAUSE_S[1], 2 * pause_s)

    def spoils(self, error: Exception) -> bool:
        """Where the step collided, or the server is away."""
        return isinstance(error, _StillOpen) or (isinstance(error, DBAPIError) and (sqlstate(error) in _COLLIDED or _is_away(error)))

    def scrub(self, connection: Connection) -> None:
        """As `Driver` says: a server's own vacuum and its log are its keeper's."""

    def rebuild(self, connection: Connection) -> None:
        """As `Driver` says, for what the server keeps as tables; its log and its copies are its keeper's."""
        raw = connection.connection.driver_connection
        if raw is None:
            return
        raw.autocommit = True
        try:
            raw.execute("SET statement_timeout = 0")
            for plain in PLAIN:
                raw.execute(f"VACUUM FULL {plain.name}")
            raw.execute("RESET statement_timeout")
        finally:
            raw.autocommit = False

    def notify(self, connection: Connection) -> None:
        """Tell every process on this database that something changed, when the transaction commits."""
        connection.execute(_NOTIFY)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever some process tells of a change, and when one may have been missed, until cancelled."""
        from psycopg import AsyncConnection, Error

        while True:
            try:
                async with await AsyncConnection.connect(**for_libpq(self.url), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    heard()
                    async for _ in connection.notifies():
                        heard()
            except Error as error:  # others' changes are then noticed by looking; the next round listens again
                log.warning("store_not_heard", reason=str(error).strip().partition("\n")[0])
            await asyncio.sleep(LISTEN_AGAIN_S)


class _StillOpen(Exception):
    """The transaction whose answer was lost is still under way."""


class _Write(Generic[T]):
    """Work on its way to the disk; called again after a fault, it finds out first what became of the call before."""

    def __init__(self, work: Callable[[Connection], T], number: Executable) -> None:
        self._work = work
        self._number = number
        self._doubtful: tuple[str, str, T] | None = None

    def __call__(self, connection: Connection) -> T:
        if self._doubtful is not None:
            number, line, result = self._doubtful
            if line != _look(lambda connection: connection.execute(self._number).one()[1], connection):
                raise StoreAway("a replica took over in the middle of a commit, and nobody knows whether it had it")
            if _stands(connection, number):
                return result
            self._doubtful = None
        with connection.begin() as transaction:
            result = self._work(connection)
            number, line = connection.execute(self._number).one()
            try:
                transaction.commit()
            except DBAPIError as error:
                if number is not None and _is_away(error):
                    self._doubtful = (number, line, result)
                raise
        return result


def _stands(connection: Connection, number: str) -> bool:
    became = _look(lambda connection: connection.scalar(_BECAME, {"number": number}), connection)
    if became == "in progress":
        raise _StillOpen
    return bool(became == "committed")


def _look(work: Callable[[Connection], T], connection: Connection) -> T:
    with connection.begin():
        return work(connection)


@contextmanager
def _closed_on_a_fault(connection: Connection) -> Iterator[Connection]:
    """The connection; after any error it is closed, which also ends what it was in the middle of."""
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _mend(error: DBAPIError) -> str:
    # A server says why it refuses a connection in words only: libpq hands no sqlstate on before it is connected.
    words = _first_line(error)
    if "authentication failed" in words or "role " in words or "pg_hba" in words or "no password" in words:
        return "Mend the user and password in [store] url."
    if "does not exist" in words:
        return "Make the database first: createdb -T template0 -E UTF8 NAME"
    if sqlstate(error).startswith("42"):
        return "Let walkon's user own the database, or grant it CREATE on the schema public."
    return "Start the server, or mend [store] url."


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", "a commit is under way without end")).strip().partition("\n")[0]
