"""A form as Telegram has it: a message of ours that opens an answer to itself, and the words that are answered.

Which clip it is about stands in the message, as the one entity that no card of ours has; so an answer counts however late it comes.
"""

from telegram import ForceReply, Message, MessageEntity

from walkon.bot.cards import Card, Form, Mention, Tone
from walkon.bot.platforms.telegram.cards import TEXT_LIMIT, Written, cut, harmless, utf16, write
from walkon.bot.tokens import read_token
from walkon.bot.words import Words
from walkon.types.ids import ClipId, read_clip_id
from walkon.types.people import Person

PLACEHOLDER_LIMIT = 64
"""Bot API 10.3, ForceReply."""


def question(words: Words, form: Form, asked: Person) -> Written | None:
    """The form's message, for that person; None where it is about no clip."""
    token = read_token(form.token)
    if token is None:
        return None
    head = words.text(asked.locale, "telegram.answer_with_words", who=Mention(asked.id, asked.name), clip=token.clip)
    written = write(Card(tone=Tone.QUIET, head=head), limit=TEXT_LIMIT, named=[asked.id])
    named = [entity for entity in written.entities if entity.type == MessageEntity.TEXT_MENTION]
    start = utf16(written.text[: written.text.rindex(token.clip)])
    return Written(written.text, (*named, MessageEntity(MessageEntity.CODE, start, len(token.clip))))


def markup(form: Form) -> ForceReply:
    """Opens the answer for whoever is named, with the beginning of the old words behind it."""
    old = cut(" ".join(harmless(form.text).split()), PLACEHOLDER_LIMIT)
    return ForceReply(selective=True, input_field_placeholder=old or None)


def answered(message: Message, bot: str) -> ClipId | None:
    """The clip that the words of a message are for; None where it answers no question of ours. bot: our username."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or not asked.from_user.is_bot or asked.from_user.username != bot:
        return None
    marked = [entity for entity in asked.entities if entity.type == MessageEntity.CODE]
    return read_clip_id(asked.parse_entity(marked[0])) if len(marked) == 1 else None
