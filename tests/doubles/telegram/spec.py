"""Checks requests and answers against the structure of the Bot API, in both versions that `tests/specs/telegram.json` keeps."""

import json
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

STRUCTURE = Path(__file__).parents[2] / "specs" / "telegram.json"
VERSIONS = ("10.1", "10.3")
ATTACHED = "attach://"


class Spec:
    """The structure of methods and types; every finding is one line of text."""

    def __init__(self, structure: Mapping[str, Any] | None = None) -> None:
        self._all = structure or json.loads(STRUCTURE.read_text("utf-8"))

    def request(self, method: str, params: Mapping[str, str], files: Set[str]) -> list[str]:
        """What is wrong with a call. params: as the form carried them; files: names of its file parts."""
        found = []
        for version in VERSIONS:
            fields = self._all[version]["methods"].get(method)
            if fields is None:
                return [f"{method}: not among the methods of tests/specs/telegram.json"]
            given = {name: _decode(fields.get(name, {}).get("types", ["String"]), text) for name, text in params.items()}
            found += self._fields(version, fields, given | {name: ATTACHED for name in files & fields.keys()}, method)
        return found + self._loose_files(method, params, files)

    def answer(self, method: str, result: Any) -> list[str]:
        """What is wrong with a call's result."""
        returned = self._all["returns"].get(method, [])
        return [line for version in VERSIONS for line in self._value(version, returned, result, f"{method} answer")]

    def value(self, kind: str, value: Any) -> list[str]:
        """What is wrong with a value of that type."""
        return [line for version in VERSIONS for line in self._value(version, [kind], value, kind)]

    def _loose_files(self, method: str, params: Mapping[str, str], files: Set[str]) -> list[str]:
        fields = self._all[VERSIONS[-1]]["methods"][method]
        text = " ".join(params.values())
        wanted = {part.split('"')[0].split()[0] for part in text.split(ATTACHED)[1:]}
        loose = [f"{method}: file part {name} is named nowhere" for name in files - fields.keys() - wanted]
        return loose + [f"{method}: {ATTACHED}{name} has no file part" for name in wanted - files]

    def _fields(self, version: str, fields: Mapping[str, Any], given: Mapping[str, Any], at: str) -> list[str]:
        missing = [f"{at}: {name} is missing ({version})" for name, field in fields.items() if field["required"] and name not in given]
        unknown = [f"{at}: {name} is unknown ({version})" for name in given if name not in fields]
        known = {name: value for name, value in given.items() if name in fields}
        wrong = [line for name, value in known.items() for line in self._value(version, fields[name]["types"], value, f"{at}.{name}")]
        return missing + unknown + wrong

    def _value(self, version: str, types: list[str], value: Any, at: str) -> list[str]:
        tried = [self._one(version, kind, value, at) for kind in types]
        return min(tried, key=len) if tried else [f"{at}: no type is known"]

    def _one(self, version: str, kind: str, value: Any, at: str) -> list[str]:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{at}: {value!r} is no list ({version})"]
            inner = kind.removeprefix("Array of ")
            return [line for place, item in enumerate(value) for line in self._one(version, inner, item, f"{at}[{place}]")]
        if kind in _PLAIN:
            return [] if _PLAIN[kind](value) else [f"{at}: {value!r} is no {kind} ({version})"]
        return self._structured(version, kind, value, at)

    def _structured(self, version: str, kind: str, value: Any, at: str) -> list[str]:
        known = self._all[version]["types"]
        if kind not in known:
            return [f"{at}: type {kind} is not in tests/specs/telegram.json"]
        if isinstance(known[kind], list):
            tried = [self._one(version, one, value, at) for one in known[kind] if one in known]
            return min(tried, key=len)
        if not isinstance(value, dict):
            return [f"{at}: {value!r} is no {kind} ({version})"]
        newest = self._all[VERSIONS[-1]]["types"].get(kind)
        # What a type gained since is no fault of an answer: the newest version still says whether it is there.
        since = newest.keys() - known[kind].keys() if isinstance(newest, dict) else set()
        return self._fields(version, known[kind], {name: one for name, one in value.items() if name not in since}, at)


_PLAIN = {
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
    "InputFile": lambda value: value == ATTACHED,
}


def _decode(types: list[str], text: str) -> Any:
    """A form's text as the value it stands for: everything but strings is JSON there."""
    if "String" in types and not (types != ["String"] and text.lstrip("-").isdigit()):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
