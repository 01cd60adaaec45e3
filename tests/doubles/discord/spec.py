"""Discord's own description of its API as a judge of requests and answers, unknown names included."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.doubles.discord.schema import Judge

CHANGING = 7
"""The answer to a press that changes the message itself."""

SPEC = Path(__file__).parents[2] / "specs" / "discord.json"
Schema = Any


@dataclass(frozen=True)
class Operation:
    """One call of the API. pattern: matches its path below the base."""

    name: str
    method: str
    path: str
    pattern: "re.Pattern[str]"
    query: Mapping[str, Schema]
    bodies: Mapping[str, Schema]
    answers: Mapping[str, Schema]


class Spec:
    """Checks one message at a time and says what is wrong as lines; no line means it conforms."""

    def __init__(self, path: Path = SPEC) -> None:
        spec = json.loads(path.read_text("utf-8"))
        self.schemas: Mapping[str, Schema] = spec["schemas"]
        self.operations = [_operation(name, operation) for name, operation in spec["operations"].items()]
        self._faults = Judge(self.schemas).faults

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation of a request, with the values of its path's parameters."""
        for operation in self.operations:
            if operation.method == method and (match := operation.pattern.fullmatch(path)):
                return operation, match.groupdict()
        return None

    def request_faults(self, operation: Operation, query: Mapping[str, str], kind: str | None, body: Any, parts: set[str]) -> list[str]:
        """kind: content type, None without a body. parts: names of the files in a multipart body."""
        faults = [f"unknown query {name}" for name in query if name not in operation.query]
        for name, value in query.items():
            if name in operation.query:
                faults += self._faults(operation.query[name], _query_value(value, operation.query[name]), f"?{name}")
        if kind is None:
            return faults + (["no body"] if operation.bodies else [])
        if kind not in operation.bodies:
            return [*faults, f"a body of {kind}"]
        return faults + self._faults(operation.bodies[kind], as_spoken(operation, body, parts), "")

    def answer_faults(self, operation: Operation, status: int, body: Any) -> list[str]:
        """body: the JSON, None where there is none."""
        answers = operation.answers
        schema = answers.get(str(status), answers.get(f"{status // 100}XX", "absent"))
        if schema == "absent":
            return [] if status >= 500 else [f"an answer of {status}"]
        if schema is None or body is None:
            return [] if schema is None and body is None else [f"{status} with{'out' if body is None else ''} a body"]
        return self._faults(schema, body, "")


def _operation(name: str, operation: dict[str, Any]) -> Operation:
    path = operation["path"]
    pattern = re.compile(re.sub(r"\\?\{(\w+)\\?\}", r"(?P<\1>[^/@]+)", path.replace(".", r"\.")))
    return Operation(name, operation["method"], path, pattern, operation["query"], operation["bodies"], operation["answers"])


def _query_value(value: str, schema: Schema) -> Any:
    if "integer" in schema.get("type", ()) and value.isdecimal():
        return int(value)
    return {"0": False, "1": True, "true": True, "false": False}.get(value, value)


def as_spoken(operation: Operation, body: Any, parts: set[str]) -> Any:
    """The body as Discord understands it, where its own file is stricter than Discord itself.

    Known to be sent by the library and taken by Discord: numbers as ids of new attachments, of allowed mentions and of
    whom to write to, `tts` in edits and in answers to interactions; and files of a multipart body, which the file does not list
    for follow-ups.
    """
    if not isinstance(body, dict):
        return body
    spoken = json.loads(json.dumps(body))
    if isinstance(spoken.get("recipient_id"), int):
        spoken["recipient_id"] = str(spoken["recipient_id"])
    message = spoken["data"] if operation.name == "create_interaction_response" and spoken.get("data") else spoken
    for attachment in message.get("attachments") or ():
        attachment["id"] = str(attachment["id"]) if isinstance(attachment.get("id"), int) else attachment.get("id")
    mentions = message.get("allowed_mentions") or {}
    if "users" in mentions:
        mentions["users"] = [str(user) for user in mentions["users"]]
    reference = message.get("message_reference") or {}
    for name in ("message_id", "channel_id"):
        if isinstance(reference.get(name), int):
            reference[name] = str(reference[name])
    edits = operation.method == "PATCH" or spoken.get("type") == CHANGING
    if edits and message.get("tts") is False:
        del message["tts"]
    if "multipart/form-data" in operation.bodies and operation.name != "execute_webhook":
        spoken |= {name: "binary" for name in parts}
    return spoken
