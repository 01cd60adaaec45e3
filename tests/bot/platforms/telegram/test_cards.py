import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import MessageEntity

from tests.bot.platforms.telegram.conftest import card
from tests.doubles.telegram.world import at_names
from walkon.bot.cards import Button, ButtonStyle, Mention
from walkon.bot.platforms.telegram.cards import (
    ALERT_LIMIT,
    CAPTION_LIMIT,
    TEXT_LIMIT,
    WORDS_LIMIT,
    Written,
    alert,
    cut,
    harmless,
    keyboard,
    utf16,
    write,
)
from walkon.types.ids import PersonId

FAMILY = "👨‍👩‍👧‍👦"
AWKWARD = [
    "🐈🐕" * 400,
    FAMILY * 300,
    "קפיצה לאחור של חתול " * 100,
    "مرحبا بالعالم " * 100,
    "é" * 3000,
    "\u0000\u0007bell\u202eevil\ud800\r\n tabs\t",
    "<b>bold</b> *x* _y_ `z` [a](tg://user?id=501) ||s||",
    "@everyone @here @username t.me/joinchat/x https://t.me/username tg://user?id=1",
    "w" * 10_000,
    "\n" * 2_000,
    " ",
    "",
]
letters = st.text(st.characters() | st.sampled_from("@😀\u200d\u0301\u202e\n א"), max_size=1500)
names = st.text(max_size=80)


def ana(name: str = "Ana") -> Mention:
    return Mention(PersonId("telegram:501"), name)


def covered(written: Written, kind: str) -> list[str]:
    units = written.text.encode("utf-16-le")
    return [units[2 * one.offset : 2 * (one.offset + one.length)].decode("utf-16-le") for one in written.entities if one.type == kind]


def test_offsets_count_utf16_units_so_emoji_before_a_name_do_not_shift_it() -> None:
    written = write(card(("🐈🐈 For ", ana("Ana 😀"), ", done 🎬"), words="🐕 dog", small="6 s"), limit=CAPTION_LIMIT)
    assert written.text == "🐈🐈 For Ana 😀, done 🎬\n🐕 dog\n6 s"
    assert covered(written, MessageEntity.BOLD) == ["🐈🐈 For Ana 😀, done 🎬"]
    assert covered(written, MessageEntity.TEXT_MENTION) == ["Ana 😀"]
    assert covered(written, MessageEntity.EXPANDABLE_BLOCKQUOTE) == ["🐕 dog"]


def test_a_name_that_occurs_earlier_in_the_sentence_is_linked_where_it_is_meant() -> None:
    written = write(card(("For ", ana("For"), " by ", Mention(PersonId("telegram:502"), "or"))), limit=CAPTION_LIMIT)
    assert [(one.offset, one.length) for one in written.entities if one.type == MessageEntity.TEXT_MENTION] == [(4, 3), (11, 2)]


@pytest.mark.parametrize("words", AWKWARD, ids=range(len(AWKWARD)))
def test_awkward_words_stay_within_the_limits_and_ping_nobody(words: str) -> None:
    shown = card(("For ", ana(words), words), words=words, body=((words,), (words, ana(words))), small=words)
    for limit in (CAPTION_LIMIT, TEXT_LIMIT):
        judge(write(shown, limit=limit), limit)


@given(letters, names, letters)
def test_no_words_whatsoever_break_a_message_or_ping(words: str, name: str, sentence: str) -> None:
    shown = card((sentence[:300], ana(name), "@", ana(name)), words=words, body=((sentence, ana(name)),), small=name)
    judge(write(shown, limit=CAPTION_LIMIT), CAPTION_LIMIT)
    assert utf16(alert(shown)) <= ALERT_LIMIT


def judge(written: Written, limit: int) -> None:
    assert utf16(written.text) <= limit
    assert at_names(written.text) == []
    for entity in written.entities:
        assert entity.length > 0
        assert entity.offset + entity.length <= utf16(written.text)
    for kind in (MessageEntity.BOLD, MessageEntity.TEXT_MENTION, MessageEntity.EXPANDABLE_BLOCKQUOTE):
        covered(written, kind)


def test_only_walkons_own_entities_exist_whatever_the_words_say() -> None:
    words = "@everyone @username #tag /command https://t.me/x t.me/x tg://user?id=1 a@b.example **bold**"
    written = write(card("Head", words=words), limit=TEXT_LIMIT)
    assert [one.type for one in written.entities] == [MessageEntity.BOLD, MessageEntity.EXPANDABLE_BLOCKQUOTE]
    assert written.text.replace("\u2060", "") == f"Head\n{words}"


def test_an_at_sign_before_a_mention_does_not_make_a_name_of_it() -> None:
    assert at_names(write(card(("@", ana("admin"))), limit=TEXT_LIMIT).text) == []


def test_long_words_are_cut_at_480_units_and_everything_else_stays() -> None:
    written = write(card("Head", words="w" * 10_000, body=(("Under it.",),), small="Small line"), limit=CAPTION_LIMIT)
    head, words, under, small = written.text.split("\n")
    assert (head, under, small) == ("Head", "Under it.", "Small line")
    assert words == "w" * (WORDS_LIMIT - 2) + "…"


def test_too_many_sentences_give_way_before_the_small_line_does() -> None:
    written = write(
        card("Head", words="words", body=tuple((f"{number} " + "s" * 90,) for number in range(40)), small="Small"), limit=CAPTION_LIMIT
    )
    assert written.text.startswith("Head\nwords\n0 s")
    assert written.text.endswith("…\nSmall")


def test_a_cut_tears_neither_an_emoji_nor_an_accent_from_its_letter() -> None:
    assert cut(f"ab{FAMILY}", 8) == "ab…"
    assert cut("abe\u0301f", 4) == "ab…"
    assert cut("👍🏽👍🏽", 7) == "👍🏽…"
    assert cut("short", 5) == "short"
    assert cut("🐈", 1) == "…"


def test_text_that_turns_lines_around_or_breaks_json_is_made_harmless() -> None:
    assert harmless("a\u202eb\ud800c\x00d\r\ne") == "ab c d\ne"


def test_people_of_other_platforms_are_named_without_a_link() -> None:
    written = write(card(("By ", Mention(PersonId("web:Ana"), "Ana"))), limit=TEXT_LIMIT)
    assert (written.text, [one.type for one in written.entities]) == ("By Ana", [MessageEntity.BOLD])


def test_a_person_without_a_visible_name_is_shown_by_number() -> None:
    assert write(card((ana("  \u202e "),)), limit=TEXT_LIMIT).text == "501"


def test_buttons_stand_three_in_a_row_word_and_style_kept() -> None:
    styles = [ButtonStyle.PRIMARY, *[ButtonStyle.SECONDARY] * 3, ButtonStyle.DANGER]
    buttons = tuple(
        Button(label=letter, token=f"w1:cancel:{letter * 6}", style=style, emoji="🔁")
        for letter, style in zip(string.ascii_uppercase, styles, strict=False)
    )
    markup = keyboard(card(buttons=buttons))
    assert markup is not None
    assert [[button.text for button in row] for row in markup.inline_keyboard] == [["🔁 A", "🔁 B", "🔁 C"], ["🔁 D", "🔁 E"]]
    assert [button.style for row in markup.inline_keyboard for button in row] == ["primary", None, None, None, "danger"]


def test_a_card_without_buttons_has_no_keyboard() -> None:
    assert keyboard(card()) is None
