"""Everyone and everything that a prompt has named so far: who is meant by a word, a pronoun, a number."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from walkon.scene.tokens import MENTION_FIRST
from walkon.scene.words import Category, Word
from walkon.types.scene import Kind, Subject

LIVING = frozenset({Kind.PERSON, Kind.ANIMAL, Kind.CREATURE})
MAX_COUNT = 6

SPORT_BALLS = frozenset(
    {
        "ball",
        "football",
        "basketball",
        "american football",
        "rugby ball",
        "baseball",
        "tennis ball",
        "volleyball",
        "bowling ball",
        "golf ball",
    }
)
_GENERIC: dict[str, frozenset[str]] = {"ball": SPORT_BALLS}
"""Nouns that, after `the`, may mean something named more exactly before."""

CROWD, COUPLE = "crowd", "couple"
"""The nouns that are many and two by themselves."""

LIVING_MANY, THINGS_MANY = 3, 2
"""How many a bare plural means."""


@dataclass(slots=True, kw_only=True)
class Modifiers:
    """What the words before a noun say about it."""

    article: Category | None = None
    count: int | None = None
    size: float = 1.0
    colour: str | None = None
    adjective: bool = False

    @property
    def announces_noun(self) -> bool:
        """Whether a noun must follow."""
        return self.article is not None or self.count is not None or self.size != 1.0 or self.colour is not None or self.adjective


@dataclass(slots=True)
class Cast:
    """Subjects by id, in order of first mention. spoken_of: ids in order of last mention, the latest at the end.
    splits: plurals split in the present shot, as (one, the others). pair: the last of them in any shot.
    """

    members: dict[str, Subject] = field(default_factory=dict)
    spoken_of: list[str] = field(default_factory=list)
    splits: list[tuple[str, str]] = field(default_factory=list)
    pair: tuple[str, str] | None = None

    def introduce(self, word: Word, label: str, said: Modifiers, *, here: list[str], known: bool = True) -> str:
        """The id of what a noun means: someone known already, or a new member. here: ids in the present shot."""
        old = self._meant(word, said, here)
        if old is None:
            old = self._fresh_id("someone" if word.key >= MENTION_FIRST else word.key)
            self.members[old] = Subject(
                id=old, noun=word.key, label=label, kind=word.kind or Kind.PROP, emoji=word.emoji, count=_count(word, said), known=known
            )
        member = self.members[old]
        self.members[old] = replace(member, size=said.size if said.size != 1.0 else member.size, colour=said.colour or member.colour)
        self.mention(old)
        return old

    def _meant(self, word: Word, said: Modifiers, here: list[str]) -> str | None:
        same = [id for id, member in self.members.items() if member.noun == word.key]
        if not same and said.article is Category.DEFINITE and word.key in _GENERIC:
            same = [id for id, member in self.members.items() if member.noun in _GENERIC[word.key]]
        if not same or (same[-1] in here and (said.article is Category.INDEFINITE or said.count is not None)):
            return None
        if said.count is not None and said.count != self.members[same[-1]].count:
            return None
        if said.colour and self.members[same[-1]].colour not in (None, said.colour):
            return None
        return same[-1]

    def _fresh_id(self, noun: str) -> str:
        id, number = noun, 1
        while id in self.members:
            number += 1
            id = f"{noun}-{number}"
        return id

    def mention(self, id: str) -> None:
        """Makes `id` the latest spoken of."""
        if id in self.spoken_of:
            self.spoken_of.remove(id)
        self.spoken_of.append(id)
        del self.spoken_of[:-12]

    def change(self, id: str, **traits: object) -> None:
        """Gives a member other traits."""
        self.members[id] = replace(self.members[id], **traits)  # type: ignore[arg-type]

    def is_living(self, id: str) -> bool:
        """Whether a member is a person, an animal or a creature."""
        return self.members[id].kind in LIVING

    def latest(
        self, *, living: bool = False, besides: tuple[str, ...] = (), fits: Callable[[Subject], bool] = lambda _: True
    ) -> str | None:
        """Who was spoken of last. fits: whom a pronoun may mean."""
        known = (id for id in reversed(self.spoken_of) if id not in besides and (not living or self.is_living(id)))
        return next((id for id in known if fits(self.members[id])), None)

    def split(self, id: str) -> tuple[str, str]:
        """One of a plural, and the others: two members from here on."""
        member = self.members[id]
        other = self._fresh_id(member.noun)
        self.members[id] = replace(member, count=1)
        self.members[other] = replace(member, id=other, count=max(1, member.count - 1))
        self.splits.append((id, other))
        self.pair = (id, other)
        self.mention(other)
        self.mention(id)
        return id, other


def _count(word: Word, said: Modifiers) -> int:
    if said.count is not None:
        return min(said.count, MAX_COUNT)
    if word.key == CROWD:
        return MAX_COUNT
    if word.key == COUPLE:
        return 2
    if not word.plural or word.kind is None:
        return 1
    return LIVING_MANY if word.kind in LIVING else THINGS_MANY
