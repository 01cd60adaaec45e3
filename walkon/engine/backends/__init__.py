"""One file per way to make frames. A backend is found by its file's name; the file's `backend` makes it."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from walkon.config import EngineSection
from walkon.engine.port import BackendUnavailable, RenderBackend


def names() -> tuple[str, ...]:
    """Every backend there is, in order of the alphabet."""
    return tuple(sorted(module.name.replace("_", "-") for module in iter_modules(__path__)))


def load(name: str) -> Callable[[EngineSection, Path], RenderBackend]:
    """The maker of the backend of that name, from its settings and the data directory; it may raise BackendUnavailable.

    Raises BackendUnavailable for a name that no file has.
    """
    if name not in names():
        raise BackendUnavailable(reason=f'there is no backend "{name}"; there are: {", ".join(names())}')
    maker: Callable[[EngineSection, Path], RenderBackend] = import_module(f"{__name__}.{name.replace('-', '_')}").backend
    return maker
