"""A card in Telegram's terms: one text, entities over it in UTF-16 units, rows of buttons.

No parse mode is ever used, so nothing in anybody's words can become markup.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, takewhile

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, SwitchInlineQueryChosenChat, User

from walkon.bot.cards import Button, ButtonStyle, Card, Mention, Text, pieces_of
from walkon.bot.tokens import Deed, Seal, Token, read_token
from walkon.types.ids import PersonId
from walkon.types.people import Platform

# Bot API 10.3: sendMessage text, media captions, answerCallbackQuery text.
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ALERT_LIMIT = 200

WORDS_LIMIT = 480
"""UTF-16 units of the prompt on a card that stands in the chat; the rest is behind Details."""
LINE_LIMIT = 200
"""UTF-16 units of the head and of the small line."""
ALERT_WORDS_LIMIT = 60
NAME_LIMIT = 64
LABEL_LIMIT = 64
UNDER_LIMIT = 2500
"""UTF-16 units of the sentences under words that are read in pieces; the piece takes what is left."""
BUTTONS_IN_A_ROW = 3

# Deeds that answer with a message of their own.
_AFRESH = frozenset({Deed.REMIX, Deed.VARY, Deed.EXTEND})
_STYLES = {ButtonStyle.PRIMARY: "primary", ButtonStyle.DANGER: "danger", ButtonStyle.SECONDARY: None}
# Characters that turn the rest of a line around or show nothing: bidirectional overrides and isolates, byte order mark.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
# Characters that JSON or Telegram will not carry: controls other than the line feed, halves of surrogate pairs.
_UNSENDABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Telegram finds @names by itself and notifies their owners; a word joiner, which shows nothing, hides them from it.
_AT = re.compile("@\u2060?")
_HIDDEN_AT = "@\u2060"
_CLINGING = frozenset("\u200d\ufe0e\ufe0f\u20e3") | {chr(tone) for tone in range(0x1F3FB, 0x1F400)}
_LONGEST_CLUSTER = 16


def utf16(text: str) -> int:
    """Length in the units that Telegram counts in."""
    return len(text.encode("utf-16-le")) // 2


def harmless(text: str) -> str:
    """The text without what would ping, turn around or break a message; it reads the same. Its ends are left as they are."""
    kept = _UNSENDABLE.sub(" ", _TURNING.sub("", text.replace("\r\n", "\n")))
    return _AT.sub(_HIDDEN_AT, kept)


def cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units of the text, an ellipsis in place of the rest; no character is torn."""
    if utf16(text) <= limit:
        return text
    if limit < 1:
        return ""
    lengths = accumulate(2 if letter > "\uffff" else 1 for letter in text)
    fitting = sum(1 for _ in takewhile(lambda length: length < limit, lengths))
    return text[: _whole(text, fitting)].rstrip() + "…"


def _whole(text: str, end: int) -> int:
    for at in range(end, max(0, end - _LONGEST_CLUSTER), -1):
        clings = text[at] in _CLINGING or unicodedata.combining(text[at]) or text[at - 1] == "\u200d"
        if not clings:
            return at
    return end


@dataclass(frozen=True, slots=True)
class Written:
    """What is sent: a text and its entities, offsets and lengths in UTF-16 units."""

    text: str
    entities: tuple[MessageEntity, ...]


_Piece = tuple[str, PersonId | None]


@dataclass(frozen=True, slots=True)
class _Block:
    """One paragraph, in pieces that are plain or name a person. kind: the entity over all of it."""

    pieces: tuple[_Piece, ...]
    kind: str | None = None

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.pieces)


def write(card: Card, *, limit: int, words_limit: int = WORDS_LIMIT, named: Iterable[PersonId] | None = None) -> Written:
    """The card as text of at most `limit` UTF-16 units. Sentences give way first, then words; head and small line stay.

    A card that must be whole gives up nothing that fits. named: the people a `Mention` may link to; None for all. A link in a new
    message notifies, in an edit it does not.
    """
    words_limit = limit if card.whole else words_limit
    head = _fit([_block(card.head, MessageEntity.BOLD)], LINE_LIMIT)
    small = _fit([_block((card.small or "",))], LINE_LIMIT)
    room = limit - _length(head) - _length(small)
    words = _fit([_block((card.words or "",), MessageEntity.EXPANDABLE_BLOCKQUOTE)], min(words_limit, room))
    body = _fit([_block(sentence) for sentence in card.body], room - _length(words))
    return _join((*head, *words, *body, *small), None if named is None else frozenset(named))


def turned(card: Card) -> Card:
    """The card with the piece of its words that is to be read now, where they are more than a message takes."""
    if card.turning is None or not card.words:
        return card
    under = _fit([_block(sentence) for sentence in card.body], UNDER_LIMIT)
    room = TEXT_LIMIT - 2 * LINE_LIMIT - _length(under) - len("…") * 2 - 1
    return card.turned(pieces_of(card.words, lambda piece: utf16(harmless(piece)) <= room))


def fits_under_a_film(card: Card) -> bool:
    """Whether a caption holds all that a card says which must be whole; any other may be shortened."""
    return not card.whole or utf16(write(card, limit=TEXT_LIMIT).text) <= CAPTION_LIMIT


def alert(card: Card) -> str:
    """The card as the text of a callback alert: at most 200 characters, no entities."""
    words = _fit([_block((card.words or "",))], ALERT_WORDS_LIMIT)
    blocks = (_block(card.head), *words, *(_block(sentence) for sentence in card.body))
    return cut("\n".join(block.text for block in blocks), ALERT_LIMIT)


def fits_an_alert(card: Card) -> bool:
    """Whether an alert shows all of the card."""
    blocks = [_block(card.head), _block((card.words or "",)), *(_block(sentence) for sentence in card.body)]
    return _length(blocks) <= ALERT_LIMIT and not card.buttons


def keyboard(card: Card, *, carried: bool = False, links_to: str | None = None, listed: str | None = None) -> InlineKeyboardMarkup | None:
    """The card's buttons, three a row. carried: also the one that carries it into another chat. links_to: our username in a chat
    with others, where what is for one person alone is a link to us. listed: the query that lists the clips of the chat, None for no list.
    """
    buttons = [button for button in card.buttons if (carried or button.carries is None) and (listed or not button.lists)]
    return _rows([_listing(button, listed) if listed and button.lists else _alone(button, links_to) for button in buttons])


def keyboard_elsewhere(card: Card) -> InlineKeyboardMarkup | None:
    """The buttons of a message in a chat where we cannot write: what would make a new message is asked for inline instead."""
    tokens = [(button, read_token(button.token)) for button in card.deeds]
    kept = [_button(button) for button, token in tokens if token is None or token.deed not in _AFRESH]
    again = [_inline_again(button, token) for button, token in tokens if token and token.deed is Deed.REMIX]
    return _rows([*again, *kept])


def sealed(markup: InlineKeyboardMarkup | None, seal: Seal) -> InlineKeyboardMarkup | None:
    """The same buttons with the host's seal on what they carry."""
    if markup is None:
        return None
    return InlineKeyboardMarkup([[_sealed(button, seal) for button in row] for row in markup.inline_keyboard])


def _sealed(button: InlineKeyboardButton, seal: Seal) -> InlineKeyboardButton:
    if not isinstance(button.callback_data, str):
        return button
    return InlineKeyboardButton(button.text, callback_data=seal.put_on(button.callback_data), style=button.style)


def _inline_again(button: Button, token: Token) -> InlineKeyboardButton:
    return InlineKeyboardButton(_label(button), switch_inline_query_current_chat=f"#{token.clip} ")


def _rows(buttons: list[InlineKeyboardButton]) -> InlineKeyboardMarkup | None:
    rows = [buttons[at : at + BUTTONS_IN_A_ROW] for at in range(0, len(buttons), BUTTONS_IN_A_ROW)]
    return InlineKeyboardMarkup(rows) if rows else None


def _listing(button: Button, query: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(_label(button), switch_inline_query_current_chat=query)


def _alone(button: Button, bot: str | None) -> InlineKeyboardButton:
    """The button; one whose answer is for one person is a link to the bot in a chat with others."""
    if not bot or not button.alone:
        return _button(button)
    return InlineKeyboardButton(_label(button), url=f"https://t.me/{bot}?start={button.alone}")


def _button(button: Button) -> InlineKeyboardButton:
    if button.carries is not None:
        return InlineKeyboardButton(_label(button), switch_inline_query_chosen_chat=_anywhere(button.carries))
    return InlineKeyboardButton(_label(button), callback_data=button.token, style=_STYLES[button.style])


def _anywhere(query: str) -> SwitchInlineQueryChosenChat:
    return SwitchInlineQueryChosenChat(query, allow_user_chats=True, allow_group_chats=True, allow_channel_chats=True)


def _label(button: Button) -> str:
    return cut(harmless(f"{button.emoji} {button.label}" if button.emoji else button.label), LABEL_LIMIT)


def _block(text: Text, kind: str | None = None) -> _Block:
    pieces = [_named(part) if isinstance(part, Mention) else (harmless(part), None) for part in text]
    if pieces:
        pieces[0] = (pieces[0][0].lstrip(), pieces[0][1])
        pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
    return _Block(tuple(pieces), kind)


def _named(mention: Mention) -> _Piece:
    platform, _, account = mention.person.partition(":")
    name = cut(" ".join(harmless(mention.name).split()), NAME_LIMIT) or account
    return name, mention.person if platform == Platform.TELEGRAM and account.isdecimal() else None


def _length(blocks: Iterable[_Block]) -> int:
    return sum(utf16(block.text) + 1 for block in blocks)


def _fit(blocks: Iterable[_Block], limit: int) -> tuple[_Block, ...]:
    """The blocks as far as they fit together, a line break counted after each; the first that does not is cut."""
    kept: list[_Block] = []
    for block in blocks:
        room = limit - _length(kept) - 1
        if not block.text:
            continue
        if utf16(block.text) > room:
            return (*kept, *([_shortened(block, room)] if room > 1 else []))
        kept.append(block)
    return tuple(kept)


def _shortened(block: _Block, room: int) -> _Block:
    pieces: list[_Piece] = []
    for piece, person in block.pieces:
        left = room - utf16("".join(text for text, _ in pieces))
        if utf16(piece) > left:
            return _Block((*pieces, (cut(piece, left), None)), block.kind)
        pieces.append((piece, person))
    return _Block(tuple(pieces), block.kind)


def _join(blocks: Iterable[_Block], named: frozenset[PersonId] | None) -> Written:
    text = ""
    entities: list[MessageEntity] = []
    for block in blocks:
        text += "\n" if text else ""
        start = utf16(text)
        if block.kind:
            entities.append(MessageEntity(block.kind, start, utf16(block.text)))
        entities += _links(block, start, named)
        text += block.text
    return Written(text, tuple(entities))


def _links(block: _Block, start: int, named: frozenset[PersonId] | None) -> Iterator[MessageEntity]:
    for piece, person in block.pieces:
        if person and (named is None or person in named):
            user = User(int(person.partition(":")[2]), piece, is_bot=False)
            yield MessageEntity(MessageEntity.TEXT_MENTION, start, utf16(piece), user=user)
        start += utf16(piece)
