"""walkon's commands as Discord's command tree, told to Discord only when it changed."""

import hashlib
import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord

from walkon.bot.command import Command, Option, OptionKind
from walkon.bot.words import Words
from walkon.types.people import Locale

MAX_TEXT = 6000
MAX_SUMMARY = 100
"""Discord's limits of a text option and of a description (docs: interactions/application-commands)."""

_CHAT_INPUT, _MESSAGE = 1, 3
_SUB_COMMAND = 1
_EVERYWHERE = {"contexts": [0, 1, 2], "integration_types": [0, 1]}  # server, own chat, other private chats; server or own install
_STRING, _INTEGER, _BOOLEAN, _USER, _ATTACHMENT = 3, 4, 5, 6, 11
_TYPES = {
    OptionKind.TEXT: _STRING,
    OptionKind.CHOICE: _STRING,
    OptionKind.CLIP: _STRING,
    OptionKind.DURATION: _STRING,
    OptionKind.INTEGER: _INTEGER,
    OptionKind.FLAG: _BOOLEAN,
    OptionKind.PERSON: _USER,
    OptionKind.ATTACHMENT: _ATTACHMENT,
}


def command_tree(root: str, commands: Sequence[Command], words: Words) -> list[dict[str, Any]]:
    """The body of the call that sets all commands: one `/root` with a sub-command for each command, and the menu of messages."""
    subs = [_sub_command(command, words) for command in commands]
    # A root that has sub-commands is never shown by itself, yet must have a description: the first command's will do.
    summary = {key: value for key, value in subs[0].items() if key.startswith("description")}
    menus = [_menu(command, words) for command in commands if command.menu]
    return [{"type": _CHAT_INPUT, "name": root, **summary, **_EVERYWHERE, "options": subs}, *menus]


def menu_names(commands: Sequence[Command], words: Words) -> dict[str, str]:
    """The command behind each entry in the menu of messages, by the name that Discord reports."""
    return {words.say(Locale.EN, f"menu.{command.name}"): command.name for command in commands if command.menu}


def _menu(command: Command, words: Words) -> dict[str, Any]:
    key = f"menu.{command.name}"
    return {"type": _MESSAGE, "name": words.say(Locale.EN, key), "name_localizations": _foreign(words, key), **_EVERYWHERE}


def _sub_command(command: Command, words: Words) -> dict[str, Any]:
    options = sorted(command.options, key=lambda option: not option.required)  # Discord wants the required ones first
    named = _named(words, f"command_name.{command.name}")
    made = [_option(option, words) for option in options]
    return {"type": _SUB_COMMAND, "name": command.name, **named, **_described(words, f"command.{command.name}"), "options": made}


def _option(option: Option[object], words: Words) -> dict[str, Any]:
    named, described = _named(words, f"option_name.{option.name}"), _described(words, f"option.{option.name}")
    made = {"type": _TYPES[option.kind], "name": option.name, **named, **described, "required": option.required}
    if option.kind is OptionKind.TEXT:
        made["max_length"] = min(option.high or MAX_TEXT, MAX_TEXT)
    if option.kind is OptionKind.CLIP or option.suggested:
        made["autocomplete"] = True
    if option.kind is OptionKind.INTEGER:
        made |= {"min_value": option.low, "max_value": option.high}
    if option.kind is OptionKind.CHOICE:
        made["choices"] = [_choice(option.name, value, words) for value in option.choices]
    return made


def _choice(option: str, value: str, words: Words) -> dict[str, Any]:
    key = f"choice.{option}.{value}"
    if not words.has(key):
        return {"name": value, "value": value}
    return {"name": words.say(Locale.EN, key), "name_localizations": _foreign(words, key), "value": value}


def _described(words: Words, key: str) -> dict[str, Any]:
    return {"description": _summary(words.say(Locale.EN, key)), "description_localizations": _foreign(words, key)}


def _named(words: Words, key: str) -> dict[str, Any]:
    return {"name_localizations": _foreign(words, key)} if words.has(key) else {}


def _foreign(words: Words, key: str) -> dict[str, str]:
    return {Locale.FR.value: _summary(words.say(Locale.FR, key))}


def _summary(text: str) -> str:
    return textwrap.shorten(text, MAX_SUMMARY, placeholder="…")


@dataclass(frozen=True, slots=True)
class Synced:
    """What Discord was last told: for which application, in one guild or (None) everywhere, and the tree's hash."""

    application: int
    guild: int | None
    sha256: str


async def sync(client: discord.Client, tree: list[dict[str, Any]], state: Path, guild: int | None) -> bool:
    """Tell Discord the commands if they, or where they go, changed since last time; True if told. state: the file that remembers.

    Nothing is sent otherwise: new commands are counted (200 a day), and global ones repair themselves in the clients.
    """
    if client.application_id is None:
        raise RuntimeError("not logged in")
    digest = hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()
    wanted, last = Synced(client.application_id, guild, digest), _remembered(state)
    if wanted == last:
        return False
    if last and last.application == wanted.application and last.guild not in (None, guild):
        await _put(client, last.guild, [])
    await _put(client, guild, tree)
    _remember(state, wanted)
    return True


async def _put(client: discord.Client, guild: int | None, tree: list[dict[str, Any]]) -> None:
    # The library's own tree wants a Python function per command; ours are data, so its lower call is used, the one its tree uses.
    application = client.application_id
    send: Callable[[Any], Any] = (
        (lambda body: client.http.bulk_upsert_global_commands(application, payload=body))  # type: ignore[arg-type]
        if guild is None
        else (lambda body: client.http.bulk_upsert_guild_commands(application, guild, payload=body))  # type: ignore[arg-type]
    )
    await send(tree)


def _remember(state: Path, told: Synced) -> None:
    state.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    state.write_text(json.dumps([told.application, told.guild, told.sha256]), "utf-8")


def _remembered(state: Path) -> Synced | None:
    try:
        return Synced(*json.loads(state.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
