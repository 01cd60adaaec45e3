"""Guesses what an unknown word is, from its ending and its neighbours."""

from walkon.scene.tagging import PREPOSITIONS, Term
from walkon.scene.words import Category
from walkon.types.people import Locale

_VERBAL = ("s", "ed", "ing")
"""Endings of English verbs after their subject."""


def is_adjective(following: Term | None, locale: Locale) -> bool:
    """Whether an unknown word between an article and `following` only describes what comes; never in French, where it follows."""
    if following is None or locale is Locale.FR:
        return False
    if following.is_unknown:
        return not following.low.endswith(_VERBAL)
    return following.may_be(Category.NOUN, Category.COLOUR) and not following.is_verb


def is_deed(term: Term, last: Term, following: Term | None, locale: Locale) -> bool:
    """Whether an unknown word after `last`, its likely subject, is a verb."""
    if last.is_(Category.SUBJECT_PRONOUN, Category.RELATIVE):
        return True
    governs = following is not None and following.is_(Category.DEFINITE, Category.INDEFINITE, *PREPOSITIONS)
    return governs or (locale is Locale.EN and term.low.endswith(_VERBAL))


def is_name(term: Term, following: Term | None, *, first: bool) -> bool:
    """Whether an unknown word is somebody's name: an account, or a capital that no sentence begins with."""
    if term.low.startswith("@"):
        return True
    if not term.label[0].isupper():
        return False
    if not first:
        return not term.label.isupper()
    return following is not None and (following.is_verb or following.is_(Category.CONJUNCTION, Category.AUXILIARY))
