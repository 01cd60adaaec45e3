"""A card in Discord's components v2: everything user-made is escaped, every text fits its share of the message."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import discord

from walkon.bot.cards import Button, ButtonStyle, Card, Mention, Text, pieces_of, plain
from walkon.bot.tokens import Seal
from walkon.bot.words import Words
from walkon.types.ids import PersonId
from walkon.types.people import Locale, Platform

FILM_FILE = "enrolment.mp4"
"""The same for a film that only one person may see."""

CLIP_FILE = "clip.mp4"
"""What the clip is called in the message; the gallery points at it by this name."""

MAX_ALT = 1024
MAX_LABEL = 80
MAX_BUTTONS = 20
BUTTONS_IN_ROW = 4
MAX_PINGS = 100
"""Discord's own limits (docs: components/reference, resources/message), and four buttons a row so that phones wrap none."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many characters a card may take: of its words as written, of its quoted words and of all its texts as sent."""

    words: int
    quote: int
    total: int


PUBLIC = Share(words=600, quote=950, total=1500)
PRIVATE = Share(words=2000, quote=2400, total=3900)
"""A public card stays far below Discord's 4,000 characters a message; a private sheet may say more."""

MOST_UNDER = 2500
"""Characters of the sentences under words that are read in pieces; the piece takes what is left."""

REMEMBERED = 2_000
"""Texts whose escaping is remembered: most of a card's are walkon's own, the same again and again."""

_MARKUP = re.compile(r"([\\*_~`|<>\[\]])")
_LINE_STARTS = re.compile(r"(?m)^(\s*)([-+#])")
_NUMBERED = re.compile(r"(?m)^(\s*\d+)\.")
_HARMLESS = re.compile(r"[^\W\d_][^\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\\*_~`|<>\[\]@:]*")
_INVISIBLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_STYLES = {
    ButtonStyle.PRIMARY: discord.ButtonStyle.primary,
    ButtonStyle.SECONDARY: discord.ButtonStyle.secondary,
    ButtonStyle.DANGER: discord.ButtonStyle.danger,
}


@lru_cache(maxsize=REMEMBERED)
def escaped(text: str) -> str:
    """The text so that Discord shows it letter by letter: no formatting, no link, and no mention even for the server.

    The server looks for mentions without regard to backslashes, so each @ is parted from what follows by a zero-width space.
    """
    if _HARMLESS.fullmatch(text):
        return text
    shown = _INVISIBLE.sub(" ", text)
    shown = _MARKUP.sub(r"\\\1", shown)
    shown = _LINE_STARTS.sub(r"\1\\\2", shown)
    shown = _NUMBERED.sub(r"\1\\.", shown)
    return shown.replace("://", ":\\//").replace("@", "@\u200b")


def fitted(text: str, room: int, written: Callable[[str], str] = escaped) -> str:
    """The text as `written` puts it, cut with an ellipsis so that it takes at most `room` characters."""
    if len(text) <= room and len(whole := written(text)) <= room:
        return whole
    kept = bisect_right(range(min(len(text), room) + 1), room - 1, key=lambda n: len(written(text[:n]))) - 1
    return written(text[:kept].rstrip()) + "…" if kept > 0 else ""


def veiled(card: Card) -> Card:
    """The card with its clip under a spoiler."""
    return replace(card, video=replace(card.video, spoiler=True)) if card.video else card


def pinged(card: Card, *, private: bool = False) -> discord.AllowedMentions:
    """Exactly the card's pings. A private message pings nobody."""
    accounts = [] if private else [discord.Object(int(account)) for person in sorted(card.pings) if (account := _account(person))]
    return discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=accounts[:MAX_PINGS] or False)


@dataclass(frozen=True, slots=True)
class Layout:
    """Lays cards out."""

    words: Words
    seal: Seal = field(default_factory=Seal)

    def view(self, card: Card, locale: Locale, *, private: bool = False) -> discord.ui.LayoutView:
        """The card's components. Private ones name people plainly, since an edited private message pings whatever it names."""
        card = _turned(card, private=private)
        view = discord.ui.LayoutView(timeout=None)
        # A stopped view is not kept in the library's memory: presses are read from the interaction itself, so buttons never die.
        view.stop()
        parts = self._parts(card, locale, private=private)
        if len(parts) == 1:
            return view.add_item(parts[0])
        return view.add_item(discord.ui.Container(*parts, accent_colour=card.tone.value))

    def _parts(self, card: Card, locale: Locale, *, private: bool) -> list[discord.ui.Item[discord.ui.LayoutView]]:
        share = PRIVATE if private or card.whole else PUBLIC
        small = f"-# {fitted(_one_line(card.small), 200)}" if card.small else ""
        head = f"### {_sentence(card.head, 300, private=private)}"
        quote = self._quote(card.words, locale, share)
        body = _body(_under(card), share.total - len(head) - len(quote) - len(small), private=private)
        gallery = [_gallery(card.video.alt, spoiler=card.video.spoiler)] if card.video else []
        gallery += [_gallery(card.film.alt, FILM_FILE, spoiler=True)] if card.film else []
        texts = [discord.ui.TextDisplay[discord.ui.LayoutView](text) for text in (quote, body, small) if text]
        handout = [discord.ui.File[discord.ui.LayoutView](f"attachment://{card.handout.name}")] if card.handout and private else []
        under = [*texts, *handout, *_rows(card.deeds, self.seal)]
        if not gallery and not under:
            head = head.removeprefix("### ")
        return [discord.ui.TextDisplay(head), *gallery, *under]

    def _quote(self, words: str | None, locale: Locale, share: Share) -> str:
        if not words or not words.strip():
            return ""
        lines = _lines(words)
        if len(lines) <= share.words and len(whole := _quoted(lines)) <= share.quote:
            return whole
        more = escaped(self.words.say(locale, "card.cut")) if self.words.has("card.cut") else "…"
        cut = fitted(lines[: share.words], share.quote - len(more) - 1, _quoted).removesuffix("…")
        return f"{cut}\n{more}"


def _turned(card: Card, *, private: bool) -> Card:
    if card.turning is None or not card.words:
        return card
    head, under = f"### {_sentence(card.head, 300, private=private)}", _body(_under(card), MOST_UNDER, private=private)
    room = min(PRIVATE.quote, PRIVATE.total - len(head) - len(under) - 200) - 2 * len("…")
    return card.turned(pieces_of(_lines(card.words), lambda piece: len(piece) < PRIVATE.words - 2 and len(_quoted(piece)) <= room))


def _lines(words: str) -> str:
    return "\n".join(line.strip() for line in words.splitlines() if line.strip())


def _account(person: PersonId) -> str | None:
    platform, _, account = person.partition(":")
    return account if platform == Platform.DISCORD and account.isdecimal() else None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return "> " + escaped(text).replace("\n", "\n> ")


def _sentence(text: Text, room: int, *, private: bool) -> str:
    """The sentence on one line; where it is too long, names take the place of mentions, and it is cut."""
    written = "".join(_part(part, private=private) for part in text).strip()
    return written if len(written) <= room else fitted(_one_line(plain(text)), room)


def _part(part: str | Mention, *, private: bool) -> str:
    if isinstance(part, str):
        return escaped(part).replace("\n", " ")
    account = _account(part.person)
    return f"<@{account}>" if account and not private else escaped(_one_line(part.name))


def _under(card: Card) -> tuple[Text, ...]:
    told = card.bar.text if card.bar and card.bar.text != plain(card.head) else None
    return ((told,), *card.body) if told else card.body


def _body(lines: Iterable[Text], room: int, *, private: bool) -> str:
    shown: list[str] = []
    for line in lines:
        shown.append(_sentence(line, room, private=private) if room > 0 else "")
        room -= len(shown[-1]) + 1
    return "\n".join(filter(None, shown))


def _gallery(alt: str, file: str = CLIP_FILE, *, spoiler: bool = False) -> discord.ui.MediaGallery[discord.ui.LayoutView]:
    item = discord.MediaGalleryItem(f"attachment://{file}", description=alt[:MAX_ALT] or None, spoiler=spoiler)
    return discord.ui.MediaGallery(item)


def _rows(buttons: tuple[Button, ...], seal: Seal) -> list[discord.ui.ActionRow[discord.ui.LayoutView]]:
    made = [_button(button, seal) for button in buttons[:MAX_BUTTONS]]
    return [discord.ui.ActionRow(*made[at : at + BUTTONS_IN_ROW]) for at in range(0, len(made), BUTTONS_IN_ROW)]


def _button(button: Button, seal: Seal) -> discord.ui.Button[discord.ui.LayoutView]:
    custom_id = seal.put_on(button.token)
    return discord.ui.Button(label=button.label[:MAX_LABEL], custom_id=custom_id, style=_STYLES[button.style], emoji=button.emoji)
