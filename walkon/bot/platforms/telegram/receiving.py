"""Commands and presses: handed to the handler, answered where they were made.

Private replies: to a press they are the callback's alert, seen by one person only. To a command they are an ordinary short
reply; in a group everybody there can read it, since python-telegram-bot knows no ephemeral messages yet. What others must not
read is told in the person's own chat with us.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram import CallbackQuery, Chat, ChatMember, Message, Update
from telegram.error import TelegramError
from telegram.ext import ExtBot

from walkon.bot.cards import Card, Tone
from walkon.bot.command import Command, Invocation, Pressed, Reply
from walkon.bot.platforms.telegram import events
from walkon.bot.platforms.telegram.acquaintances import Acquaintances
from walkon.bot.platforms.telegram.cards import alert, fits_an_alert
from walkon.bot.platforms.telegram.inline import Inline
from walkon.bot.platforms.telegram.offers import BEGIN
from walkon.bot.platforms.telegram.once_more import Again, OnceMore
from walkon.bot.platforms.telegram.questions import question
from walkon.bot.platforms.telegram.reactions import reactions
from walkon.bot.platforms.telegram.sending import Sender
from walkon.bot.port import Handler, NotAllowed, Post, Throttled
from walkon.bot.tokens import moderates, read_token
from walkon.bot.words import Words
from walkon.types.errors import WalkonError
from walkon.types.people import Locale

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pressing:
    """Seconds. answer_s: a press shows a spinner until it is answered; slower deeds are answered blank and their words follow.
    moderator_s: how much of that Telegram is given to say whether a moderator pressed.
    """

    answer_s: float = 0.9
    moderator_s: float = 0.4


_FULL_WORDS = 3_000
_MODERATOR_KNOWN_S = 300.0
_MODERATOR_ASKED_FOR_COMMAND_S = 5.0
_ANSWER_TRIES = 3
_LONGEST_WAIT_S = 60.0
_FACELESS = "telegram.faceless"
_CONFIDENTIAL = "telegram.confidential"


class Receiver:
    """Turns updates into calls of one handler and shows what it replies."""

    def __init__(
        self, bot: ExtBot[int], sender: Sender, inline: Inline, *, root: str, commands: Sequence[Command], words: Words, pressing: Pressing
    ) -> None:
        self._bot = bot
        self._pressing = pressing
        self._sender = sender
        self._inline = inline
        self._words = words
        self._grammar = events.Grammar(root, commands)
        self._commands: Mapping[str, Command] = {command.name: command for command in commands}
        self._people = Acquaintances()
        self._moderators: dict[tuple[int, int], tuple[bool, float]] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self._once_more = OnceMore()
        self._handler: Handler | None = None

    def listen(self, handler: Handler) -> None:
        """From now on call this handler."""
        self._handler = handler

    async def take(self, update: Update) -> None:
        """Handle one update; returns once the handler has stored it, while its answer may still be on its way."""
        if update.message:
            await self._message(update.message)
        elif update.callback_query and (update.callback_query.data or "").startswith(BEGIN):
            await self._begin(update.callback_query)
        elif update.callback_query:
            await self._press(update.callback_query)
        elif update.message_reaction:
            self._people.meet(update.message_reaction.user)
            for reacted in reactions(update.message_reaction):
                await self._listening.reacted(reacted)
        elif update.chat_member:
            if gone := events.gone(update.chat_member):
                self._inline.members.gone(update.chat_member.chat.id, int(gone.person.account))
                await self._listening.left(gone)
        elif update.inline_query:
            await self._inline.list(update.inline_query, self._listening)
        elif update.chosen_inline_result:
            await self._inline.chose(update.chosen_inline_result, self._listening)

    async def close(self) -> None:
        """Give up answers on their way: what was promised is in the outbox."""
        for task in self._answers:
            task.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)

    @property
    def _listening(self) -> Handler:
        if self._handler is None:
            raise RuntimeError("updates are taken only while serving")
        return self._handler

    async def _message(self, message: Message) -> None:
        if events.is_faceless(message):
            self._spawn(self._faceless(message))
            return
        events.meet_all(message, self._people)
        if gone := events.left(message):
            self._inline.members.gone(message.chat.id, int(gone.person.account))
            await self._listening.left(gone)
            return
        invocation = events.invocation(message, self._grammar, bot=self._bot.username, commands=self._commands, people=self._people)
        if invocation is not None:
            invocation = replace(invocation, moderator=await self._moderates(invocation, message))
            reply = await self._listening.command(invocation)
            self._spawn(self._answer(invocation, reply))

    async def _moderates(self, invocation: Invocation, message: Message) -> bool:
        command = self._commands.get(invocation.command)
        if command is None or not command.moderates or message.from_user is None:
            return False
        return await self._ask_moderator(message.chat, message.from_user.id, _MODERATOR_ASKED_FOR_COMMAND_S)

    async def _faceless(self, message: Message) -> None:
        text = (message.text or message.caption or "").strip()
        if self._words.has(_FACELESS) and message.from_user and self._grammar.read(text, bot=self._bot.username, private=False):
            place = events.place_of(message, message.from_user)
            card = Card(tone=Tone.WAIT, head=self._words.text(place.locale, _FACELESS))
            await self._reply(Post(key=f"faceless:{message.message_id}", place=place, reply=events.reply_to(message), ref=None), card)

    def _spawn(self, answer: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._reported(answer))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _reported(self, answer: Coroutine[Any, Any, None]) -> None:
        try:
            await answer
        except (WalkonError, TelegramError) as error:
            log.warning("telegram_answer_failed", error=type(error).__name__)
        except Exception:
            log.exception("telegram_answer_failed")

    async def _answer(self, event: Invocation | Pressed, reply: Reply) -> None:
        """Show the reply. One with an outbox row is tried once: if it fails, delivery shows it."""
        if reply.ref is not None:
            return
        if _opens_a_form(event, reply) and reply.form and (written := question(self._words, reply.form, event.person)):
            await self._sender.ask(Post(key=event.event, place=event.place, reply=event.reply, ref=None), written, reply.form)
            return
        if reply.confidential and not event.place.private:
            await self._confide(event, reply.card)
            return
        changes = reply.instead and isinstance(event, Pressed)
        ref = events.pressed_ref(event) if changes else None
        post = Post(key=reply.post or event.event, place=event.place, reply=event.reply, ref=ref)
        if reply.post is None:
            await self._reply(post, reply.card)
            return
        # Without its clip: an upload takes longer than a first answer may.
        ref = await self._sender.show(post, replace(reply.card, video=None))
        await self._listening.answered(reply.post, reply.revision, ref)

    async def _confide(self, event: Invocation | Pressed, card: Card) -> None:
        """Tell it in the person's own chat; where they never wrote to us, say in the group only that there is an answer."""
        alone = events.alone_with(event)
        try:
            await self._reply(Post(key=event.event, place=alone.place, reply=alone.reply, ref=None), card)
        except NotAllowed:
            hint = Card(tone=Tone.WAIT, head=self._words.text(event.person.locale, _CONFIDENTIAL))
            await self._reply(Post(key=f"hint:{event.event}", place=event.place, reply=event.reply, ref=None), hint)

    async def _reply(self, post: Post, card: Card) -> None:
        for _ in range(_ANSWER_TRIES):
            try:
                await self._sender.show(post, card, words_limit=_FULL_WORDS)
                break
            except Throttled as error:
                await asyncio.sleep(min(error.retry_after_s, _LONGEST_WAIT_S))
        else:
            log.warning("telegram_answer_dropped", reason="throttled")
            return
        if card.handout and post.place.private:
            await self._sender.hand_over(int(post.place.addressee or post.place.channel), card.handout)

    async def _begin(self, query: CallbackQuery) -> None:
        await self._acknowledge(query, await self._inline.began(query, self._listening))

    async def _press(self, query: CallbackQuery) -> None:
        deed = asyncio.ensure_future(self._deed(query))
        await asyncio.wait({deed}, timeout=self._pressing.answer_s)
        in_time = deed.done() and not deed.cancelled() and deed.exception() is None
        pressed, reply = deed.result() if in_time else (None, None)
        shown = bool(reply and reply.private and pressed and _suits_an_alert(pressed, reply))
        said = self._asking_back(query, reply.card) if reply and shown else None
        self._spawn(self._acknowledge(query, said, passing=bool(reply and reply.passing)))
        if not in_time:
            pressed, reply = await deed
        if pressed and reply and not shown:
            self._follow_up(pressed, reply)

    async def _deed(self, query: CallbackQuery) -> tuple[Pressed | None, Reply | None]:
        self._people.meet(query.from_user)
        token = self._once_more.meant(self._pressed_again(query), asyncio.get_running_loop().time())
        pressed = events.pressed(query, token, datetime.now(UTC), moderator=await self._is_moderator(query, token))
        return pressed, await self._listening.press(pressed) if pressed else None

    def _pressed_again(self, query: CallbackQuery) -> Again:
        where = f"{query.message.chat.id}/{query.message.message_id}" if query.message else query.inline_message_id or ""
        return Again(query.from_user.id, where, self._sender.seal.taken_off(query.data or ""))

    def _asking_back(self, query: CallbackQuery, card: Card) -> Card:
        """The card as an alert; one that asks back says how to answer, since an alert holds no buttons."""
        label = self._once_more.ask(self._pressed_again(query), card, asyncio.get_running_loop().time())
        if label is None:
            return card
        locale = Locale.of(query.from_user.language_code)
        return replace(card, body=(*card.body, self._words.text(locale, "telegram.once_more", label=label)))

    async def _acknowledge(self, query: CallbackQuery, card: Card | None, *, passing: bool = False) -> None:
        try:
            await self._bot.answer_callback_query(query.id, text=alert(card) if card else None, show_alert=bool(card) and not passing)
        except TelegramError as error:
            # Too old to be answered, usually: the tap was made while walkon was away.
            log.info("telegram_callback_unanswered", error=type(error).__name__)

    def _follow_up(self, pressed: Pressed, reply: Reply) -> None:
        # Too late for an alert: told in private, if the person ever wrote to us there, else not at all.
        apart = reply.private and not pressed.place.private and not _opens_a_form(pressed, reply)
        self._spawn(self._answer(events.alone_with(pressed) if apart else pressed, reply))

    async def _is_moderator(self, query: CallbackQuery, token: str) -> bool:
        message = query.message
        meant = read_token(token)
        if message is None or message.chat.type == "private" or (meant is not None and not meant.deed.ranked):
            return False
        if moderates(token):
            # What is decided over others needs the right of this moment, not of some minutes ago.
            return await self._ask_moderator(message.chat, query.from_user.id, _MODERATOR_ASKED_FOR_COMMAND_S)
        now, key = asyncio.get_running_loop().time(), (message.chat.id, query.from_user.id)
        known, until = self._moderators.get(key, (False, 0.0))
        return known if now < until else await self._ask_moderator(message.chat, query.from_user.id, self._pressing.moderator_s)

    async def _ask_moderator(self, chat: Chat, account: int, within_s: float) -> bool:
        """Whether Telegram says so now; no answer means no. Remembered for presses, which come in bursts and cannot wait."""
        if chat.type == Chat.PRIVATE:
            return False
        now, key = asyncio.get_running_loop().time(), (chat.id, account)
        try:
            member = await asyncio.wait_for(self._bot.get_chat_member(*key), within_s)
        except (TelegramError, TimeoutError):
            return False
        moderator = member.status in (ChatMember.ADMINISTRATOR, ChatMember.OWNER)
        fresh = {one: seen for one, seen in self._moderators.items() if seen[1] > now}
        self._moderators = fresh | {key: (moderator, now + _MODERATOR_KNOWN_S)}
        return moderator


def _suits_an_alert(pressed: Pressed, reply: Reply) -> bool:
    if _opens_a_form(pressed, reply):
        return False
    return not pressed.place.private or (fits_an_alert(reply.card) and not reply.instead)


def _opens_a_form(event: Invocation | Pressed, reply: Reply) -> bool:
    """Whether we can write where it is asked for."""
    return reply.form is not None and not event.place.elsewhere
