"""Makes `telegram.json`: the names, types and required flags of the Bot API parts that walkon and its double use.

    python tests/specs/trim_telegram.py SPECS_DIR

SPECS_DIR holds `telegram-bot-api.json` (Bot API 10.1, github.com/PaulSonOfLars/telegram-bot-api-spec) and
`telegram-bot-api-10.3-aiogram.json` (Bot API 10.3, the aiogram project). Only structure is kept, no prose.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

METHODS = (
    "answerCallbackQuery",
    "answerInlineQuery",
    "deleteMessage",
    "deleteWebhook",
    "editMessageCaption",
    "editMessageMedia",
    "editMessageText",
    "getChat",
    "getChatMember",
    "getFile",
    "getMe",
    "getMyCommands",
    "getUpdates",
    "getWebhookInfo",
    "restrictChatMember",
    "sendDocument",
    "sendMessage",
    "sendPhoto",
    "sendVideo",
    "setMessageReaction",
    "setMyCommands",
    "setWebhook",
)
TYPES = (
    "AcceptedGiftTypes",
    "BotCommand",
    "BotCommandScope",
    "BotCommandScopeAllChatAdministrators",
    "BotCommandScopeAllGroupChats",
    "BotCommandScopeAllPrivateChats",
    "BotCommandScopeDefault",
    "CallbackQuery",
    "Chat",
    "ChatFullInfo",
    "ChatMember",
    "ChatMemberAdministrator",
    "ChatMemberBanned",
    "ChatMemberLeft",
    "ChatMemberMember",
    "ChatMemberOwner",
    "ChatMemberRestricted",
    "ChatMemberUpdated",
    "ChatPermissions",
    "ChosenInlineResult",
    "Document",
    "File",
    "ForceReply",
    "ForumTopicCreated",
    "InaccessibleMessage",
    "InlineKeyboardButton",
    "InlineKeyboardMarkup",
    "InlineQuery",
    "InlineQueryResult",
    "InlineQueryResultArticle",
    "InlineQueryResultCachedVideo",
    "InlineQueryResultsButton",
    "InputMedia",
    "InputMediaVideo",
    "InputMessageContent",
    "InputTextMessageContent",
    "LinkPreviewOptions",
    "MaybeInaccessibleMessage",
    "Message",
    "MessageEntity",
    "MessageReactionUpdated",
    "PhotoSize",
    "ReactionType",
    "ReactionTypeEmoji",
    "ReplyParameters",
    "ResponseParameters",
    "SwitchInlineQueryChosenChat",
    "Update",
    "User",
    "Video",
    "VideoNote",
    "WebhookInfo",
)
SOURCES = {"10.1": "telegram-bot-api.json", "10.3": "telegram-bot-api-10.3-aiogram.json"}
TARGET = Path(__file__).with_name("telegram.json")

Fields = dict[str, dict[str, Any]]


def trim(specs: Path) -> dict[str, Any]:
    """The structure of both files. Each field: its types, any of them allowed, and whether it must be there."""
    first = json.loads((specs / SOURCES["10.1"]).read_text("utf-8"))
    second = json.loads((specs / SOURCES["10.3"]).read_text("utf-8"))
    items = {item["name"]: item for group in second["items"] for item in group["children"]}
    return {
        "returns": {name: first["methods"][name]["returns"] for name in METHODS},
        "10.1": {
            "methods": {name: _fields(first["methods"][name]) for name in METHODS},
            "types": {name: _type(first["types"][name]) for name in TYPES},
        },
        "10.3": {
            "methods": {name: _annotations(items[name]) for name in METHODS},
            "types": {name: _union(items[name]) or _annotations(items[name]) for name in TYPES},
        },
    }


def _fields(item: dict[str, Any]) -> Fields:
    return {field["name"]: {"types": field["types"], "required": field["required"]} for field in item.get("fields", [])}


def _type(item: dict[str, Any]) -> Any:
    return item["subtypes"] if item.get("subtypes") else _fields(item)


def _annotations(item: dict[str, Any]) -> Fields:
    return {field["name"]: {"types": _split(field["type"]), "required": field["required"]} for field in item["annotations"]}


def _split(types: str) -> list[str]:
    arrays = "Array of " * types.count("Array of ")
    return [arrays + one.strip() for one in re.split(r" or | and |, ", types[len(arrays) :])]


def _union(item: dict[str, Any]) -> list[str] | None:
    listed = re.findall(r"^ - (\w+)", item["description"], re.MULTILINE)
    return listed if listed and not item["annotations"] else None


def text(structure: dict[str, Any]) -> str:
    """As it is written: one field a line, so that a change of the API reads as one."""
    return json.dumps(structure, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(trim(Path(sys.argv[1]))), "utf-8")
