"""Reads the terms of one shot from left to right: who does what, to whom, on what, and who says which words."""

from collections.abc import Callable, Mapping

from walkon.scene.cast import Cast, Modifiers
from walkon.scene.clauses import Clause
from walkon.scene.dialogue import Dialogue
from walkon.scene.draft import Deed, Draft
from walkon.scene.effects import Particle, Sound
from walkon.scene.guesses import is_adjective, is_deed, is_name
from walkon.scene.tagging import ATTRIBUTES, DETERMINERS, PREPOSITIONS, TRADES, Term, is_participle
from walkon.scene.tokens import MENTION_FIRST
from walkon.scene.verbs import RIDES, Verb
from walkon.scene.words import Category, Word, lexicon
from walkon.types.people import Locale
from walkon.types.scene import Camera, Kind, Mood, Relation, Relationship, TimeOfDay, Weather

_INTERJECTIONS = frozenset(
    "hello hi hey bye goodbye thanks sorry yes wow help bonjour salut bonsoir merci oui coucou bravo non adieu".split()
)
_MAN, _WOMAN = Word(Category.NOUN, "man", Kind.PERSON, "👨"), Word(Category.NOUN, "woman", Kind.PERSON, "👩")
_STRANGERS = {"he": _MAN, "she": _WOMAN, "il": _MAN, "elle": _WOMAN}
"""Whom a pronoun means where nobody has been named."""

_BEING = frozenset({"is", "was", "are", "were", "est", "était", "sont", "étaient"})
_PARTY = frozenset({"cake", "birthday cake", "cupcake", "gift", "clown"})
_SIZES = {"small": 0.7, "big": 1.4}
_GENERIC_THING, _GENERIC_PERSON = "📦", "🧑"


class Reader:
    """Fills `draft` from the terms of one shot. cast: shared by all shots. quotes: what the masks stand for."""

    def __init__(self, cast: Cast, quotes: tuple[str, ...], locale: Locale) -> None:
        self.draft = Draft()
        self._cast = cast
        self._quotes = quotes
        self._locale = locale
        self._said = Modifiers()
        self._clause = Clause(self.draft, cast, locale)
        self._terms: list[Term] = []
        self._at = 0
        self._negated = False
        self._dialogue = Dialogue(self.draft, cast, self._clause)
        self._attribute: Term | None = None
        self._steps: Mapping[Category, Callable[[Term], None]] = self._handlers()

    def _handlers(self) -> dict[Category, Callable[[Term], None]]:
        return {
            Category.NOUN: self._noun,
            Category.VERB: self._verb,
            Category.PLACE: self._place,
            Category.TIME: self._setting,
            Category.WEATHER: self._setting,
            Category.MOOD: self._setting,
            Category.CAMERA: self._camera,
            Category.SOUND: self._sound,
            Category.PARTICLE: self._particle,
            Category.COLOUR: self._modifier,
            Category.SIZE: self._modifier,
            Category.COUNT: self._modifier,
            Category.STYLE: self._modifier,
            Category.DEFINITE: self._modifier,
            Category.INDEFINITE: self._modifier,
            Category.MANNER: self._manner,
            Category.SUBJECT_PRONOUN: self._pronoun,
            Category.OBJECT_PRONOUN: self._object_pronoun,
            Category.NEGATION: self._negation,
            Category.CONJUNCTION: self._conjunction,
            Category.ONE: self._one,
            Category.REST: self._rest,
        }

    def read(self, terms: list[Term]) -> Draft:
        """The draft of a shot that says `terms`."""
        self._terms = terms
        for self._at, term in enumerate(terms):
            self._step(term)
        self._clause.finish()
        self._dialogue.finish()
        self._adopt_orphans()
        self._festive()
        return self.draft

    def _adopt_orphans(self) -> None:
        """`battle between a cat and a dog`: a verb before anybody was named is done by all who come after it."""
        living = [id for id in self.draft.subjects if self._cast.is_living(id)]
        if not living or self.draft.deeds:
            return
        for key, word in self.draft.orphans[:1]:
            self.draft.deeds += [Deed(verb=key, subject=id, word=word) for id in living]
            self._clause.finish()
        self.draft.orphans = []

    def _festive(self) -> None:
        """French `ballons` beside a cake are balloons, not footballs."""
        nouns = {self._cast.members[id].noun for id in self.draft.subjects}
        for id in self.draft.subjects:
            member = self._cast.members[id]
            if member.label.lower().startswith("ballon") and member.noun == "ball" and nouns & _PARTY:
                self._cast.change(id, noun="balloon", emoji="🎈")

    def _step(self, term: Term) -> None:
        if term.quote is not None:
            self._quote(self._quotes[term.quote])
        elif term.stop:
            self._clause.pause()
            self._said = Modifiers()
        elif term.word is None:
            self._unknown(term)
        elif term.word.category in PREPOSITIONS:
            self._clause.preposition(term)
        elif handler := self._steps.get(term.word.category):
            handler(term)

    def _before(self, *, stops: bool = True) -> Term | None:
        """The term before the present one, small words left out."""
        return self._before_all(Category.SILENT, Category.MANNER, Category.AUXILIARY, stops=stops)

    def _before_all(self, *skipped: Category, stops: bool = True) -> Term | None:
        for term in reversed(self._terms[max(0, self._at - 8) : self._at]):
            if not term.is_(*skipped) and (stops or not term.stop):
                return term
        return None

    def _after(self) -> Term | None:
        return self._terms[self._at + 1] if self._at + 1 < len(self._terms) else None

    def _noun(self, term: Term) -> None:
        assert term.word is not None  # noqa: S101 - a noun has a word
        if self._negated:
            self._negated = False
            self._said = Modifiers()
            self.draft.not_staged.append(term.label)
            return
        if not term.low.isascii() and term.low < MENTION_FIRST and self._echoes(term):
            return
        if self._names_trade(term.word):
            self._said = Modifiers()
            self._equip(term.word.key)
            return
        self._introduce(term.word, term.label)
        if term.trade:
            self._equip(term.trade)

    def _names_trade(self, word: Word) -> bool:
        """`the cat is a chef`: what an animal is said to be by trade."""
        latest = self._cast.latest()
        last = self._before_all(Category.SILENT, Category.MANNER, *DETERMINERS, *ATTRIBUTES, Category.STYLE)
        if latest is None or word.key not in TRADES or last is None or not last.is_(Category.AUXILIARY):
            return False
        return last.low in _BEING and self._cast.members[latest].kind in (Kind.ANIMAL, Kind.CREATURE)

    def _equip(self, trade: str) -> None:
        """Puts the tool of its trade into the hand of the animal just named."""
        owner = self._cast.latest()
        tool = next((word for word in lexicon().find(TRADES[trade], Locale.EN) if word.category is Category.NOUN), None)
        if owner is None or tool is None:
            return
        name = lexicon().name(Category.NOUN, tool.key, self._locale).singular
        held = self._cast.introduce(tool, name, Modifiers(), here=self.draft.subjects)
        self.draft.show(held)
        self.draft.relations.append(Relationship(subject=owner, relation=Relation.WITH, object=held))
        self._cast.mention(owner)

    def _echoes(self, term: Term) -> bool:
        """An emoji after its own noun shows nothing new; after itself it counts one more."""
        last = self._terms[self._at - 1] if self._at else None
        latest = self._cast.latest()
        if last is None or latest is None or last.word is None or term.word is None or last.word.key != term.word.key:
            return False
        if last.label == term.label:
            self._cast.change(latest, count=min(6, self._cast.members[latest].count + 1))
        return True

    def _introduce(self, word: Word, label: str, *, known: bool = True) -> None:
        said, self._said = self._said, Modifiers()
        last = self._before_all(Category.SILENT, *DETERMINERS, *ATTRIBUTES)
        id = self._cast.introduce(word, label, said, here=self.draft.subjects, known=known)
        self.draft.show(id)
        if self._dialogue.awaits_speaker:
            self._dialogue.answer(id)
            return
        self._dialogue.noun_after(last)
        joined = last is not None and (last.is_(Category.CONJUNCTION) or last.low == ",")
        self._clause.noun(id, joined=joined)
        if self._attribute is not None:
            self._clause.act(Word(Category.VERB, self._attribute.word.key if self._attribute.word else ""), self._attribute, [id])
            self._clause.subject(id)
            self._attribute = None

    def _verb(self, term: Term) -> None:
        assert term.word is not None  # noqa: S101 - a verb has a word
        following = self._after()
        attributive = self._said.announces_noun and following is not None and following.is_(Category.NOUN)
        if attributive and is_participle(term) and self._locale is Locale.EN:
            self._attribute = term
            return
        if self._said.article is not None and self._clause.expects_noun:
            self._said = Modifiers()
            self._clause.settle()
            return
        self._said = Modifiers()
        if self._dialogue.ask(term, self._before(stops=False)):
            return
        before = self._before_all(Category.SILENT, Category.MANNER, Category.AUXILIARY, Category.DEFINITE)
        subjects = self._clause.subjects_of(term, before)
        if self._negated:
            self._negated = False
            self.draft.not_staged.append(term.label)
            self._clause.close(subjects)
            return
        self._people(subjects)
        deeds = self._clause.act(term.word, term, subjects)
        self._named_mount(term)
        if self._locale is Locale.FR and self._terms[self._at - 1].is_(Category.DEFINITE) and self._at:
            self._clause.object_pronoun(self._terms[self._at - 1].low, each_other=False)
        self._dialogue.announce(term, deeds, subjects)

    def _named_mount(self, term: Term) -> None:
        if term.word is None or term.word.key not in RIDES or " " not in term.low:
            return
        for word in lexicon().find(term.low.rpartition(" ")[2], self._locale):
            if word.kind in (Kind.VEHICLE, Kind.ANIMAL):
                label = term.label.rpartition(" ")[2]
                self._clause.mount(self._cast.introduce(word, label, Modifiers(), here=self.draft.subjects))

    def _people(self, ids: list[str]) -> None:
        """An unknown word that acts is a person."""
        for id in ids:
            member = self._cast.members[id]
            if not member.known and member.kind is Kind.PROP:
                self._cast.change(id, kind=Kind.PERSON, emoji=_GENERIC_PERSON)

    def _quote(self, text: str) -> None:
        last = self._terms[self._at - 1] if self._at else None
        self._dialogue.quote(text, self._before(stops=False), after_colon=last is not None and last.low == ":")

    def _modifier(self, term: Term) -> None:
        word = term.word
        if word is None:
            return
        if word.category is Category.COUNT:
            self._counted(term, int(word.key))
        elif word.category in (Category.DEFINITE, Category.INDEFINITE):
            self._said = Modifiers(article=word.category)
        elif self._follows_noun():
            self._trait(word, self._cast.latest())
        else:
            self._trait(word, None)

    def _counted(self, term: Term, count: int) -> None:
        following = self._after()
        speaks = self._dialogue.awaits_speaker and (following is None or following.stop)
        if count == 1 and (speaks or (following is not None and (following.is_verb or following.is_(Category.AUXILIARY)))):
            self._one(term)
            return
        self._said.count = count

    def _follows_noun(self) -> bool:
        last = self._terms[self._at - 1] if self._at else None
        return (
            self._locale is Locale.FR
            and last is not None
            and last.is_(Category.NOUN, Category.COLOUR, Category.STYLE)
            and not self._said.announces_noun
        )

    def _trait(self, word: Word, id: str | None) -> None:
        if word.category is Category.COLOUR:
            if id is None:
                self._said.colour = word.key
            else:
                self._cast.change(id, colour=word.key)
        elif word.category is Category.SIZE:
            if id is None:
                self._said.size = _SIZES[word.key]
            else:
                self._cast.change(id, size=_SIZES[word.key])
        elif id is None and self._said.announces_noun:
            self._said.adjective = True

    def _place(self, term: Term) -> None:
        self._said = Modifiers()
        key = term.word.key if term.word else ""
        if self.draft.place is None:
            self.draft.place = key
        elif self.draft.place != key:
            self.draft.not_staged.append(term.label)
        self._clause.settle()

    def _setting(self, term: Term) -> None:
        word, draft = term.word, self.draft
        if word is None:
            return
        if word.category is Category.TIME:
            draft.time = draft.time or TimeOfDay(word.key)
        elif word.category is Category.WEATHER:
            draft.weather = draft.weather or Weather(word.key)
        elif self._negated:
            self._negated = False
            draft.not_staged.append(term.label)
        else:
            draft.mood = draft.mood or Mood(word.key)
        following = self._after()
        if following is None or not (self._said.announces_noun and following.is_(Category.NOUN, Category.PLACE)):
            self._said = Modifiers() if word.category is not Category.MOOD else self._said
            self._clause.settle()

    def _camera(self, term: Term) -> None:
        self._said = Modifiers()
        if term.word is not None and term.word.key == "slow_motion":
            self.draft.slow_motion = True
        elif term.word is not None:
            self.draft.camera = self.draft.camera or Camera(term.word.key)

    def _sound(self, term: Term) -> None:
        if term.word is None:
            return
        self._said = Modifiers()
        if (sound := Sound(term.word.key).value) not in self.draft.sounds:
            self.draft.sounds.append(sound)
        if term.is_verb:
            subjects = self._clause.subjects_of(term, self._before())
            living = [id for id in subjects if self._cast.is_living(id)]
            self._dialogue.announced = self._clause.act(Word(Category.VERB, Verb.SHOUT.value), term, living) if living else []
            self._clause.close(subjects)

    def _particle(self, term: Term) -> None:
        self._said = Modifiers()
        if term.word is not None and (particle := Particle(term.word.key).value) not in self.draft.particles:
            self.draft.particles.append(particle)

    def _manner(self, term: Term) -> None:
        if term.word is not None:
            self._clause.manner(term.word.key)

    def _pronoun(self, term: Term) -> None:
        self._said = Modifiers()
        following = self._after()
        if following is not None and following.is_(Category.WEATHER, Category.PARTICLE):
            return
        if self._dialogue.awaits_speaker:
            if (speaker := self._cast.latest(living=True)) is not None:
                self.draft.show(speaker)
                self._dialogue.answer(speaker)
            return
        last = self._before()
        after_verb = last is not None and last.is_verb and term.low in ("it", "her")
        if after_verb or (last is not None and last.is_(*PREPOSITIONS)):
            self._object_pronoun(term)
            return
        self._dialogue.noun_after(last)
        if self._cast.latest() is None and term.low in _STRANGERS:
            self._introduce(_STRANGERS[term.low], term.label)
            return
        self._clause.pronoun(term.low, plural=term.low in ("they", "ils", "elles", "both of them"), person=term.low in ("he", "she"))

    def _object_pronoun(self, term: Term) -> None:
        self._clause.object_pronoun(term.low, each_other=term.low in ("each other", "one another", "l'un l'autre"))

    def _negation(self, term: Term) -> None:
        last = self._before()
        if last is not None and last.is_verb and term.low == "pas":
            self.draft.not_staged.append(f"{last.label} pas")
            self._clause.undo()
        else:
            self._negated = True

    def _conjunction(self, term: Term) -> None:
        self._clause.join()

    def _one(self, term: Term) -> None:
        self._said = Modifiers()
        self._answer(self._clause.one())

    def _rest(self, term: Term) -> None:
        self._said = Modifiers()
        self._answer(self._clause.rest())

    def _answer(self, id: str | None) -> None:
        if id is not None and self._dialogue.awaits_speaker:
            self._dialogue.answer(id)

    def _unknown(self, term: Term) -> None:
        if self._dialogue.announced and term.low in _INTERJECTIONS:
            self._quote(term.label)
            return
        if len(term.low) < 2 or term.low.isdigit() or term.low.startswith("'"):
            return
        self.draft.unknown.append(term.label)
        following = self._after()
        if self._said.announces_noun and is_adjective(following, self._locale):
            self._said.adjective = True
        elif self._said.announces_noun or self._clause.expects_noun:
            self._introduce(Word(Category.NOUN, term.low, Kind.PROP, _GENERIC_THING), term.label, known=False)
        elif self._acts(term, following):
            self._idle(term)
        elif is_name(term, following, first=self._at == 0):
            self._introduce(Word(Category.NOUN, term.low, Kind.PERSON, _GENERIC_PERSON), term.label, known=False)

    def _acts(self, term: Term, following: Term | None) -> bool:
        last, latest = self._before(), self._cast.latest()
        if last is None or not self._clause.has_subject:
            return False
        named = last.is_unknown and latest is not None and self._cast.members[latest].noun == last.low
        if not (named or last.is_(Category.NOUN, Category.SUBJECT_PRONOUN, Category.RELATIVE)):
            return False
        return is_deed(term, last, following, self._locale)

    def _idle(self, term: Term) -> None:
        subjects = self._clause.subjects_of(term, self._before())
        self._people(subjects)
        self._clause.act(Word(Category.VERB, Verb.IDLE.value), term, subjects)
        self.draft.not_staged.append(term.label)
