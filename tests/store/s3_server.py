"""A server on loopback that speaks S3, in a process of its own: it can be frozen, and nothing of it is in ours."""

import atexit
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from functools import cache
from itertools import count

from tests.queue.redis_server import free_port

READY_WITHIN_S = 30
KEYS = {"AWS_ACCESS_KEY_ID": "walkon-test", "AWS_SECRET_ACCESS_KEY": "walkon-test-secret", "AWS_REGION": "us-east-1"}


class S3Server:
    """moto's server. Buckets are gone with it."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a host sets so that its bucket is found here."""
        return {**KEYS, "AWS_ENDPOINT_URL": f"http://{self.host}:{self.port}"}

    def start(self) -> "S3Server":
        said = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", self.host, "-p", str(self.port)]
        self.process = subprocess.Popen(said, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                urllib.request.urlopen(f"http://{self.host}:{self.port}/moto-api/", timeout=5).close()
                return self
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)

    def make_bucket(self, name: str) -> str:
        """A new bucket; returns the address for walkon."""
        asked = urllib.request.Request(f"http://{self.host}:{self.port}/{name}", method="PUT")
        urllib.request.urlopen(asked, timeout=20).close()
        return f"s3://{name}/clips"

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@cache
def shared_server() -> S3Server:
    server = S3Server().start()
    atexit.register(server.stop)
    return server


_numbers = count(1)


def new_bucket() -> str:
    """The address of a bucket of the shared server that nobody has used."""
    return shared_server().make_bucket(f"bucket-{next(_numbers)}")
