import asyncio
import json
import logging
from pathlib import Path

import pytest

from tests.bot.platforms.telegram.conftest import Rig, bot_for, card
from tests.doubles.telegram.double import TOKEN, TelegramDouble
from tests.waiting import until
from walkon.bot.command import Invocation, Pressed, Reply
from walkon.bot.port import PlatformDown, TokenRefused
from walkon.store.database import Database
from walkon.store.media import MediaStore


async def test_an_outage_loses_nothing_that_was_said_during_it(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.double.message(chat, ana, "/prompt before")
    rig.double.outage(True)
    for number in range(5):
        await rig.double.say(chat, ana, f"/prompt during {number}")
    await until(lambda: rig.losses)
    rig.double.outage(False)
    await rig.double.until(lambda: len(chat.from_bot) == 6)
    assert {asked.options["prompt"] for asked in rig.desk.asked} == {"before", *(f"during {number}" for number in range(5))}
    assert len(rig.desk.asked) == 6


async def test_an_update_is_confirmed_only_after_it_and_all_before_it_were_handled(rig: Rig) -> None:
    gate = held_for(rig, "Ana")
    ana, tom = rig.double.user("Ana"), rig.double.user("Tom")
    await rig.double.say(rig.double.private(ana), ana, "/prompt a cat")
    await until(lambda: rig.desk.asked)
    await rig.double.message(rig.double.private(tom), tom, "/prompt a dog")
    polls = rig.double.count("getUpdates")
    await rig.double.until(lambda: rig.double.count("getUpdates") >= polls + 2)
    assert rig.double.unconfirmed == 2
    gate.set()
    await rig.double.until(lambda: rig.double.unconfirmed == 0)
    assert len(rig.desk.asked) == 2


def held_for(rig: Rig, name: str) -> asyncio.Event:
    """From now on the handler keeps that person waiting until the event is set."""
    gate = asyncio.Event()

    async def held(asked: Invocation) -> Reply:
        if asked.person.name == name:
            await gate.wait()
        return Reply(card=card())

    rig.desk.on_command = held
    return gate


async def test_what_a_killed_bot_had_fetched_is_delivered_again_as_the_same_event(rig: Rig) -> None:
    gate = held_for(rig, "Ana")
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.double.say(chat, ana, "/prompt a cat")
    await until(lambda: rig.desk.asked)
    second = bot_for(rig.double, rig.media, rig.database)
    rig.desk.on_command = None
    serving = asyncio.create_task(second.serve(rig.desk))
    await rig.double.until(lambda: chat.from_bot)
    assert len({asked.event for asked in rig.desk.asked}) == 1
    gate.set()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await second.close()


async def test_a_stopped_bot_ends_what_it_has_begun_and_confirms_it(rig: Rig) -> None:
    gate = held_for(rig, "Ana")
    ana = rig.double.user("Ana")
    await rig.double.say(rig.double.private(ana), ana, "/queue")
    await until(lambda: rig.desk.asked)
    stopping = asyncio.create_task(rig.stop())
    gate.set()
    await stopping
    assert rig.double.unconfirmed == 0


async def test_a_second_bot_with_the_same_token_is_reported(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    await rig.double.message(rig.double.private(ana), ana, "/queue")
    await rig.double.until(lambda: rig.double.polling)
    second = bot_for(rig.double, rig.media, rig.database)
    serving = asyncio.create_task(second.serve(rig.desk))
    await until(lambda: rig.losses or serving.done())
    losses = [*rig.losses, *([serving.exception()] if serving.done() else [])]
    assert "another process receives with the same token" in [loss.reason for loss in losses if isinstance(loss, PlatformDown)]
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await second.close()


async def test_a_handler_that_breaks_does_not_stop_the_next_command(rig: Rig) -> None:
    async def breaks_for_cats(asked: Invocation) -> Reply:
        if asked.options.get("prompt") == "cat":
            raise ValueError("cat")
        return Reply(card=card())

    rig.desk.on_command = breaks_for_cats
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.double.say(chat, ana, "/prompt cat")
    assert await rig.double.message(chat, ana, "/prompt dog")
    await rig.double.until(lambda: rig.double.unconfirmed == 0)


async def test_a_press_whose_deed_breaks_is_answered_all_the_same(rig: Rig) -> None:
    async def breaks(pressed: Pressed) -> Reply:
        raise ValueError("press")

    rig.desk.on_press = breaks
    ana = rig.double.user("Ana")
    [message] = await rig.double.message(rig.double.private(ana), ana, "/queue")
    assert await rig.double.press(message, "w1:cancel:7KQ2M9", ana) == {"text": "", "alert": False}


@pytest.mark.parametrize("fault", ["500", "429", "timeout"])
async def test_a_failing_first_answer_is_left_to_delivery(rig: Rig, fault: str) -> None:
    rig.desk.reply = lambda asked: Reply(card=card(), post="clip:7KQ2M9", revision=1)
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    rig.double.fail_next("sendMessage", fault)
    await rig.double.say(chat, ana, "/prompt a cat")
    await rig.double.until(lambda: rig.double.faults.pending == 0)
    await rig.platform.show(rig.post(chat.id), card("3rd in line"))
    assert [one.text for one in chat.from_bot] == ["3rd in line"]


async def test_an_answer_without_an_outbox_row_waits_as_long_as_telegram_says(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    rig.double.fail_next("sendMessage", "429", retry_after=1)
    [reply] = await rig.double.message(rig.double.private(ana), ana, "/queue")
    assert reply.text == "Got it. Next"


async def test_a_poll_that_fails_a_few_times_is_repeated_without_a_word(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.double.message(chat, ana, "/queue")
    rig.double.fail_next("getUpdates", "500", times=2)
    await rig.double.say(chat, ana, "/help")
    await rig.double.until(lambda: len(chat.from_bot) == 2)
    assert rig.losses == []


async def test_a_poll_that_is_told_to_wait_reports_how_long_and_goes_on(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.double.message(chat, ana, "/queue")
    rig.double.fail_next("getUpdates", "429", times=2, retry_after=5)
    await rig.double.say(chat, ana, "/help")
    await rig.double.until(lambda: len(chat.from_bot) == 2)
    assert rig.losses[0].reason == "asked to wait for 5 s"


async def test_a_refused_token_is_told_so_and_stands_in_no_log(
    double: TelegramDouble, database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "654321:AAwrong-token_that-must-not-be-seen00"
    bot = bot_for(double, MediaStore(tmp_path), database, token=wrong)
    with pytest.raises(TokenRefused) as told:
        await bot.check()
    await bot.close()
    assert wrong not in caplog.text + repr(told.value) + str(told.value)


@pytest.mark.parametrize("token", ["", "nonsense", "123:abc/../x", "123:abc def", "123:é"])
async def test_what_cannot_be_a_token_is_refused_without_asking(
    double: TelegramDouble, database: Database, tmp_path: Path, token: str
) -> None:
    bot = bot_for(double, MediaStore(tmp_path), database, token=token)
    with pytest.raises(TokenRefused):
        await bot.check()
    await bot.close()
    assert double.calls == []


async def test_a_token_revoked_while_serving_is_reported_until_it_works_again(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.double.message(chat, ana, "/queue")
    rig.double.token = "123456:AAnother-token"
    await rig.double.say(chat, ana, "/help")
    await until(lambda: "it refuses the token" in [loss.reason for loss in rig.losses])
    with pytest.raises(PlatformDown):
        await rig.platform.show(rig.post(chat.id), card())
    rig.double.token = TOKEN
    await rig.double.until(lambda: len(chat.from_bot) == 2)


async def test_a_platform_that_is_away_is_told_from_a_refused_token(double: TelegramDouble, database: Database, tmp_path: Path) -> None:
    double.outage(True)
    bot = bot_for(double, MediaStore(tmp_path), database)
    with pytest.raises(PlatformDown):
        await bot.check()
    double.outage(False)
    await bot.check()
    await bot.close()


async def test_the_token_stands_in_no_log_whatever_happens(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    rig.double.fail_next("sendMessage", "500")
    rig.double.fail_next("getUpdates", "500")
    await rig.double.say(chat, ana, "/queue")
    await rig.double.message(chat, ana, "/prompt a cat")
    ref = await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    rig.double.outage(True)
    await until(lambda: rig.losses)
    with pytest.raises(PlatformDown) as told:
        await rig.platform.show(rig.post(chat.id, ref=ref), rig.finished(ana.id, words="new"))
    rig.double.outage(False)
    assert json.loads(ref)
    assert TOKEN.partition(":")[2] not in caplog.text + told.value.reason + "".join(loss.reason for loss in rig.losses)
