"""Who is the subject of the next verb, and what its deeds are done to, on and with."""

from walkon.scene.cast import SPORT_BALLS, Cast
from walkon.scene.draft import Deed, Draft
from walkon.scene.inflect import Form
from walkon.scene.pronouns import meaning_of
from walkon.scene.tagging import Term
from walkon.scene.verbs import BALL_GAME, RIDES, Verb
from walkon.scene.words import Category, Word
from walkon.types.people import Locale
from walkon.types.scene import Kind, Relation, Relationship

_RELATIONS = {
    Category.ON: Relation.ON,
    Category.UNDER: Relation.UNDER,
    Category.BEHIND: Relation.BEHIND,
    Category.WITHIN: Relation.IN,
    Category.WITH: Relation.WITH,
    Category.NEAR: Relation.NEAR,
}
_MUTUAL = frozenset({Verb.MEET, Verb.FIGHT, Verb.HUG, Verb.KISS})
_USED = frozenset({Verb.PLAY, Verb.EAT, Verb.COOK, Verb.PAINT, Verb.FIGHT, Verb.THROW, Verb.CONJURE, Verb.TALK})
_MOUNTS = frozenset({Kind.VEHICLE, Kind.ANIMAL, Kind.CREATURE})
_FLOWN = frozenset({"kite", "balloon"})
_WITH_COMPANY = ("walk", "prom", "balad", "rac")
"""Beginnings of verbs whose direct object walks or runs beside the subject."""


class Clause:
    """The reader's memory of the sentence it is in.

    chain: nouns that may be the next verb's subjects. heads: subjects of the last verb. deeds: of the last verb.
    """

    def __init__(self, draft: Draft, cast: Cast, locale: Locale) -> None:
        self._draft = draft
        self._cast = cast
        self._locale = locale
        self._chain: list[str] = []
        self._object_chain = False
        self._heads: list[str] = []
        self._deeds: list[Deed] = []
        self._open = False
        self._preposition: Term | None = None
        self._mount: str | None = None
        self._style: str | None = None
        self._last_noun: str | None = None
        self._others: str | None = None
        self._passive = False

    @property
    def expects_noun(self) -> bool:
        """Whether a preposition still waits for its noun."""
        return self._preposition is not None

    @property
    def has_subject(self) -> bool:
        """Whether a noun stands ready to act."""
        return bool(self._chain) and not self._object_chain

    def preposition(self, term: Term) -> None:
        """The next noun hangs on this."""
        self._preposition = term

    def pause(self) -> None:
        """A comma, a quote, the end of a sentence."""
        self._preposition = None
        self._open = False
        if self._object_chain:
            self._chain, self._object_chain = [], False

    def join(self) -> None:
        """`and`."""
        self._preposition = None
        self._open = False

    def settle(self) -> None:
        """A place or an hour took the preposition."""
        self._preposition = None
        self._open = False

    def close(self, subjects: list[str]) -> None:
        """Their verb is said; what follows is not its object."""
        self._heads, self._chain, self._object_chain = subjects, [], False
        self._open = False

    def subject(self, id: str) -> None:
        """This alone will act next."""
        self._chain, self._object_chain, self._preposition, self._open = [id], False, None, False
        self._last_noun = id

    def manner(self, style: str) -> None:
        """How the last deed, or else the next, is done."""
        if self._deeds and self._deeds[0].style is None:
            for deed in self._deeds:
                deed.style = style
        else:
            self._style = style

    def noun(self, id: str, *, joined: bool) -> None:
        """A noun was read. joined: by `and` or a comma to what stands before it."""
        anchor, self._last_noun = self._last_noun, id
        if self._preposition is not None:
            term, self._preposition = self._preposition, None
            self._attach(id, term, anchor)
        elif self._open:
            self._open = False
            if self._goes_along(id):
                self._accompany(id)
            elif self._deeds and self._deeds[0].verb == Verb.BACKFLIP and self._cast.members[id].kind is Kind.VEHICLE:
                self.mount(id)
            else:
                self._do_to(id)
        elif joined and self._chain and not self._object_chain:
            self._chain.append(id)
        else:
            self._chain, self._object_chain = [id], False

    def _goes_along(self, id: str) -> bool:
        """`walks the dog`, `races a car`: what follows the bare verb does it too."""
        first = self._deeds[0] if self._deeds else None
        if first is None or first.verb not in (Verb.WALK, Verb.RUN) or not first.word.lower().startswith(_WITH_COMPANY):
            return False
        return self._cast.is_living(id) or self._cast.members[id].kind is Kind.VEHICLE

    def _do_to(self, id: str) -> None:
        self._chain, self._object_chain = [id], True
        for deed in self._deeds:
            if deed.subject != id:
                self._complete(deed, id)

    def _complete(self, deed: Deed, id: str) -> None:
        member = self._cast.members[id]
        rides = deed.verb in RIDES or deed.verb in (Verb.FLY, Verb.LAND)
        if (rides and member.kind is Kind.VEHICLE) or (deed.verb == Verb.RIDE and member.kind is not Kind.PERSON):
            deed.mount = id
        elif deed.verb == Verb.LAUNCH and member.kind is Kind.VEHICLE:
            deed.subject = id
        elif deed.verb == Verb.FLY and self._locale is Locale.FR and member.noun not in _FLOWN:
            deed.verb, deed.object = Verb.STEAL.value, id
        elif deed.verb == Verb.FIGHT and member.kind in (Kind.PROP, Kind.FOOD):
            # Weapons are held, not fought.
            self._draft.relations.append(Relationship(subject=deed.subject, relation=Relation.WITH, object=id))
        elif deed.verb == Verb.BACKFLIP and member.kind is Kind.FOOD:
            deed.verb, deed.object = Verb.COOK.value, id
        else:
            deed.object = id

    def _attach(self, id: str, term: Term, anchor: str | None) -> None:
        if term.low in ("by", "par") and self._passive:
            self._swap(id)
            return
        category = term.word.category if term.word else Category.TOWARDS
        relation = _RELATIONS.get(category)
        if relation is None:
            carried = bool(self._deeds) and self._deeds[0].verb in RIDES and self._deeds[0].mount is not None
            if self._deeds and self._deeds[0].object is None and not carried and not self.has_subject:
                self._do_to(id)
                self._object_chain = True
            self._open = False
            return
        self._open = False
        self._relate(id, relation, anchor)

    def _swap(self, agent: str) -> None:
        self._passive = False
        for deed in self._deeds:
            deed.subject, deed.object = agent, deed.subject
        self._heads = [agent]

    def _relate(self, id: str, relation: Relation, anchor: str | None) -> None:
        acting = not self.has_subject and bool(self._deeds)
        holder = self._heads[0] if acting and self._heads else self._chain[0] if self._chain else anchor
        if holder is None or holder == id:
            self._chain, self._object_chain = [id], False
            return
        member = self._cast.members[id]
        if relation in (Relation.ON, Relation.IN) and member.kind in _MOUNTS:
            self._ride(id, acting=acting)
        if relation is Relation.WITH and acting and self._cast.is_living(id):
            self._accompany(id)
        elif relation is Relation.WITH and acting and self._deeds[0].object is None and self._deeds[0].verb in _USED:
            self._do_to(id)
            return
        self._draft.relations.append(Relationship(subject=holder, relation=relation, object=id))

    def _ride(self, id: str, *, acting: bool) -> None:
        if not acting:
            self._mount = id
            return
        for deed in self._deeds:
            if deed.mount is None and deed.subject != id:
                deed.mount = id

    def _accompany(self, id: str) -> None:
        first = self._deeds[0]
        if first.verb in _MUTUAL or first.verb == Verb.TALK:
            self._do_to(id)
            return
        twin = Deed(verb=first.verb, subject=id, word=first.word, object=first.object, style=first.style)
        self._draft.deeds.append(twin)
        self._deeds = [*self._deeds, twin]

    def subjects_of(self, term: Term, last: Term | None) -> list[str]:
        """The ids that a verb is said of; empty where nobody has been named yet."""
        named = last is not None and (last.is_(Category.NOUN) or last.is_unknown)
        if self._chain and not self._object_chain:
            return self._chain
        if self._last_noun is not None and last is not None and last.is_(Category.RELATIVE):
            return [self._last_noun]
        forms = (Form.GERUND, Form.BASE) if self._locale is Locale.EN else (Form.GERUND,)
        infinite = term.word is not None and term.word.form in forms
        if self._chain and named and infinite and self._cast.is_living(self._chain[-1]):
            return [self._chain[-1]]
        latest = self._cast.latest(living=True) or self._cast.latest()
        return self._heads or ([latest] if latest is not None else [])

    def act(self, word: Word, term: Term, subjects: list[str]) -> list[Deed]:
        """Each of `subjects` does it; the deeds, for what else is learned of them."""
        self._passive = word.form is Form.PARTICIPLE or self._locale is Locale.FR
        if not subjects:
            self._draft.orphans.append((word.key, term.label))
        mount, self._mount = self._mount, None
        self._deeds = [
            Deed(verb=self._verb_for(word.key, id), subject=id, word=term.label, mount=mount if mount != id else None, style=self._style)
            for id in subjects
        ]
        self._style = None
        self._draft.deeds.extend(self._deeds)
        for id in subjects:
            self._draft.show(id)
        self.close(list(subjects))
        self._open = True
        return self._deeds

    def _verb_for(self, key: str, id: str) -> str:
        return Verb.DRIVE.value if key == Verb.ROLL and self._cast.members[id].kind is Kind.VEHICLE else key

    def mount(self, id: str) -> None:
        """The last verb's own words name what carries them: `faire du vélo`."""
        self._draft.show(id)
        for deed in self._deeds:
            deed.mount = id

    def undo(self) -> None:
        """The last verb was denied."""
        self._draft.deeds = [deed for deed in self._draft.deeds if deed not in self._deeds]
        self._deeds, self._open = [], False

    def pronoun(self, word: str, *, plural: bool, person: bool) -> None:
        """`they`: the last subjects; `he`, `it`: the latest of that sex or gender."""
        self._preposition = None
        if plural and len(self._heads) > 1:
            self._chain = list(self._heads)
        else:
            latest = self._one_meant(word, person=person)
            self._chain = [latest] if latest is not None else []
        self._object_chain = False
        for id in self._chain:
            self._draft.show(id)

    def _one_meant(self, word: str, *, person: bool) -> str | None:
        fits = meaning_of(word, self._locale)
        if len(self._heads) == 1 and fits(self._cast.members[self._heads[0]]):
            return self._heads[0]
        found = self._cast.latest(living=person, fits=fits)
        if found is not None:
            return found
        return self._heads[0] if len(self._heads) == 1 else self._cast.latest(living=person) or self._cast.latest()

    def object_pronoun(self, word: str, *, each_other: bool) -> None:
        """`it`, `him` after a verb; `each other` between two subjects."""
        self._preposition, self._open = None, False
        if each_other and len(self._deeds) == 2:
            self._cross()
            return
        besides = tuple(self._heads)
        other = self._cast.latest(besides=besides, fits=meaning_of(word, self._locale)) or self._cast.latest(besides=besides)
        if other is not None and self._deeds:
            self._draft.show(other)
            for deed in self._deeds:
                self._complete(deed, other)

    def _cross(self) -> None:
        first, second = self._deeds
        first.object, second.object = second.subject, first.subject

    def one(self) -> str | None:
        """`one misses`: one of the last plural, or the first of two subjects; None where nobody can be meant."""
        known = [*self._cast.spoken_of, *self._draft.subjects]
        group = next((id for id in reversed(known) if self._cast.members[id].count > 1 and self._cast.is_living(id)), None)
        if group is not None:
            first, self._others = self._cast.split(group)
            self._draft.share(first, self._others)
        elif pair := (self._heads if len(self._heads) > 1 else self._cast.pair):
            first, self._others = pair[0], pair[1]
        else:
            return None
        self._draft.show(first)
        self.subject(first)
        return first

    def rest(self) -> str | None:
        """`the other laughs`; None where nobody can be meant."""
        if self._others is None and self._cast.pair is not None:
            self._others = self._cast.pair[1]
        elif self._others is None:
            self.one()
        if self._others is not None:
            self._draft.show(self._others)
            self.subject(self._others)
        return self._others

    def finish(self) -> None:
        """Two subjects of a mutual verb without an object do it to each other; a throw without an object throws the ball."""
        for verb in _MUTUAL:
            pair = [deed for deed in self._draft.deeds if deed.verb == verb]
            if len(pair) == 2 and pair[0].object is None and pair[1].object is None and pair[0].subject != pair[1].subject:
                pair[0].object, pair[1].object = pair[1].subject, pair[0].subject
        ball = next((id for id in self._draft.subjects if self._cast.members[id].noun in SPORT_BALLS), None)
        for deed in self._draft.deeds:
            if deed.verb in BALL_GAME and deed.object is None and deed.subject != ball:
                deed.object = ball
