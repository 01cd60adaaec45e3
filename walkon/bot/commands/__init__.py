"""One file per command; the file's name is the command's. `load` finds them by folder."""

from importlib import import_module
from pkgutil import iter_modules

from walkon.bot.command import Command


def load() -> tuple[Command, ...]:
    """Every command in this folder, by name."""
    names = sorted(module.name for module in iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}").COMMAND for name in names)
