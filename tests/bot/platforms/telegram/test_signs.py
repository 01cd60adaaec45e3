"""The bot's one reaction on the message that asked for a clip: one sign at a time, and never in the clip's way."""

from dataclasses import replace

import pytest
from telegram.constants import ReactionEmoji

from tests.bot.platforms.telegram.conftest import Rig, card
from tests.doubles.telegram.world import Chat, Message
from tests.waiting import until
from walkon.bot.cards import Signal
from walkon.bot.command import Reply
from walkon.bot.platforms.telegram.signs import SIGNS
from walkon.bot.port import Post


@pytest.fixture
async def asked(rig: Rig) -> Message:
    """What Ana wrote, answered with a placeholder."""
    rig.desk.reply = lambda asked: Reply(card=card(signal=Signal.ASKED), post="clip:7KQ2M9", revision=1)
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    asked = await rig.double.say(chat, ana, "/prompt a cat")
    await until(lambda: rig.desk.placed and asked.signs == ["👀"])
    return asked


def post(rig: Rig, message: Message, chat: Chat | None = None) -> Post:
    return replace(rig.post((chat or message.chat).id, ref=rig.desk.placed.get("clip:7KQ2M9")), reply=f'{{"message_id":{message.id}}}')


async def test_the_message_that_asked_shows_where_the_clip_stands(rig: Rig, asked: Message) -> None:
    for signal in (Signal.RENDERING, Signal.RENDERING, Signal.FINISHED):
        await rig.platform.show(post(rig, asked), card(f"{signal} {rig.double.count('editMessageText')}", signal=signal))
        await until(lambda signal=signal: asked.signs[-1] == SIGNS[signal])
    assert asked.signs == ["👀", "✍", "🎉"]


async def test_of_signs_that_follow_fast_the_last_stands(rig: Rig, asked: Message) -> None:
    for signal in (Signal.RENDERING, Signal.HELD, Signal.STOPPED):
        await rig.platform.show(post(rig, asked), card(f"{signal}", signal=signal))
    await until(lambda: asked.signs[-1] == "👌")


async def test_what_came_to_nothing_leaves_no_sign(rig: Rig, asked: Message) -> None:
    await rig.platform.show(post(rig, asked), card("Failed", signal=Signal.NONE))
    await until(lambda: len(asked.signs) == 2)
    assert asked.signs == ["👀", ""]


async def test_every_sign_is_in_telegrams_list_and_none_is_a_face_on_somebodys_words() -> None:
    assert SIGNS.keys() == set(Signal) - {Signal.NONE}
    assert set(SIGNS.values()) <= set(ReactionEmoji)
    assert [str(sign) for sign in SIGNS.values()] == ["👀", "🤝", "✍", "😴", "🎉", "🤔", "👌"]


async def test_a_press_and_a_card_that_asked_for_nothing_leave_every_message_alone(rig: Rig, asked: Message) -> None:
    rig.desk.press_reply = lambda pressed: Reply(card=card(signal=Signal.ASKED))
    placeholder = asked.chat.from_bot[0]
    await rig.double.press(placeholder, "w1:vary:7KQ2M9", asked.sender)
    await rig.double.until(lambda: len(asked.chat.from_bot) == 2)
    await rig.platform.show(replace(post(rig, asked), key="note:7KQ2M9", ref=None), card("Ready"))
    assert (placeholder.signs, asked.signs) == ([], ["👀"])


@pytest.mark.parametrize("fault", ["500", "429"])
async def test_a_sign_that_is_refused_is_left_out_and_the_card_stands(rig: Rig, asked: Message, fault: str) -> None:
    rig.double.fail_next("setMessageReaction", fault)
    await rig.platform.show(post(rig, asked), card("Finished", signal=Signal.FINISHED))
    assert asked.chat.from_bot[0].text == "Finished"
    await rig.double.until(lambda: rig.double.faults.pending == 0)
    assert asked.signs == ["👀"]


async def test_where_the_message_is_gone_the_card_stands_all_the_same(rig: Rig, asked: Message) -> None:
    asked.deleted = True
    await rig.platform.show(post(rig, asked), card("Finished", signal=Signal.FINISHED))
    assert asked.chat.from_bot[0].text == "Finished"
