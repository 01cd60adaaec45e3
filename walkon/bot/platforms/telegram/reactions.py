"""Reactions in Telegram: what was there before and what is there now, as one event for each emoji that changed.

They arrive only where the bot is an administrator, and in private chats not at all; the buttons say the same everywhere.
"""

from collections.abc import Iterable, Iterator, Sequence

from telegram import MessageReactionUpdated, ReactionType, ReactionTypeEmoji, User

from walkon.bot.command import Reacted
from walkon.bot.platforms.telegram.acquaintances import person_of
from walkon.bot.platforms.telegram.events import chat_place
from walkon.bot.platforms.telegram.sending import ReplyTo
from walkon.bot.platforms.telegram.uploads import UPLOAD_LIMIT
from walkon.types.ids import EventId

_VARIATION = "\ufe0f"


def reactions(update: MessageReactionUpdated) -> Sequence[Reacted]:
    """What the person added and took away; nothing where a bot or an anonymous administrator reacted."""
    user = update.user
    return () if user is None or user.is_bot else tuple(_changes(update, user))


def _changes(update: MessageReactionUpdated, user: User) -> Iterator[Reacted]:
    before, after = _emoji(update.old_reaction), _emoji(update.new_reaction)
    # What is taken away comes first: 👎 in place of 👍 is a no, whichever is looked at.
    for emoji in sorted(before ^ after, key=lambda one: one in after):
        yield _reacted(update, user, emoji, added=emoji in after)


def _emoji(found: Iterable[ReactionType]) -> frozenset[str]:
    return frozenset(one.emoji.replace(_VARIATION, "") for one in found if isinstance(one, ReactionTypeEmoji))


def _reacted(update: MessageReactionUpdated, user: User, emoji: str, *, added: bool) -> Reacted:
    person, chat = person_of(user), update.chat
    return Reacted(
        event=EventId(f"telegram:reaction:{chat.id}:{update.message_id}:{user.id}:{emoji}"),
        emoji=emoji,
        added=added,
        message=f"{chat.id}/{update.message_id}",
        person=person,
        place=chat_place(chat.id, chat.type, None, person.locale),
        at=update.date,
        upload_limit=UPLOAD_LIMIT,
        reply=str(ReplyTo(message_id=update.message_id, ours=True)),
    )
