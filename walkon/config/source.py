"""The two places settings come from, a TOML file and the environment, and how each names a setting to the host."""

import json
import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from walkon.types.errors import SetupError

MAX_FILE = 64 * 1024
"""Bytes; a configuration is read whole and, for the line of a fault, many times."""
PREFIX = "WALKON_"
SHOWN = 60
"""Characters of a wrong value that a message repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value as the host gave it. variable: the environment variable it came from, None for the file."""

    section: str
    key: str
    value: Any
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. name: as the host wrote it; an absent file is an empty document."""

    name: str = ""
    lines: tuple[str, ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)

    def line_of(self, *path: str) -> int:
        """The line on which that section or key begins: one after the last prefix of the file that parses without it."""
        return bisect_left(range(len(self.lines) + 1), True, key=lambda count: _holds(self._next_parsed(count), path))

    def _next_parsed(self, count: int) -> Mapping[str, Any]:
        for end in range(count, len(self.lines)):
            try:
                return tomllib.loads("\n".join(self.lines[:end]))
            except tomllib.TOMLDecodeError:
                continue
        return self.content


def read_document(path: Path | None) -> Document:
    """The file, parsed. Raises SetupError with the one line that says why it cannot be."""
    if path is None:
        return Document()
    text = _read_text(path)
    lines = tuple(text.replace("\r\n", "\n").split("\n"))
    try:
        return Document(str(path), lines, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SetupError(_syntax_problem(path, str(error), len(lines))) from None
    except RecursionError:
        raise SetupError(f"{path}: is nested too deep to be a configuration. Start from config.example.toml.") from None


def variable_of(section: str, key: str) -> str:
    """The variable that overrides a key."""
    return f"{PREFIX}{section.replace('.', '__')}__{key}".upper()


def shown(value: Any) -> str:
    """A value as a message repeats it: one line, not too long, without the password of an address."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = re.sub(r"//[^/\"]*@", "//…@", text)
    text = re.sub(r"(?<=_password=)[^&\"]*", "…", text)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def shown_key(key: str) -> str:
    """A key as a message repeats it; anything but a plain one in quotes."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", key) else shown(key)


def _holds(content: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(content, dict) or key not in content:
            return False
        content = content[key]
    return True


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise SetupError(f"{path}: there is no such file. Copy config.example.toml there, or leave --config out.") from None
    except IsADirectoryError:
        raise SetupError(f"{path}: is a directory. Name the file in it, {path / 'config.toml'}.") from None
    except PermissionError:
        raise SetupError(f"{path}: may not be read by this user. Run: chmod u+r {path}") from None
    except OSError as error:
        raise SetupError(f"{path}: could not be read ({error.strerror}). Name another file.") from None
    if len(raw) > MAX_FILE:
        raise SetupError(f"{path}: is larger than {MAX_FILE // 1024} KiB. Start from config.example.toml.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SetupError(f"{path}:{line}: is not UTF-8 text (byte 0x{raw[error.start]:02X}). Save the file as UTF-8.") from None


def _syntax_problem(path: Path, message: str, last: int) -> str:
    found = re.fullmatch(r"(?s)(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    fault, line, column = found.groups() if found else (message, None, None)
    fault = shown(fault)[1:-1].replace('\\"', '"')
    where = f", column {column}" if column else ", at the end of the file"
    return f"{path}:{line or last}: is not TOML: {fault[0].lower()}{fault[1:]}{where}. {_syntax_mend(fault)}"


def _syntax_mend(fault: str) -> str:
    if "Cannot overwrite" in fault or "Cannot declare" in fault or "twice" in fault:
        return "Keep one of the two."
    return 'Write text in quotes, key = "text"; sections as [name].'
