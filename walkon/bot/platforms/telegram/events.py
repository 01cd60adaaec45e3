"""What Telegram delivers, as commands and presses.

A link to the bot (`t.me/BOT?start=cameo-enrol`) is a command too, but only one of those that such links are made for. In a private
chat a video without words is one for whoever lends a likeness.

An answer to our question for the new words of a clip is those words.

Typed forms: `/sora prompt words…`, `/prompt words…`, and `/sora words…`, where words that begin like a command but cannot be
one are a prompt: `/sora show me a cat` asks for a cat.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberRestricted,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    User,
)

from walkon.bot.command import (
    UNASKED_FILE,
    BadOption,
    Command,
    Invocation,
    Left,
    Option,
    OptionKind,
    Pressed,
    RawValue,
    mention_token,
)
from walkon.bot.files import Attachment
from walkon.bot.platforms.telegram.acquaintances import Acquaintances, person_of
from walkon.bot.platforms.telegram.downloads import FILE_ID
from walkon.bot.platforms.telegram.questions import answered
from walkon.bot.platforms.telegram.sending import SOME_FILM, Ref, ReplyTo
from walkon.bot.platforms.telegram.uploads import UPLOAD_LIMIT
from walkon.types.ids import EventId, PlaceId, read_clip_id
from walkon.types.people import Locale, Person, Place

Event = TypeVar("Event", bound=Invocation | Pressed)

PROMPT = "prompt"
REMIX = "remix"
HELP = "help"
START = "start"
WHY, SETTINGS = "why", "settings"
CAMEO, ENROL = "cameo", "enrol"

LINKED = (CAMEO, "link")
"""Commands that a link to the bot may stand for. Whoever follows one sees no words before it is done, so it may change nothing."""

_TYPED = re.compile(r"/(?P<name>\w{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?\s*", re.ASCII | re.DOTALL)


class Grammar:
    """How typed words become a command and its options."""

    def __init__(self, root: str, commands: Sequence[Command]) -> None:
        self._root = short_form(root)
        self._commands: Mapping[str, Command] = {short_form(command.name): command for command in commands}

    def read(self, text: str, *, bot: str, private: bool, answering: bool = False) -> tuple[str, Mapping[str, RawValue]] | None:
        """The command and its options; None where the words are for somebody else. bot: our username. answering: a message of ours
        is answered, so a command about a clip need not name it.

        In a group a command that is none of ours counts only if it names us: other bots live there too.
        """
        typed = _TYPED.fullmatch(text)
        if not typed or (typed["bot"] and typed["bot"].lower() != bot.lower()):
            return None
        name, rest = typed["name"].lower(), (typed["rest"] or "").strip()
        if name == self._root:
            return self._after_root(rest, answering)
        if name == START:
            return self._linked(rest)
        if name in self._commands:
            return self._given(self._commands[name], rest, answering)
        return (name, {}) if private or typed["bot"] else None

    def _linked(self, payload: str) -> tuple[str, Mapping[str, RawValue]]:
        """`cameo-requests-7KQ2M9` is `/cameo requests 7KQ2M9`; whoever asks why not is shown their limits, unless a mute answers first."""
        if payload == WHY and SETTINGS in self._commands:
            return SETTINGS, {}
        name, *words = payload.split("-")
        if name not in LINKED or name not in self._commands:
            return HELP, {}
        return self._given(self._commands[name], " ".join(words))

    def _after_root(self, rest: str, answering: bool) -> tuple[str, Mapping[str, RawValue]]:
        if not rest:
            return HELP, {}
        first, *others = rest.split(maxsplit=1)
        command, remaining = self._commands.get(short_form(first.lower())), "".join(others)
        if command and (_takes(command, remaining) or (answering and _about_a_clip(command))):
            return self._given(command, remaining, answering)
        return PROMPT, {PROMPT: rest}

    def _given(self, command: Command, rest: str, answering: bool = False) -> tuple[str, Mapping[str, RawValue]]:
        if command.takes_words:
            clip = _about_a_clip(command) if answering else None
            return command.name, command.spread(rest, named=[clip.name] if clip and not _names_one(rest) else [])
        option = _rest_option(command)
        return command.name, {option.name: rest} if option and rest else {}


def short_form(name: str) -> str:
    """A command's name as Telegram writes it: letters, digits and underscores."""
    return name.replace("-", "_")


def _rest_option(command: Command) -> Option[object] | None:
    return next((option for option in command.options if option.rest), None)


def _about_a_clip(command: Command) -> Option[object] | None:
    return next((option for option in command.options if option.kind is OptionKind.CLIP and option.word), None)


def _names_one(rest: str) -> bool:
    """Whether the first word is a clip's id beyond doubt: `banana` could be one as well."""
    first = (rest.split() or [""])[0]
    return read_clip_id(first) is not None and (first.startswith("#") or first == first.upper())


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
    told: dict[str, Any] = {"bot": bot, "private": place.private, "answering": _about(message) is not None}
    said = (message.text or message.caption or "").strip()
    read = grammar.read(said, **told) or _film(message, place) or _new_words(message, said, bot, commands)
    if read is None:
        return None
    command = commands.get(read[0])
    spoken, mentions = (_with_accounts(message), {}) if _about_people(command) else _with_names(message, people)
    name, options = grammar.read(spoken.strip(), **told) or _new_words(message, spoken.strip(), bot, commands) or read
    files, named = _file_option(command, message), _person_option(command, options, message, people)
    return Invocation(
        event=EventId(f"telegram:{message.chat.id}:{message.message_id}"),
        command=name,
        options={**options, **files, **named},
        person=person_of(sender),
        place=place,
        at=message.date,
        upload_limit=UPLOAD_LIMIT,
        mentions=mentions,
        about=_about(message),
        reply=reply_to(message),
    )


def _about(message: Message) -> str | None:
    """Our message that this one answers, as reactions name it."""
    replied = message.reply_to_message
    ours = replied is not None and replied.from_user is not None and replied.from_user.is_bot
    return f"{message.chat.id}/{replied.message_id}" if replied and ours else None


def _film(message: Message, place: Place) -> tuple[str, Mapping[str, RawValue]] | None:
    """A video that somebody sends to the bot alone, without words."""
    silent = not (message.text or message.caption)
    return (CAMEO, {"deed": ENROL}) if place.private and silent and (message.video_note or message.video) else None


def _new_words(message: Message, said: str, bot: str, commands: Mapping[str, Command]) -> tuple[str, Mapping[str, RawValue]] | None:
    """The answer to our question for the new words of a clip."""
    clip = answered(message, bot) if said and REMIX in commands else None
    return (REMIX, {"clip": clip, "words": said}) if clip else None


def left(message: Message) -> Left | None:
    """Who the message says is gone from the chat; None where it says no such thing."""
    gone = message.left_chat_member
    if gone is None or gone.is_bot:
        return None
    return Left(person=person_of(gone), place=place_of(message, gone))


def is_there(member: ChatMember) -> bool:
    """Whether a chat's member is in it: who is held back may still be in it, or not."""
    if isinstance(member, ChatMemberRestricted):
        return bool(member.is_member)
    return member.status not in (ChatMember.LEFT, ChatMember.BANNED)


def gone(changed: ChatMemberUpdated) -> Left | None:
    """Who is no longer in the chat after a member's change; None where somebody came or only their rights changed."""
    member = changed.new_chat_member
    if member.user.is_bot or is_there(member):
        return None
    person = person_of(member.user)
    return Left(person=person, place=chat_place(changed.chat.id, changed.chat.type, None, person.locale))


def pressed(query: CallbackQuery, token: str, at: datetime, *, moderator: bool) -> Pressed | None:
    """The press behind a callback; None where it belongs to no message of a chat, or carries nothing. token: what it carries, unsealed."""
    message = query.message
    if query.data and query.inline_message_id:
        return _pressed_elsewhere(query, token, query.inline_message_id, at)
    if message is None or not query.data:
        return None
    thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    person = person_of(query.from_user)
    return Pressed(
        event=EventId(f"telegram:press:{query.id}"),
        token=token,
        person=person,
        place=chat_place(message.chat.id, message.chat.type, thread, person.locale),
        at=at,
        upload_limit=UPLOAD_LIMIT,
        moderator=moderator,
        reply=str(_under(message)),
    )


def _under(message: MaybeInaccessibleMessage) -> ReplyTo:
    shows = message if isinstance(message, Message) else None
    return ReplyTo(message_id=message.message_id, ours=True, film=bool(shows and shows.video), picture=bool(shows and shows.photo))


def _pressed_elsewhere(query: CallbackQuery, token: str, message: str, at: datetime) -> Pressed:
    person = person_of(query.from_user)
    return Pressed(
        event=EventId(f"telegram:press:{query.id}"),
        token=token,
        person=person,
        place=elsewhere(person),
        at=at,
        upload_limit=UPLOAD_LIMIT,
        reply=str(ReplyTo(inline=message)),
    )


def elsewhere(person: Person) -> Place:
    """A chat that Telegram does not name, reached by this person."""
    return Place(id=PlaceId(person.id), channel=person.account, locale=person.locale, elsewhere=True)


def pressed_ref(pressed: Event) -> str | None:
    """The message of ours whose button was pressed; None where it stands in another chat than the answer."""
    answered = msgspec.json.decode(pressed.reply, type=ReplyTo)
    if not answered.message_id:
        return None
    video = SOME_FILM if answered.film else None
    return str(Ref(chat_id=int(pressed.place.channel), message_id=answered.message_id, video=video, blank=answered.picture))


def alone_with(event: Event) -> Event:
    """The same event as if it had happened in the person's private chat with us, whose id is their own."""
    chat = int(event.person.account)
    return replace(event, place=chat_place(chat, "private", None, event.person.locale), reply=str(ReplyTo()))


def place_of(message: Message, sender: User) -> Place:
    """Where the message stands. A chat has no language of its own here: it is spoken to in the sender's."""
    return chat_place(message.chat.id, message.chat.type, _topic(message), Locale.of(sender.language_code))


def reply_to(message: Message) -> str:
    """The JSON by which the message is answered later."""
    return str(ReplyTo(message_id=message.message_id))


def _topic(message: Message) -> int | None:
    # Outside of forums the same field counts reply threads, which cannot be sent to.
    return message.message_thread_id if message.is_topic_message else None


def chat_place(chat: int, kind: str, thread: int | None, locale: Locale) -> Place:
    """A chat of that id and kind (Bot API, Chat.type)."""
    topic = None if thread is None else str(thread)
    return Place(id=PlaceId(f"telegram:{chat}"), channel=str(chat), thread=topic, locale=locale, private=kind == "private")


def _mentioned(message: Message) -> Mapping[MessageEntity, User]:
    # A mention of somebody without a username carries the account itself.
    entities = message.entities or message.caption_entities
    return {entity: entity.user for entity in entities if entity.type == MessageEntity.TEXT_MENTION and entity.user}


def _with_names(message: Message, people: Acquaintances) -> tuple[str, Mapping[str, Person]]:
    """The words as they are, and who is named in them; a username that was never seen is only a word.

    Only where two people are written alike, the first of them stands as `mention_token` instead.
    """
    text = message.text or message.caption or ""
    units, mentions = text.encode("utf-16-le"), dict[str, Person]()
    for entity in sorted(message.entities or message.caption_entities, key=lambda entity: -entity.offset):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        if entity.type == MessageEntity.MENTION:
            called = units[start:end].decode("utf-16-le")
            person = people.called(called)
            mentions |= {called: person} if person else {}
        elif entity.type == MessageEntity.TEXT_MENTION and entity.user and not entity.user.is_bot:
            person, written = person_of(entity.user), units[start:end].decode("utf-16-le")
            if written in mentions and mentions[written].id != person.id:
                written = mention_token(person.name, mentions)
                units = units[:start] + written.encode("utf-16-le") + units[end:]
            mentions[written] = person
    return units.decode("utf-16-le"), mentions


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
        return Attachment(name="photo.jpg", content_type="image/jpeg", size=largest.file_size or 0, url=f"{FILE_ID}{largest.file_id}")
    if message.video_note:
        round_film = message.video_note
        return Attachment(name="note.mp4", content_type="video/mp4", size=round_film.file_size or 0, url=f"{FILE_ID}{round_film.file_id}")
    sent = message.video or message.animation or message.document
    if sent is None:
        return None
    kind = sent.mime_type or "application/octet-stream"
    return Attachment(name=sent.file_name or "file", content_type=kind, size=sent.file_size or 0, url=f"{FILE_ID}{sent.file_id}")
