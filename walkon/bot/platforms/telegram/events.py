"""What Telegram delivers, as commands and presses.

Typed forms: `/sora prompt words…`, `/prompt words…`, and `/sora words…`, where words that begin like a command but cannot be
one are a prompt: `/sora show me a cat` asks for a cat.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from telegram import CallbackQuery, Message, MessageEntity, User

from walkon.bot.command import UNASKED_FILE, Attachment, BadOption, Command, Invocation, Option, OptionKind, Pressed, RawValue
from walkon.bot.platforms.telegram.acquaintances import Acquaintances, person_of
from walkon.bot.platforms.telegram.sending import ReplyTo
from walkon.bot.platforms.telegram.uploads import UPLOAD_LIMIT
from walkon.types.ids import EventId, PlaceId
from walkon.types.people import Locale, Place

Event = TypeVar("Event", bound=Invocation | Pressed)

PROMPT = "prompt"
HELP = "help"
START = "start"

_TYPED = re.compile(r"/(?P<name>\w{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?\s*", re.ASCII | re.DOTALL)


class Grammar:
    """How typed words become a command and its options."""

    def __init__(self, root: str, commands: Sequence[Command]) -> None:
        self._root = short_form(root)
        self._commands: Mapping[str, Command] = {short_form(command.name): command for command in commands}

    def read(self, text: str, *, bot: str, private: bool) -> tuple[str, Mapping[str, RawValue]] | None:
        """The command and its options; None where the words are for somebody else. bot: our username.

        In a group a command that is none of ours counts only if it names us: other bots live there too.
        """
        typed = _TYPED.fullmatch(text)
        if not typed or (typed["bot"] and typed["bot"].lower() != bot.lower()):
            return None
        name, rest = typed["name"].lower(), (typed["rest"] or "").strip()
        if name == self._root:
            return self._after_root(rest)
        if name == START:
            return HELP, {}
        if name in self._commands:
            return self._given(self._commands[name], rest)
        return (name, {}) if private or typed["bot"] else None

    def _after_root(self, rest: str) -> tuple[str, Mapping[str, RawValue]]:
        if not rest:
            return HELP, {}
        first, *others = rest.split(maxsplit=1)
        command, remaining = self._commands.get(short_form(first.lower())), "".join(others)
        if command and _takes(command, remaining):
            return self._given(command, remaining)
        return PROMPT, {PROMPT: rest}

    def _given(self, command: Command, rest: str) -> tuple[str, Mapping[str, RawValue]]:
        if command.takes_words:
            return command.name, command.spread(rest)
        option = _rest_option(command)
        return command.name, {option.name: rest} if option and rest else {}


def short_form(name: str) -> str:
    """A command's name as Telegram writes it: letters, digits and underscores."""
    return name.replace("-", "_")


def _rest_option(command: Command) -> Option[object] | None:
    return next((option for option in command.options if option.rest), None)


def _takes(command: Command, rest: str) -> bool:
    """Whether the words can be meant for the command; a single wrong word is a slip, several are a sentence."""
    option = next((one for one in command.options if one.word and one.required), None) or _rest_option(command)
    if not rest:
        return True
    if option is None:
        return False
    try:
        option.read(rest.split()[0] if option.word else rest)
    except BadOption:
        return len(rest.split()) == 1
    return True


def is_faceless(message: Message) -> bool:
    """Whether it was sent in the name of a chat: an anonymous administrator or a channel. Nobody there can be asked."""
    return message.sender_chat is not None


def meet_all(message: Message, people: Acquaintances) -> None:
    """Remember everybody whose account the message shows."""
    for user in (message.from_user, *_mentioned(message).values(), _replied_to(message)):
        people.meet(user)


def invocation(
    message: Message, grammar: Grammar, *, bot: str, commands: Mapping[str, Command], people: Acquaintances
) -> Invocation | None:
    """The command in a message; None where there is none, or where no person sent it."""
    sender = message.from_user
    if sender is None or sender.is_bot:
        return None
    place = place_of(message, sender)
    read = grammar.read((message.text or message.caption or "").strip(), bot=bot, private=place.private)
    if read is None:
        return None
    command = commands.get(read[0])
    if _about_people(command):
        read = grammar.read(_with_accounts(message).strip(), bot=bot, private=place.private) or read
    name, options = read
    files, named = _file_option(command, message), _person_option(command, options, message, people)
    return Invocation(
        event=EventId(f"telegram:{message.chat.id}:{message.message_id}"),
        command=name,
        options={**options, **files, **named},
        person=person_of(sender),
        place=place,
        at=message.date,
        upload_limit=UPLOAD_LIMIT,
        reply=reply_to(message),
    )


def pressed(query: CallbackQuery, at: datetime, *, moderator: bool) -> Pressed | None:
    """The press behind a callback; None where it belongs to no message of a chat, or carries nothing."""
    message = query.message
    if message is None or not query.data:
        return None
    thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    person = person_of(query.from_user)
    return Pressed(
        event=EventId(f"telegram:press:{query.id}"),
        token=query.data,
        person=person,
        place=_place(message.chat.id, message.chat.type, thread, person.locale),
        at=at,
        upload_limit=UPLOAD_LIMIT,
        moderator=moderator,
        reply=str(ReplyTo(message_id=message.message_id)),
    )


def alone_with(event: Event) -> Event:
    """The same event as if it had happened in the person's private chat with us, whose id is their own."""
    chat = int(event.person.account)
    return replace(event, place=_place(chat, "private", None, event.person.locale), reply=str(ReplyTo()))


def place_of(message: Message, sender: User) -> Place:
    """Where the message stands. A chat has no language of its own here: it is spoken to in the sender's."""
    return _place(message.chat.id, message.chat.type, _topic(message), Locale.of(sender.language_code))


def reply_to(message: Message) -> str:
    """The JSON by which the message is answered later."""
    return str(ReplyTo(message_id=message.message_id))


def _topic(message: Message) -> int | None:
    # Outside of forums the same field counts reply threads, which cannot be sent to.
    return message.message_thread_id if message.is_topic_message else None


def _place(chat: int, kind: str, thread: int | None, locale: Locale) -> Place:
    topic = None if thread is None else str(thread)
    return Place(id=PlaceId(f"telegram:{chat}"), channel=str(chat), thread=topic, locale=locale, private=kind == "private")


def _mentioned(message: Message) -> Mapping[MessageEntity, User]:
    # A mention of somebody without a username carries the account itself.
    entities = message.entities or message.caption_entities
    return {entity: entity.user for entity in entities if entity.type == MessageEntity.TEXT_MENTION and entity.user}


def _with_accounts(message: Message) -> str:
    """The words, with account numbers in place of such mentions. Telegram counts in UTF-16 units."""
    units = (message.text or message.caption or "").encode("utf-16-le")
    for entity, user in sorted(_mentioned(message).items(), key=lambda item: -item[0].offset):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        units = units[:start] + f"telegram:{user.id}".encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le")


def _replied_to(message: Message) -> User | None:
    """Who wrote the message that this one answers; in a topic every message answers the topic's first, which is nobody's."""
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created is not None or is_faceless(replied):
        return None
    return None if replied.from_user is None or replied.from_user.is_bot else replied.from_user


def _about_people(command: Command | None) -> Option[object] | None:
    return next((one for one in command.options if one.kind is OptionKind.PERSON), None) if command else None


def _person_option(
    command: Command | None, given: Mapping[str, RawValue], message: Message, people: Acquaintances
) -> Mapping[str, RawValue]:
    option = _about_people(command)
    if option is None:
        return {}
    called, replied = given.get(option.name), _replied_to(message)
    if called is not None:
        known = people.called(str(called))
        return {option.name: known} if known else {}
    return {option.name: person_of(replied)} if replied else {}


def _file_option(command: Command | None, message: Message) -> Mapping[str, RawValue]:
    option = next((one for one in command.options if one.kind is OptionKind.ATTACHMENT), None) if command else None
    file = _file(message)
    return {option.name if option else UNASKED_FILE: file} if file else {}


def _file(message: Message) -> Attachment | None:
    """The picture, clip or file under the words. Its address is Telegram's file id: the real one would hold the token."""
    if message.photo:
        largest = message.photo[-1]
        return Attachment(name="photo.jpg", content_type="image/jpeg", size=largest.file_size or 0, url=f"telegram:{largest.file_id}")
    sent = message.video or message.animation or message.document
    if sent is None:
        return None
    kind = sent.mime_type or "application/octet-stream"
    return Attachment(name=sent.file_name or "file", content_type=kind, size=sent.file_size or 0, url=f"telegram:{sent.file_id}")
