"""Numbers and waits in words, in both languages."""

import pytest

from walkon.bot.cards import Mention
from walkon.bot.words import Words
from walkon.types.ids import PersonId
from walkon.types.people import Locale

WORDS = Words.load()


@pytest.mark.parametrize(
    ("seconds", "english", "french"),
    [
        (0, "a few seconds", "quelques secondes"),
        (9.9, "a few seconds", "quelques secondes"),
        (11, "about 15 s", "environ 15 s"),
        (25, "about 25 s", "environ 25 s"),
        (91, "about 2 min", "environ 2 min"),
        (130, "about 2.5 min", "environ 2,5 min"),
        (3600, "about 60 min", "environ 60 min"),
    ],
)
def test_a_wait_is_rounded_up_and_never_too_exact(seconds: float, english: str, french: str) -> None:
    assert WORDS.duration(Locale.EN, seconds) == english
    assert WORDS.duration(Locale.FR, seconds) == french


@pytest.mark.parametrize(
    ("n", "english", "french"), [(1, "1st", "1er"), (2, "2nd", "2e"), (3, "3rd", "3e"), (11, "11th", "11e"), (21, "21st", "21e")]
)
def test_places_are_ordinals(n: int, english: str, french: str) -> None:
    assert (WORDS.ordinal(Locale.EN, n), WORDS.ordinal(Locale.FR, n)) == (english, french)


def test_energy_has_two_digits_and_says_when_it_is_an_estimate() -> None:
    assert WORDS.energy(Locale.EN, 0.82, metered=True) == "0.82 Wh"
    assert WORDS.energy(Locale.FR, 0.02, metered=False) == "0,020 Wh (estimation)"
    assert WORDS.energy(Locale.EN, 0, metered=True) == "energy unknown"


def test_a_mention_stays_a_mention_and_user_text_stays_text() -> None:
    ana = Mention(PersonId("web:Ana"), "Ana")
    assert WORDS.text(Locale.EN, "card.finished.head", asker=ana) == ("For ", ana, ", your clip")
    assert WORDS.say(Locale.EN, "press.not_yours", who="{asker}") == "This button is for {asker}."
