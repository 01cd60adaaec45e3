"""Messages of ours: posted once, then edited, and found again after any half-done attempt.

Telegram has no idempotency key for sending, but an edit may be repeated freely. So a clip is never *sent*: a text is, and
the clip is edited into it, however often that takes.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
from telegram import ForceReply, InlineKeyboardMarkup, InputMedia, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated
from telegram.ext import ExtBot

from walkon.bot.cards import Card, Film, Form, Handout, Video
from walkon.bot.platforms.telegram.cards import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    Written,
    fits_under_a_film,
    keyboard,
    keyboard_elsewhere,
    sealed,
    turned,
    write,
)
from walkon.bot.platforms.telegram.faults import Unchanged, told_apart
from walkon.bot.platforms.telegram.known_files import KnownFiles
from walkon.bot.platforms.telegram.pace import SPARE_FOR_ANSWERS
from walkon.bot.platforms.telegram.questions import markup
from walkon.bot.platforms.telegram.signs import Signs
from walkon.bot.platforms.telegram.uploads import BLANK, blank, plain_picture, private_film, stored, thumbnail, uploaded
from walkon.bot.port import MessageGone, PlatformDown, Post
from walkon.bot.tokens import Seal, ShelfToken
from walkon.store.media import Media
from walkon.types.ids import PlaceId
from walkon.types.people import Platform

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


SOME_FILM = "?"
"""The media key of a film that hangs on a message and whose name the message does not tell."""


class ReplyTo(msgspec.Struct, frozen=True, kw_only=True):
    """The message of the place that is answered; 0 for none in particular. inline: the message itself, where it stands elsewhere.

    film, picture: that is what the message shows, which cannot become a text again. ours: the bot wrote it.
    """

    message_id: int = 0
    inline: str = ""
    film: bool = False
    picture: bool = False
    ours: bool = False

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


class Ref(msgspec.Struct, frozen=True, kw_only=True):
    """A message of ours: in a chat, or, by its inline id, in one that Telegram does not name.

    video: media key of the clip it shows, None for a text. blank: a picture stands where a clip was.
    """

    chat_id: int = 0
    message_id: int = 0
    inline: str = ""
    video: str | None = None
    blank: bool = False

    @property
    def address(self) -> Mapping[str, Any]:
        """The message as the calls that edit it name it."""
        return {"inline_message_id": self.inline} if self.inline else {"chat_id": self.chat_id, "message_id": self.message_id}

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


def read_ref(text: str) -> Ref:
    """The message behind a post's ref."""
    return msgspec.json.decode(text, type=Ref)


class Sender:
    """Shows cards. storage: the chat whose files inline messages show, None without inline mode. Raises the port's errors."""

    def __init__(
        self, bot: ExtBot[int], media: Media, files: KnownFiles, *, storage: int | None, upload_answer_s: float, seal: Seal
    ) -> None:
        self._bot = bot
        self._media = media
        self._files = files
        self._storage = storage
        self._upload_answer_s = upload_answer_s
        self.seal = seal
        self._signs = Signs(bot)
        self._placed: dict[str, Ref] = {}
        self._moved: dict[int, int] = {}

    async def show(self, post: Post, card: Card, *, words_limit: int | None = None) -> str:
        """Make the post show the card; returns its ref. words_limit: UTF-16 units of the words where it stays a text."""
        ref = read_ref(post.ref) if post.ref else self._placed.get(post.key) or _carried(post)
        beside = None if fits_under_a_film(card) else card.video
        card = turned(replace(card, video=None) if beside else card)
        try:
            shown = await self._edit(ref, card) if ref else await self._new(post, card, words_limit)
            if beside and ref is None:
                await self._beside(shown, beside)
        except MessageGone:
            self._placed.pop(post.key, None)
            raise
        self._placed.pop(post.key, None)
        self._sign(post, card)
        return str(shown)

    async def close(self) -> None:
        """Give up what only decorates."""
        await self._signs.close()

    def _sign(self, post: Post, card: Card) -> None:
        """Only a message that somebody wrote to ask for it bears a sign."""
        asked = msgspec.json.decode(post.reply, type=ReplyTo)
        if card.signal and asked.message_id and not asked.ours and not post.place.elsewhere:
            self._signs.put(int(post.place.channel), asked.message_id, card.signal)

    async def _new(self, post: Post, card: Card, words_limit: int | None) -> Ref:
        limits = {"words_limit": words_limit} if words_limit else {}
        pictured = card.video or card.film
        written = write(card, limit=CAPTION_LIMIT if pictured else TEXT_LIMIT, named=card.pings, **limits)
        message = await self._send(post, written, card)
        ref = Ref(chat_id=message.chat_id, message_id=message.message_id)
        self._placed[post.key] = ref
        return await self._edit(ref, card) if pictured else ref

    async def _beside(self, ref: Ref, video: Video) -> None:
        """A film that does not go with its words: once, as an answer to them."""
        empty, known = Written("", ()), await self._files.find(video.video)
        small = await thumbnail(self._media, video.poster)
        async with uploaded(self._media, video, empty, small) as upload:
            with told_apart():
                await self._bot.send_video(
                    ref.chat_id,
                    known or upload.media.media,
                    reply_parameters=ReplyParameters(ref.message_id, allow_sending_without_reply=True),
                    read_timeout=self._upload_answer_s,
                )

    async def _send(self, post: Post, written: Written, card: Card) -> Message:
        answered = read_ref(post.follows) if post.follows else msgspec.json.decode(post.reply, type=ReplyTo)
        chat, thread = int(post.place.addressee or post.place.channel), int(post.place.thread) if post.place.thread else None
        chat = self._moved.get(chat, chat)
        try:
            return await self._post(chat, answered.message_id, thread, written, self._keyboard(card, Ref(chat_id=chat)))
        except ChatMigrated as moved:
            self._moved[chat] = moved.new_chat_id
            return await self._post(moved.new_chat_id, 0, None, written, self._keyboard(card, Ref(chat_id=moved.new_chat_id)))

    async def ask(self, post: Post, written: Written, form: Form) -> None:
        """Put a form's message, which asks to be answered; said once and never edited."""
        answered = msgspec.json.decode(post.reply, type=ReplyTo)
        thread = int(post.place.thread) if post.place.thread else None
        chat = int(post.place.channel)
        await self._post(self._moved.get(chat, chat), answered.message_id, thread, written, markup(form))

    async def _post(
        self, chat: int, answered: int, thread: int | None, written: Written, below: InlineKeyboardMarkup | ForceReply | None
    ) -> Message:
        reply = ReplyParameters(answered, allow_sending_without_reply=True) if answered else None
        with told_apart():
            return await self._bot.send_message(
                chat,
                written.text,
                entities=written.entities,
                message_thread_id=thread,
                reply_parameters=reply,
                reply_markup=below,
                link_preview_options=_NO_PREVIEW,
            )

    async def hand_over(self, chat: int, handout: Handout) -> None:
        """Send a file to somebody's own chat."""
        with told_apart():
            await self._bot.send_document(chat, handout.content, filename=handout.name)

    @property
    def inline(self) -> bool:
        """Whether clips can be carried into any chat: BotFather has switched it on, and there is a chat to keep them in."""
        return self._storage is not None and self._bot.bot.supports_inline_queries is True

    def _keyboard(self, card: Card, ref: Ref | None = None) -> InlineKeyboardMarkup | None:
        # Groups have negative ids; a chat with one person has theirs.
        group = ref.chat_id if ref and ref.chat_id < 0 else None
        if ref and ref.inline:
            return sealed(keyboard_elsewhere(card), self.seal)
        links_to = self._bot.username if group else None
        listed = self.seal.put_on(str(ShelfToken(PlaceId(f"{Platform.TELEGRAM}:{group}")))) if group and self.inline else None
        return sealed(keyboard(card, carried=self.inline, links_to=links_to, listed=listed), self.seal)

    async def _edit(self, ref: Ref, card: Card) -> Ref:
        try:
            if card.film:
                return await self._film(ref, card, card.film)
            if card.video is None:
                return await self._without_video(ref, card)
            if ref.video == card.video.video:
                return await self._caption(ref, card)
            return await self._video(ref, card, card.video)
        except ChatMigrated as moved:
            # A moved group has new message ids: what stands in the old one is out of reach.
            self._moved[ref.chat_id] = moved.new_chat_id
            raise MessageGone from moved
        except Unchanged:
            if card.video is None:
                return msgspec.structs.replace(ref, video=None, blank=ref.blank or ref.video is not None)
            return msgspec.structs.replace(ref, video=card.video.video, blank=False)

    async def _film(self, ref: Ref, card: Card, film: Film) -> Ref:
        """A film from memory, which is never asked for again by its id."""
        if ref.video == film.about:
            return await self._caption(ref, card)
        written = write(card, limit=CAPTION_LIMIT)
        with told_apart():
            await self._bot.edit_message_media(
                private_film(film, written), **_uploadable(ref), reply_markup=self._keyboard(card, ref), read_timeout=self._upload_answer_s
            )
        return msgspec.structs.replace(ref, video=film.about, blank=False)

    async def _without_video(self, ref: Ref, card: Card) -> Ref:
        if ref.blank:
            return await self._caption(ref, card)
        return await self._blank(ref, card) if ref.video else await self._text(ref, card)

    async def _blank(self, ref: Ref, card: Card) -> Ref:
        """A clip cannot become a text again, and may be too old to be deleted: a plain picture takes its place."""
        written = write(card, limit=CAPTION_LIMIT)
        with told_apart():
            message = await self._again(ref, card, BLANK, lambda id: blank(written, id))
            if message is None and ref.inline:
                await self._store_blank(card)
                message = await self._again(ref, card, BLANK, lambda id: blank(written, id))
            if message is None:
                picture = blank(written, plain_picture(card.tone))
                message = await self._bot.edit_message_media(picture, **_uploadable(ref), reply_markup=self._keyboard(card))
                if isinstance(message, Message) and message.photo:
                    await self._files.remember(BLANK, message.photo[-1].file_id)
        return msgspec.structs.replace(ref, video=None, blank=True)

    async def _store_blank(self, card: Card) -> None:
        if self._storage is not None:
            stored = await self._bot.send_photo(self._storage, plain_picture(card.tone), disable_notification=True)
            await self._files.remember(BLANK, stored.photo[-1].file_id)

    async def _text(self, ref: Ref, card: Card) -> Ref:
        written = write(card, limit=TEXT_LIMIT)
        with told_apart():
            await self._bot.edit_message_text(
                written.text,
                **ref.address,
                entities=written.entities,
                reply_markup=self._keyboard(card, ref),
                link_preview_options=_NO_PREVIEW,
                rate_limit_args=SPARE_FOR_ANSWERS,
            )
        return ref

    async def _caption(self, ref: Ref, card: Card) -> Ref:
        written = write(card, limit=CAPTION_LIMIT)
        with told_apart():
            await self._bot.edit_message_caption(
                **ref.address,
                caption=written.text,
                caption_entities=written.entities,
                reply_markup=self._keyboard(card, ref),
                rate_limit_args=SPARE_FOR_ANSWERS,
            )
        return ref

    async def _video(self, ref: Ref, card: Card, video: Video) -> Ref:
        written = write(card, limit=CAPTION_LIMIT)
        with told_apart():
            message = await self._again(ref, card, video.video, lambda id: stored(video, written, id)) or await self._upload(
                ref, card, video, written
            )
        if isinstance(message, Message) and message.video:
            await self._files.remember(video.video, message.video.file_id)
        return msgspec.structs.replace(ref, video=video.video, blank=False)

    async def _again(self, ref: Ref, card: Card, key: str, media: Callable[[str], InputMedia]) -> Message | bool | None:
        """By the file's id, if Telegram has it already and still knows it; None if not."""
        file_id = await self._files.find(key)
        if file_id is None:
            return None
        try:
            return await self._bot.edit_message_media(media(file_id), **ref.address, reply_markup=self._keyboard(card, ref))
        except BadRequest as error:
            if "file" not in error.message.lower():
                raise
            await self._files.forget(key)
            return None

    async def _upload(self, ref: Ref, card: Card, video: Video, written: Written) -> Message | bool:
        address = _uploadable(ref)
        small = await thumbnail(self._media, video.poster)
        async with uploaded(self._media, video, written, small) as upload:
            return await self._bot.edit_message_media(
                upload.media,
                **address,
                reply_markup=self._keyboard(card, ref),
                read_timeout=self._upload_answer_s,
                api_kwargs=dict(upload.beside),
            )


def _carried(post: Post) -> Ref | None:
    """The message that a person carried into another chat: it stands before we say anything."""
    answered = msgspec.json.decode(post.reply, type=ReplyTo)
    return Ref(inline=answered.inline) if answered.inline else None


def _uploadable(ref: Ref) -> Mapping[str, Any]:
    """The message's address for an upload. Raises PlatformDown for one that only shows what Telegram has; the upload is on its way."""
    if ref.inline:
        raise PlatformDown(platform=Platform.TELEGRAM, reason="the clip is still on its way to the storage chat")
    return ref.address
