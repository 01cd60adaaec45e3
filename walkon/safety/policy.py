"""Which words make which category: rules over the groups of `lists/*.toml`. `text.py` applies them."""

from dataclasses import dataclass

from walkon.types.harm import Category


@dataclass(frozen=True, slots=True)
class Rule:
    """A category is met where every group has a hit. within: words between the first and the last hit at most."""

    category: Category
    groups: tuple[frozenset[str], ...]
    within: int = 10_000


def _rule(category: Category, *groups: str, within: int = 10_000) -> Rule:
    return Rule(category, tuple(frozenset(group.split()) for group in groups), within)


RULES = (
    _rule(Category.MINOR_SEXUAL, "minor_sexual"),
    _rule(Category.MINOR_SEXUAL, "minor age", "sexual nudity suggestive nonconsent"),
    _rule(Category.SEXUAL_NONCONSENT, "nonconsent"),
    _rule(Category.VIOLENT_CRIME, "violent_crime"),
    _rule(Category.SELF_HARM, "self_harm"),
    _rule(Category.HATE, "hate"),
    _rule(Category.WEAPONS_CBRNE, "weapons"),
    _rule(Category.PRIVACY, "privacy"),
    _rule(Category.HARASSMENT_DEFAMATION, "harassment"),
    _rule(Category.LIKENESS_UNCONSENTED, "deepfake"),
    _rule(Category.SEXUAL, "sexual nudity"),
    _rule(Category.VIOLENCE_GORE, "gore"),
    _rule(Category.PUBLIC_FIGURE, "public_figure office"),
    _rule(Category.DECEASED_PERSON, "deceased_person"),
    _rule(Category.LIVING_ARTIST, "style_of", "artist", within=6),
    _rule(Category.ELECTION, "election"),
    _rule(Category.IMPERSONATION_OFFICIAL, "official"),
    _rule(Category.SPECIALISED_ADVICE, "advice"),
    _rule(Category.NONVIOLENT_CRIME_FRAUD, "fraud"),
    _rule(Category.IP_CHARACTER, "ip_character"),
    _rule(Category.SHOCK_FLASHING, "flashing"),
)
"""In the order in which one is told: the first rule that a wish meets is the one it hears about. Groups joined by a space are one."""
