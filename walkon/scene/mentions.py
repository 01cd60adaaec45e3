"""Finds people who are mentioned in a prompt. Each mention is one figure of the scene, whoever it turns out to be.

While a prompt is read, a mention is a single private-use character, so that nothing of a name is taken for a word. What comes
out is a neutral figure: `Subject.person` says whom it stands for, `label` and everything that is drawn do not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from walkon.scene.normalise import straight
from walkon.scene.tokens import MENTION_FIRST, MENTION_LAST
from walkon.scene.words import Category, Word
from walkon.types.ids import PersonId
from walkon.types.people import Locale
from walkon.types.scene import Kind, Subject

ME = "me"
"""The key in `people` under which whoever asks is found."""

MAX_MENTIONS = ord(MENTION_LAST) - ord(MENTION_FIRST)

SOMEONE = {Locale.EN: "someone", Locale.FR: "quelqu'un"}
"""What a figure without a name is called."""

_QUOTED = r"\"[^\"]*\"|“[^”]*”|«[^»]*»"
_WRITTEN = r"<@!?[0-9]{1,25}>|(?<![\w@.])@(?:\"[^\"\n]{1,80}\"|\w[\w.-]{0,79}(?<![.-]))"
_MYSELF = r"(?<![\w'])(?:I|[Mm]e|[Mm]yself|[Mm]oi|[Jj]e)\b(?!')|(?<![\w'])[Jj]'(?=\w)"
_MASK = re.compile(f"[{MENTION_FIRST}-{MENTION_LAST}]")


@dataclass(frozen=True, slots=True)
class Mentions:
    """A text whose mentions are masked; written: each once, as it first stood there; people: whom each means, None if nobody known."""

    text: str
    written: tuple[str, ...] = ()
    people: tuple[PersonId | None, ...] = ()

    def restore(self, text: str) -> str:
        """The text with its mentions as they were written."""
        return _MASK.sub(lambda found: self.written[number_of(found.group())], text)


def mentions_in(prompt: str) -> tuple[str, ...]:
    """The mentions outside spoken words, as written and each once: `<@1>`, `@name`, `@"two words"`.

    A name with something invisible in it is not that name: it ends there, and means nobody.
    """
    return mask_mentions(straight(prompt), {}).written


def mask_mentions(text: str, people: Mapping[str, PersonId]) -> Mentions:
    """Masks mentions outside spoken words. people: whom a mention, as written, means; also other words that mean somebody, and ME."""
    named = sorted((word for word in people if word != ME), key=len, reverse=True)
    myself = _MYSELF if ME in people else None
    ways = [_QUOTED, f"(?P<mention>{'|'.join([*map(_whole, named), _WRITTEN])})", *([f"(?P<me>{myself})"] if myself else [])]
    found: dict[str, int] = {}
    written: list[str] = []
    meant: list[PersonId | None] = []

    def mask(match: "re.Match[str]") -> str:
        said = match.group()
        if match.lastgroup is None or (len(written) >= MAX_MENTIONS and said not in found):
            return said
        # Discord writes the same mention in two ways.
        said_plainly = said.replace("<@!", "<@")
        person = people.get(ME) if match.lastgroup == "me" else people.get(said, people.get(said_plainly))
        key = person or said_plainly
        if key not in found:
            found[key] = len(written)
            written.append(said)
            meant.append(person)
        return f" {chr(ord(MENTION_FIRST) + found[key])} "

    # A space on either side parts a mention from an elided word or an apostrophe.
    masked = re.sub("|".join(ways), mask, text) if "@" in text or people else text
    return Mentions(masked, tuple(written), tuple(meant))


def _whole(word: str) -> str:
    before = r"(?<![\w@])" if word[:1].isalnum() else ""
    after = r"(?!\w)" if word[-1:].isalnum() else ""
    return f"{before}{re.escape(word)}{after}"


def number_of(mask: str) -> int:
    """Which mention a mask stands for."""
    return ord(mask) - ord(MENTION_FIRST)


def word_of(mask: str) -> Word:
    """A mention as a noun that is like no other, so that two people are two figures."""
    return Word(Category.NOUN, mask, Kind.PERSON, "🧑")


def neutral(subject: Subject, mentions: Mentions, locale: Locale) -> Subject:
    """The subject; a mentioned one as a figure like any other that says in `person` whom it stands for."""
    if not _MASK.fullmatch(subject.noun):
        return subject
    return Subject(
        id=subject.id,
        noun="person",
        label=SOMEONE[locale],
        kind=Kind.PERSON,
        emoji=subject.emoji,
        size=subject.size,
        colour=subject.colour,
        person=mentions.people[number_of(subject.noun)],
    )
