"""What `@bot` lists in any chat, and what was chosen from the list.

A choice is named by its result id, and the words come back with it where BotFather has feedback switched on. Where it is off,
the message's own button begins; the words of lately listed offers are remembered for that, in memory only: what somebody types
while looking for words is nobody's business later.
"""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResult,
    InlineQueryResultArticle,
    InlineQueryResultCachedVideo,
    InputTextMessageContent,
    LinkPreviewOptions,
    User,
)

from walkon.bot.platforms.telegram.cards import CAPTION_LIMIT, cut, harmless, keyboard_elsewhere, sealed, write
from walkon.bot.port import Ready, Shelf
from walkon.bot.tokens import Seal
from walkon.bot.words import Words
from walkon.types.ids import ClipId, read_clip_id
from walkon.types.people import Locale

RENDER = "render"
REMIX = "remix"
READY = "clip"
BEGIN = "begin:"
REMEMBERED = 2_000
TITLE_LIMIT = 40
WORDS_LIMIT = 200
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A result somebody may choose. clip: what is carried or made anew. account: whose list it stood in."""

    kind: str
    words: str
    account: int
    clip: ClipId | None = None


def chosen(result_id: str, query: str, account: int) -> Offer | None:
    """The offer of that result; None where it is none of ours."""
    kind, _, rest = result_id.partition(":")
    clip = read_clip_id(rest.partition(":")[0])
    if kind == RENDER:
        return Offer(kind=kind, words=query, account=account)
    return Offer(kind=kind, words=query, account=account, clip=clip) if kind in (REMIX, READY) and clip else None


class Offers:
    """Shelves as results, and the offers behind the buttons of their messages."""

    def __init__(self, words: Words, seal: Seal) -> None:
        self._words = words
        self._seal = seal
        self._kept: OrderedDict[str, Offer] = OrderedDict()

    def listed(self, shelf: Shelf, user: User, query: str, files: Mapping[str, str]) -> list[InlineQueryResult]:
        """The results. files: Telegram's ids by media key; a clip that Telegram does not have is left out."""
        locale = Locale.of(user.language_code)
        results: list[InlineQueryResult] = []
        if shelf.words:
            title, under = self._words.say(locale, "telegram.inline.render"), self._words.say(locale, "telegram.inline.render_under")
            under += f" · {self._words.say(locale, 'telegram.inline.left', n=shelf.left)}" if shelf.left is not None else ""
            results.append(self._article(user, query, RENDER, title, under))
        for base in shelf.bases:
            title = self._words.say(locale, "telegram.inline.remix", words=_line(base.prompt, TITLE_LIMIT))
            under = self._words.say(locale, "telegram.inline.remix_under", clip=base.id)
            results.append(self._article(user, query, f"{REMIX}:{base.id}", title, under))
        return [*results, *(one for ready in shelf.ready if (one := self._video(ready, files, locale)))]

    def begun(self, data: str) -> Offer | None:
        """The offer behind a message's button; None where it is not remembered any more."""
        return self._kept.get(data.removeprefix(BEGIN))

    def _article(self, user: User, query: str, id: str, title: str, under: str) -> InlineQueryResult:
        locale = Locale.of(user.language_code)
        offer = chosen(id, query, user.id)
        said = self._words.say(locale, "telegram.inline.got_it", who=user.full_name, words=_line(query, WORDS_LIMIT))
        begin = InlineKeyboardButton(self._words.say(locale, "telegram.inline.begin"), callback_data=BEGIN + self._keep(offer))
        return InlineQueryResultArticle(
            id,
            title,
            InputTextMessageContent(f"🎬 {harmless(said)}", link_preview_options=_NO_PREVIEW),
            reply_markup=InlineKeyboardMarkup([[begin]]),
            description=under,
        )

    def _keep(self, offer: Offer | None) -> str:
        key = secrets.token_urlsafe(12)
        if offer:
            self._kept[key] = offer
        if len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)
        return key

    def _video(self, ready: Ready, files: Mapping[str, str], locale: Locale) -> InlineQueryResult | None:
        video = ready.card.video
        file_id = files.get(video.video) if video else None
        if video is None or file_id is None:
            return None
        written = write(ready.card, limit=CAPTION_LIMIT)
        seconds = self._words.number(locale, video.seconds, 0 if video.seconds == int(video.seconds) else 1)
        return InlineQueryResultCachedVideo(
            f"{READY}:{ready.clip.id}",
            file_id,
            _line(ready.clip.prompt, TITLE_LIMIT),
            description=self._words.say(
                locale, "telegram.inline.ready_under", who=ready.clip.asker.name, seconds=seconds, clip=ready.clip.id
            ),
            caption=written.text,
            caption_entities=written.entities,
            reply_markup=sealed(keyboard_elsewhere(ready.card), self._seal),
        )


def _line(text: str, limit: int) -> str:
    return cut(harmless(" ".join(text.split())), limit)
