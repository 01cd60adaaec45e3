"""What every driver does, in the same order and with the same jobs: submit one by one, submit fifty at once, work it all off.

`python drive_NAME.py HOST PORT`: one JSON object on standard output. Nothing but the standard library is imported here.
"""

import asyncio
import json
import os
import socket
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from statistics import median

AT_ONCE = 50
ONE_BY_ONE = 300
TOGETHER = 4_700
"""Enough that a second or two is measured of whoever is fastest."""
JOBS = ONE_BY_ONE + TOGETHER
PAYLOAD = json.dumps({"prompt": "a fox runs over the moon", "seed": 4711, "settings": "x" * 306})
"""Some 370 characters of ids and settings."""
ENOUGH_S = 120


class Driver(ABC):
    """A queue under test."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.url = f"redis://{host}:{port}/0"
        self.done = 0
        self.all_done = asyncio.Event()

    def count(self) -> None:
        """One job has been worked on."""
        self.done += 1
        if self.done == JOBS:
            self.all_done.set()

    @abstractmethod
    async def open(self) -> None: ...

    @abstractmethod
    async def submit(self, number: int) -> None: ...

    @abstractmethod
    async def work_off(self) -> None:
        """Take every job and finish it, with AT_ONCE of them under way."""

    async def run(self, worker: Coroutine[object, object, object]) -> None:
        """Let a library's own worker run until every job is done; it ends with this process."""
        running = asyncio.ensure_future(worker)
        done = asyncio.ensure_future(self.all_done.wait())
        await asyncio.wait({running, done}, return_when=asyncio.FIRST_COMPLETED)
        if not done.done():
            print(running.exception(), file=sys.stderr)
            raise SystemExit(f"the worker ended after {self.done} jobs")


@dataclass
class Server:
    """The server, asked without a client of anybody's."""

    host: str
    port: int

    def ask(self, command: str) -> str:
        with socket.create_connection((self.host, self.port)) as connection, connection.makefile("rwb") as file:
            file.write(command.encode() + b"\r\n")
            file.flush()
            head = file.readline().decode()
            return file.read(int(head[1:])).decode() if head.startswith("$") else head

    def used_memory(self) -> int:
        """Bytes, less what the connections of this moment take, which the server counts once a second."""
        time.sleep(1.2)
        said = dict(line.split(":", 1) for line in self.ask("INFO memory").split() if ":" in line)
        return int(said["used_memory"]) - int(said["mem_clients_normal"]) - int(said["mem_aof_buffer"])

    def busy_us(self) -> float:
        """Microseconds of a processor that the server's only thread has used: no less while others use the processor, too."""
        said = dict(line.split(":", 1) for line in self.ask("INFO cpu").split() if ":" in line)
        return 1e6 * (float(said["used_cpu_user_main_thread"]) + float(said["used_cpu_sys_main_thread"]))


async def many(count: int, call: Callable[[int], Awaitable[object]], *, first: int = 0, at_once: int = AT_ONCE) -> float:
    """Seconds for `count` calls, so many at a time."""
    numbers = iter(range(first, first + count))

    async def some() -> None:
        for number in numbers:
            await call(number)

    began = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(at_once)))
    return time.perf_counter() - began


async def drive(driver: Driver) -> dict[str, float]:
    server = Server(driver.host, driver.port)
    server.ask("FLUSHALL")
    await driver.open()
    waits = []
    for number in range(ONE_BY_ONE):
        began = time.perf_counter()
        await driver.submit(number)
        waits.append(time.perf_counter() - began)
    empty, busy_us = server.used_memory(), server.busy_us()
    own_s = time.process_time()
    together_s = await many(TOGETHER, driver.submit, first=ONE_BY_ONE)
    own_us = 1e6 * (time.process_time() - own_s) / TOGETHER
    submit_us, held = (server.busy_us() - busy_us) / TOGETHER, server.used_memory() - empty
    busy_us, own_s = server.busy_us(), time.process_time()
    began = time.perf_counter()
    async with asyncio.timeout(ENOUGH_S):
        await driver.work_off()
    work_s = time.perf_counter() - began
    work_us = (server.busy_us() - busy_us) / JOBS
    work_both_us = work_us + 1e6 * (time.process_time() - own_s) / JOBS
    return {
        "single_ms": median(waits) * 1000,
        "single_per_s": ONE_BY_ONE / sum(waits),
        "together_per_s": TOGETHER / together_s,
        "work_per_s": JOBS / work_s,
        "bytes": held / TOGETHER,
        "submit_own_us": own_us,
        "work_both_us": work_both_us,
        "life_us": submit_us + work_us,
    }


def main(kind: Callable[[str, int], Driver]) -> None:
    host, port = sys.argv[1], int(sys.argv[2])

    async def run() -> None:
        print(json.dumps(await drive(kind(host, port))), flush=True)
        # Some workers take longer to end than all of this; nobody waits for them.
        os._exit(0)

    asyncio.run(run())
