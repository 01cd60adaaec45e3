"""A real PostgreSQL server on loopback, begun by whoever needs one first and ended with the tests."""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

from tests.queue.redis_server import free_port
from walkon.store.postgres import PostgresDriver

READY_WITHIN_S = 30
OWNER = "walkon"
TEMPLATE = "walkon_template"


class PostgresServer:
    """One server with its folder; may be killed and started again. It refuses to run as root, so it then runs as `postgres`."""

    def __init__(self, *, fsync: bool = False, host: str = "127.0.0.1", copy_of: "PostgresServer | None" = None) -> None:
        """copy_of: the server that this one is to be a replica of, and follows from its start on."""
        self.folder = Path(tempfile.mkdtemp(prefix="walkon-postgres-"))
        self.port = free_port()
        self.host = host
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = {"fsync": "on" if fsync else "off", "max_connections": "100", "autovacuum": "off", "log_min_messages": "fatal"}
        self._as = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(self.folder, "postgres", "postgres")
        self._data = self.folder / "data"
        made = [program("initdb"), "-D", str(self._data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"]
        if copy_of is not None:
            source = ("-h", str(copy_of.folder), "-p", str(copy_of.port), "-U", OWNER)
            made = [program("pg_basebackup"), "-D", str(self._data), "-R", "--checkpoint=fast", "--no-sync", *source]
        subprocess.run(made, check=True, capture_output=True, cwd=self.folder, **self._as)

        if host != "127.0.0.1":
            with (self._data / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {host}/24 trust\n")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{OWNER}@{self.host}:{self.port}/{database}"

    def start(self) -> "PostgresServer":
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        where = ["-D", str(self._data), "-h", self.host, "-p", str(self.port), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([program("postgres"), *where, *options], stdout=log, stderr=log, cwd=self.folder, **self._as)
        self._wait_until_it_answers()
        return self

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        """As whoever may do everything, by the socket, so that it also works while the network is cut."""
        return psycopg.connect(f"postgresql:///{database}", host=str(self.folder), port=self.port, user=OWNER, autocommit=True)

    def restart(self) -> None:
        """As an administrator does it: connections are cut off, nothing that was confirmed is lost."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.start()

    def kill(self) -> None:
        """As a power cut does it, for the server: all its processes at once."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def replica(self) -> "PostgresServer":
        """A started one; from now on nothing is confirmed before it has it, too."""
        replica = PostgresServer(copy_of=self).start()
        with self.admin() as admin:
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            admin.execute("SELECT pg_reload_conf()")
            while not admin.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone():
                time.sleep(0.02)
        return replica

    def promote(self) -> None:
        """A replica becomes the primary."""
        with self.admin() as admin:
            admin.execute("SELECT pg_promote()")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                with self.admin():
                    return
            except psycopg.OperationalError:
                assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.02)


def program(name: str) -> str:
    """A program of the newest PostgreSQL that is installed; Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3])) or [shutil.which(name)]
    assert found[-1], f"{name} is missing: apt install postgresql"
    return str(found[-1])


@cache
def shared_server() -> PostgresServer:
    server = PostgresServer().start()
    atexit.register(server.stop)
    return server


@cache
def _template() -> str:
    """A migrated database that nobody uses: copying it is quicker than making another."""
    server = shared_server()
    with server.admin() as admin:
        admin.execute(f"CREATE DATABASE {TEMPLATE}")
    driver = PostgresDriver(server.url(TEMPLATE), patience_s=0)
    engine = driver.engine(writer=True)
    driver.prepare(engine)
    engine.dispose()
    return TEMPLATE


_numbers = count(1)


def new_database(*, migrated: bool = True) -> str:
    """The address of a database of the shared server that nobody has used."""
    template = _template() if migrated else "template0"
    name = f"walkon_{next(_numbers)}"
    with shared_server().admin() as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return shared_server().url(name)
