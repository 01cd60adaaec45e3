"""The connection to the server: scripts, plain commands, patience, and one plain line for whatever goes wrong."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff

from walkon.queue.port import QueueUnusable
from walkon.queue.redis_address import WRITE_IT_SO, Address
from walkon.queue.redis_calls import Argument, Call, Merged, TogetherCalls, merge, split
from walkon.queue.redis_keys import TAG
from walkon.queue.redis_scripts import script

ANSWER_WITHIN_S = 3
"""How long the server may take to connect or to answer; every call takes it well under a millisecond."""

TRIES_AGAIN = 6
"""Repeats of a call whose answer did not come. Every call may be sent twice, so this is safe.

Pauses of 1.1 s on average in all, which a server needs to start anew; about 20 s on one that hangs, less than a lease.
"""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 1

CONNECTIONS = 32
"""At most, in one process; whoever finds none free waits his turn."""

TURN_WITHIN_S = 20

COMMANDS_AT_ONCE = 500
"""In one pipeline: enough to make waiting for the network cheap, few enough to let others in between."""

LISTEN_S = 5.0
"""How long to listen for a message before seeing whether anybody still wants one."""


class RedisClient:
    """One server. Raises QueueUnusable from every call that it cannot get through."""

    def __init__(self, url: str) -> None:
        """url: see `Address.read`. Raises QueueUnusable."""
        self.name = name_of(url)
        try:
            where = Address.read(url).connecting(ANSWER_WITHIN_S)
        except ValueError as fault:
            raise QueueUnusable(f"the queue's address {self.name} cannot be read: {fault}. {WRITE_IT_SO}") from fault
        self._pool = BlockingConnectionPool(
            max_connections=CONNECTIONS,
            timeout=TURN_WITHIN_S,
            socket_timeout=ANSWER_WITHIN_S,
            socket_connect_timeout=ANSWER_WITHIN_S,
            retry=Retry(ExponentialWithJitterBackoff(base=FIRST_PAUSE_S, cap=LONGEST_PAUSE_S), TRIES_AGAIN),
            retry_on_error=[exceptions.BusyLoadingError],
            **where,
        )
        self._redis = Redis(connection_pool=self._pool)
        self._calls = TogetherCalls(self._send)
        self._plain_faults = _PlainFaults(self.name)

    async def run(self, name: str, *arguments: Argument) -> Any:
        """What the script returns. It may run more than once if the server's answer is lost."""
        with self._plain_faults:
            return await self._calls.do(script(name), arguments)

    async def run_together(self, name: str, shared: Sequence[Argument], arguments: Sequence[Argument], *, jobs: int = 1) -> Any:
        """The script's answer to this call, of a script that takes many: those that wait and share the first arguments go as one.

        jobs: how many the call is about, at most.
        """
        with self._plain_faults:
            return await self._calls.do(script(name), shared, arguments, jobs=jobs)

    async def ask(self, *commands: Sequence[Argument]) -> list[Any]:
        """The answers to many commands that only look, in few round trips."""
        answers: list[Any] = []
        with self._plain_faults:
            for start in range(0, len(commands), COMMANDS_AT_ONCE):
                pipeline = self._redis.pipeline(transaction=False)
                for command in commands[start : start + COMMANDS_AT_ONCE]:
                    pipeline.execute_command(*command)
                answers += await pipeline.execute()
        return answers

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Messages on the channel, from now on until the connection breaks. Raises QueueUnusable when it does."""
        with self._plain_faults:
            async with self._redis.pubsub() as heard:
                await heard.subscribe(channel)
                while await heard.get_message(timeout=LISTEN_S) is None:
                    pass
                yield self._messages(heard)

    async def _messages(self, heard: Any) -> AsyncIterator[bytes]:
        with self._plain_faults:
            while True:
                message = await heard.get_message(ignore_subscribe_messages=True, timeout=LISTEN_S)
                if message is not None:
                    yield message["data"]

    async def close(self) -> None:
        """Let go of the connections; calls raise from now on."""
        self._plain_faults.closed = True
        await self._calls.close()
        await self._redis.aclose()
        await self._pool.disconnect()

    async def _send(self, calls: Sequence[Call]) -> Sequence[Any]:
        merged = merge(calls)
        return split(merged, await self._evaluate(merged))

    async def _evaluate(self, calls: Sequence[Merged]) -> list[Any]:
        answers = await self._pipeline([("EVALSHA", call.script.sha, 1, TAG, *call.arguments) for call in calls])
        # The server forgets scripts at a restart; the whole text makes it remember again.
        unknown = [at for at, answer in enumerate(answers) if isinstance(answer, exceptions.NoScriptError)]
        if unknown:
            told = await self._pipeline([("EVAL", calls[at].script.text, 1, TAG, *calls[at].arguments) for at in unknown])
            for at, answer in zip(unknown, told, strict=True):
                answers[at] = answer
        return answers

    async def _pipeline(self, commands: Sequence[Sequence[Argument]]) -> list[Any]:
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        answers: list[Any] = await pipeline.execute(raise_on_error=False)
        return answers


class _PlainFaults:
    """Around every call, and cheap for it: what the client library raises becomes one line with the mend."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.closed = False

    def __enter__(self) -> None:
        if self.closed:
            raise QueueUnusable("the queue is closed")

    def __exit__(self, _: type[BaseException] | None, fault: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(fault, exceptions.RedisError):
            said = " ".join(str(fault).split())
            raise QueueUnusable(f"the queue at {self._name} cannot be used: {said}. {_mend(fault)}") from fault


def name_of(url: str) -> str:
    """The address without user and password, for messages."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def _mend(fault: exceptions.RedisError) -> str:
    said = str(fault)
    match fault:
        case exceptions.AuthenticationError() | exceptions.AuthenticationWrongNumberOfArgsError():
            return 'Put the right user and password into the address: "redis://user:password@host:6379/0"'
        case exceptions.NoPermissionError() | exceptions.AuthorizationError():
            return "Give this user the right to run scripts, CONFIG GET and all commands on keys and channels that begin with {walkon}"
        case exceptions.ReadOnlyError():
            return "This is a replica: give the address of the primary"
        case exceptions.OutOfMemoryError():
            return "The server's maxmemory is reached: it takes no new work until some has ended or it is given more"
        case exceptions.ConnectionError() | exceptions.TimeoutError():
            return "Check that the server runs and can be reached from here"
        case _ if "NOAUTH" in said or "Authentication" in said:
            return 'Put the right user and password into the address: "redis://user:password@host:6379/0"'
        case _ if "MISCONF" in said:
            return "Free some disk space on the server: it cannot write its append-only file"
        case _ if "compiling script" in said:
            return "Redis 7.0 or newer, or Valkey, is needed"
        case _:
            return "See the server's log"
