"""The file of the embedded queue: its tables, and how it is opened, created, recognised and refused."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from walkon.queue.port import QueueUnusable

APPLICATION_ID = 0x776C6B71
"""`wlkq` in the file's header: this file is a walkon queue and nothing else."""

SCHEMA_VERSION = 2
"""Kept in `user_version`. A release reads its own version and older ones."""

BUSY_TIMEOUT_MS = 5_000
"""How long one process waits for another's write; eight writers at once were measured to wait 1.3 s at worst."""

OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables (sqlite.org/releaselog/3_37_0.html, 2021-11-27)."""

FIRST_RETRY_S = 0.01

TABLES = """
CREATE TABLE queue (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    token    INTEGER NOT NULL DEFAULT 0,
    seq      INTEGER NOT NULL DEFAULT 0,
    draining INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO queue (one) VALUES (1);

CREATE TABLE job (
    id            TEXT NOT NULL PRIMARY KEY,
    seq           INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    klass         TEXT NOT NULL,
    place         TEXT NOT NULL,
    person        TEXT NOT NULL,
    lane          TEXT NOT NULL,
    cost_ms       INTEGER NOT NULL,
    payload       BLOB NOT NULL,
    state         TEXT NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    away          INTEGER NOT NULL DEFAULT 0,
    token         INTEGER NOT NULL DEFAULT 0,
    worker        TEXT,
    claim_id      TEXT,
    claimed_ms    INTEGER,
    expires_ms    INTEGER,
    beats         INTEGER NOT NULL DEFAULT 0,
    progress      TEXT,
    answered      TEXT,
    silent_worker TEXT,
    ready_ms      INTEGER,
    ended_ms      INTEGER,
    result        BLOB,
    error         TEXT,
    batch         TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX job_line ON job (klass, place, person, lane, seq) WHERE state = 'queued';
CREATE INDEX job_running ON job (expires_ms) WHERE state = 'running';
CREATE INDEX job_delayed ON job (ready_ms) WHERE state = 'delayed';
CREATE INDEX job_dead ON job (ended_ms) WHERE state = 'dead';
CREATE INDEX job_ended ON job (ended_ms) WHERE ended_ms IS NOT NULL;
CREATE INDEX job_claim ON job (claim_id) WHERE claim_id IS NOT NULL;
CREATE INDEX job_person ON job (person) WHERE state IN ('queued', 'delayed', 'running');
CREATE INDEX job_place ON job (place) WHERE state IN ('queued', 'delayed', 'running');

CREATE TABLE tally (
    state   TEXT PRIMARY KEY,
    jobs    INTEGER NOT NULL DEFAULT 0,
    cost_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO tally (state) VALUES ('queued'), ('delayed'), ('running'), ('done'), ('dead'), ('cancelled');
CREATE TRIGGER job_added AFTER INSERT ON job BEGIN
    UPDATE tally SET jobs = jobs + 1, cost_ms = cost_ms + new.cost_ms WHERE state = new.state;
END;
CREATE TRIGGER job_moved AFTER UPDATE OF state ON job WHEN old.state <> new.state BEGIN
    UPDATE tally SET jobs = jobs - 1, cost_ms = cost_ms - old.cost_ms WHERE state = old.state;
    UPDATE tally SET jobs = jobs + 1, cost_ms = cost_ms + new.cost_ms WHERE state = new.state;
END;
CREATE TRIGGER job_forgotten AFTER DELETE ON job BEGIN
    UPDATE tally SET jobs = jobs - 1, cost_ms = cost_ms - old.cost_ms WHERE state = old.state;
END;

CREATE TABLE flow (
    path    TEXT PRIMARY KEY,
    parent  TEXT,
    name    TEXT,
    tag     INTEGER NOT NULL,
    clock   INTEGER NOT NULL,
    arrival INTEGER NOT NULL,
    running INTEGER NOT NULL,
    lanes   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX flow_idle ON flow (parent, tag) WHERE running = 0 AND lanes = 0;

CREATE TABLE ring (
    parent TEXT NOT NULL,
    name   TEXT NOT NULL,
    lane   TEXT NOT NULL,
    tag    INTEGER NOT NULL,
    PRIMARY KEY (parent, name, lane)
) STRICT, WITHOUT ROWID;
CREATE INDEX ring_turn ON ring (parent, lane, tag, name);
CREATE TRIGGER flow_moved AFTER UPDATE OF tag ON flow WHEN old.tag <> new.tag AND new.lanes > 0 BEGIN
    UPDATE ring SET tag = new.tag WHERE parent = new.parent AND name = new.name;
END;

CREATE TABLE paused (place TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
"""

UPGRADES = {
    1: """
ALTER TABLE job ADD COLUMN batch TEXT NOT NULL DEFAULT '';
CREATE INDEX job_person ON job (person) WHERE state IN ('queued', 'delayed', 'running');
CREATE INDEX job_place ON job (place) WHERE state IN ('queued', 'delayed', 'running');
""",
}
"""Version → what makes it the next one."""


def connect_writer(path: Path) -> sqlite3.Connection:
    """The connection that changes the file; creates the file and its tables when there are none. Raises QueueUnusable."""
    with plain_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(path)
        try:
            _refuse_foreign(connection, path)
            _patiently(lambda: connection.execute("PRAGMA journal_mode = WAL"))
            connection.execute("PRAGMA synchronous = FULL")
            # Checkpoints are made by hand, with every writer held off: see sqlite_writer.
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            _create(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that only looks, at a file that a writer has opened before. Raises QueueUnusable."""
    with plain_faults(path):
        connection = _connect(path)
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def plain_faults(path: Path) -> Iterator[None]:
    """Says what the database or the file system complains of in one line that names the mend."""
    try:
        yield
    except sqlite3.OperationalError as fault:
        raise QueueUnusable(f"the queue {path} cannot be used: {fault}. {_mend(fault)}") from fault
    except sqlite3.DatabaseError as fault:
        if type(fault) is not sqlite3.DatabaseError:
            raise
        raise QueueUnusable(f"the queue {path} is damaged or not a queue: {fault}. {MOVE_AWAY}") from fault
    except OSError as fault:
        raise QueueUnusable(f"the queue {path} cannot be used: {fault.strerror or fault}. {CHECK_RIGHTS}") from fault


MOVE_AWAY = "Move the file away to start an empty one: what was asked for and is unfinished enters it again"
CHECK_RIGHTS = "Check that the folder exists on a local disk and that this user may write to it"


def _mend(fault: sqlite3.OperationalError) -> str:
    match fault.sqlite_errorcode & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "Another process has held it for too long: stop that one, or try again"
        case sqlite3.SQLITE_FULL:
            return "Free some disk space"
        case _:
            return CHECK_RIGHTS


def _connect(path: Path) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise QueueUnusable(f"SQLite {sqlite3.sqlite_version} is too old for the queue: 3.37 or newer is needed")
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Looks before anything is written, so that a file that is not ours stays as it is."""
    # Tables first: whoever creates them at this moment marks them in the same transaction.
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    application, version = _pragma(connection, "application_id"), _pragma(connection, "user_version")
    if tables and application != APPLICATION_ID:
        raise QueueUnusable(f"{path} belongs to another program: give the queue a file of its own")
    if version > SCHEMA_VERSION:
        raise QueueUnusable(f"the queue {path} was written by a newer release of walkon: update this one, or give it another file")
    if tables:
        _refuse_damaged(connection, path)


def _refuse_damaged(connection: sqlite3.Connection, path: Path) -> None:
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise QueueUnusable(f"the queue {path} is damaged: {' '.join(str(verdict).split())}. {MOVE_AWAY}")


def _create(connection: sqlite3.Connection, path: Path) -> None:
    """Writes the tables, or brings those of an older release up to date, unless another process was first; all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _pragma(connection, "user_version")
        steps = [UPGRADES[older] for older in range(version, SCHEMA_VERSION)] if version else [TABLES]
        for statement in _statements("".join(steps)):
            connection.execute(statement)
        if steps:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    _refuse_foreign(connection, path)


def _statements(script: str) -> Iterator[str]:
    """The script's statements one by one: `executescript` would commit the transaction it finds open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


T = TypeVar("T")


def _patiently(step: Callable[[], T]) -> T:
    """Repeats a step that another process's first opening of the file may refuse, which the busy timeout does not cover."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    pause_s = FIRST_RETRY_S
    while True:
        try:
            return step()
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > deadline:
                raise
        time.sleep(pause_s)
        pause_s *= 2


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
