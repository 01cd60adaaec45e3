"""Addresses of Redis: one server, servers watched by Sentinels, or a cluster, and how the primary of the latter two is found.

All keys of a queue share one slot, so in a cluster, too, it lives on one primary at a time: whoever connects asks which.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.connection import Connection, SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.crc import key_slot

from walkon.queue.redis_keys import TAG

PLAIN = ("redis", "rediss", "unix")
SENTINEL = ("redis+sentinel", "rediss+sentinel")
CLUSTER = ("redis+cluster", "rediss+cluster")
SENTINEL_PORT, PORT = 26379, 6379

WRITE_IT_SO = (
    'Write it as "redis://host:6379/0", "redis+sentinel://host:26379,host:26379/NAME/0" or "redis+cluster://host:6379,host:6379";'
    " rediss for TLS"
)

MOVED = (
    exceptions.ReadOnlyError,
    exceptions.AskError,
    exceptions.ClusterDownError,
    exceptions.TryAgainError,
)
"""Answers of a server that is not, or not now, the queue's primary; a MOVED is an ASK to redis-py."""

Node = tuple[str, int]

Find = Callable[[], Awaitable[Node]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A queue's address, read. nodes: Sentinels or cluster nodes, in the order to ask them; service: the name Sentinels know it by.

    settings: for a connection of redis-py.
    """

    scheme: str
    nodes: tuple[Node, ...] = ()
    service: str = ""
    sentinel_password: str | None = field(default=None, repr=False)
    settings: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, url: str) -> "Address":
        """`redis://[user:password@]host[:port][/number]`, or with `redis+sentinel` or `redis+cluster` several hosts with commas.

        After a Sentinel's hosts comes the name of the service, then the number. rediss for TLS; `?ssl_ca_certs=FILE`, and
        `?sentinel_password=…` if the Sentinels have one. Raises ValueError.
        """
        scheme, _, rest = url.partition("://")
        if scheme in PLAIN:
            return cls(scheme=scheme, settings=dict(parse_url(url)))
        if scheme not in (*SENTINEL, *CLUSTER):
            raise ValueError("no such scheme")
        where, _, asked = rest.partition("?")
        where, _, path = where.partition("/")
        login, _, hosts = where.rpartition("@")
        service, _, number = path.partition("/") if scheme in SENTINEL else ("", "", path)
        if scheme in SENTINEL and not service:
            raise ValueError("the name of the service is missing")
        if number not in ("", "0") and (scheme in CLUSTER or not number.isdecimal()):
            raise ValueError(f"there is no database {number!r}")
        tls = "rediss" if scheme.startswith("rediss") else "redis"
        settings: dict[str, Any] = dict(parse_url(f"{tls}://{login}{'@' if login else ''}h/{number or 0}?{asked}"))
        nodes = tuple(_node(host, SENTINEL_PORT if scheme in SENTINEL else PORT) for host in hosts.split(","))
        password = settings.pop("sentinel_password", None)
        return cls(scheme=scheme, nodes=nodes, service=unquote(service), sentinel_password=password, settings=settings)

    def connecting(self, within_s: float) -> dict[str, Any]:
        """Settings of a pool whose connections lead to the primary."""
        if not self.nodes:
            return self.settings
        plain = {name: value for name, value in self.settings.items() if name not in ("host", "port")}
        secure = issubclass(plain.pop("connection_class", Connection), SSLConnection)
        find = self._finder({"socket_timeout": within_s, "socket_connect_timeout": within_s, "ssl": secure, **plain})
        return {**plain, "connection_class": SecurePrimaryConnection if secure else PrimaryConnection, "find": find}

    def _finder(self, settings: dict[str, Any]) -> Find:
        if self.scheme in CLUSTER:
            return Cluster(self.nodes, settings).find
        shared = {name: value for name, value in settings.items() if name not in ("db", "username", "password")}
        sentinels: Any = Sentinel(
            self.nodes, sentinel_kwargs={**shared, "password": self.sentinel_password, "retry": Retry(NoBackoff(), 0)}
        )  # type: ignore[no-untyped-call]
        return lambda: sentinels.discover_master(self.service)


class Cluster:
    """Asks the nodes of a cluster which of them has the queue's slot. Learns of new ones as it asks."""

    def __init__(self, nodes: tuple[Node, ...], settings: dict[str, Any]) -> None:
        self._nodes = list(nodes)
        self._settings = settings

    async def find(self) -> Node:
        """The primary, as the first node that answers sees it. Raises redis.ConnectionError."""
        for host, port in list(self._nodes):
            try:
                async with Redis(host=host, port=port, retry=Retry(NoBackoff(), 0), **self._settings) as node:
                    slots = await node.execute_command("CLUSTER SLOTS")  # type: ignore[no-untyped-call]
            except (exceptions.ConnectionError, exceptions.TimeoutError):
                continue
            return self._primary(host, slots)
        raise exceptions.ConnectionError("no node of the cluster answers")

    def _primary(self, asked: str, slots: Any) -> Node:
        ranges = [(first, last, [_seen(asked, server) for server in servers]) for first, last, *servers in slots]
        self._nodes += sorted({server for _, _, servers in ranges for server in servers} - set(self._nodes))
        wanted = key_slot(TAG.encode())
        found = next((servers[0] for first, last, servers in ranges if first <= wanted <= last), None)
        if found is None:
            raise exceptions.ConnectionError("no node of the cluster has the queue's slot")
        return found


def _seen(asked: str, server: Any) -> Node:
    """A node that does not know its own host is the one that was asked."""
    return server[0].decode() if server[0] else asked, int(server[1])


def _node(text: str, port: int) -> Node:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError("a host is missing")
    return parts.hostname, parts.port or port


class PrimaryConnection(Connection):
    """Leads to whoever is the primary when it is opened; is closed, and so opened anew, when that one says it is not."""

    def __init__(self, *, find: Find, **settings: Any) -> None:
        super().__init__(**settings)
        self._find = find

    async def _connect(self) -> None:
        self.host, self.port = await self._find()
        await super()._connect()  # type: ignore[no-untyped-call]

    async def read_response(self, *args: Any, **kwargs: Any) -> Any:
        """The answer; raises redis.ConnectionError, which is tried again, in place of an answer that names another server."""
        try:
            return await super().read_response(*args, **kwargs)
        except MOVED as fault:
            await self.disconnect()
            raise exceptions.ConnectionError(f"the primary has changed: {fault}") from fault


class SecurePrimaryConnection(PrimaryConnection, SSLConnection):
    """The same with TLS."""
