"""Finds the known words of a shot's text and decides, by their neighbours, what each does there."""

from collections.abc import Mapping
from dataclasses import dataclass

from walkon.scene.emoji_names import MAX_NAME_WORDS, emoji_names, picture_word
from walkon.scene.inflect import Form
from walkon.scene.mentions import word_of
from walkon.scene.tokens import Token, TokenKind
from walkon.scene.words import LONGEST_PHRASE, Category, Word, lexicon
from walkon.types.people import Locale
from walkon.types.scene import Kind

DETERMINERS = frozenset({Category.DEFINITE, Category.INDEFINITE, Category.COUNT})
ATTRIBUTES = frozenset({Category.COLOUR, Category.SIZE, Category.STYLE, Category.MOOD, Category.WEATHER})
PREPOSITIONS = frozenset({Category.ON, Category.UNDER, Category.BEHIND, Category.WITHIN, Category.WITH, Category.NEAR, Category.TOWARDS})
_PLACING = frozenset({Category.ON, Category.WITHIN, Category.TOWARDS})
_AGENTS = ("er", "or", "ist", "man", "ess")
TRADES: Mapping[str, str] = {
    "detective": "magnifying glass",
    "chef": "frying pan",
    "doctor": "syringe",
    "mechanic": "wrench",
    "worker": "hammer",
    "programmer": "computer",
    "artist": "paintbrush",
    "singer": "microphone",
    "soldier": "shield",
    "teacher": "book",
    "scientist": "telescope",
    "pirate": "sword",
    "knight": "sword",
    "ninja": "sword",
    "thief": "money",
    "wizard": "wand",
    "king": "crown",
    "queen": "crown",
    "groom": "",
    "dancer": "",
    "astronaut": "",
    "cowboy": "",
    "policeman": "",
    "firefighter": "",
    "farmer": "",
    "judge": "",
    "pilot": "",
    "office worker": "",
    "superhero": "",
}
"""What an animal that follows a person's trade holds, as the key of a noun: a fox detective is a fox with a magnifying glass."""
_REFLEXIVE = frozenset({"se", "s'", "me", "m'"})


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the lexicon as it stands in a prompt, an unknown word (word is None and quote too), a quote, or a stop.

    low: its lookup form. label: as written. quote: index of the masked quote. stop: the mark. trade: a person's, followed by an animal.
    """

    low: str
    label: str
    word: Word | None = None
    quote: int | None = None
    stop: bool = False
    others: tuple[Word, ...] = ()
    trade: str = ""

    def is_(self, *categories: Category) -> bool:
        """Whether its chosen meaning is one of these."""
        return self.word is not None and self.word.category in categories

    @property
    def is_verb(self) -> bool:
        """A verb, or a sound used as one."""
        return self.word is not None and self.word.form is not None

    @property
    def is_unknown(self) -> bool:
        """A word that no list has."""
        return self.word is None and self.quote is None and not self.stop

    def may_be(self, *categories: Category) -> bool:
        """Whether any of its meanings is one of these."""
        return any(word.category in categories for word in self.others)


def terms_of(text: str, tokens: list[Token], locale: Locale) -> list[Term]:
    """The terms of a text, each with one meaning chosen."""
    found = _lookup(text, tokens, locale)
    chosen: list[Term] = []
    for place, term in enumerate(found):
        following = next((other for other in found[place + 1 :] if not other.is_(Category.SILENT)), None) if len(term.others) > 1 else None
        chosen.append(_choose(term, chosen, following, locale))
    return _joined(chosen) if locale is Locale.EN else _in_trade(chosen)


def _in_trade(terms: list[Term]) -> list[Term]:
    """French animals with a person's trade as one noun: `renard détective`."""
    joined: list[Term] = []
    for term in terms:
        if joined and _has_trade(joined[-1], term):
            joined[-1] = _with_trade(joined[-1], term)
        else:
            joined.append(term)
    return joined


def _has_trade(animal: Term, trade: Term) -> bool:
    """Whether two nouns in a row are an animal or creature and what it works as."""
    if animal.word is None or trade.word is None or trade.word.key not in TRADES or trade.word.emoji == trade.low:
        return False
    return animal.word.kind in (Kind.ANIMAL, Kind.CREATURE) and animal.word.key != trade.word.key and not animal.trade


def _with_trade(animal: Term, trade: Term) -> Term:
    key = trade.word.key if trade.word else ""
    return Term(animal.low, f"{animal.label} {trade.label}", animal.word, others=animal.others, trade=key)


def _joined(terms: list[Term]) -> list[Term]:
    """English compounds and possessors as one noun, named by its last: `robot chef`, `the neighbour's dog`."""
    joined: list[Term] = []
    for place, term in enumerate(terms):
        acts = place + 1 < len(terms) and terms[place + 1].is_verb
        if joined and term.is_unknown and term.low.endswith(_AGENTS) and joined[-1].is_(Category.NOUN) and acts:
            joined[-1] = Term(term.low, f"{joined[-1].label} {term.label}")
            continue
        if joined and _has_trade(joined[-1], term):
            joined[-1] = _with_trade(joined[-1], term)
            continue
        if term.is_(Category.NOUN) and term.low.isascii():
            owner = 2 if len(joined) > 1 and joined[-1].low == "'s" else 1
            if len(joined) >= owner and joined[-owner].is_(Category.NOUN) and joined[-owner].low.isascii():
                glue = "'s " if owner == 2 else " "
                label = f"{joined[-owner].label}{glue}{term.label}"
                del joined[-owner:]
                term = Term(term.low, label, term.word, others=term.others)
        joined.append(term)
    return joined


def _lookup(text: str, tokens: list[Token], locale: Locale) -> list[Term]:
    terms: list[Term] = []
    at = 0
    while at < len(tokens):
        term, used = _term_at(text, tokens, at, locale)
        terms.append(term)
        at += used
    return terms


def _term_at(text: str, tokens: list[Token], at: int, locale: Locale) -> tuple[Term, int]:
    token = tokens[at]
    if token.kind is TokenKind.QUOTE:
        return Term("", "", quote=token.quote), 1
    if token.kind is TokenKind.MENTION:
        return Term(token.text, token.text, word_of(token.text), others=(word_of(token.text),)), 1
    if token.kind is TokenKind.STOP:
        return Term(token.low, token.text, stop=True), 1
    if token.kind is TokenKind.EMOJI:
        word = picture_word(token.low)
        return Term(token.low, token.text, word, others=(word,)), 1
    run = _run(tokens, at)
    for find in (_known, _named):
        for size in range(len(run), 0, -1):
            phrase = " ".join(run[:size])
            if meanings := find(phrase, size, locale):
                return Term(phrase, text[token.start : tokens[at + size - 1].end], meanings[0], others=meanings), size
    return Term(token.low, token.text), 1


def _run(tokens: list[Token], at: int) -> list[str]:
    run: list[str] = []
    for token in tokens[at : at + LONGEST_PHRASE]:
        if token.kind is not TokenKind.WORD:
            break
        run.append(token.low)
    return run


def _known(phrase: str, size: int, locale: Locale) -> tuple[Word, ...]:
    return lexicon().find(phrase, locale)


def _named(phrase: str, size: int, locale: Locale) -> tuple[Word, ...]:
    """Words that the lexicon lacks in the prompt's language: an emoji's name, or a noun of the other language."""
    if size > MAX_NAME_WORDS or len(phrase) < 3:
        return ()
    names = emoji_names(locale)
    if name := names.get(phrase) or (names.get(phrase[:-1]) if phrase.endswith("s") else None):
        return (name,)
    other = Locale.FR if locale is Locale.EN else Locale.EN
    if size > 1 or len(phrase) < 4:
        return ()
    return tuple(word for word in lexicon().find(phrase, other) if word.category in (Category.NOUN, Category.PLACE))


def _choose(term: Term, before: list[Term], following: Term | None, locale: Locale) -> Term:
    if len(term.others) < 2:
        return term
    verb = next((word for word in term.others if word.form is not None), None)
    rest = [word for word in term.others if word.form is None]
    if verb is not None and (not rest or _verb_fits(term, before, following)):
        return _with(term, verb)
    for word in rest:
        if word.category is Category.PLACE and Category.NOUN in {other.category for other in rest}:
            return _with(term, word if _placed(before, rest) else next(other for other in rest if other.category is Category.NOUN))
    attribute = next((word for word in rest if word.category in ATTRIBUTES), None)
    if attribute is not None and len(rest) > 1:
        fits = _attribute_fits(before, following, locale)
        return _with(term, attribute if fits else next(word for word in rest if word is not attribute))
    return _with(term, rest[0])


def _with(term: Term, word: Word) -> Term:
    return Term(term.low, term.label, word, others=term.others)


def _last(before: list[Term], *skipped: Category) -> Term | None:
    return next((term for term in reversed(before) if not term.is_(*skipped)), None)


def _verb_fits(term: Term, before: list[Term], following: Term | None) -> bool:
    last = _last(before, Category.MANNER, Category.SILENT)
    if before and before[-1].low in _REFLEXIVE:
        return True
    if last is None or last.stop or last.quote is not None:
        return following is not None and following.is_(*DETERMINERS) and not following.is_(Category.COUNT)
    if last.is_(
        Category.NOUN, Category.SUBJECT_PRONOUN, Category.AUXILIARY, Category.RELATIVE, Category.ONE, Category.REST, Category.NEGATION
    ):
        return True
    if last.is_(Category.CONJUNCTION):
        return following is None or not following.is_verb
    return last.is_unknown or last.is_(Category.PLACE, Category.TIME)


def _placed(before: list[Term], rest: list[Word]) -> bool:
    last = _last(before, *DETERMINERS, *ATTRIBUTES, Category.SILENT)
    if last is None or not last.is_(*_PLACING):
        return False
    in_sky = any(word.kind is not None and word.kind.value == "sky" for word in rest)
    return not (in_sky and last.is_(Category.TOWARDS))


def _attribute_fits(before: list[Term], following: Term | None, locale: Locale) -> bool:
    if following is not None and following.may_be(Category.NOUN, Category.COLOUR, Category.SIZE) and not following.is_verb:
        return True
    return locale is Locale.FR and bool(before) and before[-1].is_(Category.NOUN, Category.COLOUR)


def is_participle(term: Term) -> bool:
    """A verb that can stand before a noun as its attribute: `a sleeping cat`."""
    return term.is_verb and term.word is not None and term.word.form in (Form.GERUND, Form.PARTICIPLE)
