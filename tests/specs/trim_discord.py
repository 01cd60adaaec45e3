"""Makes `discord.json` from Discord's own OpenAPI file: the operations the double serves, and every schema they need.

The official file is discord/discord-api-spec on GitHub, under the MIT licence.

    python tests/specs/trim_discord.py discord-openapi.json tests/specs/discord.json

Only structure is kept: names, types, limits, what is required. Run it again when the official file changes.
"""

import json
import sys
from pathlib import Path
from typing import Any

OPERATIONS = (
    ("get", "/users/@me"),
    ("get", "/oauth2/applications/@me"),
    ("get", "/gateway/bot"),
    ("put", "/applications/{application_id}/commands"),
    ("put", "/applications/{application_id}/guilds/{guild_id}/commands"),
    ("post", "/interactions/{interaction_id}/{interaction_token}/callback"),
    ("get", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
    ("patch", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
    ("delete", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
    ("patch", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"),
    ("post", "/webhooks/{webhook_id}/{webhook_token}"),
    ("patch", "/channels/{channel_id}"),
    ("post", "/channels/{channel_id}/messages"),
    ("patch", "/channels/{channel_id}/messages/{message_id}"),
    ("get", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}"),
    ("put", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"),
    ("get", "/guilds/{guild_id}"),
    ("get", "/guilds/{guild_id}/members/{user_id}"),
    ("patch", "/guilds/{guild_id}/members/{user_id}"),
    ("get", "/users/{user_id}"),
    ("post", "/users/@me/channels"),
)
PROSE = ("description", "title", "summary", "example", "examples", "externalDocs")
KINDS = ("application/json", "multipart/form-data")


def trimmed(official: dict[str, Any]) -> dict[str, Any]:
    """The structure of the operations above."""
    operations = {}
    for method, path in OPERATIONS:
        shared = official["paths"][path].get("parameters", [])
        operation = official["paths"][path][method]
        operations[operation["operationId"]] = _operation(official, method, path, [*shared, *operation.get("parameters", [])], operation)
    schemas: dict[str, Any] = {}
    _collect(official, operations, schemas)
    return {"operations": operations, "schemas": dict(sorted(schemas.items()))}


def _operation(official: dict[str, Any], method: str, path: str, parameters: list[Any], operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    return {
        "method": method.upper(),
        "path": path,
        "query": {p["name"]: _structure(p["schema"]) for p in parameters if p["in"] == "query"},
        "bodies": {kind: _structure(content[kind]["schema"]) for kind in KINDS if kind in content},
        "answers": {status: _answer(official, answer) for status, answer in operation["responses"].items()},
    }


def _answer(official: dict[str, Any], answer: dict[str, Any]) -> Any:
    if "$ref" in answer:
        answer = official["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    return _structure(answer["content"]["application/json"]["schema"]) if "content" in answer else None


def _structure(schema: Any) -> Any:
    """The schema without prose. Names of properties are never taken for prose."""
    if isinstance(schema, list):
        return [_structure(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: part for key, part in schema.items() if not (key in PROSE or key.startswith("x-"))}
    named = {key: {name: _structure(part) for name, part in kept.pop(key).items()} for key in ("properties",) if key in kept}
    return {**{key: _structure(part) for key, part in kept.items()}, **named}


def _collect(official: dict[str, Any], part: Any, schemas: dict[str, Any]) -> None:
    if isinstance(part, list):
        for each in part:
            _collect(official, each, schemas)
    if not isinstance(part, dict):
        return
    reference = part.get("$ref")
    if isinstance(reference, str) and (name := reference.rsplit("/", 1)[1]) not in schemas:
        schemas[name] = _structure(official["components"]["schemas"][name])
        _collect(official, schemas[name], schemas)
    for each in part.values():
        _collect(official, each, schemas)


def written(spec: dict[str, Any]) -> str:
    """The file's text: one operation or schema a line, so that a change reads as one."""
    parts = []
    for name, things in spec.items():
        lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(thing, sort_keys=True)}" for key, thing in things.items())
        parts.append(f" {json.dumps(name)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_text(written(trimmed(json.loads(source.read_text("utf-8")))), "utf-8")
