"""Several redis-servers that belong together: a primary with a replica under three Sentinels, a cluster of three with a replica."""

import time
from abc import ABC, abstractmethod
from pathlib import Path

from redis.crc import key_slot

from tests.queue.redis_server import READY_WITHIN_S, RedisServer
from walkon.queue.redis_keys import TAG

SLOTS = 16_384
PATIENT_MS, IMPATIENT_MS = 60_000, 700
"""Silence after which the others hold a server for dead: long, since a busy machine silences a living one for a while; and short for
as long as one really is, so that tests are.
"""


class Group(ABC):
    """Servers of which one owns the queue, and another takes its place when it is gone."""

    owner: RedisServer

    def copy_to_replica(self) -> None:
        with self.owner.admin() as admin:
            assert admin.wait(1, 10_000) == 1

    def lose_owner(self) -> None:
        """It is gone, and soon missed."""
        self.owner.kill()
        self._miss_after(IMPATIENT_MS)

    def calm_down(self) -> None:
        """Another is in its place."""
        self._miss_after(PATIENT_MS)

    @abstractmethod
    def _miss_after(self, silence_ms: int) -> None: ...


class SentinelGroup(Group):
    """A primary, its replica, and three Sentinels that put the replica in the primary's place when it is gone."""

    service = "walkon-main"

    def __init__(self) -> None:
        self.owner = RedisServer().start()
        self.replica = RedisServer(replicaof=f"127.0.0.1 {self.owner.port}").start()
        self.sentinels = [Sentinel(self.service, self.owner.port).start() for _ in range(3)]
        until(lambda: all(sentinel.sees_all() for sentinel in self.sentinels))

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/{self.service}/3"

    def _miss_after(self, silence_ms: int) -> None:
        for sentinel in self.sentinels:
            with sentinel.admin() as admin:
                admin.sentinel_set(self.service, "down-after-milliseconds", silence_ms)

    def stop(self) -> None:
        for server in (*self.sentinels, self.replica, self.owner):
            server.stop()


class Sentinel(RedisServer):
    """One Sentinel, which keeps its own notes in its configuration file."""

    def __init__(self, service: str, primary_port: int) -> None:
        super().__init__()
        self.service = service
        config = Path(self.folder) / "sentinel.conf"
        config.write_text(
            f"sentinel monitor {service} 127.0.0.1 {primary_port} 2\n"
            f"sentinel down-after-milliseconds {service} {PATIENT_MS}\n"
            f"sentinel failover-timeout {service} 5000\n"
        )
        self.settings = {}
        self.arguments = (str(config), "--sentinel")

    def sees_all(self) -> bool:
        with self.admin() as admin:
            seen = admin.sentinel_master(self.service)
            return seen["num-other-sentinels"] == 2 and seen["num-slaves"] == 1


class ClusterGroup(Group):
    """Three primaries with a third of the slots each, and a replica of the one that has the queue's."""

    def __init__(self) -> None:
        settings = {"cluster-enabled": "yes", "cluster-node-timeout": str(PATIENT_MS), "databases": "1"}
        self.nodes = [RedisServer(**settings).start() for _ in range(4)]
        self.primaries, self.replica = self.nodes[:3], self.nodes[3]
        self.owner = self.primaries[key_slot(TAG.encode()) * 3 // SLOTS]
        for at, node in enumerate(self.primaries):
            with node.admin() as admin:
                admin.execute_command("CLUSTER", "ADDSLOTSRANGE", -(-at * SLOTS // 3), -(-(at + 1) * SLOTS // 3) - 1)
                admin.execute_command("CLUSTER", "SET-CONFIG-EPOCH", at + 1)
        with self.nodes[0].admin() as admin:
            for node in self.nodes[1:]:
                admin.execute_command("CLUSTER", "MEET", "127.0.0.1", node.port, int(node.settings["cluster-port"]))
        until(lambda: all(self._info(node, b"cluster_known_nodes:4") for node in self.nodes))
        with self.owner.admin() as admin, self.replica.admin() as copy:
            copy.execute_command("CLUSTER", "REPLICATE", admin.execute_command("CLUSTER", "MYID"))
            until(lambda: copy.info("replication").get("master_link_status") == "up")
        until(lambda: all(self._info(node, b"cluster_state:ok") for node in self.nodes))

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.primaries)

    def _miss_after(self, silence_ms: int) -> None:
        for node in self.nodes:
            if node is not self.owner:
                with node.admin() as admin:
                    admin.config_set("cluster-node-timeout", silence_ms)

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def _info(self, node: RedisServer, line: bytes) -> bool:
        with node.admin() as admin:
            return line in admin.execute_command("CLUSTER", "INFO")


def until(true) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
