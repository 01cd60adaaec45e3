"""Telegram is asked who moderates; whom a command means is told by a reply, a mention or a name seen before."""

import pytest

from tests.bot.platforms.telegram.conftest import Rig, card
from tests.doubles.telegram.world import BOT, Chat, User
from tests.waiting import until
from walkon.bot.command import Reply
from walkon.types.ids import PersonId
from walkon.types.people import Person


async def say(rig: Rig, chat: Chat, user: User, text: str, **extra: object) -> dict[str, object]:
    """Somebody writes a command; the options it arrives with."""
    before = len(rig.desk.asked)
    await rig.double.say(chat, user, text, **extra)
    await until(lambda: len(rig.desk.asked) > before)
    return dict(rig.desk.asked[-1].options)


def answers(author: User, **more: object) -> dict[str, object]:
    chat = {"id": -1, "type": "supergroup"}
    return {"reply_to_message": {"message_id": 999, "date": 1_700_000_000, "chat": chat, "from": author.json(), **more}}


def known(user: User) -> Person:
    return Person(id=PersonId(f"telegram:{user.id}"), name=user.first_name)


async def test_an_administrator_of_the_group_moderates_it_and_a_member_does_not(rig: Rig) -> None:
    mo, ana = rig.double.user("Mo"), rig.double.user("Ana")
    club = rig.double.group(admins=[mo])
    for user in (mo, ana):
        await say(rig, club, user, "/mod log")
    assert [asked.moderator for asked in rig.desk.asked] == [True, False]


async def test_who_is_no_administrator_any_more_does_not_moderate(rig: Rig) -> None:
    mo = rig.double.user("Mo")
    club = rig.double.group(admins=[mo])
    await say(rig, club, mo, "/mod log")
    club.admins = set()
    await say(rig, club, mo, "/mod log")
    assert [asked.moderator for asked in rig.desk.asked] == [True, False]


async def test_in_a_private_chat_nobody_moderates(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    await say(rig, rig.double.private(ana), ana, "/mod log")
    assert not rig.desk.asked[0].moderator
    assert rig.double.count("getChatMember") == 0


async def test_telegram_is_not_asked_for_commands_that_everybody_may_use(rig: Rig) -> None:
    mo = rig.double.user("Mo")
    await say(rig, rig.double.group(admins=[mo]), mo, "/queue")
    assert rig.double.count("getChatMember") == 0


async def test_where_telegram_does_not_answer_nobody_moderates(rig: Rig) -> None:
    mo = rig.double.user("Mo")
    rig.double.fail_next("getChatMember", "500")
    await say(rig, rig.double.group(admins=[mo]), mo, "/mod log")
    assert not rig.desk.asked[0].moderator


async def test_a_reply_means_whoever_wrote_the_message(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    options = await say(rig, rig.double.group(), mo, "/sora mod mute 2h much spam", **answers(sam))
    assert options == {"deed": "mute", "person": known(sam), "duration": "2h", "reason": "much spam"}


@pytest.mark.parametrize(
    "more", [{"forum_topic_created": {"name": "Clips", "icon_color": 7322096}}, {"sender_chat": {"id": -2, "type": "channel"}}]
)
async def test_a_topic_or_a_chat_that_is_answered_is_nobody(rig: Rig, more: dict[str, object]) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    assert "person" not in await say(rig, rig.double.group(), mo, "/mod mute 2h", **answers(sam, **more))


async def test_a_bot_that_is_answered_is_nobody(rig: Rig) -> None:
    assert "person" not in await say(rig, rig.double.group(), rig.double.user("Mo"), "/mod mute 2h", **answers(BOT))


async def test_a_mention_of_somebody_without_a_username_means_their_account(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam 🎬 Smith")
    text = "/mod mute Sam 🎬 Smith 2h no mute"
    entity = {"type": "text_mention", "offset": 10, "length": 12, "user": sam.json()}
    options = await say(rig, rig.double.group(), mo, text, entities=[entity])
    assert options == {"deed": "mute", "person": known(sam), "duration": "2h", "reason": "no mute"}


async def test_a_mention_in_a_prompt_stays_the_words_that_were_written(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    entity = {"type": "text_mention", "offset": 8, "length": 3, "user": sam.json()}
    assert await say(rig, rig.double.group(), mo, "/prompt Sam surfs", entities=[entity]) == {"prompt": "Sam surfs"}


async def test_a_username_means_who_was_seen_with_it(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam", username="SammyS")
    club = rig.double.group()
    assert (await say(rig, club, mo, "/mod mute @sammys 2h"))["person"] == "@sammys"
    await say(rig, club, sam, "/queue")
    assert (await say(rig, club, mo, "/mod mute @sammys 2h"))["person"] == known(sam)


async def test_a_username_that_was_given_up_means_nobody_and_then_its_new_owner(rig: Rig) -> None:
    mo, sam, eve = rig.double.user("Mo"), rig.double.user("Sam", username="star"), rig.double.user("Eve", username="star")
    club = rig.double.group()
    await say(rig, club, sam, "/queue")
    sam.username = "sam"
    await say(rig, club, sam, "/queue")
    assert (await say(rig, club, mo, "/mod ban @star"))["person"] == "@star"
    await say(rig, club, eve, "/queue")
    assert (await say(rig, club, mo, "/mod ban @star"))["person"] == known(eve)


async def test_words_that_name_somebody_count_more_than_the_message_that_is_answered(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    options = await say(rig, rig.double.group(), mo, "/mod ban telegram:4242", **answers(sam))
    assert options["person"] == "telegram:4242"


@pytest.mark.parametrize(
    ("typed", "command"),
    [("/sora mod squad on scooters", "prompt"), ("/sora mod squad", "mod"), ("/sora mod log", "mod"), ("/sora mod", "mod")],
)
async def test_words_that_only_begin_like_a_deed_are_a_prompt(rig: Rig, typed: str, command: str) -> None:
    await say(rig, rig.double.group(), rig.double.user("Mo"), typed)
    assert rig.desk.asked[0].command == command


async def test_what_others_must_not_read_is_told_in_the_persons_own_chat(rig: Rig) -> None:
    rig.desk.reply = lambda asked: Reply(card=card("You're muted here."), private=True, confidential=True)
    ana, club = rig.double.user("Ana"), rig.double.group()
    alone = rig.double.private(ana)
    await rig.double.say(club, ana, "/prompt a cat")
    await rig.double.until(lambda: alone.from_bot)
    assert [one.text for one in alone.from_bot] == ["You're muted here."]
    assert club.from_bot == []


async def test_who_never_wrote_to_the_bot_alone_is_told_only_that_there_is_an_answer(rig: Rig) -> None:
    rig.desk.reply = lambda asked: Reply(card=card("You're muted here."), private=True, confidential=True)
    ana, club = rig.double.user("Ana"), rig.double.group()
    [hint] = await rig.double.message(club, ana, "/prompt a cat")
    assert hint.text == "The answer is private."


async def test_in_a_private_chat_it_is_an_ordinary_reply(rig: Rig) -> None:
    rig.desk.reply = lambda asked: Reply(card=card("You're muted here."), private=True, confidential=True)
    ana = rig.double.user("Ana")
    [reply] = await rig.double.message(rig.double.private(ana), ana, "/prompt a cat")
    assert reply.text == "You're muted here."
