"""Counters of the rate-limiting library on the queue's own server: found by the same address, kept beside the queue's keys."""

from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from throttled.asyncio import RedisStore
from throttled.asyncio.store.redis import RedisStoreBackend

from walkon.queue.redis_address import Address

ANSWER_WITHIN_S = 1.0
"""Whoever counts here waits for nothing else: an answer takes well under a millisecond."""

CONNECTIONS, TURN_WITHIN_S = 16, 2.0
"""Whoever finds no connection free waits his turn, but answers a chat's event in time all the same."""


class _Backend(RedisStoreBackend):
    """The connections. server: the queue's address."""

    def __init__(self, server: str | None = None, options: dict[str, Any] | None = None) -> None:
        super().__init__(None, options)
        self.pool = BlockingConnectionPool(
            max_connections=CONNECTIONS,
            timeout=TURN_WITHIN_S,
            socket_timeout=ANSWER_WITHIN_S,
            socket_connect_timeout=ANSWER_WITHIN_S,
            retry=Retry(NoBackoff(), 1),
            **Address.read(server or "").connecting(ANSWER_WITHIN_S),
        )
        self._queues: Any = Redis(connection_pool=self.pool)

    def get_client(self) -> Any:
        """What runs the library's scripts."""
        return self._queues


class RedisCounters(RedisStore):
    """The library's store; its calls raise `throttled.exceptions.StoreUnavailableError` where the server does not answer."""

    _BACKEND_CLASS = _Backend
    _backend: _Backend

    async def close(self) -> None:
        """Let go of the connections."""
        await self._backend.pool.disconnect()
