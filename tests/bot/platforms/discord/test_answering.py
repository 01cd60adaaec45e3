"""Commands and presses arrive, and are answered well inside Discord's three seconds."""

import json
from dataclasses import replace

import pytest

from tests.bot.platforms.discord.conftest import Town, begun, placeholder, promised, told_privately
from tests.doubles.discord.faults import How
from tests.doubles.discord.world import ANSWER_WITHIN_S, MANAGE_MESSAGES
from tests.waiting import until
from walkon.bot.cards import Card, Mention, Tone
from walkon.bot.command import Invocation, Reply
from walkon.bot.platforms.discord.cards import Layout
from walkon.bot.platforms.discord.events import DEFER_AFTER_S
from walkon.bot.tokens import Seal
from walkon.bot.words import Words
from walkon.store.keys import Keys
from walkon.types.ids import PersonId
from walkon.types.people import Locale


async def test_a_prompt_is_answered_at_once_with_its_card(town: Town) -> None:
    answer = await town.discord.slash("prompt", {"prompt": "a cat", "seconds": 5})
    assert not answer.message.ephemeral
    assert answer.message.text == "### Got it. In line\n> a cat"
    assert answer.message.buttons == {"Cancel": "w1:cancel:7KQ2M9", "Details": "w1:details:7KQ2M9"}


async def test_a_command_arrives_typed_with_its_place_and_person(town: Town) -> None:
    interaction = await town.discord.slash("prompt", {"prompt": "a cat", "seconds": 5})
    asked = town.desk.invocations[0]
    assert (asked.command, asked.options, asked.event) == ("prompt", {"prompt": "a cat", "seconds": 5}, f"discord:{interaction.id}")
    assert (asked.person.id, asked.person.name, asked.person.locale) == (f"discord:{town.discord.ana.id}", "Ana", Locale.EN)
    assert (asked.place.id, asked.place.channel) == (f"discord:{town.discord.guild.id}", town.discord.channel.id)
    assert not asked.place.private and asked.place.thread is None
    assert asked.upload_limit == town.discord.world.upload_limit


async def test_a_thread_is_a_channel_of_its_own_in_the_same_place(town: Town) -> None:
    thread = town.discord.world.channel(town.discord.guild, kind=11)
    await town.discord.slash("prompt", {"prompt": "a cat"}, channel=thread)
    place = town.desk.invocations[0].place
    assert (place.id, place.channel, place.thread) == (f"discord:{town.discord.guild.id}", thread.id, thread.id)


async def test_a_direct_message_is_a_private_place(town: Town) -> None:
    chat = town.discord.world.channel(None)
    await town.discord.slash("prompt", {"prompt": "a cat"}, channel=chat)
    place = town.desk.invocations[0].place
    assert (place.id, place.channel, place.private) == (f"discord:dm-{chat.id}", chat.id, True)


async def test_where_an_answer_stands_is_told_to_the_handler(town: Town) -> None:
    answer = await town.discord.slash("prompt", {"prompt": "a cat"})
    ref = json.loads(await town.desk.ref())
    post, revision, _ = town.desk.answers[0]
    assert (post, revision) == ("clip:7KQ2M9", 1)
    assert (ref["channel_id"], ref["message_id"]) == (town.discord.channel.id, answer.message.id)


async def test_an_answer_that_takes_long_is_deferred_in_time_and_edited_later(town: Town) -> None:
    assert DEFER_AFTER_S <= ANSWER_WITHIN_S / 2
    town.desk.gate.clear()
    answer = await begun(town.discord.slash("prompt", {"prompt": "a cat"}, wait=False))
    assert answer.deferred
    town.desk.gate.set()
    await until(lambda: "Got it" in answer.message.text)
    assert json.loads(await town.desk.ref())["message_id"] == answer.message.id
    assert len(town.discord.messages()) == 1


async def test_a_private_answer_is_seen_by_nobody_else(town: Town) -> None:
    town.desk.reply = told_privately
    answer = await town.discord.slash("queue")
    assert answer.message.ephemeral and answer.message.text == "Nothing of yours is in line here."
    assert town.desk.answers == []


async def test_a_private_answer_that_takes_long_is_deferred_in_private(town: Town) -> None:
    town.desk.reply = told_privately
    town.desk.gate.clear()
    answer = await begun(town.discord.slash("queue", wait=False))
    assert answer.deferred and answer.message.ephemeral
    town.desk.gate.set()
    await until(lambda: answer.message.text == "Nothing of yours is in line here.")


async def test_a_late_refusal_takes_the_public_card_back_and_comes_in_private(town: Town) -> None:
    town.desk.reply = told_privately
    town.desk.gate.clear()
    answer = await begun(town.discord.slash("prompt", {"prompt": "a cat"}, wait=False))
    assert not answer.message.ephemeral
    town.desk.gate.set()
    await until(lambda: answer.followups)
    assert answer.message.ephemeral and len(town.discord.messages()) == 1


async def test_a_private_answer_names_people_without_calling_them(town: Town) -> None:
    tom = town.discord.user("Tom")
    head = (Mention(PersonId(f"discord:{tom.id}"), "Tom"), " asked for it.")
    card = Card(tone=Tone.QUIET, head=head, pings=frozenset({PersonId(f"discord:{tom.id}")}))
    town.desk.reply = lambda asked: Reply(card=card, private=True)
    answer = await town.discord.slash("queue")
    assert answer.message.text == "Tom asked for it." and answer.message.notified == frozenset()


async def test_a_press_is_answered_in_private(town: Town) -> None:
    answer = await town.discord.slash("prompt", {"prompt": "a cat"})
    town.desk.reply = told_privately
    pressed = await town.discord.press(answer.message, "w1:details:7KQ2M9", user=town.discord.user("Tom"))
    assert town.desk.presses[0].token == "w1:details:7KQ2M9" and town.desk.presses[0].person.name == "Tom"
    assert pressed.message.ephemeral and pressed.message is not answer.message


@pytest.mark.parametrize(("permissions", "moderator"), [(MANAGE_MESSAGES, True), (1 << 40, True), (1 << 31, False)])
async def test_a_press_says_whether_a_moderator_pressed(town: Town, permissions: int, moderator: bool) -> None:
    answer = await town.discord.slash("prompt", {"prompt": "a cat"})
    await town.discord.press(answer.message, "w1:cancel:7KQ2M9", user=town.discord.user("Mo", permissions=permissions))
    assert town.desk.presses[0].moderator is moderator


async def test_a_press_that_starts_anew_and_takes_long_is_deferred_for_all(town: Town) -> None:
    answer = await town.discord.slash("prompt", {"prompt": "a cat"})
    town.desk.gate.clear()
    pressed = await begun(town.discord.press(answer.message, "w1:again:7KQ2M9", wait=False))
    assert pressed.deferred and not pressed.message.ephemeral
    town.desk.gate.set()
    await until(lambda: "Got it" in pressed.message.text)


async def test_buttons_of_messages_older_than_the_process_work(closed_town: Town) -> None:
    async with closed_town.open():
        answer = await closed_town.discord.slash("prompt", {"prompt": "a cat"})
    closed_town.platform = closed_town.build()
    closed_town.desk.reply = told_privately
    async with closed_town.open():
        await until(lambda: closed_town.discord.gateway.identified == 2)
        pressed = await closed_town.discord.press(answer.message, "w1:cancel:7KQ2M9")
        assert closed_town.desk.presses[0].token == "w1:cancel:7KQ2M9" and pressed.message.ephemeral
    await closed_town.platform.close()


async def test_french_people_in_an_english_place_are_known_as_such(town: Town) -> None:
    await town.discord.slash("queue", user=town.discord.user("Zoé", locale="fr"))
    asked = town.desk.invocations[0]
    assert (asked.person.locale, asked.place.locale) == (Locale.FR, Locale.EN)


async def test_an_answer_that_comes_too_late_is_left_to_the_outbox(town: Town) -> None:
    town.desk.gate.clear()
    interaction = await town.discord.slash("prompt", {"prompt": "a cat"}, wait=False)
    town.discord.world.clock.later(4)
    await until(lambda: town.desk.invocations)
    town.desk.gate.set()
    await until(lambda: town.discord.heard("create_interaction_response"))
    await town.platform.show(town.post(), placeholder())
    assert not interaction.answered and town.desk.answers == []
    assert len(town.discord.messages()) == 1


@pytest.mark.parametrize("how", [How.THROTTLE, How.REFUSE, How.ACCEPT_THEN_500])
async def test_an_answer_survives_a_fault_and_stands_once(town: Town, how: How) -> None:
    town.discord.fail_next("create_interaction_response", how)
    answer = await town.discord.slash("prompt", {"prompt": "a cat"})
    assert json.loads(await town.desk.ref())["message_id"] == answer.message.id
    assert len(town.discord.messages()) == 1


async def test_two_hundred_people_at_once_are_all_answered(town: Town) -> None:
    answers = [await town.discord.slash("prompt", {"prompt": f"cat {n}"}, user=town.discord.user(f"P{n}"), wait=False) for n in range(200)]
    await until(lambda: all(answer.answered for answer in answers))
    assert len(town.discord.messages()) == 200
    assert {asked.options["prompt"] for asked in town.desk.invocations} == {f"cat {n}" for n in range(200)}


async def test_a_reply_to_somebody_is_cut_in_their_language(town: Town) -> None:
    def long(asked: Invocation) -> Reply:
        return replace(promised(asked), card=placeholder("chat " * 300))

    town.desk.reply = long
    answer = await town.discord.slash("prompt", {"prompt": "a cat"})
    assert len(answer.message.text) < 1500 and "…" in answer.message.text


async def test_attack_42_a_button_bears_the_hosts_seal_and_a_forged_one_means_nothing(closed_town: Town) -> None:
    town = closed_town
    town.platform = town.build(layout=Layout(Words.load(), Seal(Keys.new().mac)))
    async with town.open():
        answer = await town.discord.slash("prompt", {"prompt": "a cat"})
        custom_id = answer.message.buttons["Cancel"]
        assert custom_id.startswith("w1:cancel:7KQ2M9~")
        town.desk.reply = told_privately
        for pressed in (custom_id, "w1:cancel:7KQ2M9", custom_id.replace("7KQ2M9", "9XPB00")):
            await town.discord.press(answer.message, pressed)
    assert [pressed.token for pressed in town.desk.presses] == ["w1:cancel:7KQ2M9", "", ""]


VIEW, SEND, SEND_IN_THREADS, ATTACH = 1 << 10, 1 << 11, 1 << 38, 1 << 15


@pytest.mark.parametrize(
    ("rights", "kind", "lacks"),
    [
        (VIEW | SEND | ATTACH, 0, ()),
        (VIEW | SEND, 0, ("attach_files",)),
        (VIEW | ATTACH, 0, ("send_messages",)),
        (VIEW | SEND | ATTACH, 11, ("send_messages_in_threads",)),
        (VIEW | SEND_IN_THREADS | ATTACH, 11, ()),
        (1 << 3, 0, ()),
        (0, 0, ("view_channel", "send_messages", "attach_files")),
        (0, 1, ()),
    ],
)
async def test_what_the_bot_may_not_in_that_channel_is_known_before_anything_is_promised(
    town: Town, rights: int, kind: int, lacks: tuple[str, ...]
) -> None:
    town.desk.reply = told_privately
    channel = town.discord.world.channel(None if kind == 1 else town.discord.guild, kind=kind)
    channel.rights = rights
    asked = await town.discord.slash("prompt", {"prompt": "a cat"}, channel=channel)
    await town.discord.press(asked.message, "w1:vary:7KQ2M9")
    assert town.desk.invocations[0].lacks == town.desk.presses[0].lacks == lacks
