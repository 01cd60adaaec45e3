"""The word lists: enough of them, each valid, no word with two meanings of one sort."""

import emoji
import pytest

from walkon.scene.effects import Particle, Sound
from walkon.scene.emoji_names import emoji_names, picture_word
from walkon.scene.grammar import phrase, verb
from walkon.scene.inflect import Form, plurals, verb_forms
from walkon.scene.places import INDOORS, PAINTED_AS, WEIGHTLESS, Place, plain_place
from walkon.scene.tokens import tokens_of
from walkon.scene.verbs import STAGED_AS, Verb, plain_verb
from walkon.scene.words import LONGEST_PHRASE, NOUN_FILES, Category, entries, lexicon
from walkon.types.people import Locale
from walkon.types.scene import Camera, Kind, Mood, TimeOfDay, Weather

NEWEST_EMOJI = 15.1
"""Emoji version of the Noto Color Emoji font that the drawn preview uses."""


def keys(category: Category, locale: Locale) -> set[str]:
    return {key for kind, key in lexicon().names[locale] if kind is category}


@pytest.mark.parametrize("locale", Locale)
def test_there_are_words_enough(locale):
    assert len(keys(Category.NOUN, locale)) >= 250
    assert len(keys(Category.VERB, locale)) >= 60
    assert len(keys(Category.PLACE, locale)) >= 25


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize(
    ("category", "values"),
    [
        (Category.VERB, set(Verb)),
        (Category.PLACE, set(Place)),
        (Category.SOUND, set(Sound)),
        (Category.PARTICLE, set(Particle)),
        (Category.TIME, set(TimeOfDay)),
        (Category.MOOD, set(Mood) - {Mood.NEUTRAL, Mood.TANGO, Mood.NIGHT}),
        (Category.WEATHER, set(Weather)),
        (Category.CAMERA, set(Camera) | {"slow_motion"}),
    ],
)
def test_every_key_can_be_said_in_both_languages(locale, category, values):
    assert keys(category, locale) == {str(value) for value in values}


def test_every_noun_has_a_kind_an_emoji_and_both_languages():
    for stem in NOUN_FILES:
        for kind, lines in entries(stem).items():
            Kind(kind)
            for key, line in lines.items():
                picture, english, french = (part.strip() for part in line.split("|"))
                assert emoji.is_emoji(picture), key
                assert emoji.EMOJI_DATA[picture]["E"] <= NEWEST_EMOJI, key
                assert english, key
                assert french, key


@pytest.mark.parametrize("locale", Locale)
def test_no_word_means_two_nouns_or_two_verbs_or_two_places(locale):
    for word, meanings in lexicon().meanings[locale].items():
        for category in Category:
            assert len({meaning.key for meaning in meanings if meaning.category is category}) <= 1, (word, category)


@pytest.mark.parametrize("locale", Locale)
def test_every_phrase_can_be_found_as_it_is_tokenised(locale):
    for word in lexicon().meanings[locale]:
        assert 1 <= len(word.split(" ")) <= LONGEST_PHRASE
        assert all(len(tokens_of(part)) == 1 for part in word.split(" ")), word


@pytest.mark.parametrize("locale", Locale)
def test_words_of_one_language_are_found_whole_and_french_without_accents(locale):
    assert lexicon().find("flibbet", locale) == ()
    assert {word.key for word in lexicon().find("robots", locale)} == {"robot"}
    assert lexicon().find("elephant", locale)[0].key == "elephant"
    assert lexicon().find("grand mere", Locale.FR)[0].key == "grandmother"


def test_the_lexicon_is_read_once():
    assert lexicon() is lexicon()


@pytest.mark.parametrize(
    ("word", "locale", "plural"),
    [
        ("cat", Locale.EN, "cats"),
        ("fox", Locale.EN, "foxes"),
        ("fairy", Locale.EN, "fairies"),
        ("cheval", Locale.FR, "chevaux"),
        ("gâteau", Locale.FR, "gâteaux"),
        ("souris", Locale.FR, "souris"),
        ("grand-mère", Locale.FR, "grands-mères"),
    ],
)
def test_plurals_follow_the_rules_of_spelling(word, locale, plural):
    assert plural in plurals(word, locale)


def test_verb_forms_follow_the_rules_of_spelling():
    assert verb_forms("hop", Locale.EN) == {"hop": Form.BASE, "hops": Form.FINITE, "hopped": Form.PARTICIPLE, "hopping": Form.GERUND}
    assert verb_forms("carry(carries,carried)", Locale.EN)["carrying"] is Form.GERUND
    french = verb_forms("nager", Locale.FR)
    assert {"nage", "nagent", "nageait", "nageant", "nagé"} <= french.keys()
    assert verb_forms("courir après(court après)", Locale.FR)["court après"] is Form.FINITE


@pytest.mark.parametrize("locale", Locale)
def test_emoji_names_leave_out_what_misleads(locale):
    names = emoji_names(locale)
    assert len(names) > 800
    for misleading in ("three", "head", "back", "one", "keycap 3", "leo", "lion face", "visage souriant", "man", "homme"):
        assert misleading not in names
    assert all(word.emoji for word in names.values() if word.category is Category.NOUN)


def test_any_emoji_has_a_noun_and_an_unknown_one_is_a_prop():
    assert picture_word("🐈").key == "cat"
    assert picture_word("🐶").key == "dog"
    assert picture_word("🧿").kind is Kind.PROP
    assert picture_word("🥳").kind is Kind.PROP or picture_word("🥳").kind is Kind.CREATURE


@pytest.mark.parametrize("locale", Locale)
def test_descriptions_have_words_for_every_place_hour_weather_and_particle(locale):
    assert all(phrase("place", place.value, locale) for place in Place)
    assert all(phrase("time", time.value, locale) for time in TimeOfDay)
    assert all(phrase("weather", weather.value, locale) for weather in Weather if weather is not Weather.CLEAR)
    assert all(phrase("particle", particle.value, locale) for particle in Particle)
    assert all(verb(key.value, locale).one and verb(key.value, locale).many for key in Verb)


def test_plainer_verbs_and_places_never_chain_and_unknown_keys_have_one():
    assert not set(STAGED_AS) & set(STAGED_AS.values())
    assert not set(PAINTED_AS) & set(PAINTED_AS.values())
    assert not INDOORS & WEIGHTLESS
    assert (plain_verb("dive"), plain_verb("jump"), plain_verb("from another version")) == (Verb.SWIM, Verb.JUMP, Verb.IDLE)
    assert (plain_place("mars"), plain_place("beach"), plain_place("from another version")) == (Place.DESERT, Place.BEACH, Place.FIELD)
