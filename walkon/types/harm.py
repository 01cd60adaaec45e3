"""What can be wrong with a wish, by name: the categories of the word lists, of classifiers and of settings."""

from enum import StrEnum


class Category(StrEnum):
    """What is wrong with a wish; keys of `refusal.words.*` in the locales.

    The first part maps to the hazards of MLCommons AILuminate 1.0, the second is what a bot with people in it adds.
    """

    MINOR_SEXUAL = "minor_sexual"
    SEXUAL_NONCONSENT = "sexual_nonconsent"
    SEXUAL = "sexual"
    VIOLENCE_GORE = "violence_gore"
    VIOLENT_CRIME = "violent_crime"
    WEAPONS_CBRNE = "weapons_cbrne"
    SELF_HARM = "self_harm"
    HATE = "hate"
    HARASSMENT_DEFAMATION = "harassment_defamation"
    PRIVACY = "privacy"
    IP_CHARACTER = "ip_character"
    NONVIOLENT_CRIME_FRAUD = "nonviolent_crime_fraud"
    SPECIALISED_ADVICE = "specialised_advice"

    LIKENESS_UNCONSENTED = "likeness_unconsented"
    PUBLIC_FIGURE = "public_figure"
    DECEASED_PERSON = "deceased_person"
    LIVING_ARTIST = "living_artist"
    ELECTION = "election"
    IMPERSONATION_OFFICIAL = "impersonation_official"
    SHOCK_FLASHING = "shock_flashing"


ALWAYS = frozenset(
    {
        Category.MINOR_SEXUAL,
        Category.SEXUAL_NONCONSENT,
        Category.VIOLENT_CRIME,
        Category.WEAPONS_CBRNE,
        Category.SELF_HARM,
        Category.HATE,
        Category.HARASSMENT_DEFAMATION,
        Category.PRIVACY,
        Category.LIKENESS_UNCONSENTED,
    }
)
"""Refused on every host; no setting lifts them."""

TOPICS = tuple(category for category in Category if category not in ALWAYS)
"""What `[moderation] topics` may name."""

USUAL_TOPICS = tuple(topic for topic in TOPICS if topic is not Category.IP_CHARACTER)
"""The topics that are refused where the configuration does not say which."""


class HeldFor(StrEnum):
    """Why a clip is held back; keys of `card.held.*` in the locales."""

    PICTURE = "picture"
    """A picture looked like what is not shown here."""
    UNCHECKED = "unchecked"
    """The check of the pictures could not be made."""
    REPORTS = "reports"
    """It was shown, and enough people reported it."""
    WORDS = "words"
    """The model that reads words refuses them, or what is known now does, though the lists let them pass when they were asked for."""
