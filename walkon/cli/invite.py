"""`walkon invite`: how the bots get into a chat, with no more rights than they use."""

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from walkon.cli.frame import as_json, common, settings, show
from walkon.types.errors import SetupError

if TYPE_CHECKING:
    from walkon.config import Config, Secret

# Bits of Discord's permission flags (discord.com/developers, Topics: Permissions).
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
SEND_MESSAGES_IN_THREADS = 1 << 38
PERMISSIONS = ADD_REACTIONS | VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY | SEND_MESSAGES_IN_THREADS
SCOPES = "bot applications.commands"
INLINE = "Telegram, for clips in any chat: send @BotFather /setinline, then /setinlinefeedback, and choose 100 %."


@click.command()
@common
@as_json
def invite(as_json: bool) -> None:
    """Print the Discord invite link and the Telegram command list."""
    config = settings()
    if config.discord is None and config.telegram is None:
        raise SetupError("Neither [discord] nor [telegram] is configured. Add one with its token, as in config.example.toml.")
    result = {"discord": _discord(config), "telegram": _telegram(config)}
    show(result, "\n\n".join(_words(result)), json_wanted=as_json)


def application_id(token: "Secret") -> str:
    """The id of the Discord application a bot token belongs to: its first part, base64. Raises SetupError."""
    first = token.reveal().partition(".")[0]
    try:
        number = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        number = ""
    if not number.isdecimal():
        raise SetupError(
            f"[discord] token (ends {token}) does not begin with an application's number. "
            "Copy it whole: Developer Portal → Bot → Reset Token."
        )
    return number


def _discord(config: "Config") -> dict[str, Any] | None:
    if config.discord is None:
        return None
    number = application_id(config.discord.token)
    query = urlencode({"client_id": number, "permissions": PERMISSIONS, "scope": SCOPES})
    return {"application": number, "permissions": PERMISSIONS, "link": f"https://discord.com/oauth2/authorize?{query}"}


def _telegram(config: "Config") -> dict[str, Any] | None:
    if config.telegram is None:
        return None
    from walkon.bot.commands import load
    from walkon.bot.words import Words

    words = Words.load()
    commands = {command.name.replace("-", "_"): words.say(config.walkon.language, f"command.{command.name}") for command in load()}
    return {"commands": commands, "link": "https://t.me/BOTNAME?startgroup=true"}


def _words(result: dict[str, Any]) -> list[str]:
    parts = []
    if discord := result["discord"]:
        parts.append(f"Discord: open this to add the bot to a server.\n{discord['link']}")
    if telegram := result["telegram"]:
        listed = "\n".join(f"{name} - {summary}" for name, summary in telegram["commands"].items())
        parts.append(f"Telegram: send @BotFather /setcommands, choose the bot, then send it these lines.\n{listed}")
        parts.append(f"Telegram: open this, with the name @BotFather gave the bot, to add it to a group.\n{telegram['link']}")
        parts.append(INLINE)
    return parts
