"""`walkon config check` and `show`: what the settings are, and whether they can be used."""

import json
import os
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import click

from walkon.cli.frame import MISUSED, as_json, call, common, complain, settings, show
from walkon.types.errors import SetupError


@click.group()
@common
def config() -> None:
    """Check or show the settings."""


@config.command()
@common
@as_json
def check(as_json: bool) -> None:
    """Name every fault of the settings at once, with its mend."""
    from walkon.config import load

    problems: tuple[str, ...] = ()
    try:
        load(call().path, os.environ)
    except SetupError as error:
        problems = error.problems
    complain(*problems)
    source = str(call().path) if call().path else None
    count = len(problems)
    words = f"{source or 'no configuration file'}: " + ("no problems." if not count else f"{count} problem{'s' * (count > 1)}.")
    show({"ok": not problems, "file": source, "problems": list(problems)}, words, json_wanted=as_json)
    if problems:
        click.get_current_context().exit(MISUSED)


@config.command("show")
@common
@as_json
def show_settings(as_json: bool) -> None:
    """Print the settings that count here, secrets masked."""
    from walkon.config.shape import spread

    plain = {name: {key: _plain(value) for key, value in section.items()} for name, section in spread(settings()).items()}
    show(plain, "\n".join(_toml(plain)), json_wanted=as_json)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return re.sub(r"(?<=_password=)[^&]*", "…", re.sub(r"(?<=://)[^/@]*@", "…@", value))
    return value if value is None or isinstance(value, int | float) else str(value)


def _toml(sections: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, section in sections.items():
        yield f"[{name}]"
        for key, value in section.items():
            yield f"# {key} is not set" if value is None else f"{key} = {json.dumps(value, ensure_ascii=False)}"
        yield ""
