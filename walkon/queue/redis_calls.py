"""Calls of scripts that wait at the same time, sent to the server together: one round trip and one write to its log for all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from walkon.queue.redis_scripts import Script

MOST_AT_ONCE = 128
"""Jobs in one pipeline: enough to make waiting for the network cheap, few enough that the server works on them while others are made."""

IN_FLIGHT = 2
"""Pipelines under way: while the server works on one, the next is made."""

MOST_IN_SCRIPT = 64
"""Jobs that one run of a script takes: some milliseconds in which the server does nothing else."""

Argument = str | bytes | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One script to run, and who waits for it.

    own: its arguments beyond those it shares, of a script that takes many calls. jobs: how many it is about, at most.
    """

    script: Script
    arguments: Sequence[Argument]
    own: Sequence[Argument] | None
    answer: asyncio.Future[Any]
    jobs: int = 1


@dataclass(slots=True, kw_only=True)
class Merged:
    """One run of a script for the calls in a row whose arguments are `own`, about so many jobs; none: for one that takes only itself."""

    script: Script
    shared: Sequence[Argument]
    own: list[Sequence[Argument]] = field(default_factory=list)
    jobs: int = 0

    def takes(self, call: Call) -> bool:
        """Whether one more call goes in."""
        alike = (self.script, self.shared) == (call.script, call.arguments)
        return alike and call.own is not None and bool(self.own) and self.jobs + call.jobs <= MOST_IN_SCRIPT

    @property
    def arguments(self) -> Sequence[Argument]:
        """What the script is given: the calls packed into one, which is less work for both sides than an argument each."""
        return (*self.shared, _packed(self.own)) if self.own else self.shared


def _packed(calls: Sequence[Sequence[Argument]]) -> bytes:
    # The servers' own reader of this format knows bytes by the sign of text only.
    texts = [[_text(part) if isinstance(part, bytes) else part for part in call] for call in calls]
    return msgspec.msgpack.encode(texts)


def _text(content: bytes) -> msgspec.Raw:
    return msgspec.Raw(b"\xdb" + len(content).to_bytes(4, "big") + content)


def merge(calls: Sequence[Call]) -> list[Merged]:
    """As few runs of scripts as keep the order of the calls."""
    runs: list[Merged] = []
    for call in calls:
        if not runs or not runs[-1].takes(call):
            runs.append(Merged(script=call.script, shared=call.arguments))
        if call.own is not None:
            runs[-1].own.append(call.own)
            runs[-1].jobs += call.jobs
    return runs


def split(runs: Sequence[Merged], answers: Sequence[Any]) -> list[Any]:
    """The answers of runs as answers to their calls; an exception befell all of them."""
    told: list[Any] = []
    for run, answer in zip(runs, answers, strict=True):
        told += [answer] if not run.own else [answer] * len(run.own) if isinstance(answer, Exception) else answer
    return told


class TogetherCalls:
    """Sends what waits, IN_FLIGHT pipelines at a time. A caller who has gone does not stop a call that has begun."""

    def __init__(self, send: Callable[[Sequence[Call]], Awaitable[Sequence[Any]]]) -> None:
        """send: returns one answer or exception for each call, or raises what befell them all."""
        self._send = send
        self._waiting: list[Call] = []
        self._pumps: set[asyncio.Task[None]] = set()

    def do(
        self, script: Script, arguments: Sequence[Argument], own: Sequence[Argument] | None = None, *, jobs: int = 1
    ) -> "asyncio.Future[Any]":
        """What the script returns. It may run more than once if the server's answer is lost."""
        call = Call(script=script, arguments=arguments, own=own, answer=asyncio.get_running_loop().create_future(), jobs=jobs)
        self._waiting.append(call)
        if len(self._pumps) < IN_FLIGHT:
            self._pumps.add(asyncio.create_task(self._run()))
        return call.answer

    async def close(self) -> None:
        """Wait for what was begun."""
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _run(self) -> None:
        calls: list[Call] = []
        try:
            while self._waiting:
                calls = self._next()
                await self._pass(calls)
        finally:
            # In the same moment in which it saw that nothing waits: whoever calls in the next has another take its place.
            self._pumps = {pump for pump in self._pumps if pump is not asyncio.current_task()}
            for call in calls:
                call.answer.cancel()

    def _next(self) -> list[Call]:
        most = 0
        jobs = 0
        while most < len(self._waiting) and (not most or jobs + self._waiting[most].jobs <= MOST_AT_ONCE):
            jobs += self._waiting[most].jobs
            most += 1
        taken = [call for call in self._waiting[:most] if not call.answer.done()]
        del self._waiting[:most]
        return taken

    async def _pass(self, calls: Sequence[Call]) -> None:
        if not calls:
            return
        try:
            answers = await self._send(calls)
        except Exception as fault:
            answers = [fault] * len(calls)
        for call, answer in zip(calls, answers, strict=True):
            _tell(call.answer, answer)


def _tell(waiting: asyncio.Future[Any], answer: Any) -> None:
    if waiting.done():
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
