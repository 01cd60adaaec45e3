"""Builds each role from the configuration and runs them together: the only place that knows every concrete class."""

import asyncio
import gc
import logging
import os
import signal
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

import structlog

from walkon.config import Backend, Config, scattered
from walkon.gates import classifier_of, finishing_of, frame_check_of, judge_of
from walkon.queue.lanes import lane_of
from walkon.queue.port import JobQueue, QueueUnusable
from walkon.readiness import PRESENT, readiness, try_token
from walkon.safekeeping import keys_of
from walkon.store.database import Database, StoreUnusable
from walkon.store.duty import Duty
from walkon.store.keys import Keys
from walkon.store.lock import RoleLock
from walkon.store.media import Media, MediaStore
from walkon.supervising import Part, supervise
from walkon.telemetry import Metrics, build_metrics, configure_logging, exposition, redact
from walkon.types.clock import SystemClock
from walkon.types.errors import SetupError
from walkon.types.ids import PlaceId
from walkon.types.people import Place, Platform
from walkon.types.quiet import QuietHours

if TYPE_CHECKING:
    from walkon.bot.house import House
    from walkon.bot.port import ChatPlatform
    from walkon.bot.router import Router
    from walkon.consent.deciding import Decider
    from walkon.engine.finishing import Finishing
    from walkon.engine.port import RenderBackend, Rendered
    from walkon.engine.render import Studio
    from walkon.types.scene import Scene

log = structlog.get_logger(__name__)

STOP_WITHIN_S = 12.0

YOUNG = 10_000
"""New objects until the youngest are looked through; Python's own 700 are fewer than a single event makes."""

NO_LIMIT = 500_000_000
FIRST_PACES: Mapping[Backend, float] = {Backend.ANIMATIC: 400.0, Backend.DIFFUSERS: 30_000.0, Backend.OPENAI_VIDEOS: 12_000.0}
"""Milliseconds of work for a second of clip before any was measured: the preview's by bench/animatic, the other a guess."""


class Role(StrEnum):
    """A part of walkon that can run as a process of its own."""

    BOT = "bot"
    WEB = "web"
    WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every role stands on."""

    config: Config
    database: Database
    queue: JobQueue
    media: Media
    keys: Keys
    metrics: Metrics
    counts: dict[str, int]


def run_roles(config: Config, roles: frozenset[Role]) -> int:
    """Run the roles until SIGTERM or SIGINT; returns the exit code. Raises SetupError before anything is started."""
    redact(*(secret.reveal() for secret in config.secrets))
    if roles != frozenset(Role) and (clash := next(scattered(config), None)):
        raise SetupError(f"[{clash.section}] {clash.key} {clash.what}. {clash.mend}")
    # Libraries greet before a token is tried; a token that is refused is to be the only line.
    configure_logging(config.walkon.log_format, level=logging.ERROR)
    return asyncio.run(_run(config, roles))


async def _run(config: Config, roles: frozenset[Role]) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        for role in sorted(roles):
            stack.callback(RoleLock.hold(config.walkon.data_dir, role).release)
        ground = await stack.enter_async_context(_ground(config))
        parts = await _parts(ground, roles, stack)
        configure_logging(config.walkon.log_format)
        _keep_what_is_loaded()
        running = [asyncio.create_task(supervise(name, part), name=name) for name, part in parts.items()]
        await stop.wait()
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=STOP_WITHIN_S)
    return 0


def _keep_what_is_loaded() -> None:
    """Modules, tables and words live as long as the process: looking for garbage among them again and again cost a third of each event."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


@asynccontextmanager
async def _ground(config: Config) -> AsyncIterator[Ground]:
    try:
        database = await Database.open(config.store_place)
    except StoreUnusable as error:
        raise SetupError(error.reason if config.store_on_postgres else f"{config.store_path.parent}: {error.reason}") from error
    counts: dict[str, int] = {}
    try:
        async with open_queue(config) as queue:
            media, keys = media_of(config), await keys_of(config, database)
            metrics = build_metrics(lambda: counts)
            yield Ground(config=config, database=database, queue=queue, media=media, keys=keys, metrics=metrics, counts=counts)
    finally:
        await database.close()


def media_of(config: Config) -> Media:
    """Where clips are kept. Raises SetupError."""
    if not config.media_on_s3:
        return MediaStore(config.media_path)
    from walkon.store.s3 import S3Media

    try:
        return S3Media(config.media.url or "", config.walkon.data_dir / "fetched")
    except ModuleNotFoundError as error:
        raise SetupError("[media] url: clips in a bucket need obstore: pip install 'walkon[s3]'.") from error


@asynccontextmanager
async def open_queue(config: Config) -> AsyncIterator[JobQueue]:
    """The configured queue, open. Raises SetupError."""
    try:
        queue = await _opened_queue(config)
    except (QueueUnusable, OSError) as error:
        raise SetupError(str(getattr(error, "reason", error))) from error
    try:
        yield queue
    finally:
        await queue.close()


async def _opened_queue(config: Config) -> JobQueue:
    from walkon.queue.rules import Depth

    settings = config.queue
    depth = Depth(all=settings.max_depth, place=settings.max_per_place, person=settings.max_per_person)
    if config.queue_on_redis:
        from walkon.queue.redis import RedisQueue

        return await RedisQueue.open(settings.url or "", lease_s=settings.lease_s, max_attempts=settings.max_attempts, depth=depth)
    from walkon.queue.sqlite import SqliteQueue

    config.queue_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return await SqliteQueue.open(config.queue_path, lease_s=settings.lease_s, max_attempts=settings.max_attempts, depth=depth)


async def _parts(ground: Ground, roles: frozenset[Role], stack: AsyncExitStack) -> dict[str, Part]:
    parts: dict[str, Part] = {"count": lambda: _keep_counting(ground)}
    if Role.WORKER in roles:
        # First, so that a model that cannot be had is told before anybody is greeted.
        backend = backend_of(ground.config)
        parts["worker"] = _worker(ground, backend)
        parts |= _text_slot(ground) | _draft_slot(ground)
        if ground.database.shared:
            parts["presence"] = Duty(ground.database, SystemClock(), f"{PRESENT}{uuid.uuid4().hex}").keep
    if roles & {Role.BOT, Role.WEB}:
        parts |= await _bot_parts(ground, roles, stack)
    if Role.WEB not in roles and ground.config.health.port is not None:
        from walkon.health import serve_health

        health = ground.config.health
        parts["health"] = partial(
            serve_health,
            health.host,
            health.port or 0,
            lambda: readiness(ground.config, ground.database, ground.counts),
            lambda: exposition(ground.metrics),
        )
    return parts


async def _bot_parts(ground: Ground, roles: frozenset[Role], stack: AsyncExitStack) -> dict[str, Part]:
    from walkon.bot.delivery import Delivery
    from walkon.bot.presence import keep_looking
    from walkon.bot.reconcile import keep_reconciling
    from walkon.consent.enrolling import keep_sweeping
    from walkon.safekeeping import watch_of

    house, router = _house(ground)
    if house.flood:
        stack.push_async_callback(house.flood.close)
    from walkon.library.tables import greatest_token

    await ground.queue.raise_token(await ground.database.read(greatest_token))
    parts: dict[str, Part] = {
        "reconcile": lambda: keep_reconciling(house),
        "enrolments": lambda: keep_sweeping(house.enrolments),
        "witness": watch_of(ground.config, ground.database, ground.keys).run,
    }
    for platform in _platforms(ground, house, roles):
        house.files.sources[platform.platform] = platform
        stack.push_async_callback(platform.close)
        await try_token(ground.config, platform)
        if address := getattr(platform, "address", None):
            announce_address(address)
        name = platform.platform
        receiving: Part = partial(platform.serve, router)
        looking: Part = partial(keep_looking, platform, house)
        if ground.database.shared and name is not Platform.WEB:
            # A token has one connection or one poll at a time; pages are as many as there are.
            duty = Duty(ground.database, SystemClock(), name)
            parts[f"{name} duty"], receiving, looking = duty.keep, duty.guarding(receiving), duty.guarding(looking)
        parts[f"{name} receiving"] = receiving
        if name is not Platform.WEB:
            parts[f"{name} presence"] = looking
        parts[f"{name} delivery"] = Delivery(platform, house, ground.metrics).run
    return parts


def _house(ground: Ground) -> "tuple[House, Router]":
    from walkon.bot import commands
    from walkon.bot.flood import Flood
    from walkon.bot.house import House
    from walkon.bot.platforms.web.tables import forget as forget_on_the_page
    from walkon.bot.router import Router
    from walkon.bot.words import Words
    from walkon.consent.casting import Caster
    from walkon.safekeeping import enrolments_of

    found = {command.name: command for command in commands.load()}
    decider = _decider(ground)
    house = House(
        database=ground.database,
        queue=ground.queue,
        media=ground.media,
        caster=Caster(record=decider.record, open_for=timedelta(seconds=ground.config.consent.request_ttl_s), chance=SystemRandom().random),
        decider=decider,
        keys=ground.keys,
        enrolments=enrolments_of(ground.database, ground.keys, decider),
        words=Words.load(),
        clock=SystemClock(),
        lane=lane_of(ground.config.engine.backend, model=ground.config.engine.asked_model),
        drawn=ground.config.engine.backend is Backend.ANIMATIC,
        classified=bool(ground.config.moderation.classifier),
        first_pace=FIRST_PACES[ground.config.engine.backend],
        command_root=ground.config.discord.command if ground.config.discord else "sora",
        command_names=tuple(found),
        operators=frozenset(ground.config.walkon.operators),
        judge=judge_of(ground.config),
        storage=_storage(ground.config),
        limits=ground.config.limits,
        allow=ground.config.allow,
        guardians=ground.config.guardians,
        flood=Flood(ground.config.queue.url if ground.config.queue_on_redis else None),
        report_threshold=ground.config.moderation.report_threshold,
        erasers=(forget_on_the_page,),
    )
    return house, Router(house, found, ground.metrics)


def _storage(config: Config) -> Place | None:
    chat = config.telegram.storage_chat if config.telegram else None
    return Place(id=PlaceId(f"telegram:{chat}"), channel=str(chat), locale=config.walkon.language) if chat else None


def _platforms(ground: Ground, house: "House", roles: frozenset[Role]) -> "list[ChatPlatform]":
    from walkon.bot import commands, quota

    config = ground.config
    # A moderator's own limits must be known before they ask for a clip; otherwise only their deeds need it.
    asks = quota.MODERATOR in config.limits.role
    found = [replace(command, moderates=command.moderates or (asks and command.public)) for command in commands.load()]
    platforms: list[ChatPlatform] = []
    if Role.BOT in roles and config.discord:
        from walkon.bot.platforms.discord.cards import Layout
        from walkon.bot.platforms.discord.client import DiscordPlatform

        discord = config.discord
        platforms.append(
            DiscordPlatform(
                token=discord.token.reveal(),
                api_url=discord.api_url,
                root=discord.command,
                dev_guild=str(discord.dev_guild) if discord.dev_guild else None,
                commands=found,
                layout=Layout(house.words, house.seal),
                media=ground.media,
                state_dir=config.walkon.data_dir,
            )
        )
    if Role.BOT in roles and config.telegram:
        from walkon.bot.platforms.telegram.client import TelegramPlatform, account_of

        platforms.append(
            TelegramPlatform(
                account_of(config.telegram),
                root=house.command_root,
                commands=found,
                words=house.words,
                media=ground.media,
                database=ground.database,
                seal=house.seal,
            )
        )
    if Role.WEB in roles:
        platforms.append(_page(ground, house))
    return platforms


def _page(ground: Ground, house: "House") -> "ChatPlatform":
    from walkon.bot import commands
    from walkon.bot.platforms.web.server import WebPlatform

    web = ground.config.web
    return WebPlatform(
        host=web.host,
        port=web.port,
        public_url=web.public_url,
        login=web.login.reveal() if web.login else None,
        database=ground.database,
        media=ground.media,
        commands=commands.load(),
        words=house.words,
        health=lambda: readiness(ground.config, ground.database, ground.counts),
        exposition=lambda: exposition(ground.metrics),
        root=house.command_root,
    )


def backend_of(config: Config, name: str | None = None) -> "RenderBackend":
    """The configured backend, or the one named; not started. Raises SetupError where its model cannot be had."""
    from walkon.engine import backends
    from walkon.engine.port import BackendUnavailable

    try:
        return backends.load(name or config.engine.backend)(config.engine, config.walkon.data_dir)
    except BackendUnavailable as error:
        raise SetupError(f"[engine] {error.reason}") from error


def _text_slot(ground: Ground) -> dict[str, Part]:
    from walkon.engine.text_slot import TextSlot

    classifier = classifier_of(ground.config)
    if classifier is None:
        return {}
    slot = TextSlot(queue=ground.queue, database=ground.database, classifier=classifier, decider=_decider(ground), clock=SystemClock())
    return {"text checks": slot.run}


def _decider(ground: Ground) -> "Decider":
    from walkon.bot.ask_posts import following_asks
    from walkon.consent.deciding import Decider
    from walkon.consent.proof import Proof

    return Decider(following_asks(Proof(ground.keys).record))


def _draft_slot(ground: Ground) -> dict[str, Part]:
    """Draws previews beside a model, so that neither waits for the other; where clips are drawn anyway, there are none."""
    from walkon.engine.worker import DRAFT_SLOT, Worker
    from walkon.safety.output import FrameCheck

    if ground.config.drawn:
        return {}
    backend, finishing = backend_of(ground.config, Backend.ANIMATIC), finishing_of(ground.config)

    async def run() -> None:
        studio = replace(_studio(ground, backend, finishing, scratch="scratch-drafts"), frame_check=FrameCheck.OFF)
        try:
            await Worker(studio, ground.metrics, lease_s=ground.config.queue.lease_s, slot=DRAFT_SLOT).run()
        finally:
            await finishing.close()

    return {"drafts": run}


def _studio(ground: Ground, backend: "RenderBackend", finishing: "Finishing", *, scratch: str) -> "Studio":
    from walkon.consent.enrolled import Enrolled
    from walkon.consent.proof import Proof
    from walkon.engine.render import Studio

    return Studio(
        queue=ground.queue,
        database=ground.database,
        media=ground.media,
        backend=backend,
        finishing=finishing,
        clock=SystemClock(),
        scratch=ground.config.walkon.data_dir / scratch,
        visible_mark=ground.config.provenance.visible_mark,
        judge=judge_of(ground.config),
        classified=bool(ground.config.moderation.classifier),
        frame_check=frame_check_of(ground.config),
        enrolled=Enrolled(ground.keys),
        proof=Proof(ground.keys),
    )


def _worker(ground: Ground, backend: "RenderBackend") -> Part:
    """backend: made before, so that what cannot be had stops the start and not the worker."""
    from walkon.engine.worker import Worker

    finishing = finishing_of(ground.config)
    judge_of(ground.config)

    async def run() -> None:
        studio = _studio(ground, backend, finishing, scratch="scratch")
        if not ground.config.queue_on_redis:
            # The role's lock says that no other worker lives, so whatever is leased was a dead one's.
            await ground.queue.reclaim()
        quiet = QuietHours.read(hours) if (hours := ground.config.limits.quiet_hours) else None
        try:
            await Worker(studio, ground.metrics, lease_s=ground.config.queue.lease_s, quiet=quiet).run()
        finally:
            await finishing.close()

    return run


async def _keep_counting(ground: Ground) -> None:
    while True:
        stats = await ground.queue.stats()
        ground.counts.update(
            queued=stats.queued, delayed=stats.delayed, running=stats.running, dead=stats.dead, done=stats.done, cancelled=stats.cancelled
        )
        await asyncio.sleep(2)


async def render_once(config: Config, scene: "Scene", out: Path, engine: str | None = None) -> "Rendered":
    """Render one scene to a file, without queue or store; its poster and captions are not kept.

    It is marked and signed like any other. Raises BackendUnavailable, RenderFailed, NotFinished, OSError, SetupError.
    """
    from walkon.engine.port import Order
    from walkon.provenance.manifest import Source, Statement
    from walkon.provenance.wording import mark_words

    backend, finishing = backend_of(config, engine), finishing_of(config)
    able = backend.capabilities
    mark = mark_words(drawn=able.drawn, language=scene.language) if config.provenance.visible_mark else ""
    statement = Statement(source=Source.ALGORITHM if able.drawn else Source.MODEL, engine=able.name)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".walkon-", dir=out.parent) as scratch:
        try:
            await backend.start()
            order = Order(scene=scene, directory=Path(scratch), max_bytes=NO_LIMIT, mark=mark)
            rendered = await backend.render(order, lambda step: None)
            seal = await finishing.sign(rendered.video, statement)
            os.replace(rendered.video, out)
        finally:
            await finishing.close()
            await backend.close()
    return replace(rendered, video=out, bytes=seal.bytes)


def announce_address(address: str) -> None:
    """Tell the person at the terminal where the page is."""
    print(f"walkon is at {address}", file=sys.stdout, flush=True)
