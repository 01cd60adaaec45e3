"""Card to the page's JSON. No markup: the page makes text nodes of every string."""

import msgspec
from msgspec import Struct

from walkon.bot.cards import Button, Card, Mention, Text, Tone, Video

MEDIA_PATH = "/media/"
HANDOUT_PATH = "/media/handout/"


class MentionView(Struct, frozen=True):
    """A person named in a sentence."""

    name: str


class VideoView(Struct, frozen=True, kw_only=True):
    """A clip: addresses on this server, px, seconds, and what it shows in words."""

    src: str
    poster: str
    captions: str
    alt: str
    name: str
    seconds: float
    width: int
    height: int


class FilmView(Struct, frozen=True, kw_only=True):
    """A film for one pair of eyes, at `/media/film/SEQ` of its message. about: what it is of."""

    about: str
    alt: str


class HandoutView(Struct, frozen=True, kw_only=True):
    """A file to download: its address on this server, and its name."""

    src: str
    name: str


class BarView(Struct, frozen=True, kw_only=True):
    """Progress, fraction 0 to 1 or null where it is not known."""

    fraction: float | None
    text: str
    name: str


class ButtonView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A button."""

    label: str
    token: str
    style: str
    emoji: str | None = None
    spoken: str | None = None


Line = tuple[str | MentionView, ...]


class CardView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A card as the page reads it; what a card lacks is left out."""

    tone: str
    head: Line
    video: VideoView | None = None
    film: FilmView | None = None
    handout: HandoutView | None = None
    words: str | None = None
    body: tuple[Line, ...] = ()
    bar: BarView | None = None
    small: str | None = None
    buttons: tuple[ButtonView, ...] = ()
    clip: str | None = None


_TONES = {tone: tone.name.lower() for tone in Tone}


def _line(text: Text) -> Line:
    return tuple(MentionView(part.name) if isinstance(part, Mention) else part for part in text)


def _video(video: Video | None) -> VideoView | None:
    if video is None:
        return None
    return VideoView(
        src=MEDIA_PATH + video.video,
        poster=MEDIA_PATH + video.poster,
        captions=MEDIA_PATH + video.captions,
        alt=video.alt,
        name=video.name,
        seconds=video.seconds,
        width=video.width,
        height=video.height,
    )


def _button(button: Button) -> ButtonView:
    return ButtonView(label=button.label, token=button.token, style=button.style, emoji=button.emoji, spoken=button.spoken)


def card_json(card: Card, *, handout: str | None = None) -> str:
    """The card for the page, as JSON text; the same card gives the same text. handout: where its file is, None for nowhere."""
    bar = card.bar
    view = CardView(
        tone=_TONES[card.tone],
        head=_line(card.head),
        video=_video(card.video),
        film=FilmView(about=card.film.about, alt=card.film.alt) if card.film else None,
        handout=HandoutView(src=HANDOUT_PATH + handout, name=card.handout.name) if card.handout and handout else None,
        words=card.words,
        body=tuple(_line(text) for text in card.body),
        bar=BarView(fraction=bar.fraction, text=bar.text, name=bar.name) if bar else None,
        small=card.small,
        buttons=tuple(_button(button) for button in card.deeds),
        clip=card.clip,
    )
    return msgspec.json.encode(view).decode()


def film_of(card: str) -> str | None:
    """What the film of a card is about, from the card's JSON; None where it has none."""
    film = msgspec.json.decode(card, type=CardView).film
    return film.about if film else None
