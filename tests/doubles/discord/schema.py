"""JSON Schema as far as Discord's description uses it, strict about names: one that no schema knows is a fault.

Written for speed, since it judges every message in both directions; a test holds it against the `jsonschema` library.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
_LIMITS: Mapping[str, tuple[type | tuple[type, ...], Callable[[Any, Any], bool]]] = {
    "minimum": ((int, float), lambda value, limit: value >= limit),
    "maximum": ((int, float), lambda value, limit: value <= limit),
    "minLength": (str, lambda value, limit: len(value) >= limit),
    "maxLength": (str, lambda value, limit: len(value) <= limit),
    "pattern": (str, lambda value, limit: bool(re.search(limit, value))),
    "minItems": (list, lambda value, limit: len(value) >= limit),
    "maxItems": (list, lambda value, limit: len(value) <= limit),
    "maxProperties": (dict, lambda value, limit: len(value) <= limit),
    "uniqueItems": (list, lambda value, _: len({repr(item) for item in value}) == len(value)),
}


class Judge:
    """schemas: by name, for references."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas

    def faults(self, schema: Any, value: Any, path: str) -> list[str]:
        """What is wrong with the value, a line each."""
        seen: set[str] = set()
        found = list(self._check(schema, value, path, seen))
        if isinstance(value, dict) and not found:
            found = [f"{path}.{name}: unknown name" for name in value if name not in seen]
        return found

    def _check(self, schema: Any, value: Any, path: str, seen: set[str]) -> Iterator[str]:
        schema = self._resolved(schema)
        types = schema.get("type")
        if types and not any(_TYPES[name](value) for name in ([types] if isinstance(types, str) else types)):
            yield f"{path}: {value!r:.80} is not {types}"
            return
        if ("enum" in schema and value not in schema["enum"]) or ("const" in schema and value != schema["const"]):
            yield f"{path}: {value!r:.80} is not among {schema.get('enum', schema.get('const'))}"
            return
        for name, (kind, fits) in _LIMITS.items():
            if name in schema and isinstance(value, kind) and not isinstance(value, bool) and not fits(value, schema[name]):
                yield f"{path}: {name} {schema[name]} against {value!r:.80}"
        yield from self._inside(schema, value, path, seen)
        for part in schema.get("allOf", ()):
            yield from self._check(part, value, path, seen)
        for name in ("anyOf", "oneOf"):
            if name in schema:
                yield from self._alternatives(schema[name], value, path, seen, only=name == "oneOf")

    def _inside(self, schema: Any, value: Any, path: str, seen: set[str]) -> Iterator[str]:
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self.faults(schema["items"], item, f"{path}[{index}]")
        if not isinstance(value, dict):
            return
        yield from (f"{path}: {name} is missing" for name in schema.get("required", ()) if name not in value)
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, part in value.items():
            known = properties.get(name, others if isinstance(others, dict) else None)
            if known is not None:
                seen.add(name)
                yield from self.faults(known, part, f"{path}.{name}")

    def _alternatives(self, branches: list[Any], value: Any, path: str, seen: set[str], *, only: bool) -> Iterator[str]:
        best: list[str] | None = None
        fitting = 0
        for branch in branches:
            if not self._may_fit(branch, value):
                continue
            names: set[str] = set()
            found = list(self._check(branch, value, path, names))
            if not found:
                fitting += 1
                seen |= names
            elif best is None or len(found) < len(best):
                best = found
        if fitting == 0:
            yield from best or [f"{path}: {value!r:.80} fits no alternative"]
        if only and fitting > 1:
            yield f"{path}: fits {fitting} alternatives"

    def _may_fit(self, branch: Any, value: Any) -> bool:
        """Most alternatives of Discord's say by `type` which is meant; the others need not be looked at."""
        if not isinstance(value, dict):
            return True
        kinds = self._resolved(branch).get("properties", {}).get("type", {}).get("enum")
        return kinds is None or "type" not in value or value["type"] in kinds

    def _resolved(self, schema: Any) -> Any:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema
