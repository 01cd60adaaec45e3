"""walkon on many machines: pages and workers that meet in Redis, PostgreSQL and a bucket, and nowhere else."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.conftest import Walkon
from tests.faults.machines import Machine, Network
from tests.queue.redis_server import RedisServer, free_port
from tests.store.postgres_server import PostgresServer
from tests.store.s3_server import S3Server
from walkon.queue.redis import RedisQueue
from walkon.types.ids import ClipId, render_job

PASSWORD = "of-the-tests-only"


class Fleet:
    """The servers, and the machines with what runs on each."""

    def __init__(self, folder: Path, network: Network) -> None:
        self._folder = folder
        self._network = network
        self.redis = RedisServer(bind="0.0.0.0", requirepass=PASSWORD) if network.apart else RedisServer(requirepass=PASSWORD)
        self.postgres = PostgresServer(fsync=True, host=network.servers)
        self.s3 = S3Server(network.servers)
        self.machines: list[Machine] = []
        self.bucket = ""

    @property
    def settings(self) -> dict[str, str]:
        """The same configuration for everybody."""
        return {
            "WALKON_QUEUE__URL": f"redis://:{PASSWORD}@{self._network.servers}:{self.redis.port}/0",
            "WALKON_QUEUE__LEASE_S": "5",
            # One clip may meet every fault of a test, and each counts as an attempt.
            "WALKON_QUEUE__MAX_ATTEMPTS": "10",
            "WALKON_STORE__URL": self.postgres.url("walkon"),
            "WALKON_MEDIA__URL": self.bucket,
            "WALKON_LIMITS__PERSON__ACTIVE": "1000",
            "WALKON_WALKON__LOG_FORMAT": "json",
            **self.s3.environment,
        }

    async def start(self) -> None:
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in (self.postgres, self.s3)))
        await asyncio.to_thread(self.redis.start)
        self.bucket = await asyncio.to_thread(self.s3.make_bucket, "walkon-clips")
        with self.postgres.admin() as admin:
            admin.execute("CREATE DATABASE walkon TEMPLATE template0")

    def new_machine(self) -> Machine:
        """A machine that was given the host's key file and nothing else."""
        machine = self._network.machine(self._folder, f"machine-{len(self.machines)}")
        if self.machines:
            keys = Path(".config/walkon/keys")
            (machine.home / keys.parent).mkdir(parents=True, mode=0o700)
            shutil.copy2(self.machines[0].home / keys, machine.home / keys)
        self.machines.append(machine)
        return machine

    async def role(self, name: str, **settings: str) -> Walkon:
        """A role on a machine of its own."""
        return await self.new_machine().run(name, **{**self.settings, **settings})

    @asynccontextmanager
    async def page(self) -> AsyncIterator[str]:
        """A page on a machine of its own; gives its address."""
        machine, port = self.new_machine(), free_port()
        await machine.run("web", page=True, **self.settings, WALKON_WEB__PORT=str(port))
        async with machine.reached(port) as address:
            yield address

    def states(self) -> dict[str, str]:
        """Every clip's state in the store."""
        with self.postgres.admin("walkon") as admin:
            return dict(admin.execute("SELECT id, state FROM clip").fetchall())

    async def jobs(self) -> dict[str, str]:
        """Every clip's state in the queue."""
        queue = await RedisQueue.open(self.settings["WALKON_QUEUE__URL"].replace(self._network.servers, "127.0.0.1"))
        try:
            views = await queue.views([render_job(ClipId(clip)) for clip in self.states()])
            return {clip: views[render_job(ClipId(clip))].state.value for clip in self.states()}
        finally:
            await queue.close()

    def outcome(self) -> tuple[dict[str, int], int]:
        """Clips by state, and how many messages are owed, as the store has them."""
        with self.postgres.admin("walkon") as admin:
            states = dict(admin.execute("SELECT state, count(*) FROM clip GROUP BY state").fetchall())
            (owed,) = admin.execute("SELECT count(*) FROM outbox WHERE wanted > shown AND state = 'open'").fetchone()
        return states, owed

    async def close(self) -> None:
        self.s3.thaw()
        for machine in self.machines:
            await machine.close()
        for server in (self.redis, self.postgres, self.s3):
            await asyncio.to_thread(server.stop)
