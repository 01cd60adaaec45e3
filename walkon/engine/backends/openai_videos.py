"""A server of your own that makes the clips, for hosts who outgrow one card: `/v1/videos` over HTTP.

The server's film comes back as it made it; a child process here reads it, gives a silent one its sound, and finishes it as any
other clip. Jobs are spread over the servers; one that fails is left alone for a while, and what it had is tried again.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from walkon.config import EngineSection
from walkon.engine.child import Child
from walkon.engine.endpoints import Endpoint, Endpoints
from walkon.engine.families.row import Dialect
from walkon.engine.port import BackendUnavailable, Capabilities, Order, Phase, Rendered, RenderFailed, Step
from walkon.engine.snapshot import Edge, still
from walkon.engine.videos_api import (
    Job,
    JobLost,
    Reference,
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
from walkon.types.errors import WalkonError
from walkon.types.scene import FPS, LONGEST_EXTENDED_S, MIN_SECONDS, Aspect, Manner, Scene

log = structlog.get_logger(__name__)

RECEIVER = ("-m", "walkon.engine.receiver")
RECEIVED, GIVEN = "received.mp4", "given.png"
SIZES = {Aspect.WIDE: (832, 480), Aspect.TALL: (480, 832), Aspect.SQUARE: (640, 640)}
"""What models are asked for: 480 lines, both edges multiples of 32, the strictest that a served family wants."""
READ, MADE = 0.02, 0.90
"""Fractions of the work before the server begins and after it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """deadline_s: from asking to the finished film. poll_s: between two looks. unreachable_s: how long one server may be away
    while it has our job.
    """

    deadline_s: float = 1800.0
    poll_s: float = 3.0
    unreachable_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """An order as servers are asked for it. references: what it is best made from, the best first. strict: words alone will not do."""

    wish: Wish
    references: tuple[Reference, ...] = ()
    strict: bool = False

    def reference_at(self, endpoint: Endpoint) -> Reference | None:
        """What that server is given beside the words."""
        return next((one for one in self.references if one in endpoint.server.takes), None)

    def fits(self, endpoint: Endpoint) -> bool:
        """Whether that server can be given what the clip is to be made from."""
        return self.reference_at(endpoint) is not None

    def suits(self, endpoint: Endpoint) -> bool:
        """Whether that server can do it at all; one that has not told what it is may."""
        return not self.strict or not endpoint.met or self.fits(endpoint)


class OpenAiVideosBackend:
    """Renders at several servers, as many clips at each as its replicas. patience, receiver: for tests."""

    def __init__(
        self, engine: EngineSection, data_dir: Path, *, patience: Patience | None = None, receiver: Sequence[str] = RECEIVER
    ) -> None:
        if not engine.servers:
            raise BackendUnavailable(reason='api_url is missing. Write where the server answers, as in "http://127.0.0.1:30000".')
        key = engine.api_key.reveal() if engine.api_key else None
        self._endpoints = Endpoints([Endpoint(VideosApi(address, key=key), engine.api_in_flight) for address in engine.servers])
        self._most = engine.api_in_flight * len(engine.servers)
        self._model = None if engine.model == "auto" else engine.model
        self._patience = patience or Patience()
        self._child = Child(receiver)
        self._renders = 0
        self._parting: set[asyncio.Task[None]] = set()

    @property
    def capabilities(self) -> Capabilities:
        """What it can do. While a server finishes a clip, the next can begin there."""
        return Capabilities(
            name="openai-videos",
            lane="openai-videos",
            drawn=False,
            min_seconds=MIN_SECONDS,
            max_seconds=LONGEST_EXTENDED_S,
            at_once=min(2 * self._most, self._renders + self._endpoints.free),
            extends=self._endpoints.takes(Reference.PICTURE),
        )

    @property
    def servers(self) -> tuple[Server, ...]:
        """What the servers are, in the order of their addresses; known after `start`."""
        return tuple(endpoint.server for endpoint in self._endpoints.all)

    async def start(self) -> None:
        """Ask each server what it is. Raises BackendUnavailable where none answers."""
        await self._child.start()
        found = await asyncio.gather(*(self._met(endpoint) for endpoint in self._endpoints.all))
        if not any(problem is None for problem in found):
            raise BackendUnavailable(reason=f"no server answers: {'; '.join(str(problem) for problem in found)}")

    async def _met(self, endpoint: Endpoint) -> str | None:
        """Ask the server what it is; why it does not say, None where it does."""
        try:
            endpoint.server = await endpoint.api.server()
        except (ServerAway, Refused) as error:
            endpoint.failed(error.reason)
            return error.reason
        except ServerBusy as busy:
            endpoint.full(busy.retry_after_s)
            return None
        endpoint.met = True
        log.info("video_server", address=endpoint.api.address, kind=endpoint.server.name, takes=endpoint.server.taken)
        return None

    async def render(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Render the order. Raises RenderFailed, BackendUnavailable."""
        self._renders += 1
        try:
            return await self._rendered(order, report)
        finally:
            self._renders -= 1

    async def _rendered(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        report(Step(phase=Phase.READING, fraction=READ))
        try:
            async with asyncio.timeout(self._patience.deadline_s):
                made = await self._film(await self._ask(order), order, report)
        except TimeoutError:
            raise RenderFailed(reason=f"the server made no clip in {self._patience.deadline_s:g} s", retryable=True) from None
        rendered = await self._child.render(replace(order, made=made, source=_continued(order)), lambda step: report(_late(step)))
        made.unlink(missing_ok=True)
        return rendered

    async def _ask(self, order: Order) -> _Ask:
        wish, built = _wish(order.scene, self._model), order.scene.built_on
        if built is None or order.source is None:
            return _Ask(wish=wish)
        extends = built.manner is Manner.EXTEND
        return _Ask(wish=wish, references=(Reference.PICTURE,) if extends else (Reference.FILM, Reference.PICTURE), strict=extends)

    async def _film(self, ask: _Ask, order: Order, report: Callable[[Step], None]) -> Path:
        """The server's film, in the order's directory."""
        endpoint, job = await self._placed(ask, order)
        try:
            target = await self._had(endpoint, job, order.directory / RECEIVED, report)
        except asyncio.CancelledError:
            parting = asyncio.create_task(self._parted(endpoint, job))
            self._parting.add(parting)
            parting.add_done_callback(self._parting.discard)
            raise
        except BaseException:
            self._endpoints.leave(endpoint)
            raise
        self._endpoints.leave(endpoint)
        endpoint.did_well()
        return target

    async def _had(self, endpoint: Endpoint, job: Job, target: Path, report: Callable[[Step], None]) -> Path:
        """The job's film, once it is made; the server need not keep it then. Raises RenderFailed."""
        try:
            await self._watched(endpoint, job, report)
            await endpoint.api.fetch(job.id, target)
        except (ServerAway, JobLost, ServerBusy) as error:
            endpoint.failed(str(error))
            raise RenderFailed(reason=f"the server lost the job: {error}", retryable=True) from error
        except Refused as error:
            raise RenderFailed(reason=error.reason, retryable=False) from error
        await endpoint.api.delete(job.id)
        return target

    async def _placed(self, ask: _Ask, order: Order) -> tuple[Endpoint, Job]:
        """The job, at the server that has most room; while all are full, it waits. Raises RenderFailed, BackendUnavailable."""
        while True:
            able = any(one.up and ask.reference_at(one) for one in self._endpoints.all)
            endpoint = self._endpoints.best(ask.fits if able else ask.suits)
            if endpoint is None:
                self._reachable(ask)
                await self._endpoints.change()
            elif job := await self._asked(endpoint, ask, order):
                return endpoint, job

    def _reachable(self, ask: _Ask) -> None:
        """Raises where waiting for a free server is vain."""
        if not any(ask.suits(one) for one in self._endpoints.all):
            raise RenderFailed(reason="no server here can go on from the pictures of a clip", retryable=False)
        if not self._endpoints.reached(ask.suits):
            faults = "; ".join(one.fault for one in self._endpoints.all if one.fault)
            raise BackendUnavailable(reason=f"no server takes the job: {faults}")

    async def _asked(self, endpoint: Endpoint, ask: _Ask, order: Order) -> Job | None:
        """The job at that server, which is then one more it has; None where it does not take it now."""
        endpoint.busy += 1
        job = None
        try:
            if endpoint.met or await self._met(endpoint) is None:
                job = await self._created(endpoint, ask, order)
        except ServerBusy as busy:
            endpoint.full(busy.retry_after_s)
        except ServerAway as away:
            endpoint.failed(away.reason)
        except Refused as refused:
            raise RenderFailed(reason=f"the server refuses: {refused.reason}", retryable=False) from refused
        finally:
            if job is None:
                self._endpoints.leave(endpoint)
        return job

    async def _created(self, endpoint: Endpoint, ask: _Ask, order: Order) -> Job | None:
        """Raises ServerAway, ServerBusy, Refused; None where it turns out that the server cannot do it."""
        reference = ask.reference_at(endpoint)
        if reference is None or order.source is None:
            return None if ask.strict else await endpoint.api.create(ask.wish)
        given = order.source
        if reference is Reference.PICTURE:
            given = order.directory / GIVEN
            await still(order.source, given, Edge.LAST if ask.strict else Edge.FIRST, ask.wish.size)
        try:
            return await endpoint.api.create(replace(ask.wish, reference=reference, given=given))
        except Refused:
            if ask.strict:
                raise
            log.warning("made_from_words_alone", address=endpoint.api.address)
            return await endpoint.api.create(ask.wish)
        finally:
            (order.directory / GIVEN).unlink(missing_ok=True)

    async def _parted(self, endpoint: Endpoint, job: Job) -> None:
        """Nobody wants the job any more. A server that cannot stop it has it to its end, and takes no other in its place till then."""
        try:
            if not endpoint.server.aborts:
                async with asyncio.timeout(self._patience.deadline_s):
                    await self._watched(endpoint, job, lambda step: None)
        except (TimeoutError, WalkonError) as error:
            log.info("parted", address=endpoint.api.address, reason=f"{type(error).__name__} {error}")
        finally:
            await asyncio.shield(endpoint.api.delete(job.id))
            self._endpoints.leave(endpoint)

    async def _watched(self, endpoint: Endpoint, job: Job, report: Callable[[Step], None]) -> None:
        """Until the server is done with it. Raises RenderFailed, ServerAway, ServerBusy, JobLost, Refused."""
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

    async def close(self) -> None:
        """Let go of connections, of the child, and of jobs that nobody wants."""
        await self._child.close()
        for parting in tuple(self._parting):
            parting.cancel()
        await asyncio.gather(*self._parting, return_exceptions=True)
        for endpoint in self._endpoints.all:
            await endpoint.api.close()


async def looked_at(engine: EngineSection) -> Mapping[str, Server | str]:
    """What each configured server is, by its address, or why it does not say."""
    apis = [VideosApi(address, key=engine.api_key.reveal() if engine.api_key else None, patience_s=5) for address in engine.servers]
    return dict(zip(engine.servers, await asyncio.gather(*map(_look_at, apis)), strict=True))


async def _look_at(api: VideosApi) -> Server | str:
    try:
        return await api.server()
    except (ServerAway, Refused) as error:
        return error.reason.removeprefix(f"{api.address}: ")
    except ServerBusy:
        return "it is too busy to say what it is"
    finally:
        await api.close()


def _wish(scene: Scene, model: str | None) -> Wish:
    told = [words_for(scene, index, Dialect.QUOTED) for index in range(max(1, len(scene.shots)))]
    words = told[0] if len(told) == 1 else " ".join(f"Shot {number}: {one}" for number, one in enumerate(told, 1))
    return Wish(model=model, prompt=words, seconds=scene.seconds, size=SIZES[scene.aspect], fps=FPS, seed=scene.seed)


def _continued(order: Order) -> Path | None:
    """The film that the new one is put behind."""
    built = order.scene.built_on
    return order.source if built is not None and built.manner is Manner.EXTEND else None


def _made(job: Job, server: Server) -> Step:
    if job.state is State.QUEUED or not server.counts:
        return Step(phase=Phase.WARMING_UP if job.state is State.QUEUED else Phase.PAINTING, fraction=READ)
    return Step(phase=Phase.PAINTING, fraction=READ + (MADE - READ) * job.progress / 100)


def _late(step: Step) -> Step:
    return replace(step, fraction=MADE + (1 - MADE) * step.fraction)


backend = OpenAiVideosBackend
"""How `walkon.engine.backends.load` makes it."""
