"""A server of your own that makes the clips, for hosts who outgrow one card: `/v1/videos` over HTTP.

The server's film comes back as it made it; a child process here reads it, gives a silent one its sound, and finishes it as any
other clip. A lost job, a failed one and a server that is away are tried again, at another address where there is one.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from walkon.config import EngineSection
from walkon.engine.child import Child
from walkon.engine.families.row import Dialect
from walkon.engine.port import BackendUnavailable, Capabilities, Order, Phase, Rendered, RenderFailed, Step
from walkon.engine.videos_api import (
    UNKNOWN,
    Job,
    JobLost,
    Refused,
    Server,
    ServerAway,
    ServerBusy,
    State,
    VideosApi,
    Wish,
    jittered,
)
from walkon.engine.wording import words_for
from walkon.types.scene import FPS, MAX_SECONDS, MIN_SECONDS, Aspect, Scene

log = structlog.get_logger(__name__)

RECEIVER = ("-m", "walkon.engine.receiver")
RECEIVED = "received.mp4"
SIZES = {Aspect.WIDE: (832, 480), Aspect.TALL: (480, 832), Aspect.SQUARE: (640, 640)}
"""What models are asked for: 480 lines, both edges multiples of 32, the strictest that a served family wants."""
FIRST_GUESS_MS = 12_000.0
"""Milliseconds of work for a second of clip before anything was measured."""
READ, MADE = 0.02, 0.90
"""Fractions of the work before the server begins and after it has ended."""

_NEWEST = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """deadline_s: from asking to the finished film. poll_s: between two looks. unreachable_s: how long one server may be away
    while it has our job.
    """

    deadline_s: float = 1800.0
    poll_s: float = 3.0
    unreachable_s: float = 60.0


@dataclass(slots=True)
class _Endpoint:
    api: VideosApi
    server: Server = UNKNOWN
    failed_s: float = 0.0


class OpenAiVideosBackend:
    """Renders at one of several servers. patience, receiver: for tests."""

    def __init__(
        self, engine: EngineSection, data_dir: Path, *, patience: Patience | None = None, receiver: Sequence[str] = RECEIVER
    ) -> None:
        if not engine.servers:
            raise BackendUnavailable(reason='api_url is missing. Write where the server answers, as in "http://127.0.0.1:30000".')
        key = engine.api_key.reveal() if engine.api_key else None
        self._endpoints = [_Endpoint(VideosApi(address, key=key)) for address in engine.servers]
        self._model = None if engine.model == "auto" else engine.model
        self._patience = patience or Patience()
        self._child = Child(receiver)
        self._ms_a_second: dict[Aspect, float] = {}

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return Capabilities(name="openai-videos", lane="openai-videos", drawn=False, min_seconds=MIN_SECONDS, max_seconds=MAX_SECONDS)

    @property
    def servers(self) -> tuple[Server, ...]:
        """What the servers are, in the order of their addresses; known after `start`."""
        return tuple(endpoint.server for endpoint in self._endpoints)

    async def start(self) -> None:
        """Ask each server what it is. Raises BackendUnavailable where none answers."""
        await self._child.start()
        found = await asyncio.gather(*(self._met(endpoint) for endpoint in self._endpoints))
        if not any(problem is None for problem in found):
            raise BackendUnavailable(reason=f"no server answers: {'; '.join(str(problem) for problem in found)}")

    async def _met(self, endpoint: _Endpoint) -> str | None:
        try:
            endpoint.server = await endpoint.api.server()
        except (ServerAway, Refused) as error:
            return error.reason
        except ServerBusy:
            return None
        log.info("video_server", address=endpoint.api.address, kind=endpoint.server.name)
        return None

    async def render(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Render the order. Raises RenderFailed."""
        began_s = time.monotonic()
        try:
            async with asyncio.timeout(self._patience.deadline_s):
                film = await self._film(order, report)
        except TimeoutError:
            raise RenderFailed(reason=f"the server made no clip in {self._patience.deadline_s:g} s", retryable=True) from None
        rendered = await self._child.render(replace(order, source=film), lambda step: report(_late(step)))
        film.unlink(missing_ok=True)
        self._learn(order.scene.aspect, (time.monotonic() - began_s) * 1000 / rendered.seconds)
        return rendered

    async def _film(self, order: Order, report: Callable[[Step], None]) -> Path:
        """The server's film, in the order's directory."""
        report(Step(phase=Phase.READING, fraction=READ))
        endpoint, job = await self._placed(_wish(order.scene, self._model))
        try:
            await self._watched(endpoint, job, report)
            target = order.directory / RECEIVED
            await endpoint.api.fetch(job.id, target)
        except (ServerAway, JobLost, ServerBusy) as error:
            endpoint.failed_s = time.monotonic()
            raise RenderFailed(reason=f"the server lost the job: {error}", retryable=True) from error
        except Refused as error:
            raise RenderFailed(reason=error.reason, retryable=False) from error
        except BaseException:
            await asyncio.shield(endpoint.api.delete(job.id))
            raise
        return target

    async def _placed(self, wish: Wish) -> tuple[_Endpoint, Job]:
        """The job, at the first server that takes it; while all are busy, it waits."""
        while True:
            waits, faults = [], []
            for endpoint in self._by_luck():
                try:
                    return endpoint, await endpoint.api.create(wish)
                except ServerBusy as busy:
                    waits.append(busy.retry_after_s)
                except ServerAway as away:
                    endpoint.failed_s = time.monotonic()
                    faults.append(away.reason)
                except Refused as refused:
                    raise RenderFailed(reason=f"the server refuses: {refused.reason}", retryable=False) from refused
            if not waits:
                raise RenderFailed(reason=f"no server took the job: {'; '.join(faults)}", retryable=True)
            await asyncio.sleep(jittered(min(waits)))

    def _by_luck(self) -> list[_Endpoint]:
        """The servers: those that never failed first, in any order, then by how long ago they did."""
        shuffled = random.sample(self._endpoints, len(self._endpoints))
        return sorted(shuffled, key=lambda one: one.failed_s)

    async def _watched(self, endpoint: _Endpoint, job: Job, report: Callable[[Step], None]) -> None:
        """Until the server is done with it. Raises RenderFailed, ServerAway, JobLost."""
        seen_s = time.monotonic()
        while job.state is not State.COMPLETED:
            if job.state is State.FAILED:
                raise RenderFailed(reason=f"the server failed: {job.error or 'it does not say why'}", retryable=True)
            report(_made(job, endpoint.server))
            await asyncio.sleep(jittered(self._patience.poll_s))
            try:
                job = await endpoint.api.look(job.id)
                seen_s = time.monotonic()
            except (ServerAway, ServerBusy):
                if time.monotonic() - seen_s > self._patience.unreachable_s:
                    raise

    def _learn(self, aspect: Aspect, ms_a_second: float) -> None:
        known = self._ms_a_second.get(aspect, ms_a_second)
        self._ms_a_second[aspect] = known + _NEWEST * (ms_a_second - known)

    def estimate_ms(self, scene: Scene) -> int:
        """Expected milliseconds for this scene: learned from past clips of its shape."""
        return round(self._ms_a_second.get(scene.aspect, FIRST_GUESS_MS) * scene.seconds)

    async def close(self) -> None:
        """Let go of connections and of the child."""
        await self._child.close()
        for endpoint in self._endpoints:
            await endpoint.api.close()


def _wish(scene: Scene, model: str | None) -> Wish:
    told = [words_for(scene, index, Dialect.QUOTED) for index in range(max(1, len(scene.shots)))]
    words = told[0] if len(told) == 1 else " ".join(f"Shot {number}: {one}" for number, one in enumerate(told, 1))
    return Wish(model=model, prompt=words, seconds=scene.seconds, size=SIZES[scene.aspect], fps=FPS, seed=scene.seed)


def _made(job: Job, server: Server) -> Step:
    if job.state is State.QUEUED or not server.counts:
        return Step(phase=Phase.WARMING_UP if job.state is State.QUEUED else Phase.PAINTING, fraction=READ)
    return Step(phase=Phase.PAINTING, fraction=READ + (MADE - READ) * job.progress / 100)


def _late(step: Step) -> Step:
    return replace(step, fraction=MADE + (1 - MADE) * step.fraction)


backend = OpenAiVideosBackend
"""How `walkon.engine.backends.load` makes it."""
