"""What all verbs share: the options beside every verb, the settings, and how a result or a complaint is printed."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from walkon.telemetry import configure_logging, redact, redacted
from walkon.types.errors import SetupError

if TYPE_CHECKING:
    from walkon.config import Config

Function = TypeVar("Function", bound=Callable[..., Any])

DONE, FAILED, MISUSED = 0, 1, 2
"""Exit codes."""
DEFAULT_CONFIG = Path("config.toml")


@dataclass(slots=True)
class Call:
    """The options that may stand before or after the verb."""

    config: Path | None = None
    debug: bool = False

    @property
    def path(self) -> Path | None:
        """The configuration file of this call, None where there is none."""
        return self.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)


def common(command: Function) -> Function:
    """Give a verb, or `walkon` itself, the options --config and --debug."""
    config = click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        expose_value=False,
        callback=_remember,
        help="Settings; ./config.toml if it exists.",
    )
    debug = click.option("--debug", is_flag=True, expose_value=False, callback=_remember, help="Show where an error happened.")
    return config(debug(command))


as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
"""The option of a verb that prints a result."""


def call() -> Call:
    """The call being made."""
    return click.get_current_context().ensure_object(Call)


def settings() -> "Config":
    """The settings of this call, with logging set up for them. Raises SetupError."""
    from walkon.config import load

    config = load(call().path, os.environ)
    redact(*(secret.reveal() for secret in config.secrets))
    configure_logging(config.walkon.log_format)
    return config


def show(result: dict[str, Any], words: str, *, json_wanted: bool) -> None:
    """Print a result on stdout: as one JSON object, or in words."""
    click.echo(json.dumps(result, ensure_ascii=False) if json_wanted else words)


def complain(*lines: str) -> None:
    """Print lines on stderr, secrets masked."""
    for line in lines:
        click.echo(redacted(line), err=True)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Say of a place that cannot be written what to do. Raises SetupError."""
    try:
        yield
    except OSError as error:
        raise SetupError(f"{error.filename or place}: {error.strerror}. Name a place that can be written, with room for it.") from error


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    call_made = ctx.ensure_object(Call)  # made here for `walkon` itself, and then shared with every verb below it
    if value:
        setattr(call_made, str(parameter.name), value)
