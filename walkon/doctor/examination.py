"""Every check, one after the other."""

import asyncio
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from walkon.config import Backend, Config
from walkon.doctor import machine, models, platforms, stores
from walkon.doctor.finding import Finding, Level


def settings(path: Path | None, problems: Sequence[str]) -> Iterator[Finding]:
    """Findings about the configuration file. problems: lines of the SetupError it raised, each with its mend."""
    for problem in problems:
        yield Finding(check="settings", level=Level.STOP, what=problem)
    if problems:
        return
    yield Finding(check="settings", level=Level.OK, what=f"settings from {path}" if path else "settings: the defaults, no config.toml here")
    if path and "token" in path.read_text("utf-8-sig") and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        what = f"{path} can be read by other users of this machine, and holds tokens"
        yield Finding(check="settings", level=Level.LOOK, what=what, mend=f"chmod 600 {path}")


def examine(config: Config) -> Iterator[Finding]:
    """Every check of the machine, one after the other; at most about a minute in all."""
    yield machine.python()
    yield machine.sqlite()
    yield from machine.data_dir(config.walkon.data_dir)
    at_work = machine.running(config.walkon.data_dir)
    yield from at_work
    if not at_work:
        yield machine.port(config.web.host, config.web.port)
    yield from asyncio.run(stores.redis(config)) if config.queue_on_redis else [stores.database("queue", config.queue_path)]
    yield from stores.store_server(config) if config.store_on_postgres else [stores.database("store", config.store_path)]
    yield from asyncio.run(stores.media(config))
    yield stores.key_file(config)
    yield stores.ledger(config)
    yield stores.signature(config)
    yield asyncio.run(models.text_check(config))
    yield models.frame_check(config)
    yield from asyncio.run(platforms.tokens(config))
    yield machine.speech()
    if config.engine.backend is Backend.DIFFUSERS:
        yield models.model(config)
    if config.engine.backend is Backend.OPENAI_VIDEOS:
        yield from asyncio.run(models.video_servers(config))
    yield from machine.picture_and_sound()
