"""The Bot API's methods, with the refusals of the real server in its own words."""

import io
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image
from telegram.constants import ReactionEmoji

from tests.doubles.telegram.world import BOT, Chat, Message, StoredFile, User, Version, at_names

CALLBACK_DATA_BYTES = 64
TEXT_UNITS = 4096
CAPTION_UNITS = 1024
ALERT_UNITS = 200
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_react_to_messages",
)
_COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")


@dataclass
class ApiError(Exception):
    """An answer with ok false."""

    code: int
    description: str
    parameters: Mapping[str, int] | None = None


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request: its fields as text, its files by part name."""

    fields: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]]

    def integer(self, name: str) -> int:
        return int(self.fields.get(name, "0"))

    def value(self, name: str) -> Any:
        return json.loads(self.fields[name]) if name in self.fields else None


@dataclass(frozen=True, kw_only=True)
class Hook:
    """Where updates are posted to."""

    url: str
    secret: str
    kinds: list[str] | None


class Methods:
    """The deeds. violations: what the real server would tolerate or refuse, but walkon must never send."""

    def __init__(self, violations: list[str]) -> None:
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.callbacks: dict[str, dict[str, Any] | None] = {}
        self.pings: list[str] = []
        self.inline_answers: dict[str, dict[str, Any] | None] = {}
        self.carried: dict[str, Message] = {}
        self.inline_mode = True
        self.upload_limit = 50_000_000
        self.hook: Hook | None = None
        self.hook_error = ""
        self._violations = violations

    def get_me(self, call: Call) -> Any:
        supports = ("can_join_groups", "supports_inline_queries", "can_connect_to_business", "has_main_web_app")
        off = {"can_read_all_group_messages": False} | dict.fromkeys(supports, False)
        return BOT.json() | off | {"supports_inline_queries": self.inline_mode}

    def delete_webhook(self, call: Call) -> Any:
        self._judge_dropping(call)
        self.hook = None
        return True

    def set_webhook(self, call: Call) -> Any:
        self._judge_dropping(call)
        self.hook = Hook(url=call.fields["url"], secret=call.fields.get("secret_token", ""), kinds=call.value("allowed_updates"))
        return True

    def get_webhook_info(self, call: Call) -> Any:
        told = {"last_error_message": self.hook_error, "last_error_date": 1_700_000_000} if self.hook_error else {}
        url = self.hook.url if self.hook else ""
        return {"url": url, "has_custom_certificate": False, "pending_update_count": 0, **told}

    def _judge_dropping(self, call: Call) -> None:
        if call.fields.get("drop_pending_updates", "false").lower() != "false":
            self._violations.append("what people said meanwhile would be dropped")

    def get_my_commands(self, call: Call) -> Any:
        return self.commands.get(_audience(call), [])

    def set_my_commands(self, call: Call) -> Any:
        commands = call.value("commands")
        if len(commands) > 100 or any(not _COMMAND_NAME.fullmatch(one["command"]) for one in commands):
            raise bad("BOT_COMMAND_INVALID")
        if any(not 1 <= len(one["description"]) <= 256 for one in commands):
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[_audience(call)] = commands
        return True

    def get_chat_member(self, call: Call) -> Any:
        chat, user = self._chat(call), call.integer("user_id")
        person = {"id": user, "is_bot": False, "first_name": f"user {user}"}
        if user in chat.admins:
            return {"status": "creator", "user": person, "is_anonymous": False}
        if user in chat.may_restrict:
            return {"status": "administrator", "user": person, **administrator(restricts=chat.may_restrict[user])}
        if user in chat.restricted:
            muted = dict.fromkeys((*PERMISSIONS, "can_edit_tag"), False)
            return {"status": "restricted", "user": person, "is_member": True, "until_date": chat.restricted[user], **muted}
        return {"status": "left" if user in chat.gone else "member", "user": person}

    def get_chat(self, call: Call) -> Any:
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        counted = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
        return self._chat(call).json() | counted

    def restrict_chat_member(self, call: Call) -> Any:
        chat, user = self._chat(call), call.integer("user_id")
        if chat.type != "supergroup":
            raise bad("method is available only for supergroups")
        if not chat.may_restrict.get(BOT.id):
            raise bad("not enough rights to restrict/unrestrict chat member")
        if user in chat.admins or user in chat.may_restrict:
            raise bad("user is an administrator of the chat")
        if user in chat.gone:
            raise bad("USER_NOT_PARTICIPANT")
        permissions, until, now = call.value("permissions"), call.integer("until_date"), time.time()
        endless = not now + 30 <= until <= now + 366 * 24 * 3600
        chat.restricted.pop(user, None)
        if not all(permissions.get(name) for name in PERMISSIONS):
            chat.restricted[user] = 0 if endless else until
        return True

    def set_message_reaction(self, call: Call) -> Any:
        message = self._chat(call).find(call.integer("message_id"))
        if message is None:
            raise bad("message to react not found")
        emoji = [one["emoji"] for one in call.value("reaction") or []]
        if len(emoji) > 1 or any(one not in list(ReactionEmoji) for one in emoji):
            raise bad("REACTION_INVALID")
        message.signs.append(emoji[0] if emoji else "")
        return True

    def send_message(self, call: Call) -> Any:
        text = call.fields.get("text", "")
        if not text.strip():
            raise bad("message text is empty")
        if utf16(text) > TEXT_UNITS:
            raise bad("message is too long")
        version = Version(text=text, entities=self._entities(call, "entities", text), markup=self._markup(call))
        return self._add(call, version).json()

    def send_video(self, call: Call) -> Any:
        name = call.fields.get("video", "")
        video = self._file("attach://video" if "video" in call.files else name, call)
        return self._add(call, self._captioned(call, video)).json()

    def send_document(self, call: Call) -> Any:
        name, content = call.files["document"]
        document = StoredFile(file_id=f"file{len(self.files) + 1}", name=name, content=content)
        self.files[document.file_id] = document
        shown = {"file_id": document.file_id, "file_unique_id": f"u{document.file_id}", "file_name": name, "file_size": len(content)}
        message = self._add(call, Version(text="", entities=[], markup=None))
        message.extra["document"] = shown
        return message.json()

    def send_photo(self, call: Call) -> Any:
        name = call.fields.get("photo", "")
        photo = self._file("attach://photo" if "photo" in call.files else name, call)
        return self._add(call, replace(self._captioned(call, None), photo=photo)).json()

    def answer_inline_query(self, call: Call) -> Any:
        id, results = call.fields["inline_query_id"], call.value("results") or []
        if self.inline_answers.get(id, {}) is not None:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(results) > 50:
            raise bad("RESULTS_TOO_MUCH")
        if len({one["id"] for one in results}) < len(results) or any(not 1 <= len(one["id"].encode()) <= 64 for one in results):
            raise bad("RESULT_ID_INVALID")
        if any(one["type"] == "video" and one["video_file_id"] not in self.files for one in results):
            raise bad("wrong file identifier/HTTP URL specified")
        if call.fields.get("cache_time") != "0" or call.fields.get("is_personal", "").lower() != "true":
            self._violations.append("an inline answer may be shown to somebody else")
        self.inline_answers[id] = {
            "results": results,
            "next_offset": call.fields.get("next_offset", ""),
            "button": call.value("button"),
        }
        return True

    def carry(self, result: dict[str, Any], chat: Chat, sender: User) -> tuple[str, Message]:
        """What stands in the chat where somebody chose the result, and its inline id."""
        content = result.get("input_message_content")
        text, entities = (content["message_text"], content.get("entities", [])) if content else (result.get("caption", ""), [])
        video = None if content else self.files[result["video_file_id"]]
        version = Version(
            text=text, entities=entities or result.get("caption_entities", []), markup=result.get("reply_markup"), video=video
        )
        message = Message(id=next(chat.ids), chat=chat, sender=sender, versions=[version])
        chat.messages.append(message)
        id = f"inline{len(self.carried) + 1}"
        self.carried[id] = message
        return id, message

    def edit_message_text(self, call: Call) -> Any:
        message = self._standing(call)
        if message.now.video or message.now.photo:
            raise bad("there is no text in the message to edit")
        text = call.fields.get("text", "")
        if utf16(text) > TEXT_UNITS:
            raise bad("message is too long")
        return self._change(message, Version(text=text, entities=self._entities(call, "entities", text), markup=self._markup(call)))

    def edit_message_caption(self, call: Call) -> Any:
        message = self._standing(call)
        if not message.now.video and not message.now.photo:
            raise bad("there is no caption in the message to edit")
        version = self._captioned(call, message.now.video)
        version.photo = message.now.photo
        version.cover, version.thumbnail, version.size = message.now.cover, message.now.thumbnail, message.now.size
        return self._change(message, version)

    def edit_message_media(self, call: Call) -> Any:
        message, media = self._standing(call), call.value("media")
        if utf16(media.get("caption", "")) > CAPTION_UNITS:
            raise bad("message caption is too long")
        caption = media.get("caption", "")
        self._judge_entities(media.get("caption_entities", []), caption)
        file = self._file(media["media"], call)
        version = Version(text=caption, entities=media.get("caption_entities", []), markup=self._markup(call), **{media["type"]: file})
        version.size = (media.get("width", 0), media.get("height", 0), media.get("duration", 0))
        version.cover, version.thumbnail = self._part(media.get("cover"), call), self._part(media.get("thumbnail"), call)
        self._judge_thumbnail(version.thumbnail)
        return self._change(message, version)

    def delete_message(self, call: Call) -> Any:
        chat = self._chat(call)
        message = chat.find(call.integer("message_id"))
        if message is None:
            raise bad("message to delete not found")
        message.deleted = True
        return True

    def answer_callback_query(self, call: Call) -> Any:
        id = call.fields["callback_query_id"]
        if self.callbacks.get(id, {}) is not None:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if utf16(call.fields.get("text", "")) > ALERT_UNITS:
            raise bad("MESSAGE_TOO_LONG")
        self.callbacks[id] = {"text": call.fields.get("text", ""), "alert": call.fields.get("show_alert") == "true"}
        return True

    def get_file(self, call: Call) -> Any:
        file = self.files.get(call.fields["file_id"])
        if file is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return {"file_id": file.file_id, "file_unique_id": f"u{file.file_id}", "file_path": f"videos/{file.file_id}"}

    def _chat(self, call: Call) -> Chat:
        chat = self.chats.get(call.integer("chat_id"))
        if chat is None:
            raise bad("chat not found")
        if chat.moved_to:
            raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat.moved_to})
        if chat.closed:
            raise ApiError(403, f"Forbidden: {chat.closed}")
        return chat

    def _standing(self, call: Call) -> Message:
        if inline := call.fields.get("inline_message_id"):
            found = self.carried.get(inline)
            if found is None or found.deleted:
                raise bad("MESSAGE_ID_INVALID")
            if call.files:
                raise bad("a file can't be uploaded into an inline message")
            return found
        message = self._chat(call).find(call.integer("message_id"))
        if message is None:
            raise bad("message to edit not found")
        if message.sender is not BOT:
            raise bad("message can't be edited")
        return message

    def _add(self, call: Call, version: Version) -> Message:
        chat = self._chat(call)
        thread = call.integer("message_thread_id") or None
        if thread and thread not in chat.topics:
            raise bad("message thread not found")
        reply = call.value("reply_parameters") or {}
        answered = chat.find(reply.get("message_id", 0))
        if reply and answered is None and not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        message = Message(id=next(chat.ids), chat=chat, sender=BOT, versions=[version], thread=thread, replies_to=answered and answered.id)
        chat.messages.append(message)
        self.pings += at_names(version.text) + [str(one["user"]["id"]) for one in version.entities if one["type"] == "text_mention"]
        return message

    def _change(self, message: Message, version: Version) -> Any:
        if version.same_as(message.now):
            raise bad("message is not modified: specified new message content and reply markup are exactly the same")
        message.versions.append(version)
        return True if any(message is carried for carried in self.carried.values()) else message.json()

    def _captioned(self, call: Call, video: StoredFile | None) -> Version:
        caption = call.fields.get("caption", "")
        if utf16(caption) > CAPTION_UNITS:
            raise bad("message caption is too long")
        return Version(text=caption, entities=self._entities(call, "caption_entities", caption), markup=self._markup(call), video=video)

    def _entities(self, call: Call, name: str, text: str) -> list[dict[str, Any]]:
        entities = call.value(name) or []
        self._judge_entities(entities, text)
        if call.fields.get("parse_mode"):
            self._violations.append("a parse mode makes user text markup")
        preview = call.value("link_preview_options") or {}
        if name == "entities" and not preview.get("is_disabled"):
            self._violations.append("link previews are on")
        return entities

    def _judge_entities(self, entities: list[dict[str, Any]], text: str) -> None:
        units = text.encode("utf-16-le")
        for one in entities:
            piece = units[2 * one["offset"] : 2 * (one["offset"] + one["length"])]
            if one["length"] < 1 or len(piece) != 2 * one["length"]:
                self._violations.append(f"entity outside of the text: {one}")
            elif "\ufffd" in piece.decode("utf-16-le", "replace") and "\ufffd" not in text:
                self._violations.append(f"entity tears a character: {one}")

    def _judge_thumbnail(self, thumbnail: bytes | None) -> None:
        if thumbnail is None:
            return
        with Image.open(io.BytesIO(thumbnail)) as picture:
            if picture.format != "JPEG" or max(picture.size) > 320 or len(thumbnail) > 200_000:
                self._violations.append(f"thumbnail is {picture.format} {picture.size}, {len(thumbnail)} bytes")

    def _markup(self, call: Call) -> dict[str, Any] | None:
        markup = call.value("reply_markup")
        for row in (markup or {}).get("inline_keyboard", []):
            if len(row) > 3:
                self._violations.append("more than three buttons in a row")
            if any(
                not 1 <= len(button.get("callback_data", button.get("url", "picker")).encode()) <= CALLBACK_DATA_BYTES for button in row
            ):
                raise bad("BUTTON_DATA_INVALID")
            if not self.inline_mode and any(name.startswith("switch_inline") for button in row for name in button):
                raise bad("BUTTON_TYPE_INVALID")
        return markup

    def _file(self, given: str, call: Call) -> StoredFile:
        if not given.startswith("attach://"):
            if given not in self.files:
                raise bad("wrong file identifier/HTTP URL specified")
            return self.files[given]
        name, content = call.files[given.removeprefix("attach://")]
        if len(content) > self.upload_limit:
            raise ApiError(413, "Request Entity Too Large")
        file = StoredFile(file_id=f"file{len(self.files) + 1}", name=name, content=content)
        self.files[file.file_id] = file
        return file

    def _part(self, given: str | None, call: Call) -> bytes | None:
        return call.files[given.removeprefix("attach://")][1] if given else None


def _audience(call: Call) -> tuple[str, str]:
    """Whom a list of commands is for: the scope, and the language, empty for all others."""
    return (call.value("scope") or {"type": "default"})["type"], call.fields.get("language_code", "")


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def administrator(*, restricts: bool) -> dict[str, Any]:
    """What an administrator may do who is not the owner."""
    rights = ("manage_chat", "delete_messages", "manage_video_chats", "promote_members", "change_info", "invite_users")
    stories = ("post_stories", "edit_stories", "delete_stories", "send_welcome_messages")
    off = {f"can_{right}": False for right in (*rights, *stories)}
    return off | {"can_be_edited": False, "is_anonymous": False, "can_restrict_members": restricts}
