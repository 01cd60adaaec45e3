"""The double is only worth something if it is as strict as Discord: its judges are judged here."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator

from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.rules import commands_faults, message_faults, modal_faults
from tests.doubles.discord.spec import SPEC, Spec
from tests.specs.trim_discord import trimmed, written

REPOSITORY = Path(__file__).parents[3]
OFFICIAL = Path(os.environ.get("WALKON_SPECS", REPOSITORY.parent / "shared" / "specs")) / "discord-openapi.json"
MESSAGE: dict[str, Any] = {
    "flags": 1 << 15,
    "allowed_mentions": {"parse": [], "users": ["11"]},
    "attachments": [{"id": "0", "filename": "clip.mp4", "description": "a cat"}],
    "components": [
        {
            "type": 17,
            "accent_color": 1,
            "components": [
                {"type": 10, "content": "Done"},
                {"type": 12, "items": [{"media": {"url": "attachment://clip.mp4"}, "description": "a cat"}]},
                {"type": 1, "components": [{"type": 2, "style": 2, "label": "Cancel", "custom_id": "w1:cancel:7KQ2M9"}]},
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def spec() -> Spec:
    return Spec()


@pytest.mark.skipif(not OFFICIAL.exists(), reason="Discord's own description is not at hand; set WALKON_SPECS to its folder")
def test_the_kept_description_is_what_the_official_one_says() -> None:
    assert SPEC.read_text("utf-8") == written(trimmed(json.loads(OFFICIAL.read_text("utf-8"))))


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(message: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        thing: Any = message
        for step in way:
            thing = thing[step]
        thing[last] = value

    return apply


BROKEN = {
    "a flag that is a word": change("flags", "v2"),
    "a mention that is no id": change("allowed_mentions.users", ["ana"]),
    "a kind of mention that is none": change("allowed_mentions.parse", ["friends"]),
    "an alternative text too long": change("attachments.0.description", "a" * 1025),
    "an attachment without an id": change("attachments.0", {"filename": "clip.mp4"}),
    "a component of no kind": change("components.0.components.0.type", 99),
    "a text that is a number": change("components.0.components.0.content", 5),
    "an empty gallery": change("components.0.components.1.items", []),
    "a custom_id too long": change("components.0.components.2.components.0.custom_id", "x" * 101),
    "a style that is none": change("components.0.components.2.components.0.style", 77),
    "a label too long": change("components.0.components.2.components.0.label", "x" * 81),
    "too many attachments": change("attachments", MESSAGE["attachments"] * 11),
}


def test_a_right_message_is_taken(spec: Spec) -> None:
    found = spec.find("POST", "/channels/1/messages")
    assert found and spec.request_faults(found[0], {}, "application/json", MESSAGE, set()) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_message_is_found_as_the_jsonschema_library_finds_it(spec: Spec, name: str) -> None:
    broken = json.loads(json.dumps(MESSAGE))
    BROKEN[name](broken)
    found = spec.find("POST", "/channels/1/messages")
    assert found
    whole = {**found[0].bodies["application/json"], "components": {"schemas": spec.schemas}}
    assert not Draft202012Validator(whole).is_valid(broken)
    assert spec.request_faults(found[0], {}, "application/json", broken, set())


@pytest.mark.parametrize("path", ["colour", "components.0.colour", "components.0.components.0.bold", "allowed_mentions.groups"])
def test_an_unknown_name_is_found_however_deep(spec: Spec, path: str) -> None:
    broken = json.loads(json.dumps(MESSAGE))
    change(path, 1)(broken)
    found = spec.find("POST", "/channels/1/messages")
    assert found and any("unknown name" in fault for fault in spec.request_faults(found[0], {}, "application/json", broken, set()))


def test_unknown_queries_statuses_and_paths_are_found(spec: Spec) -> None:
    found = spec.find("PATCH", "/webhooks/1/token/messages/@original")
    assert found and found[0].name == "update_original_webhook_message"
    assert spec.request_faults(found[0], {"silent": "1"}, "application/json", {}, set()) == ["unknown query silent"]
    assert spec.answer_faults(found[0], 201, {}) == ["an answer of 201"]
    assert spec.find("GET", "/channels/1/webhooks") is None


@pytest.mark.parametrize(
    ("change_it", "files"),
    [
        (change("flags", 0), {"clip.mp4"}),
        (change("content", "words"), {"clip.mp4"}),
        (change("components.0.components", [{"type": 10, "content": "x"}] * 40), set()),
        (change("components.0.components.0.content", "x" * 4001), {"clip.mp4"}),
        (change("components.0.components.0.content", " "), {"clip.mp4"}),
        (change("flags", 1 << 15), set()),
        (change("flags", 1 << 15), {"clip.mp4", "other.mp4"}),
        (change("components.0.components.2.components", [{"type": 2, "custom_id": f"{n}"} for n in range(6)]), {"clip.mp4"}),
        (change("components.0.components.2.components", [{"type": 2, "custom_id": "same"}] * 2), {"clip.mp4"}),
    ],
)
def test_what_only_the_documentation_forbids_is_found(change_it: Callable[[dict[str, Any]], None], files: set[str]) -> None:
    assert message_faults(MESSAGE, {"clip.mp4"}) == []
    broken = json.loads(json.dumps(MESSAGE))
    change_it(broken)
    assert message_faults(broken, files)


COMMAND: dict[str, Any] = {
    "name": "sora",
    "description": "d",
    "options": [
        {"name": "prompt", "description": "d", "required": True},
        {"name": "style", "description": "d"},
    ],
}


@pytest.mark.parametrize(
    "change_it",
    [
        change("name", "Sora"),
        change("name", "so ra"),
        change("description_localizations", {"fr-FR": "d"}),
        change("options", COMMAND["options"][::-1]),
        change("description", ""),
        change(
            "options",
            [{"name": f"o{n}", "description": "d" * 100, "choices": [{"name": "c" * 100, "value": "v" * 100}]} for n in range(30)],
        ),
    ],
)
def test_commands_that_only_the_documentation_forbids_are_found(change_it: Callable[[dict[str, Any]], None]) -> None:
    assert commands_faults([COMMAND]) == []
    broken = json.loads(json.dumps(COMMAND))
    change_it(broken)
    assert commands_faults([broken])


MODAL: dict[str, Any] = {
    "custom_id": "w1:remix:7KQ2M9",
    "title": "Remix",
    "components": [
        {
            "type": 18,
            "label": "Words",
            "component": {"type": 4, "custom_id": "words", "style": 2, "value": "a cat", "min_length": 1, "max_length": 4000},
        }
    ],
}


@pytest.mark.parametrize(
    "change_it",
    [
        change("components.0.type", 1),
        change("components.0.component.label", "Words"),
        change("components.0.component.value", ""),
        change("components.0.component.max_length", 3),
        change("components", MODAL["components"] * 6),
    ],
)
def test_forms_that_only_the_documentation_forbids_are_found(change_it: Callable[[dict[str, Any]], None]) -> None:
    assert modal_faults(MODAL, 3) == []
    assert modal_faults(MODAL, 5)
    broken = json.loads(json.dumps(MODAL))
    change_it(broken)
    assert modal_faults(broken, 3)


@pytest.mark.parametrize(
    "change_it",
    [
        change("title", "x" * 46),
        change("custom_id", ""),
        change("components", []),
        change("components.0.component.max_length", 4001),
        change("components.0.component.value", "x" * 4001),
        change("components.0.component.colour", 1),
    ],
)
def test_forms_that_the_description_forbids_are_found(spec: Spec, change_it: Callable[[dict[str, Any]], None]) -> None:
    operation = next(operation for operation in spec.operations if operation.name == "create_interaction_response")
    broken = json.loads(json.dumps(MODAL))
    change_it(broken)
    faults = [spec.request_faults(operation, {}, "application/json", {"type": 9, "data": modal}, set()) for modal in (MODAL, broken)]
    assert faults[0] == [] and faults[1]


async def test_a_request_that_breaks_the_description_is_remembered() -> None:
    async with DiscordDouble() as double, aiohttp.ClientSession(headers={"Authorization": f"Bot {double.token}"}) as session:
        body = {"content": "x" * 4001, "colour": 1}
        async with session.post(f"{double.api_url}/channels/{double.channel.id}/messages", json=body) as answer:
            assert answer.status == 200
        async with session.get(f"{double.api_url}/channels/{double.channel.id}/pins") as answer:
            assert answer.status == 404
        assert any("maxLength" in fault for fault in double.violations) and any("unknown call" in fault for fault in double.violations)


async def test_a_process_of_its_own_can_be_driven_over_http() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.doubles.discord", cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        addresses = json.loads(await process.stdout.readline())
        async with aiohttp.ClientSession(headers={"Authorization": f"Bot {addresses['token']}"}) as session:
            async with session.post(f"{addresses['control']}/fail", json={"operation": "get_my_user", "how": "refuse", "status": 502}):
                pass
            statuses = []
            for _ in range(2):
                async with session.get(f"{addresses['api_url']}/users/@me") as answer:
                    statuses.append(answer.status)
            async with session.get(f"{addresses['control']}/state") as state:
                assert (await state.json())["violations"] == []
            assert statuses == [502, 200]
    finally:
        process.terminate()
        await process.wait()
