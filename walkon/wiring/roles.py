"""Runs roles until they are told to stop."""

import asyncio
import gc
import logging
import signal
from contextlib import AsyncExitStack
from enum import StrEnum
from functools import partial

from walkon.config import Config, scattered
from walkon.readiness import readiness
from walkon.store.lock import RoleLock
from walkon.supervising import Part, supervise
from walkon.telemetry import configure_logging, exposition, redact
from walkon.types.errors import SetupError
from walkon.wiring.chats import chat_parts
from walkon.wiring.ground import Ground, ground_of
from walkon.wiring.rendering import worker_parts

STOP_WITHIN_S = 12.0


YOUNG = 10_000
"""New objects until the youngest are looked through; Python's own 700 are fewer than a single event makes."""


class Role(StrEnum):
    """A part of walkon that can run as a process of its own."""

    BOT = "bot"
    WEB = "web"
    WORKER = "worker"


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
        if roles == {Role.BOT} and not (config.discord or config.telegram):
            raise SetupError(
                "Neither [discord] nor [telegram] is configured: a bot would hear nobody. Add one with its token, or start `walkon web`."
            )
        ground = await stack.enter_async_context(ground_of(config))
        parts = await parts_of(ground, roles, stack)
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


async def parts_of(ground: Ground, roles: frozenset[Role], stack: AsyncExitStack) -> dict[str, Part]:
    """What the roles do, by name; not begun. stack: takes what is to be closed afterwards. Raises SetupError."""
    parts: dict[str, Part] = {"count": lambda: _keep_counting(ground)}
    if Role.WORKER in roles:
        # First, so that a model that cannot be had is told before anybody is greeted.
        parts |= worker_parts(ground)
    if roles & {Role.BOT, Role.WEB}:
        parts |= await chat_parts(ground, stack, chats=Role.BOT in roles, page=Role.WEB in roles)
    if Role.WEB not in roles and ground.config.health.port is not None:
        parts["health"] = _health(ground, ground.config.health.port)
    return parts


def _health(ground: Ground, port: int) -> Part:
    from walkon.health import serve_health

    ready = partial(readiness, ground.config, ground.database, ground.counts)
    return partial(serve_health, ground.config.health.host, port, ready, lambda: exposition(ground.metrics))


async def _keep_counting(ground: Ground) -> None:
    while True:
        stats = await ground.queue.stats()
        ground.counts.update(
            queued=stats.queued, delayed=stats.delayed, running=stats.running, dead=stats.dead, done=stats.done, cancelled=stats.cancelled
        )
        await asyncio.sleep(2)
