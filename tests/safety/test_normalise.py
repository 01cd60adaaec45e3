"""Whatever hides a word from a list is undone before the list is asked."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from walkon.safety.normalise import MAX_READ, fold, patched, read, spelled, words_of

HIDDEN = {
    "full width": "ｎｕｄｅ",
    "fraktur": "𝔫𝔲𝔡𝔢",
    "circled": "ⓝⓤⓓⓔ",
    "squared": "🄽🅄🄳🄴",
    "negative circled": "🅝🅤🅓🅔",
    "negative squared": "🅽🆄🅳🅴",
    "regional letters": "🇳🇺🇩🇪",
    "small capitals": "ɴᴜᴅᴇ",
    "cyrillic look-alikes": "nudе",
    "greek look-alikes": "νude".replace("ν", "n") + "\u200b",
    "accents": "ñüdé",
    "struck through": "n̶u̶d̶e̶",
    "stacked marks": "n" + "\u0301" * 40 + "ude",
    "zero width": "n\u200bu\u200cd\u200de",
    "soft hyphens": "nu\u00adde",
    "word joiner": "nu\u2060de",
    "direction marks": "\u202anu\u2066de\u2069",
    "variation selectors": "n\ufe0fude",
    "tags": "nu\U000e0041de",
    "hangul filler": "nu\u3164de",
    "grapheme joiner": "n\u034fude",
    "entities": "&#110;ude",
    "named entities": "nud&eacute;",
    "capitals": "NUDE",
    "digits": "nud3",
    "stretched": "nuuuuuude",
    "percent": "%6e%75%64%65",
    "percent inside": "a %6eude cat",
    "base64": "bnVkZSBwZW9wbGU=",
    "underscores": "a_nude_cat",
    "quoted": "«nude»",
    "mojibake": "nudÃ©",
}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_hidden_word_is_read(text: str) -> None:
    assert any("nude" in form for form in read(text).forms), read(text)


@pytest.mark.parametrize("text", ["n u d e", "n.u.d.e", "n-u-d-e", "n_u_d_e", "n\nu\nd\ne", "n 💥 u 💥 d 💥 e"])
def test_a_word_in_single_letters_is_spelled_out(text: str) -> None:
    assert any("nude" in set(spelled(form)) for form in read(text).forms)


@pytest.mark.parametrize("text", ["hit ler waves", "Shot 1: hit\nShot 2: ler", "0:00 hit 0:03 ler", "reltih waves"])
def test_a_word_split_over_shots_or_turned_round_is_put_together(text: str) -> None:
    assert any("hitler" in set(patched(form)) for form in read(text).forms)


def test_words_that_only_touch_a_list_by_chance_are_not_joined_into_one() -> None:
    (form,) = read("un enfant nuageux").forms
    assert form == ("un", "enfant", "nuageux")


def test_plain_words_stay_as_they_are() -> None:
    assert read("L'œuf de Noël, à 5 h !").forms[0] == ("l", "oeuf", "de", "noel", "a", "5", "h")


@pytest.mark.parametrize("words", ["5 cats and 10 dogs", "at 7:30 the cat wakes"])
def test_numbers_are_not_taken_for_letters(words: str) -> None:
    assert "s" not in read(words).forms[-1]


@pytest.mark.parametrize(
    "text",
    [
        "x" * (MAX_READ + 1),
        "s\u200be\u200bc\u200br\u200be\u200bt w\u200bo\u200br\u200bd\u200bs",
        " ".join(["pаypal"] * 60),
    ],
    ids=["too long", "full of invisible characters", "many words of two scripts"],
)
def test_a_text_that_hides_too_much_is_disguised(text: str) -> None:
    assert read(text).disguised


@pytest.mark.parametrize("text", ["👨‍👩‍👧‍👦👩‍🚀🏴󠁧󠁢󠁳󠁣󠁴󠁿 dance", "Привет, кот!", "猫が踊る", "une forêt enchantée où rêve l'élève", "💥" * 300])
def test_emoji_other_scripts_and_accents_are_not_disguises(text: str) -> None:
    assert not read(text).disguised


@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    reading = read(text)
    assert reading.forms
    assert all(word for form in reading.forms for word in form)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=100))
def test_what_is_folded_has_no_accents_no_capitals_and_nothing_invisible(text: str) -> None:
    folded = fold(text)
    assert not {letter for letter in folded if unicodedata.category(letter) in ("Mn", "Lu") and letter.lower() != letter}
    assert not set(folded) & {"\u200b", "\u200d", "\u2060", "\u00ad", "\u202e", "\ufe0f"}


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=12), st.data())
@settings(max_examples=60)
def test_a_word_is_found_under_any_mixture_of_disguises(word: str, data: st.DataObject) -> None:
    masks = [str, str.upper, lambda letter: letter + "\u0336", lambda letter: letter + "\u200d", lambda letter: chr(ord(letter) + 0xFEE0)]
    hidden = "".join(data.draw(st.sampled_from(masks))(letter) for letter in word)
    assert words_of(hidden) == words_of(word)


@pytest.mark.parametrize("text", ["\0\0\0", "\ud800\udfff", "\u202e" * 500, "e" + "\u0301" * 10_000, "\ufdfa" * 5_000, "A" * 1_000_000])
def test_hostile_text_is_read_in_bounded_room(text: str) -> None:
    assert sum(len(word) for form in read(text).forms for word in form) <= 10 * MAX_READ
