"""The chats, people and messages of the double, as records."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

BOT_ID = 123456
_AT_NAME = re.compile(r"(?<![A-Za-z0-9_])@([A-Za-z0-9_]{2,32})\b")


@dataclass(eq=False, kw_only=True)
class User:
    """A person or bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = "en"
    is_bot: bool = False

    def json(self) -> dict[str, Any]:
        shown = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        return shown | _given(username=self.username, language_code=self.language_code)


BOT = User(id=BOT_ID, first_name="walkon", username="walkon_bot", language_code=None, is_bot=True)


@dataclass(eq=False, kw_only=True)
class StoredFile:
    """A file the bot uploaded."""

    file_id: str
    name: str
    content: bytes


@dataclass(eq=False, kw_only=True)
class Version:
    """How a message looked at one time. text: also a video's or picture's caption."""

    text: str
    entities: list[dict[str, Any]]
    markup: dict[str, Any] | None
    video: StoredFile | None = None
    photo: StoredFile | None = None
    cover: bytes | None = None
    thumbnail: bytes | None = None
    size: tuple[int, int, int] = (0, 0, 0)

    def same_as(self, other: "Version") -> bool:
        mine, others = (self.text, self.entities, self.markup), (other.text, other.entities, other.markup)
        return (*mine, self.video, self.photo) == (*others, other.video, other.photo)


@dataclass(eq=False, kw_only=True)
class Message:
    """A message with everything it ever showed, newest last. signs: the bot's own reactions, one after the other; "" for none."""

    id: int
    chat: "Chat"
    sender: User
    versions: list[Version]
    thread: int | None = None
    replies_to: int | None = None
    sender_chat: "Chat | None" = None
    extra: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    reactions: dict[int, list[str]] = field(default_factory=dict)
    signs: list[str] = field(default_factory=list)

    @property
    def now(self) -> Version:
        return self.versions[-1]

    @property
    def text(self) -> str:
        return self.now.text

    @property
    def video(self) -> bytes | None:
        return self.now.video.content if self.now.video else None

    @property
    def buttons(self) -> dict[str, str]:
        """Callback data by label, or the address of a button that is a link."""
        rows = (self.now.markup or {}).get("inline_keyboard", [])
        found = {button["text"]: button.get("callback_data") or button.get("url") for row in rows for button in row}
        return {label: data for label, data in found.items() if data}

    @property
    def forces_reply(self) -> dict[str, Any] | None:
        """What opens an answer to it in the box of whoever it is for; nobody is shown that with the message later."""
        markup = self.now.markup or {}
        return markup if markup.get("force_reply") else None

    @property
    def _inline_keyboard(self) -> dict[str, Any] | None:
        return None if self.forces_reply else self.now.markup

    @property
    def pickers(self) -> dict[str, str]:
        """What the buttons put into the message box, of this chat or of one to be picked, by label."""
        rows = (self.now.markup or {}).get("inline_keyboard", [])
        found = {}
        for button in (button for row in rows for button in row):
            if "switch_inline_query_current_chat" in button:
                found[button["text"]] = button["switch_inline_query_current_chat"]
            elif "switch_inline_query_chosen_chat" in button:
                found[button["text"]] = button["switch_inline_query_chosen_chat"]["query"]
        return found

    def entity(self, kind: str) -> list[str]:
        """The texts that entities of a kind cover, cut as Telegram cuts: in UTF-16 units."""
        units = self.text.encode("utf-16-le")
        return [
            units[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
            for one in self.now.entities
            if one["type"] == kind
        ]

    def json(self) -> dict[str, Any]:
        shown = {"message_id": self.id, "date": 1_700_000_000 + self.id, "chat": self.chat.json(), "from": self.sender.json()}
        if len(self.versions) > 1:
            shown["edit_date"] = shown["date"] + len(self.versions)
        if self.thread is not None:
            shown |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.sender_chat:
            shown["sender_chat"] = self.sender_chat.json()
        return shown | self._content() | self.extra | _given(reply_markup=self._inline_keyboard)

    def _content(self) -> dict[str, Any]:
        version = self.now
        if version.photo:
            photo = {"file_id": version.photo.file_id, "file_unique_id": f"u{version.photo.file_id}", "width": 320, "height": 180}
            return {"photo": [photo]} | _given(caption=version.text, caption_entities=version.entities)
        if version.video is None:
            return {"text": version.text} | _given(entities=version.entities)
        width, height, seconds = version.size
        video = {"file_id": version.video.file_id, "file_unique_id": f"u{version.video.file_id}", "duration": seconds}
        video |= {"width": width, "height": height, "file_size": len(version.video.content), "mime_type": "video/mp4"}
        return {"video": video} | _given(caption=version.text, caption_entities=version.entities)


@dataclass(eq=False, kw_only=True)
class Chat:
    """A chat and its state towards the bot. gone: who left it. closed: what the server says instead of taking a message.

    admins: who may do everything there. may_restrict: administrators who are not the owner, and whether they may restrict others.
    restricted: until when somebody may not write, 0 for without end.
    """

    id: int
    type: str
    title: str | None = None
    person: User | None = None
    topics: set[int] = field(default_factory=set)
    admins: set[int] = field(default_factory=set)
    may_restrict: dict[int, bool] = field(default_factory=dict)
    restricted: dict[int, int] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    closed: str | None = None
    moved_to: int | None = None
    messages: list[Message] = field(default_factory=list)
    ids: Any = field(default_factory=lambda: count(1))

    def json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": self.id, "type": self.type}
        shown |= _given(title=self.title, first_name=self.person.first_name if self.person else None)
        return shown | ({"is_forum": True} if self.topics else {})

    def find(self, message_id: int) -> Message | None:
        return next((one for one in self.messages if one.id == message_id and not one.deleted), None)

    @property
    def from_bot(self) -> list[Message]:
        """What the bot's messages there show now."""
        return [one for one in self.messages if one.sender is BOT and not one.deleted]


def at_names(text: str) -> list[str]:
    """The @names that Telegram finds in a text by itself, and notifies."""
    return _AT_NAME.findall(text)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
