"""Which sections and keys there are: `[limits.person]` is a section of its own, and `[limits.role.NAME]` is one for each NAME."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import msgspec
from msgspec.structs import FieldInfo

from walkon.config.sections import Config

ANY_NAME = re.compile(r"[a-z0-9][a-z0-9_ -]{0,99}")
"""What may stand for NAME, in lower case."""


@cache
def sections() -> Mapping[str, Any]:
    """The record of every section by its name, in order; those that come by any name are missing."""
    return dict(_sections(Config, ""))


@cache
def families() -> Mapping[str, Any]:
    """Sections of which there is one for each name that the host gives: what stands before the name, with its dot; the record."""
    found = {f"{name}.": section for name, section in sections().items()}
    return {
        f"{prefix}{field.name}.": record
        for prefix, section in found.items()
        for field in msgspec.structs.fields(section)
        if (record := _record_by_name(field.type))
    }


@cache
def keys(section: str) -> Mapping[str, FieldInfo]:
    """The keys of a section with their types and defaults, in order; empty for a section that does not exist."""
    record = sections().get(section) or _of_family(section)
    fields = msgspec.structs.fields(record) if record else ()
    return {field.name: field for field in fields if not _record_of(field.type) and not _record_by_name(field.type)}


def flattened(content: Mapping[str, Any]) -> dict[str, Any]:
    """A parsed file by the full names of its sections."""
    flat: dict[str, Any] = {}
    for name, found in content.items():
        flat |= _flattened(name, found)
    return flat


def assembled(values: Mapping[str, Mapping[str, Any]]) -> Config:
    """The settings from the values of each section."""
    return Config(**{name: _built(name, _record_of(kind.type), values) for name, kind in _fields(Config) if _given(name, values)})


def spread(config: Config) -> Mapping[str, Mapping[str, Any]]:
    """The settings that count, by section and key; sections that are not wanted are missing."""
    return dict(_spread("", config))


def _spread(prefix: str, record: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, kind in _fields(record):
        full, found = f"{prefix}{name}", getattr(record, name)
        inner = {f"{full}.{each}": part for each, part in found.items()} if _record_by_name(kind.type) else {}
        if _record_of(kind.type) and not inner and found is not None and not isinstance(found, dict):
            inner = {full: found}
        for section, part in inner.items():
            yield section, {key: getattr(part, key) for key in keys(section)}
            yield from _spread(f"{section}.", part)


def _flattened(name: str, found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        return {name: found}
    own = {key: value for key, value in found.items() if f"{name}.{key}" not in sections() and f"{name}.{key}." not in families()}
    flat: dict[str, Any] = {name: own} if own or len(own) == len(found) else {}
    for key, value in found.items():
        if f"{name}.{key}." in families() and isinstance(value, dict):
            flat |= {f"{name}.{key}.{each.lower()}": part for each, part in value.items()}
        elif f"{name}.{key}" in sections() or f"{name}.{key}." in families():
            flat |= _flattened(f"{name}.{key}", value)
    return flat


def _sections(record: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, kind in _fields(record):
        if found := _record_of(kind.type):
            yield f"{prefix}{name}", found
            yield from _sections(found, f"{prefix}{name}.")


def _fields(record: Any) -> Iterator[tuple[str, FieldInfo]]:
    return ((field.name, field) for field in msgspec.structs.fields(record))


def _of_family(section: str) -> Any:
    for prefix, record in families().items():
        if section.startswith(prefix) and ANY_NAME.fullmatch(section.removeprefix(prefix)):
            return record
    return None


def _record_of(kind: Any) -> Any:
    """The Struct of a section, also of one that may be absent; None for a key."""
    parts = () if getattr(kind, "__origin__", None) is dict else (kind, *get_args(kind))
    return next((part for part in parts if isinstance(part, type) and issubclass(part, msgspec.Struct)), None)


def _record_by_name(kind: Any) -> Any:
    """The Struct of a family of sections, which is a dict of them; None for anything else."""
    named = getattr(kind, "__origin__", None) is dict
    return _record_of(get_args(kind)[1]) if named else None


def _given(name: str, values: Mapping[str, Any]) -> bool:
    return any(section == name or section.startswith(f"{name}.") for section in values)


def _built(name: str, record: Any, values: Mapping[str, Mapping[str, Any]]) -> Any:
    parts: dict[str, Any] = dict(values.get(name, {}))
    for key, kind in _fields(record):
        inner, full = _record_of(kind.type), f"{name}.{key}"
        if by_name := _record_by_name(kind.type):
            parts[key] = {each.removeprefix(f"{full}."): by_name(**found) for each, found in values.items() if each.startswith(f"{full}.")}
        elif inner and _given(full, values):
            parts[key] = _built(full, inner, values)
    return record(**parts)
