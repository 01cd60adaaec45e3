"""Inline mode: clips asked for and carried in chats that the bot is not in.

A chosen article is a message at once and becomes the clip in its place. Such a message can only show what Telegram has: films
go to the storage chat first. Without a storage chat, nothing is offered.
"""

import asyncio
import re
from datetime import UTC, datetime

import structlog
from telegram import CallbackQuery, ChosenInlineResult, InlineQuery, InlineQueryResultsButton, User
from telegram.error import TelegramError
from telegram.ext import ExtBot

from walkon.bot.cards import Card, Tone
from walkon.bot.command import Invocation, RawValue, Reply
from walkon.bot.platforms.telegram import events
from walkon.bot.platforms.telegram.acquaintances import person_of
from walkon.bot.platforms.telegram.known_files import KnownFiles
from walkon.bot.platforms.telegram.members import Members
from walkon.bot.platforms.telegram.offers import READY, REMIX, Offer, Offers, chosen
from walkon.bot.platforms.telegram.sending import Ref, ReplyTo, Sender
from walkon.bot.platforms.telegram.uploads import UPLOAD_LIMIT
from walkon.bot.port import Handler, Post, Shelf
from walkon.bot.shelf import PLACE, START, WORDS, read_words
from walkon.bot.tokens import SHELF, read_shelf_token
from walkon.bot.words import Words
from walkon.types.errors import WalkonError
from walkon.types.ids import EventId, PlaceId
from walkon.types.people import Locale

log = structlog.get_logger(__name__)

SCRATCH = "scratch"
_GROUP = re.compile(r"telegram:-[0-9]{1,20}")


class Inline:
    """Lists offers, and does what was chosen."""

    def __init__(self, bot: ExtBot[int], sender: Sender, files: KnownFiles, words: Words) -> None:
        self._bot = bot
        self._sender = sender
        self._files = files
        self._words = words
        self._offers = Offers(words, sender.seal)
        self.members = Members(bot)
        # A choice and its button's press may come at the same time; the second finds the answer of the first.
        self._turns: dict[str, asyncio.Lock] = {}

    async def list(self, query: InlineQuery, handler: Handler) -> None:
        """Answer with what this person may choose now."""
        user, locale = query.from_user, Locale.of(query.from_user.language_code)
        start = query.offset if query.offset.isdecimal() else "0"
        shelf = Shelf()
        wanted = await self._wanted(user, query.query) if self._sender.inline else None
        if wanted is not None:
            shelf = await handler.browse(_asked(user, "browse", {**wanted, START: start}, f"query:{query.id}", ReplyTo()))
        keys = [ready.card.video.video for ready in shelf.ready if ready.card.video]
        results = self._offers.listed(shelf, user, query.query, await self._files.among(keys) if keys else {})
        try:
            await self._bot.answer_inline_query(
                query.id,
                results,
                cache_time=0,
                is_personal=True,
                next_offset="" if shelf.next is None else str(shelf.next),
                button=self._above(locale, shelf, query.query),
            )
        except TelegramError as error:
            # Usually too late: whoever typed has typed on, and that is another query.
            log.info("telegram_inline_unanswered", error=type(error).__name__)

    async def _wanted(self, user: User, query: str) -> dict[str, RawValue] | None:
        """What is looked for: words, or the clips of a chat for who is in it; None for a chat that is not theirs to look into."""
        if not query.startswith(SHELF):
            return {WORDS: query}
        place = self._place_in(query)
        there = place is not None and await self.members.has(int(place.partition(":")[2]), user.id)
        return {WORDS: "", PLACE: place} if place and there else None

    def _place_in(self, query: str) -> PlaceId | None:
        """The chat that a button's query names, if this host made it."""
        token = read_shelf_token(self._sender.seal.taken_off(query.strip()))
        return token.place if token and _GROUP.fullmatch(token.place) else None

    def _above(self, locale: Locale, shelf: Shelf, query: str) -> InlineQueryResultsButton | None:
        if not self._sender.inline:
            return InlineQueryResultsButton(self._words.say(locale, "telegram.inline.off"), start_parameter=SCRATCH)
        if shelf.refused:
            key = "telegram.inline.not_until" if shelf.until else "telegram.inline.not_now"
            return InlineQueryResultsButton(self._words.say(locale, key, until=shelf.until), start_parameter=events.WHY)
        if query.strip():
            return None
        return InlineQueryResultsButton(self._words.say(locale, "telegram.inline.scratch"), start_parameter=SCRATCH)

    async def chose(self, result: ChosenInlineResult, handler: Handler) -> None:
        """Do what was chosen, in the message it made."""
        offer = chosen(result.result_id, result.query, result.from_user.id)
        if offer and result.inline_message_id:
            await self._begin(result.from_user, result.inline_message_id, offer, handler)

    async def began(self, query: CallbackQuery, handler: Handler) -> Card | None:
        """The same by the message's own button; returns what to tell whoever pressed it, if anything."""
        person = person_of(query.from_user)
        offer = self._offers.begun(query.data or "")
        if offer is None or not query.inline_message_id:
            return Card(tone=Tone.QUIET, head=self._words.text(person.locale, "telegram.inline.late"))
        if offer.account != query.from_user.id:
            return Card(tone=Tone.QUIET, head=self._words.text(person.locale, "press.stale"))
        await self._begin(query.from_user, query.inline_message_id, offer, handler)
        return None

    async def _begin(self, user: User, message: str, offer: Offer, handler: Handler) -> None:
        turn = self._turns.setdefault(message, asyncio.Lock())
        try:
            async with turn:
                await self._do(user, message, offer, handler)
        finally:
            self._turns.pop(message, None)

    async def _do(self, user: User, message: str, offer: Offer, handler: Handler) -> None:
        reply_to = ReplyTo(inline=message)
        if offer.kind == READY and offer.clip:
            await self._carried(user, message, offer, handler)
            return
        command, options = _command(offer)
        asked = _asked(user, command, options, message, reply_to)
        reply = await handler.command(asked)
        if reply.ref is None:
            await self._show(asked, reply, handler)

    async def _carried(self, user: User, message: str, offer: Offer, handler: Handler) -> None:
        # It stands there already, so that whether they are still where it was listed decides nothing any more.
        named = self._place_in(offer.words)
        place: dict[str, RawValue] = {PLACE: named} if named else {}
        asked = _asked(user, "show", place, message, ReplyTo(inline=message))
        shelf = await handler.browse(_asked(user, "browse", {**place, WORDS: f"#{offer.clip}"}, f"query:{message}", ReplyTo()))
        video = next((ready.card.video.video for ready in shelf.ready if ready.card.video), None)
        if offer.clip:
            # It shows the film, whether or not it may still be shown.
            await handler.carried(asked, offer.clip, str(Ref(inline=message, video=video or "gone")))

    async def _show(self, asked: Invocation, reply: Reply, handler: Handler) -> None:
        if reply.post is None:
            await self._refuse(asked, reply)
            return
        post = Post(key=reply.post, place=asked.place, reply=asked.reply, ref=None)
        await handler.answered(reply.post, reply.revision, await self._sender.show(post, reply.card))

    async def _refuse(self, asked: Invocation, reply: Reply) -> None:
        """The chat reads that it will not be; why, only the person, if they ever wrote to us."""
        no = Card(tone=Tone.QUIET, head=self._words.text(asked.place.locale, "telegram.inline.not_this_time"))
        await self._sender.show(Post(key=f"no:{asked.event}", place=asked.place, reply=asked.reply, ref=None), no)
        alone = events.alone_with(asked)
        try:
            await self._sender.show(Post(key=f"why:{asked.event}", place=alone.place, reply=alone.reply, ref=None), reply.card)
        except WalkonError as error:
            log.info("telegram_inline_reason_untold", error=type(error).__name__)


def _command(offer: Offer) -> tuple[str, dict[str, RawValue]]:
    named, words = read_words(offer.words)
    if offer.kind == REMIX and offer.clip:
        return "remix", {"clip": offer.clip, "words": words if named else offer.words}
    return "prompt", {"prompt": offer.words}


def _asked(user: User, command: str, options: dict[str, RawValue], event: str, reply: ReplyTo) -> Invocation:
    person = person_of(user)
    return Invocation(
        event=EventId(f"telegram:inline:{event}"),
        command=command,
        options=options,
        person=person,
        place=events.elsewhere(person),
        at=datetime.now(UTC),
        upload_limit=UPLOAD_LIMIT,
        reply=str(reply),
    )
