"""The Remix button opens a form with the old words ready; sending it is the command."""

import json
from typing import Any

import pytest

from tests.bot.platforms.discord.conftest import Town, begun
from tests.doubles.discord.faults import How
from tests.doubles.discord.world import Interaction
from tests.waiting import until
from walkon.bot.cards import Button, Card, Form, Tone
from walkon.bot.command import Invocation, Pressed, Reply
from walkon.bot.commands import remix

TOKEN = "w1:remix:7KQ2M9"
WORDS = 'a cat, "watch this!" says the cat'


def asking(words: str = WORDS) -> Reply:
    """What a press of Remix answers."""
    card = Card(tone=Tone.QUIET, head=("Remix 7KQ2M9",), body=(("Type /sora remix 7KQ2M9 and the new words.",),))
    form = Form(token=TOKEN, title="Remix 7KQ2M9", label="What should happen", text=words)
    return Reply(card=card, private=True, form=form)


def promised(asked: Any) -> Reply:
    """What the command answers, and whatever was asked before it."""
    words = str(asked.options.get("words", "")) if isinstance(asked, Invocation) else ""
    return Reply(card=Card(tone=Tone.QUIET, head=("Got it. In line",), words=words), post="clip:9XPB00", revision=1)


async def opened(town: Town, words: str = WORDS) -> Interaction:
    """Tom pressed Remix under a card."""
    card = await town.discord.slash("prompt", {"prompt": "a cat"})
    town.desk.reply = lambda asked: asking(words) if isinstance(asked, Pressed) else promised(asked)
    return await town.discord.press(card.message, TOKEN, user=town.discord.user("Tom"))


async def test_a_press_is_answered_at_once_by_a_form_with_the_old_words(town: Town) -> None:
    press = await opened(town)
    assert press.modal and (press.modal["custom_id"], press.modal["title"]) == (TOKEN, "Remix 7KQ2M9")
    [label] = press.modal["components"]
    assert (label["label"], label["component"]["value"], label["component"]["max_length"]) == ("What should happen", WORDS, 4000)
    assert len(town.discord.messages()) == 1


async def test_sending_the_form_is_the_command_of_whoever_sends_it(town: Town) -> None:
    sent = await town.discord.submit(await opened(town), "a fox\non the moon")
    asked = town.desk.invocations[-1]
    assert (asked.command, asked.options) == ("remix", {"clip": "7KQ2M9", "words": "a fox\non the moon"})
    assert (asked.event, asked.person.name) == (f"discord:{sent.id}", "Tom")
    assert not sent.message.ephemeral and sent.message.text == "### Got it. In line\n> a fox\n> on the moon"
    await until(lambda: json.loads(town.desk.answers[-1][2])["message_id"] == sent.message.id)


async def test_a_form_that_takes_long_is_deferred_for_all(town: Town) -> None:
    press = await opened(town)
    town.desk.gate.clear()
    sent = await begun(town.discord.submit(press, "a fox", wait=False))
    assert sent.deferred and not sent.message.ephemeral
    town.desk.gate.set()
    await until(lambda: "a fox" in sent.message.text)


async def test_a_form_opened_before_a_restart_can_be_sent_after_it(closed_town: Town) -> None:
    async with closed_town.open():
        press = await opened(closed_town)
    closed_town.platform = closed_town.build()
    async with closed_town.open():
        await until(lambda: closed_town.discord.gateway.identified == 2)
        await closed_town.discord.submit(press, "a fox")
        assert closed_town.desk.invocations[-1].options["words"] == "a fox"
    await closed_town.platform.close()


@pytest.mark.parametrize("words", ["x" * 4001, "🐈" * 2001])
async def test_words_longer_than_a_form_takes_are_answered_with_the_line_to_type(town: Town, words: str) -> None:
    press = await opened(town, words)
    assert press.modal is None and press.message.ephemeral
    assert "/sora remix 7KQ2M9" in press.message.text


async def test_a_press_that_takes_too_long_for_a_form_is_answered_with_the_line_to_type(town: Town) -> None:
    card = await town.discord.slash("prompt", {"prompt": "a cat"})
    town.desk.reply = lambda asked: asking()
    town.desk.gate.clear()
    press = await begun(town.discord.press(card.message, TOKEN, wait=False))
    town.desk.gate.set()
    await until(lambda: "/sora remix 7KQ2M9" in press.message.text)
    assert press.message.ephemeral


async def test_a_refusal_opens_no_form(town: Town) -> None:
    card = await town.discord.slash("prompt", {"prompt": "a cat"})
    town.desk.reply = lambda asked: Reply(card=Card(tone=Tone.QUIET, head=("Clip 7KQ2M9 isn't finished.",)), private=True)
    press = await town.discord.press(card.message, TOKEN)
    assert press.modal is None and press.message.ephemeral


@pytest.mark.parametrize("how", [How.THROTTLE, How.REFUSE, How.ACCEPT_THEN_500])
async def test_a_form_opens_whatever_happens_to_the_answer(town: Town, how: How) -> None:
    card = await town.discord.slash("prompt", {"prompt": "a cat"})
    town.desk.reply = lambda asked: asking()
    town.discord.fail_next("create_interaction_response", how)
    press = await town.discord.press(card.message, TOKEN)
    assert press.modal and len(town.discord.messages()) == 1


async def test_a_form_of_nothing_we_know_is_nobodys(town: Town) -> None:
    press = await opened(town)
    assert press.modal
    for custom_id in ("w0:remix:7KQ2M9", "w1:cancel:7KQ2M9", "other"):
        press.modal["custom_id"] = custom_id
        await town.discord.submit(press, "a fox", wait=False)
    press.modal["custom_id"] = TOKEN
    await town.discord.submit(press, "a cat again")
    assert [asked.options["words"] for asked in town.desk.invocations[1:]] == ["a cat again"]


def test_what_a_form_fills_in_is_what_the_command_asks_for() -> None:
    filled = {"clip", "words"}
    assert filled <= {option.name for option in remix.COMMAND.options}
    assert {option.name for option in remix.COMMAND.options if option.required} <= filled


async def test_buttons_with_a_picture_beside_the_word_are_taken(town: Town) -> None:
    buttons = (Button(label="Remix", token=TOKEN, emoji="🔁"), Button(label="Another take", token="w1:vary:7KQ2M9", emoji="🎲"))
    town.desk.reply = lambda asked: Reply(card=Card(tone=Tone.DONE, head=("Done",), buttons=buttons))
    shown = await town.discord.slash("queue")
    assert shown.message.buttons == {"Remix": TOKEN, "Another take": "w1:vary:7KQ2M9"}


async def test_another_take_that_takes_long_is_deferred_for_all(town: Town) -> None:
    card = await town.discord.slash("prompt", {"prompt": "a cat"})
    town.desk.gate.clear()
    press = await begun(town.discord.press(card.message, "w1:vary:7KQ2M9", user=town.discord.user("Tom"), wait=False))
    assert press.deferred and not press.message.ephemeral
    town.desk.gate.set()
    await until(lambda: "Got it" in press.message.text)
