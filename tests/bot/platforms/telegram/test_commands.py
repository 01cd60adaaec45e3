import asyncio

import pytest

from tests.bot.platforms.telegram.conftest import Rig, card
from tests.doubles.telegram.world import BOT, User
from tests.waiting import until
from walkon.bot.command import Invocation, Reply
from walkon.bot.files import Attachment
from walkon.types.people import Locale

PROMPT = 'a cat says "hello"'


@pytest.mark.parametrize(
    ("typed", "command", "options"),
    [
        (f"/sora prompt {PROMPT}", "prompt", {"prompt": PROMPT}),
        (f"/prompt {PROMPT}", "prompt", {"prompt": PROMPT}),
        (f"/sora {PROMPT}", "prompt", {"prompt": PROMPT}),
        (f"/sora@walkon_bot prompt {PROMPT}", "prompt", {"prompt": PROMPT}),
        (f"/prompt@WalkOn_Bot {PROMPT}", "prompt", {"prompt": PROMPT}),
        ("/sora prompt\nfirst a cat\nthen a dog", "prompt", {"prompt": "first a cat\nthen a dog"}),
        ("/prompt   two  spaces ", "prompt", {"prompt": "two  spaces"}),
        ("/prompt", "prompt", {}),
        ("/sora", "help", {}),
        ("/start", "help", {}),
        ("/start payload", "help", {}),
        ("/help", "help", {}),
        ("/sora queue", "queue", {}),
        ("/queue", "queue", {}),
        ("/SORA Queue", "queue", {}),
        ("/cancel 7KQ2M9", "cancel", {"clip": "7KQ2M9"}),
        ("/sora cancel #7kq2m9", "cancel", {"clip": "#7kq2m9"}),
        ("/sora cancel", "cancel", {}),
        ("/show 7KQ2M9", "show", {"clip": "7KQ2M9"}),
        ("/sora show nonsense", "show", {"clip": "nonsense"}),
        ("/forget_me", "forget-me", {}),
        ("/sora forget-me", "forget-me", {}),
        ("/sora show me a cat", "prompt", {"prompt": "show me a cat"}),
        ("/sora queue of ducks at a bakery", "prompt", {"prompt": "queue of ducks at a bakery"}),
        ("/dance", "dance", {}),
    ],
)
async def test_a_command_is_understood_in_every_form_it_is_typed(rig: Rig, typed: str, command: str, options: dict[str, str]) -> None:
    ana = rig.double.user("Ana")
    await rig.double.message(rig.double.private(ana), ana, typed)
    assert rig.desk.typed == [(command, options)]


async def test_an_invocation_tells_who_asked_where_and_in_which_language(rig: Rig) -> None:
    lea = rig.double.user("Léa", language="fr-CA")
    club = rig.double.group(topics=[7])
    [reply] = await rig.double.message(club, lea, "/prompt un chat", thread=7)
    [asked] = rig.desk.asked
    assert (asked.person.id, asked.person.name, asked.person.locale) == (f"telegram:{lea.id}", "Léa", Locale.FR)
    assert (asked.place.id, asked.place.channel, asked.place.thread) == (f"telegram:{club.id}", str(club.id), "7")
    assert not asked.place.private
    assert asked.event == f"telegram:{club.id}:1"
    assert asked.upload_limit == 50_000_000
    assert (reply.thread, reply.replies_to) == (7, 1)


async def test_a_thread_of_replies_in_a_plain_group_is_no_topic(rig: Rig) -> None:
    ana, club = rig.double.user("Ana"), rig.double.group()
    [reply] = await rig.double.message(club, ana, "/queue", message_thread_id=3)
    assert rig.desk.asked[0].place.thread is None
    assert reply.thread is None


async def test_a_private_chat_is_private(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    await rig.double.message(rig.double.private(ana), ana, "/queue")
    assert rig.desk.asked[0].place.private


async def test_what_is_said_to_others_is_left_alone(rig: Rig) -> None:
    ana, club = rig.double.user("Ana"), rig.double.group()
    for other in ("good morning", "/sora@other_bot prompt a cat", "/prompt@other_bot a cat", "/weather", "hey /sora prompt", "/"):
        await rig.double.say(club, ana, other)
    await rig.double.message(club, ana, "/queue")
    assert rig.desk.typed == [("queue", {})]


async def test_another_bots_command_that_names_us_is_answered(rig: Rig) -> None:
    ana, club = rig.double.user("Ana"), rig.double.group()
    await rig.double.message(club, ana, "/weather@walkon_bot today")
    assert rig.desk.typed == [("weather", {})]


async def test_bots_are_not_talked_to(rig: Rig) -> None:
    robot = User(id=9, first_name="Robot", is_bot=True)
    ana, club = rig.double.user("Ana"), rig.double.group()
    await rig.double.say(club, robot, "/prompt a loop of two bots")
    await rig.double.message(club, ana, "/queue")
    assert rig.desk.typed == [("queue", {})]


async def test_who_writes_in_the_name_of_a_chat_is_asked_to_write_as_a_person(rig: Rig) -> None:
    club = rig.double.group()
    masked = User(id=1_087_968_824, first_name="Group", username="GroupAnonymousBot", is_bot=True)
    [reply] = await rig.double.message(club, masked, "/prompt a cat", sender_chat=club)
    assert reply.text == "Please write as yourself."
    assert rig.desk.asked == []


async def test_a_command_under_a_picture_carries_the_picture(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    sizes = [
        {"file_id": f"p{width}", "file_unique_id": f"u{width}", "width": width, "height": width, "file_size": width} for width in (90, 800)
    ]
    await rig.double.message(rig.double.private(ana), ana, "", caption="/enrol", photo=sizes)
    assert rig.desk.typed == [("enrol", {"file": Attachment(name="photo.jpg", content_type="image/jpeg", size=800, url="telegram:p800")})]


async def test_the_answer_becomes_the_placeholder_and_is_reported(rig: Rig) -> None:
    rig.desk.reply = lambda asked: Reply(card=card(words="a cat"), post="clip:7KQ2M9", revision=1)
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.double.message(chat, ana, "/prompt a cat")
    await until(lambda: rig.desk.placed)
    await rig.platform.show(rig.post(chat.id, ref=rig.desk.placed["clip:7KQ2M9"]), rig.finished(ana.id))
    assert [one.video for one in chat.from_bot] == [rig.clip_bytes]


async def test_a_hundred_people_at_once_are_all_answered(rig: Rig) -> None:
    people = [rig.double.user(f"Person {number}") for number in range(100)]
    chats = [rig.double.private(one) for one in people]
    for chat, one in zip(chats, people, strict=True):
        await rig.double.say(chat, one, "/prompt a cat")
    await rig.double.until(lambda: all(chat.from_bot for chat in chats))
    assert len(rig.desk.asked) == 100


async def test_one_slow_command_holds_nobody_else_up(rig: Rig) -> None:
    gate = asyncio.Event()

    async def slow_for_ana(asked: Invocation) -> Reply:
        if asked.person.name == "Ana":
            await gate.wait()
        return Reply(card=card())

    rig.desk.on_command = slow_for_ana
    ana, tom = rig.double.user("Ana"), rig.double.user("Tom")
    await rig.double.say(rig.double.private(ana), ana, "/queue")
    await until(lambda: rig.desk.asked)
    assert await rig.double.message(rig.double.private(tom), tom, "/queue")
    gate.set()
    await rig.double.until(lambda: rig.double.private(ana).from_bot)


async def test_each_language_sees_its_own_list_of_commands(rig: Rig) -> None:
    await rig.double.until(lambda: len(rig.double.world.commands) == 4)
    english, french = rig.double.world.commands["default", ""], rig.double.world.commands["default", "fr"]
    assert {"command": "forget_me", "description": "What forget-me does"} in english
    assert {"command": "prompt", "description": "Ce que fait prompt"} in french
    assert [one["command"] for one in english] == [one["command"] for one in french]


async def test_what_only_moderators_may_do_is_listed_for_the_administrators_of_groups(rig: Rig) -> None:
    await rig.double.until(lambda: len(rig.double.world.commands) == 4)
    for language in ("", "fr"):
        everybody, administrators = [
            {one["command"] for one in rig.double.world.commands[scope, language]} for scope in ("default", "all_chat_administrators")
        ]
        assert administrators - everybody == {"mod"}


async def test_the_list_of_commands_is_sent_only_when_it_changed(rig: Rig) -> None:
    await rig.double.until(lambda: len(rig.double.world.commands) == 4)
    await rig.stop()
    sent = rig.double.count("setMyCommands")
    rig.start()
    ana = rig.double.user("Ana")
    await rig.double.message(rig.double.private(ana), ana, "/queue")
    assert sent == 4
    assert rig.double.count("setMyCommands") == sent


async def test_the_bot_never_answers_itself(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.double.say(chat, BOT, "/queue")
    await rig.double.message(chat, ana, "/help")
    assert rig.desk.typed == [("help", {})]


async def test_a_picture_under_a_command_that_takes_none_is_handed_on_so_that_its_sender_is_told(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    sizes = [{"file_id": "p800", "file_unique_id": "u800", "width": 800, "height": 600, "file_size": 800}]
    await rig.double.message(rig.double.private(ana), ana, "", caption="/prompt a cat", photo=sizes)
    assert isinstance(rig.desk.asked[0].options["file"], Attachment)


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ("/remix at night", {"words": "at night"}),
        ("/remix banana dance", {"words": "banana dance"}),
        ("/sora remix a cat at night", {"words": "a cat at night"}),
        ("/remix 7KQ2M9 at night", {"clip": "7KQ2M9", "words": "at night"}),
        ("/remix", {}),
    ],
)
async def test_an_answer_to_a_clip_is_about_that_clip(rig: Rig, typed: str, options: dict[str, str]) -> None:
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    [card] = await rig.double.message(chat, ana, "/queue")
    await rig.double.message(chat, ana, typed, reply_to_message=card.json())
    asked = rig.desk.asked[-1]
    assert (asked.command, asked.options, asked.about) == ("remix", options, f"{chat.id}/{card.id}")


async def test_an_answer_to_somebody_else_is_about_no_clip(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    [other] = [await rig.double.say(chat, ana, "hello")]
    await rig.double.message(chat, ana, "/remix banana dance", reply_to_message=other.json())
    assert (rig.desk.asked[-1].options, rig.desk.asked[-1].about) == ({"clip": "banana", "words": "dance"}, None)
