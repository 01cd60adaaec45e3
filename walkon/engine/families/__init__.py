"""What each model family can and may: one file per family, found by its name. How it is run stands in `models/families/`."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from walkon.engine.families.row import Family


def names() -> tuple[str, ...]:
    """Every family there is, in order of the alphabet."""
    return tuple(sorted(module.name for module in iter_modules(__path__) if module.name != "row"))


def family(name: str) -> Family:
    """The row of that name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    found: Family = import_module(f"{__name__}.{name}").FAMILY
    return found


def families() -> Mapping[str, Family]:
    """All rows by name."""
    return {name: family(name) for name in names()}


def family_of(index: Mapping[str, object]) -> Family | None:
    """The family of weights with that `model_index.json`, or None."""
    return next((row for row in families().values() if _is_of(row, index)), None)


def _is_of(row: Family, index: Mapping[str, object]) -> bool:
    return index.get("_class_name") in row.pipelines and all(bool(index.get(key)) is value for key, value in row.told_by.items())
