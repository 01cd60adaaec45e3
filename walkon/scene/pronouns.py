"""Whom a pronoun can mean: by sex in English, by gender in French."""

from collections.abc import Callable

from walkon.scene.words import Category, lexicon
from walkon.types.people import Locale
from walkon.types.scene import Kind, Subject

_WOMEN = frozenset("woman girl grandmother mother sister queen bride dancer mermaid fairy".split())
_MEN = frozenset("man boy grandfather father brother king groom santa cowboy policeman postman".split())
_FEMININE = frozenset("she her elle elles la celle-ci".split())
_MASCULINE = frozenset("he him his il ils le celui-ci".split())


def meaning_of(pronoun: str, locale: Locale) -> Callable[[Subject], bool]:
    """Whether a subject may be meant by a pronoun in small letters; any subject by one that tells nothing, as `they`."""
    if pronoun == "it":
        return lambda subject: subject.kind is not Kind.PERSON
    if pronoun not in _FEMININE | _MASCULINE:
        return lambda _: True
    feminine = pronoun in _FEMININE
    if locale is Locale.FR:
        return lambda subject: lexicon().name(Category.NOUN, subject.noun, locale).feminine is feminine
    return lambda subject: subject.noun not in (_MEN if feminine else _WOMEN) and subject.kind in (Kind.PERSON, Kind.ANIMAL, Kind.CREATURE)
