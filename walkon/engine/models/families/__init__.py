"""How each model family is run: one file per family, with its driver and its tiny twin. What it can do stands in `engine/families/`."""

from importlib import import_module

from walkon.engine.models.driver import Engine


def engine(name: str) -> Engine:
    """The engine of the family of that name. Raises ImportError."""
    found: Engine = import_module(f"{__name__}.{name}").ENGINE
    return found
