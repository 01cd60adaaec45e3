"""From a file and the environment to a `Config`, or to every fault of both at once."""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, get_args

import msgspec

from walkon.config.rules import MISSING_TOKEN, Refused, clashes, refined
from walkon.config.sections import Config, Secret
from walkon.config.shape import assembled, families, flattened, keys, sections
from walkon.config.source import PREFIX, Document, Setting, read_document, shown, shown_key, variable_of
from walkon.types.errors import SetupError


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """The settings of this host: defaults, over them the file (None: there is none), over it `WALKON_SECTION__KEY` variables.

    An empty variable counts as not set. A relative folder in the file counts from the file's own folder. Raises SetupError
    with every fault of both, each one line `FILE:LINE: [section] key: what it is. What to do.`
    """
    reading = _Reading(environ)
    config = reading.config(path)
    if reading.problems:
        raise SetupError(*reading.problems)
    return config


class _Reading:
    """One run over both sources; `problems` holds what is wrong, in the order of the file's lines, then of the variables."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._document = Document()
        self._found: list[tuple[int, str]] = []
        self._faulty: set[str] = set()

    @property
    def problems(self) -> list[str]:
        return [text for _, text in sorted(self._found)]

    def config(self, path: Path | None) -> Config:
        """What could be read; not to be used where there are problems."""
        readable = self._open(path)
        settings = [*self._file_settings(), *self._variable_settings()]
        values: dict[str, dict[str, Any]] = {name: {} for name in flattened(self._document.content) if keys(name)}
        for setting in settings:
            values.setdefault(setting.section, {}).update(self._converted(setting, path))
        if readable:
            self._find_missing_tokens(values, settings)
        config = assembled({name: found for name, found in values.items() if name not in self._faulty})
        self._find_clashes(config, settings)
        return config

    def _open(self, path: Path | None) -> bool:
        try:
            self._document = read_document(path)
        except SetupError as error:
            self._found.extend((0, problem) for problem in error.problems)
            return False
        return True

    def _file_settings(self) -> Iterator[Setting]:
        for section, content in flattened(self._document.content).items():
            if not keys(section):
                self._add_at(_path(section), _unknown_section(section, content))
            elif not isinstance(content, dict):
                self._add_at(_path(section), f"[{section}] is not a section here. Write [{section}] once, on a line of its own.")
            else:
                yield from self._section_settings(section, content)

    def _section_settings(self, section: str, content: Mapping[str, Any]) -> Iterator[Setting]:
        for key, value in content.items():
            if key in keys(section):
                yield Setting(section=section, key=key, value=value)
            else:
                self._add_at((*_path(section), key), f"[{section}] {shown_key(key)} is not a setting. {_meant_key(section, key)}")

    def _variable_settings(self) -> Iterator[Setting]:
        known = {variable_of(section, key): (section, key) for section in (*sections(), *self._named()) for key in keys(section)}
        for name in sorted(name for name in self._environ if name.startswith(PREFIX)):
            if name not in known:
                self._add(f"{shown_key(name)}: is not a setting. {_meant_variable(name, known)}")
            elif self._environ[name]:
                section, key = known[name]
                yield Setting(section=section, key=key, value=self._environ[name], variable=name)

    def _named(self) -> Iterator[str]:
        """Sections that only a variable names, such as WALKON_LIMITS__ROLE__HELPER__PER_DAY."""
        for family, name in product(families(), self._environ):
            if name.startswith(first := variable_of(family.rstrip("."), "")):
                yield family + name.removeprefix(first).partition("__")[0].lower()

    def _converted(self, setting: Setting, path: Path | None) -> dict[str, Any]:
        field = keys(setting.section)[setting.key]
        base = path.parent if path and setting.variable is None else Path()
        try:
            value = _typed(setting, field.type)
            return {setting.key: refined(setting.section, setting.key, _rooted(value, base))}
        except (msgspec.ValidationError, ValueError, RuntimeError):
            meta = _meta(field.type)
            self._refuse(setting, f"is not {meta.description}", _write(setting, meta.examples))
        except Refused as refused:
            self._refuse(setting, refused.what, refused.mend)
        return {}

    def _refuse(self, setting: Setting, what: str, mend: str) -> None:
        self._faulty.add(setting.section)
        secret = _is_secret(keys(setting.section)[setting.key].type)
        value = "" if secret else f"{shown(setting.value)} "
        if setting.variable:
            return self._add(f"{setting.variable}: {value}{what}. {mend}")
        equals = "" if secret else "= "
        self._add_at((*_path(setting.section), setting.key), f"[{setting.section}] {setting.key} {equals}{value}{what}. {mend}")

    def _find_missing_tokens(self, values: Iterable[str], settings: list[Setting]) -> None:
        given = {(setting.section, setting.key) for setting in settings}
        for section in values:
            if section in MISSING_TOKEN and (section, "token") not in given:
                self._miss_token(section, next((setting.variable for setting in settings if setting.section == section), None))

    def _miss_token(self, section: str, variable: str | None) -> None:
        self._faulty.add(section)
        if section in self._document.content:
            self._add_at((section,), f"[{section}] token is missing, but [{section}] is there. {MISSING_TOKEN[section]}")
        else:
            self._add(f"{variable}: is set, but [{section}] token is missing. Set {variable_of(section, 'token')} as well.")

    def _find_clashes(self, config: Config, settings: list[Setting]) -> None:
        for clash in clashes(config):
            last = [setting for setting in settings if (setting.section, setting.key) == (clash.section, clash.key)][-1:]
            for setting in last:
                self._refuse(setting, clash.what, clash.mend)

    def _add(self, text: str) -> None:
        self._found.append((len(self._document.lines) + 1, text))

    def _add_at(self, path: tuple[str, ...], text: str) -> None:
        line = self._document.line_of(*path)
        self._found.append((line, f"{self._document.name}:{line}: {text}"))


def _path(section: str) -> tuple[str, ...]:
    return tuple(section.split("."))


def _typed(setting: Setting, kind: Any) -> Any:
    value = setting.value
    if setting.variable and _is_list(kind):
        value = json.loads(value) if value.lstrip().startswith("[") else [item.strip() for item in value.split(",")]
    return msgspec.convert(value, kind, strict=setting.variable is None, dec_hook=_made)


def _made(kind: Any, value: Any) -> Any:
    """Of text, the types msgspec does not make itself."""
    if not isinstance(value, str) or "\0" in value or (kind is Path and not value):
        raise ValueError
    return kind(value)


def _rooted(value: Any, base: Path) -> Any:
    if isinstance(value, tuple):
        return tuple(_rooted(part, base) for part in value)
    return (base / value.expanduser()).absolute() if isinstance(value, Path) else value


def _metas(kind: Any) -> Iterator[Any]:
    """A type and everything it is made of, the outermost first."""
    yield kind
    for part in get_args(kind):
        yield from _metas(part)


def _meta(kind: Any) -> msgspec.Meta:
    """What says in words how a value of the type looks."""
    return next(part for part in _metas(kind) if isinstance(part, msgspec.Meta) and part.description)


def _is_secret(kind: Any) -> bool:
    return Secret in _metas(kind)


def _is_list(kind: Any) -> bool:
    return any(getattr(part, "__origin__", None) is tuple for part in _metas(kind))


def _write(setting: Setting, examples: list[Any] | None) -> str:
    if not examples:
        return "Put it in quotes."
    if setting.variable:
        return f"Write {','.join(examples[0]) if isinstance(examples[0], list) else examples[0]}."
    return f"Write {setting.key} = {json.dumps(examples[0], ensure_ascii=False)}."


def _unknown_section(name: str, content: Any) -> str:
    if not isinstance(content, dict | list):
        owners = [f"[{section}]" for section in sections() if name in keys(section)]
        mend = f"Put it under {' or '.join(owners)}." if owners else "Delete it."
        return f"{shown_key(name)} stands outside any section. {mend}"
    close = difflib.get_close_matches(name, sections(), 1)
    mend = f"Did you mean [{close[0]}]?" if close else f"Sections are {', '.join(each for each in sections() if '.' not in each)}."
    return f"[{shown_key(name)}] is not a section. {mend}"


def _meant_key(section: str, key: str) -> str:
    inner = {each.removeprefix(f"{section}."): f"[{each}]" for each in sections() if each.startswith(f"{section}.")}
    close = difflib.get_close_matches(key, [*keys(section), *inner], 1)
    if close:
        return f"Did you mean {inner.get(close[0], close[0])}?"
    owners = [f"[{other}]" for other in sections() if key in keys(other)]
    return f"It belongs to {' or '.join(owners)}." if owners else f"[{section}] has {', '.join(keys(section))}."


def _meant_variable(name: str, known: Iterable[str]) -> str:
    words = {variable.removeprefix(PREFIX): variable for variable in known}
    close = difflib.get_close_matches(name.upper().removeprefix(PREFIX), words, 1)
    return f"Did you mean {words[close[0]]}?" if close else "Variables are called WALKON_SECTION__KEY, as in WALKON_WEB__PORT."
