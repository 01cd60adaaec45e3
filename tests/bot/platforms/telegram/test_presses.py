import asyncio
from dataclasses import replace

from tests.bot.platforms.telegram.conftest import QUICK, Rig, bot_for, card
from tests.doubles.telegram.world import Chat, Message, User
from tests.waiting import until
from walkon.bot.cards import Button, ButtonStyle, Form
from walkon.bot.command import Pressed, Reply
from walkon.bot.platforms.telegram.once_more import MEANT_WITHIN_S, Again, OnceMore
from walkon.bot.platforms.telegram.receiving import Pressing
from walkon.bot.tokens import Seal
from walkon.bot.words import Words
from walkon.store.keys import Keys
from walkon.types.people import Locale

CANCEL = "w1:cancel:7KQ2M9"
SURE = "w1:delete-sure:7KQ2M9"


async def a_card(rig: Rig, chat: Chat, user: User, thread: int | None = None) -> Message:
    rig.desk.reply = lambda asked: Reply(card=card(buttons=(Button(label="Cancel", token=CANCEL),)))
    [message] = await rig.double.message(chat, user, "/prompt a cat", thread=thread)
    return message


async def test_a_press_reaches_the_handler_and_its_private_reply_is_an_alert(rig: Rig) -> None:
    ana = rig.double.user("Ana", language="fr")
    message = await a_card(rig, rig.double.private(ana), ana)
    answer = await rig.double.press(message, "Cancel", ana)
    [pressed] = rig.desk.presses
    assert answer == {"text": "Stopped.", "alert": True}
    assert (pressed.token, pressed.person.id, pressed.moderator) == (CANCEL, f"telegram:{ana.id}", False)
    assert pressed.place.id == f"telegram:{ana.id}"
    assert rig.double.private(ana).from_bot == [message]


async def test_two_presses_are_two_events(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    message = await a_card(rig, rig.double.private(ana), ana)
    await rig.double.press(message, "Cancel", ana)
    await rig.double.press(message, "Cancel", ana)
    first, second = rig.desk.presses
    assert first.event != second.event


async def test_a_public_reply_to_a_press_is_a_new_message_and_the_spinner_ends(rig: Rig) -> None:
    rig.desk.press_reply = lambda pressed: Reply(card=card("Got it. Again"), post="clip:AAAAAA", revision=1)
    ana, club = rig.double.user("Ana"), rig.double.group(topics=[7])
    message = await a_card(rig, club, ana, thread=7)
    assert await rig.double.press(message, "Cancel", ana) == {"text": "", "alert": False}
    await rig.double.until(lambda: rig.double.replies(message))
    [again] = rig.double.replies(message)
    assert (again.text, again.thread) == ("Got it. Again", 7)


async def test_a_press_in_a_group_tells_whether_a_moderator_pressed_and_asks_once(rig: Rig) -> None:
    ana, tom = rig.double.user("Ana"), rig.double.user("Tom")
    club = rig.double.group(admins=[tom])
    message = await a_card(rig, club, ana)
    for user in (ana, tom, tom, ana):
        await rig.double.press(message, "Cancel", user)
    assert [pressed.moderator for pressed in rig.desk.presses] == [False, True, True, False]
    assert rig.double.count("getChatMember") == 2


async def test_who_may_not_be_known_as_a_moderator_is_none(rig: Rig) -> None:
    tom = rig.double.user("Tom")
    club = rig.double.group(admins=[tom])
    message = await a_card(rig, club, tom)
    rig.double.fail_next("getChatMember", "500")
    await rig.double.press(message, "Cancel", tom)
    assert not rig.desk.presses[0].moderator


async def test_a_long_private_reply_is_an_alert_of_200_characters_in_a_group(rig: Rig) -> None:
    rig.desk.press_reply = lambda pressed: Reply(card=card("Clip 7KQ2M9", words="w" * 900, body=(("Seed 5 · 6 s",),)), private=True)
    ana, club = rig.double.user("Ana"), rig.double.group()
    message = await a_card(rig, club, ana)
    answer = await rig.double.press(message, "Cancel", ana)
    assert answer["alert"]
    assert answer["text"].startswith("Clip 7KQ2M9\nwww")
    assert answer["text"].endswith("…\nSeed 5 · 6 s")


async def test_a_long_private_reply_is_a_message_in_a_private_chat(rig: Rig) -> None:
    rig.desk.press_reply = lambda pressed: Reply(card=card("Clip 7KQ2M9", words="w" * 900), private=True)
    ana = rig.double.user("Ana")
    message = await a_card(rig, rig.double.private(ana), ana)
    assert await rig.double.press(message, "Cancel", ana) == {"text": "", "alert": False}
    await rig.double.until(lambda: rig.double.replies(message))
    assert rig.double.replies(message)[0].text == "Clip 7KQ2M9\n" + "w" * 900


async def test_a_slow_deed_is_acknowledged_at_once_and_told_in_private_later(rig: Rig) -> None:
    gate = asyncio.Event()

    async def slow(pressed: Pressed) -> Reply:
        await gate.wait()
        return Reply(card=card("Stopped at last."), private=True)

    await rig.stop()
    rig.platform = bot_for(rig.double, rig.media, rig.database, timeouts=replace(QUICK, pressing=Pressing(answer_s=0.05)))
    rig.start()
    rig.desk.on_press = slow
    ana, club = rig.double.user("Ana"), rig.double.group()
    message = await a_card(rig, club, ana)
    alone = rig.double.private(ana)
    assert await rig.double.press(message, "Cancel", ana) == {"text": "", "alert": False}
    gate.set()
    await rig.double.until(lambda: alone.from_bot)
    assert [one.text for one in alone.from_bot] == ["Stopped at last."]
    assert club.from_bot == [message]


async def test_a_press_too_old_to_be_answered_is_still_done(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    message = await a_card(rig, rig.double.private(ana), ana)
    rig.double.fail_next("answerCallbackQuery", "500")
    press = asyncio.create_task(rig.double.press(message, "Cancel", ana))
    await until(lambda: rig.desk.presses)
    press.cancel()
    assert await rig.double.press(message, "Cancel", ana)
    assert len(rig.desk.presses) == 2


async def test_a_press_on_a_message_of_an_earlier_release_reaches_the_handler_as_it_is(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    message = await a_card(rig, rig.double.private(ana), ana)
    await rig.double.press(message, "v0|whatever", ana)
    assert rig.desk.presses[0].token == "v0|whatever"


async def test_the_line_to_type_for_a_remix_fits_an_alert_in_both_languages(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    message = await a_card(rig, rig.double.private(ana), ana)
    for locale in Locale:
        line = Words.load().text(locale, "card.remix.line", root="sora", clip="7KQ2M9")
        rig.desk.press_reply = lambda pressed, line=line: Reply(card=card("Remix 7KQ2M9", words=None, body=(line,)), private=True)
        answer = await rig.double.press(message, "Cancel", ana)
        assert answer["alert"] and "/sora remix 7KQ2M9" in str(answer["text"])


def remix_form(asked: object) -> Reply:
    form = Form(token="w1:remix:7KQ2M9", title="Remix 7KQ2M9", label="What should happen", text="a cat\ndoes a backflip " * 9)
    return Reply(card=card("Remix 7KQ2M9", body=(("Type /sora remix 7KQ2M9.",),)), private=True, form=form)


async def test_a_remix_asks_whoever_pressed_for_an_answer_with_the_new_words_and_the_answer_makes_it(rig: Rig) -> None:
    rig.desk.press_reply = remix_form
    ana, club = rig.double.user("Ana 7KQ2M9"), rig.double.group(topics=[7])
    message = await a_card(rig, club, ana, thread=7)
    assert await rig.double.press(message, "Cancel", ana) == {"text": "", "alert": False}
    await rig.double.until(lambda: rig.double.replies(message))
    [question] = rig.double.replies(message)
    assert question.text == "Ana 7KQ2M9, answer this message with the new words for clip 7KQ2M9." and question.thread == 7
    opened = question.forces_reply
    assert opened and opened["selective"] and len(opened["input_field_placeholder"]) <= 64
    assert opened["input_field_placeholder"].startswith("a cat does a backflip")
    # Whoever else is in the chat is named by nothing in it, so nobody else's box opens.
    assert [one.get("user", {}).get("id") for one in question.json()["entities"]] == [ana.id, None]
    await rig.double.message(club, ana, "a fox at night", thread=7, reply_to_message=question.json())
    asked = rig.desk.asked[-1]
    assert (asked.command, asked.options) == ("remix", {"clip": "7KQ2M9", "words": "a fox at night"})


async def test_the_answer_counts_after_a_restart(rig: Rig) -> None:
    rig.desk.reply = remix_form
    ana = rig.double.user("Ana", language="fr")
    alone = rig.double.private(ana)
    [question] = await rig.double.message(alone, ana, "/remix 7KQ2M9")
    assert question.forces_reply
    await rig.stop()
    rig.platform = bot_for(rig.double, rig.media, rig.database)
    rig.desk.reply = lambda asked: Reply(card=card("Got it."))
    rig.start()
    await rig.double.message(alone, ana, "un renard", reply_to_message=question.json())
    assert rig.desk.typed[-1] == ("remix", {"clip": "7KQ2M9", "words": "un renard"})


async def test_words_that_answer_anything_else_of_ours_or_a_question_of_somebody_elses_are_no_remix(rig: Rig) -> None:
    rig.desk.reply = remix_form
    ana = rig.double.user("Ana")
    alone = rig.double.private(ana)
    [question] = await rig.double.message(alone, ana, "/remix 7KQ2M9")
    [other] = await rig.double.message(alone, ana, "/queue")
    forged = question.json() | {"from": ana.json()}
    rig.desk.asked.clear()
    plain = other.json() | {"entities": []}
    await rig.double.say(alone, ana, "a fox", reply_to_message=plain)
    await rig.double.say(alone, ana, "a fox", reply_to_message=forged)
    await rig.double.message(alone, ana, "/queue")
    assert [one.command for one in rig.desk.asked] == ["queue"]


async def test_attack_42_a_button_bears_the_hosts_seal_and_a_forged_one_means_nothing(rig: Rig) -> None:
    await rig.stop()
    rig.platform = bot_for(rig.double, rig.media, rig.database, seal=Seal(Keys.new().mac))
    rig.start()
    ana = rig.double.user("Ana")
    message = await a_card(rig, rig.double.private(ana), ana)
    assert message.buttons["Cancel"].startswith(f"{CANCEL}~")
    await rig.double.press(message, "Cancel", ana)
    for forged in (CANCEL, message.buttons["Cancel"].replace("7KQ2M9", "9XPB00")):
        await rig.double.press(message, forged, ana)
    assert [pressed.token for pressed in rig.desk.presses] == [CANCEL, "", ""]


async def test_attack_37_what_decides_over_others_asks_telegram_at_each_press_who_moderates_now(rig: Rig) -> None:
    rig.desk.reply = lambda asked: Reply(card=card(buttons=(Button(label="Remove", token="w1:remove:7KQ2M9"),)))
    mo = rig.double.user("Mo")
    club = rig.double.group(admins=[mo])
    [message] = await rig.double.message(club, mo, "/prompt a cat")
    await rig.double.press(message, "Remove", mo)
    club.admins = set()
    await rig.double.press(message, "Remove", mo)
    assert [pressed.moderator for pressed in rig.desk.presses] == [True, False]


def asking_back(pressed: Pressed) -> Reply:
    """Asks back for the first press, and says what was done for the one that means it."""
    if pressed.token == SURE:
        return Reply(card=card("Deleted."), private=True)
    return Reply(card=card("For good?", buttons=(Button(label="Delete", token=SURE, style=ButtonStyle.DANGER),)), private=True)


async def test_where_an_alert_holds_no_buttons_pressing_once_more_means_it(rig: Rig) -> None:
    rig.desk.press_reply = asking_back
    ana, tom, club = rig.double.user("Ana"), rig.double.user("Tom"), rig.double.group()
    message = await a_card(rig, club, ana)
    asked = await rig.double.press(message, "Cancel", ana)
    assert asked["alert"] and str(asked["text"]).startswith("For good?") and "“Delete” once more" in str(asked["text"])
    # Somebody else is asked back too, whoever was asked before.
    assert "once more" in str((await rig.double.press(message, "Cancel", tom))["text"])
    assert (await rig.double.press(message, "Cancel", ana))["text"] == "Deleted."
    # It was meant once: from now on it is asked again.
    assert "once more" in str((await rig.double.press(message, "Cancel", ana))["text"])
    assert [one.token for one in rig.desk.presses] == [CANCEL, CANCEL, SURE, CANCEL]


async def test_alone_with_walkon_the_question_has_its_buttons(rig: Rig) -> None:
    rig.desk.press_reply = asking_back
    ana = rig.double.user("Ana")
    message = await a_card(rig, rig.double.private(ana), ana)
    for _ in range(2):
        await rig.double.press(message, "Cancel", ana)
    await rig.double.until(lambda: len(rig.double.replies(message)) == 2)
    assert all("For good?" in one.text for one in rig.double.replies(message))
    assert [one.token for one in rig.desk.presses] == [CANCEL, CANCEL]


def test_what_was_asked_back_is_meant_within_a_minute_and_by_the_same_button_only() -> None:
    once, here = OnceMore(), Again(7, "-1/2", CANCEL)
    question = card("?", buttons=(Button(label="Delete", token=SURE, style=ButtonStyle.DANGER),))
    once.ask(here, question, now_s=0)
    assert once.meant(Again(7, "-1/3", CANCEL), 1) == CANCEL
    assert once.meant(here, MEANT_WITHIN_S) == CANCEL
    once.ask(here, question, now_s=100)
    assert once.meant(here, 100 + MEANT_WITHIN_S - 1) == SURE
