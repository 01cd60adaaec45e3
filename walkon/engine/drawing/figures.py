"""From a subject to a body: which drawing, whole or as a doll, how tall, in which clothes."""

from dataclasses import dataclass, replace

from walkon.engine.drawing import art, chance
from walkon.engine.drawing.doll import Wear
from walkon.engine.drawing.light import Light, Rgb, mix, rgb, tinted
from walkon.engine.drawing.sprites import Sprite, Tint
from walkon.types.scene import Kind, Mood, Subject

CLOTHES = ("#E4572E", "#2E86AB", "#4FA3A5", "#5B8E7D", "#A23B72", "#3D5A80", "#E07A5F", "#6A4C93", "#43AA8B", "#C1666B")
NIGHT_TROUSERS = rgb("#20203A")
ALIVE = (Kind.PERSON, Kind.ANIMAL, Kind.CREATURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A body to draw. emoji: of the head where `doll`, else of the whole. height: metres. flips: its art has a left and a right.

    coat: `#RRGGBB` of cloth or fur that was asked for; label: a word hung on it in paper; dark: factor on the art's light.
    """

    emoji: str
    height: float
    doll: bool
    kind: Kind
    noun: str
    flips: bool = False
    bust: bool = False
    animal: bool = False
    mouth: art.Mouth | None = None
    coat: str | None = None
    label: str | None = None
    dark: float = 1.0
    cloth: str = CLOTHES[0]


def figure_of(subject: Subject, *, doll: bool, mood: Mood = Mood.NEUTRAL, seed: int = 0, place: int = 0) -> Figure:
    """The body of a subject. doll: it needs hands or a speaking head. place: its number in the cast, so that clothes differ."""
    emoji = _drawing(subject)
    emoji = emoji or (art.NOBODY if subject.kind is Kind.PERSON else art.GENERIC)
    cloth = CLOTHES[(int(chance.share(seed, "cloth", subject.noun, subject.id) * len(CLOTHES)) + 3 * place) % len(CLOTHES)]
    label = None if subject.known else subject.label
    as_doll = _needs_body(emoji, subject.kind, doll=doll)
    plain = Figure(
        emoji=emoji,
        height=0.0,
        doll=as_doll,
        kind=subject.kind,
        noun=subject.noun,
        coat=subject.colour or art.NOUN_COATS.get(subject.noun),
        label=label,
        cloth=cloth,
    )
    return _doll(plain, subject, mood) if as_doll else _whole(plain, subject)


def _drawing(subject: Subject) -> str:
    """A black cat has a drawing of its own; other coats are tints."""
    dark = subject.colour is not None and max(rgb(subject.colour)) < 0x50
    return "🐈‍⬛" if dark and subject.emoji in ("🐈", "🐱") else subject.emoji


def _needs_body(emoji: str, kind: Kind, *, doll: bool) -> bool:
    if art.is_bust(emoji):
        return True
    if emoji in art.STAY_WHOLE or emoji[0] in art.STAY_WHOLE:
        return False
    if kind is Kind.PERSON:
        return doll or emoji not in art.FULL_PEOPLE
    if kind in (Kind.ANIMAL, Kind.CREATURE):
        has_head = emoji in art.HEADS or emoji in art.HEAD_OF
        return (doll and has_head) or (emoji in art.HEADS and emoji not in art.WHOLE_OF)
    return doll


def _doll(plain: Figure, subject: Subject, mood: Mood) -> Figure:
    animal = subject.kind is not Kind.PERSON
    head = art.HEAD_OF.get(plain.emoji, art.FULL_PEOPLE.get(plain.emoji, plain.emoji))
    if subject.kind is Kind.PERSON and mood is Mood.SAD and head in ("🧑", "👤", "🧍"):
        head = "🙍"
    bust = art.is_bust(head)
    return replace(
        plain,
        emoji=head,
        height=_doll_height(subject, head) * subject.size,
        bust=bust,
        animal=subject.kind in (Kind.ANIMAL, Kind.CREATURE) and not bust,
        flips=animal and head in art.SIDE_HEADS,
        mouth=_mouth(head, person=subject.kind is Kind.PERSON or bust, bust=bust),
        coat=subject.colour or art.FUR.get(plain.emoji),
        dark=0.62 if plain.emoji == "🐈‍⬛" else 1.0,
    )


def _mouth(head: str, *, person: bool, bust: bool) -> art.Mouth | None:
    if head in art.OPEN_MOUTHED or head.startswith(art.LENT):
        return None
    if not person:
        return art.MOUTHS.get(head, art.Mouth(0.5, 0.72))
    if head in art.HELD_IN_ART:
        return art.TOOL_BUST_MOUTH
    return art.BUST_MOUTH if bust and head not in art.WIDE_FACES else art.PEOPLE_MOUTH


def _doll_height(subject: Subject, head: str) -> float:
    if subject.kind is Kind.PERSON:
        return art.HEIGHTS.get(head, 1.7) if head in art.HEIGHTS else 1.7
    if subject.kind in (Kind.ANIMAL, Kind.CREATURE):
        return 1.3 if head in art.SMALL_DOLLS else 1.6
    return 1.35


def _whole(plain: Figure, subject: Subject) -> Figure:
    emoji = art.WHOLE_OF.get(plain.emoji, plain.emoji) if subject.kind is Kind.ANIMAL else plain.emoji
    flips = subject.kind in (Kind.ANIMAL, Kind.VEHICLE, Kind.PERSON, Kind.CREATURE)
    return replace(
        plain, emoji=emoji, height=(art.NOUN_HEIGHTS.get(subject.noun) or art.height_u(emoji, subject.kind)) * subject.size, flips=flips
    )


def tint_of(figure: Figure, light: Light) -> Tint:
    """The light on a body: faces stay warmer than animals and things."""
    base = light.face if figure.kind is Kind.PERSON else light.actor
    if figure.coat and figure.emoji != "🐈‍⬛" and (not figure.doll or figure.animal):
        return _towards(base, rgb(figure.coat))
    return base


def _towards(tint: Tint, colour: Rgb) -> Tint:
    red, green, blue = (0.28 + 0.72 * part / 255 for part in colour)
    return tint[0] * red, tint[1] * green, tint[2] * blue


def wear_of(figure: Figure, head: Sprite, light: Light) -> Wear:
    """The colours of a doll's body: own fur for animals, the hem of a bust, else cloth."""
    tint = light.face if figure.kind is Kind.PERSON else light.actor
    if figure.animal:
        fur = tinted(rgb(figure.coat), tint) if figure.coat else head.fur_lit
        return Wear(
            cloth=fur,
            trousers=mix(fur, (30, 20, 20), 0.10),
            skin=fur,
            shoes=mix(fur, (30, 20, 20), 0.28),
            belly=mix(fur, (255, 250, 240), 0.45),
        )
    cloth = rgb(figure.coat) if figure.coat else head.hem if figure.bust else rgb(figure.cloth)
    cloth = tinted(cloth, tint)
    skin = tinted(rgb(art.SKIN) if figure.kind is Kind.PERSON or figure.bust else rgb("#F4EDE0"), tint)
    return Wear(cloth=cloth, trousers=mix(cloth, NIGHT_TROUSERS, 0.42), skin=skin, shoes=tinted(rgb("#4A3328"), tint))
