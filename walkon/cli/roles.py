"""`walkon up`, `bot`, `worker`, `web`: the roles of a host, together or one by one."""

import signal
import sys
from typing import Any

import click

from walkon.cli.frame import DONE, common, settings


@click.command()
@common
def up() -> None:
    """Start everything the configuration asks for."""
    _run("BOT", "WEB", "WORKER")


@click.command()
@common
def bot() -> None:
    """Start the Discord and Telegram bots alone."""
    _run("BOT")


@click.command()
@common
def worker() -> None:
    """Start a worker alone, which renders what is in the queue."""
    _run("WORKER")


@click.command()
@common
def web() -> None:
    """Start the page alone."""
    _run("WEB")


def _run(*names: str) -> None:
    """Run until told to stop; a SIGTERM that arrives before the roles are up ends the process just as quietly."""
    signal.signal(signal.SIGTERM, _leave)
    config = settings()
    from walkon.wiring.roles import Role, run_roles

    click.get_current_context().exit(run_roles(config, frozenset(Role[name] for name in names)))


def _leave(*_: Any) -> None:
    sys.exit(DONE)
