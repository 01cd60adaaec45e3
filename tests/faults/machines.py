"""Machines that share nothing but a network: one network namespace and one home directory each, on a bridge with the servers.

Made with iproute2 as root. Where that is not permitted the tests fail with the reason, unless WALKON_TEST_WITHOUT_NAMESPACES=1
asks for the same processes and directories on one loopback.
"""

import asyncio
import os
import random
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import WALKON, Walkon
from tests.queue.redis_server import free_port
from tests.waiting import answer_of

ROOT = Path(__file__).parents[2]
ANOTHER_WAY = "WALKON_TEST_WITHOUT_NAMESPACES"
RELAY = """
import asyncio, sys
host, port, to = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
async def serve(reader, writer):
    try:
        there = await asyncio.open_connection("127.0.0.1", to)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))
async def main():
    async with await asyncio.start_server(serve, host, port) as server:
        await server.serve_forever()
asyncio.run(main())
"""
"""What stands before a page on its machine, in the place of something that does TLS: the page itself listens on loopback."""


def ip(*words: str, unless: str | None = None) -> bool:
    """Whether it is done; where it cannot be, the test ends, unless for that reason."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode and unless is not None and unless in done.stderr:
        return False
    if done.returncode:
        pytest.fail(f"ip {' '.join(words)}: {done.stderr.strip()}. Run as root with iproute2, or set {ANOTHER_WAY}=1.")
    return True


class Network:
    """A bridge that no other test has. servers: the address at which machines find what the test starts."""

    def __init__(self) -> None:
        self.apart = os.environ.get(ANOTHER_WAY) != "1"
        self._number = 0
        self._namespaces: list[str] = []

    @property
    def _bridge(self) -> str:
        return f"wk{self._number}"

    @property
    def servers(self) -> str:
        return f"10.213.{self._number}.1" if self.apart else "127.0.0.1"

    def __enter__(self) -> "Network":
        if self.apart:
            for self._number in random.sample(range(1, 255), 254):
                if ip("link", "add", self._bridge, "type", "bridge", unless="File exists"):
                    break
            ip("addr", "add", f"{self.servers}/24", "dev", self._bridge)
            ip("link", "set", self._bridge, "up")
        return self

    def __exit__(self, *_: object) -> None:
        for namespace in self._namespaces:
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True, check=False)
        if self.apart:
            subprocess.run(["ip", "link", "del", self._bridge], capture_output=True, check=False)

    def machine(self, folder: Path, name: str) -> "Machine":
        """Another machine on the bridge."""
        home = folder / name
        home.mkdir()
        if not self.apart:
            return Machine(home, (), "127.0.0.1")
        number = len(self._namespaces) + 2
        namespace, outside, inside = f"{self._bridge}-{number}", f"{self._bridge}o{number}", f"{self._bridge}i{number}"
        address = f"10.213.{self._number}.{number}"
        ip("netns", "add", namespace)
        self._namespaces.append(namespace)
        ip("link", "add", outside, "type", "veth", "peer", "name", inside)
        ip("link", "set", inside, "netns", namespace)
        ip("link", "set", outside, "master", self._bridge, "up")
        within = ("ip", "netns", "exec", namespace)
        ip(*within[1:], "ip", "addr", "add", f"{address}/24", "dev", inside)
        ip(*within[1:], "ip", "link", "set", inside, "up")
        ip(*within[1:], "ip", "link", "set", "lo", "up")
        return Machine(home, within, address)


class Machine:
    """A home directory and a network of its own; everything that runs there is started here and ended with the test."""

    def __init__(self, home: Path, within: tuple[str, ...], address: str) -> None:
        self.home = home
        self.address = address
        self._within = within
        self._started: list[Process] = []

    async def run(self, *verb: str, page: bool = False, **settings: str) -> Walkon:
        """Start a role of walkon."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("WALKON_", "AWS_"))}
        environ = {**own, "HOME": str(self.home), "PYTHONPATH": str(ROOT), **settings}
        log = self.home / f"{len(self._started)}.log"
        with log.open("wb") as errors:
            process = await self._start(*WALKON, *verb, env=environ, stdout=PIPE, stderr=errors, cwd=self.home)
        walkon = Walkon(process, log)
        if page:
            await walkon.wait_for_address()
        return walkon

    async def _start(self, *command: str, **how: object) -> Process:
        process = await asyncio.create_subprocess_exec(*self._within, *command, **how)
        self._started.append(process)
        return process

    async def close(self) -> None:
        for process in self._started:
            if process.returncode is None:
                await Walkon(process, self.home).kill_tree()

    @asynccontextmanager
    async def reached(self, port: int) -> AsyncIterator[str]:
        """The address in this test at which the page on that machine's loopback is seen."""
        door, here = free_port(), free_port()
        await self._start(sys.executable, "-c", RELAY, self.address, str(door), str(port))

        async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
            except ConnectionError:
                return
            finally:
                writer.close()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there = await answer_of(lambda: asyncio.open_connection(self.address, door), despite=OSError)
            await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))

        async with await asyncio.start_server(serve, "127.0.0.1", here):
            yield f"http://127.0.0.1:{here}/"
