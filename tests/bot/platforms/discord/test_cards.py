"""A card in Discord's components: what is user-made stays text, and every card fits."""

import pytest

from tests.doubles.discord.rules import COMPONENTS_V2, message_faults, walk
from walkon.bot.cards import Bar, Button, ButtonStyle, Card, Mention, Tone
from walkon.bot.platforms.discord.cards import PRIVATE, PUBLIC, Layout, escaped, fitted, pinged
from walkon.bot.words import Words
from walkon.types.ids import PersonId
from walkon.types.people import Locale

LAYOUT = Layout(Words.load())
ANA = Mention(PersonId("discord:11"), "Ana")


async def components(card: Card, *, private: bool = False) -> list[dict[str, object]]:
    return LAYOUT.view(card, Locale.EN, private=private).to_components()


async def texts(card: Card, *, private: bool = False) -> list[str]:
    return [str(part["content"]) for part in walk(await components(card, private=private)) if part["type"] == 10]


def card(**more: object) -> Card:
    usual: dict[str, object] = {"tone": Tone.DONE, "head": ("Done",)}
    return Card(**{**usual, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "**bold** *it* __under__ ~~gone~~ ||hidden|| `code` ```block```",
        "# heading\n-# small\n- item\n+ item\n> quote\n1. one",
        "[here](https://evil.example) <https://evil.example> https://evil.example",
        "<@1> <@!1> <@&1> <#1> <:smile:1> <a:b:1> <t:0:R> </sora:1>",
    ],
)
def test_what_people_write_is_shown_letter_by_letter(text: str) -> None:
    shown = escaped(text)
    assert shown.replace("\\", "").replace("\u200b", "") == text
    bare = shown.replace("\\\\", "")
    for mark in "*_~`|<>[]":
        assert bare.count(mark) == bare.count(f"\\{mark}")
    assert "://" not in shown
    assert all(not line.lstrip().startswith(("#", "-", "+", "1. ")) for line in shown.splitlines())


@pytest.mark.parametrize("text", ["@everyone", "@here", "<@1>", "<@&1>", "\\@everyone", "a@everyone.example"])
def test_no_mention_is_left_whole_for_the_server_to_find(text: str) -> None:
    assert "@e" not in escaped(text) and "@h" not in escaped(text) and "<@" not in escaped(text).replace("@\u200b", "")


def test_control_and_direction_characters_cannot_rearrange_a_card() -> None:
    assert escaped("a\x00b\x1bc\u202ed\u2066e") == "a b c d e"


@pytest.mark.parametrize("text", ["x" * 2000, "*" * 2000, "@" * 2000, "é\n" * 1000, "👩‍👩‍👧" * 700])
def test_a_cut_text_is_as_long_as_it_may_be_and_no_longer(text: str) -> None:
    shown = fitted(text, 500)
    assert 480 <= len(shown) <= 500 and shown.endswith("…")


async def test_a_whole_card_stands_in_reading_order() -> None:
    whole = card(
        head=("For ", ANA, ", your clip"), words="a cat\na dog", body=(("Not drawn: ", "*moon*"),), small="5 s", buttons=(cancel(),)
    )
    assert await texts(whole) == ["### For <@11>, your clip", "> a cat\n> a dog", "Not drawn: \\*moon\\*", "-# 5 s"]
    [container] = await components(whole)
    assert container["accent_color"] == Tone.DONE.value


async def test_a_single_sentence_stands_by_itself() -> None:
    assert [part["type"] for part in await components(card(head=(ANA, ", ready ↑")))] == [10]


async def test_a_private_card_writes_names() -> None:
    assert await texts(card(head=("For ", ANA)), private=True) == ["For Ana"]


async def test_a_person_of_another_platform_is_named() -> None:
    assert await texts(card(head=(Mention(PersonId("web:Tom"), "*Tom*"),))) == ["\\*Tom\\*"]


async def test_progress_in_words_is_not_said_twice() -> None:
    bar = Bar(fraction=0.4, text="painting · 40 %", name="Rendering")
    assert await texts(card(head=("painting · 40 %",), bar=bar)) == ["painting · 40 %"]
    assert await texts(card(head=("Busy",), bar=bar)) == ["### Busy", "painting · 40 %"]


async def test_long_words_are_cut_and_the_reader_is_told_so() -> None:
    [_, quote] = await texts(card(words="word " * 400))
    assert 590 < len(quote) < 700 and "…" in quote


@pytest.mark.parametrize("words", ["*" * 10_000, "@everyone " * 1000, "a\n" * 5000, "\n" * 50, "‮" * 900, "👍" * 6000])
@pytest.mark.parametrize("private", [False, True])
async def test_no_card_breaks_the_limits(words: str, private: bool) -> None:
    huge = card(
        head=("h" * 3000,),
        words=words,
        body=tuple((f"{n} " + "_" * 400,) for n in range(40)),
        small="s" * 3000,
        buttons=tuple(Button(label="b" * 200, token=f"t{n}") for n in range(30)),
    )
    made = await components(huge, private=private)
    assert message_faults({"components": made, "flags": COMPONENTS_V2}, set()) == []
    assert sum(len(text) for text in await texts(huge, private=private)) <= (PRIVATE if private else PUBLIC).total


async def test_buttons_stand_four_in_a_row() -> None:
    buttons = tuple(Button(label=f"b{n}", token=f"t{n}") for n in range(9))
    rows = [part for part in walk(await components(card(buttons=buttons))) if part["type"] == 1]
    assert [len(row["components"]) for row in rows] == [4, 4, 1]


async def test_a_button_carries_its_token_style_and_emoji() -> None:
    danger = Button(label="Delete", token="w1:x:1", style=ButtonStyle.DANGER, emoji="🗑️")
    [button] = [part for part in walk(await components(card(buttons=(danger,)))) if part["type"] == 2]
    assert (button["label"], button["custom_id"], button["style"], button["emoji"]["name"]) == ("Delete", "w1:x:1", 4, "🗑️")


def test_only_the_cards_pings_may_be_notified() -> None:
    people = frozenset({PersonId("discord:11"), PersonId("web:Tom"), PersonId("discord:evil")})
    assert pinged(card(pings=people)).to_dict() == {"parse": [], "users": [11]}
    assert pinged(card()).to_dict() == {"parse": []}
    assert pinged(card(pings=people), private=True).to_dict() == {"parse": []}


def cancel() -> Button:
    return Button(label="Cancel", token="w1:cancel:7KQ2M9")
