"""The words of the visible mark. Nothing heavy is loaded here, so the worker's parent may ask for them."""

from collections.abc import Mapping

_WORDS: Mapping[tuple[bool, str], str] = {
    (True, "en"): "computer-drawn",
    (True, "fr"): "dessiné par ordinateur",
    (False, "en"): "made by AI",
    (False, "fr"): "fait par IA",
}


def mark_words(*, drawn: bool, language: str) -> str:
    """What stands in the picture. drawn: no model made it. language: BCP 47; another than French is marked in English."""
    return _WORDS[drawn, "fr" if language.startswith("fr") else "en"]
