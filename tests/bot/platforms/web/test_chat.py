"""The conversation as pages hear it."""

import asyncio
import uuid
from pathlib import Path

import aiohttp
import pytest

from tests.bot.platforms.web.conftest import Page, browser, line, served
from tests.bot.platforms.web.studio import finished_card, line_card, rendering_card, stored_clip
from walkon.bot.cards import Card, Tone
from walkon.bot.platforms.web.chat import lobby_place
from walkon.bot.port import Post
from walkon.store.text import keepable
from walkon.types.people import Locale, Person


def new_id() -> str:
    return str(uuid.uuid4())


async def test_a_prompt_is_answered_and_the_clip_arrives_in_the_answer(page: Page) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        await chat.send(type="say", id=new_id(), text="/sora prompt a cat")
        said = (await chat.until("news"))["message"]
        answer = (await chat.until("news"))["message"]
        await page.studio.progress(40)
        bar = (await chat.until("news"))["message"]
        await page.studio.deliver()
        clip = (await chat.until("news"))["message"]
    assert said["text"] == "/sora prompt a cat"
    assert answer["card"]["buttons"][0]["label"] == "Cancel"
    assert bar["seq"] == clip["seq"] == answer["seq"]
    assert bar["card"]["bar"]["fraction"] == 0.4
    assert clip["card"]["video"]["src"].startswith("/media/")
    assert clip["revision"] > bar["revision"] > answer["revision"]


async def test_the_handler_learns_where_its_answer_stands(page: Page) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        await chat.say(new_id(), "a cat")
        (key,) = page.studio.stands
        assert await page.studio.show(line_card("a cat")) == page.studio.stands[key][1]


async def test_a_message_sent_again_is_the_same_message(page: Page) -> None:
    id = new_id()
    async with browser(page) as someone:
        async with line(someone) as chat:
            await chat.hello()
            await chat.say(id, "a cat")
        async with line(someone) as again:
            await again.hello()
            await again.say(id, "a cat")
            await again.say(id.upper(), "a cat")
            welcome = await again.hello()
    assert len(page.studio.heard) == 1
    assert page.studio.heard[0].event == f"web:{id}"
    assert [("text" in message) for message in welcome["messages"]] == [True, False]


async def test_nobody_can_send_again_what_another_person_sent(page: Page) -> None:
    id = new_id()
    async with browser(page) as ana, browser(page) as tom, line(ana) as of_ana, line(tom) as of_tom:
        await of_ana.hello()
        await of_tom.hello()
        await of_ana.say(id, "a cat")
        await of_tom.send(type="say", id=id, text="a dog")
        assert (await of_tom.until("refused"))["reason"] == "id"
    assert len(page.studio.heard) == 1


async def test_a_page_that_comes_back_hears_what_changed_and_nothing_else(page: Page) -> None:
    async with browser(page) as someone:
        async with line(someone) as chat:
            await chat.hello()
            await chat.say(new_id(), "a cat")
            await chat.say(new_id(), "a dog")
            revision = (await chat.hello())["revision"]
        await page.studio.progress(70)
        async with line(someone) as back:
            welcome = await back.hello(since=revision)
    assert not welcome["fresh"]
    (changed,) = welcome["messages"]
    assert changed["card"]["bar"]["fraction"] == 0.7


async def test_a_page_from_before_another_store_starts_afresh(page: Page) -> None:
    async with browser(page) as someone, line(someone) as chat:
        welcome = await chat.hello(since=4_000)
    assert welcome["fresh"]
    assert welcome["messages"] == []


async def test_the_conversation_and_the_name_survive_a_restart(tmp_path: Path) -> None:
    async with served(tmp_path) as first, browser(first) as someone, line(someone) as chat:
        await chat.hello()
        await chat.name("Ana")
        await chat.say(new_id(), "a cat")
        cookies = {cookie.key: cookie.value for cookie in someone.cookie_jar}
    async with served(tmp_path) as second, aiohttp.ClientSession(second.address, cookies=cookies) as someone, line(someone) as chat:
        welcome = await chat.hello()
    assert welcome["me"]["name"] == "Ana"
    assert [message.get("text") for message in welcome["messages"]] == ["a cat", None]


async def test_what_was_said_before_a_crash_is_answered_after_it(tmp_path: Path) -> None:
    async with served(tmp_path) as first, browser(first) as someone, line(someone) as chat:
        first.studio.open.clear()
        await chat.hello()
        await chat.send(type="say", id=new_id(), text="a cat")
        await chat.until("news")
    async with served(tmp_path) as second, browser(second) as someone, line(someone) as chat:
        await second.studio.promised.wait()
        welcome = await chat.hello()
    assert [invocation.options["prompt"] for invocation in second.studio.heard] == ["a cat"]
    assert len(welcome["messages"]) == 2


async def test_a_private_answer_reaches_its_person_only_also_after_they_give_a_name(page: Page) -> None:
    async with browser(page) as ana, browser(page) as tom, line(ana) as of_ana, line(tom) as of_tom:
        await of_ana.hello()
        await of_tom.hello()
        await of_ana.say(new_id(), "/sora help")
        to_tom = await of_tom.hello()
        named = await of_ana.name("Ana")
    assert [message.get("text") for message in to_tom["messages"]] == ["/sora help"]
    assert [message.get("private", False) for message in named["messages"]] == [False, True]


async def test_two_browsers_with_one_name_are_one_person(page: Page) -> None:
    async with browser(page) as phone, browser(page) as desk, line(phone) as on_phone, line(desk) as on_desk:
        await on_phone.hello()
        await on_desk.hello()
        await on_phone.name("Ana")
        await on_desk.name(" A\u202ena ")
        await on_phone.say(new_id(), "/help")
        await on_desk.until("news")
        answer = (await on_desk.until("news"))["message"]
    assert answer["private"]
    assert page.studio.heard[0].person.id == "web:Ana"


@pytest.mark.parametrize("name", ["", "   ", "\u202e\u200b", "x" * 33, "~guest", "\u0301"])
async def test_a_name_nobody_could_read_is_refused(page: Page, name: str) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        await chat.send(type="name", name=name)
        assert (await chat.until("refused"))["reason"] == "name"


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "null",
        "[]",
        '{"type":"say"}',
        '{"type":"nonsense"}',
        '{"type":"say","id":"1","text":"x"}',
        '{"type":"hello","since":-1}',
        '{"type":"hello","since":99999999999999999999999}',
        '{"type":"say","id":"00000000-0000-4000-8000-000000000000","text":"\\ud800"}',
        "[" * 60_000,
    ],
)
async def test_a_torn_frame_is_answered_and_the_connection_lives(page: Page, frame: str) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        await chat.socket.send_str(frame)
        assert (await chat.until("refused"))["reason"] == "frame"
        await chat.say(new_id(), "still here")


async def test_bytes_instead_of_text_are_answered(page: Page) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.socket.send_bytes(b"\x00\xff")
        assert (await chat.until("refused"))["reason"] == "frame"


async def test_an_oversized_frame_closes_its_own_connection_and_no_other(page: Page) -> None:
    async with browser(page) as someone, line(someone) as other:
        await other.hello()
        async with line(someone) as chat:
            await chat.hello()
            await chat.socket.send_str("x" * 70_000)
            closed = await chat.socket.receive()
            assert closed.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
            assert chat.socket.close_code == 1009
        await other.say(new_id(), "still here")


@pytest.mark.parametrize(
    "text", ["", "\x00", "/", "/sora", "/sora nothing-like-this", "😀" * 50, "\u202eabc", "<script>alert(1)</script>", "a" * 10_000]
)
async def test_every_message_is_answered(page: Page, text: str) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        await chat.say(new_id(), text)
        welcome = await chat.hello()
    assert [message.get("text") for message in welcome["messages"]] == [keepable(text), None]


async def test_a_button_is_pressed_once_and_answered_in_private(page: Page) -> None:
    id = new_id()
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        for _ in range(2):
            await chat.send(type="press", id=id, token="w1:details:7KQ2M9")
            await chat.until("done", id=id)
        welcome = await chat.hello()
    (answer,) = welcome["messages"]
    assert answer["private"]
    assert page.studio.pressed[0].event == f"web:{id}"


async def test_showing_the_same_card_twice_leaves_one_unchanged_message(page: Page) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        await chat.say(new_id(), "a cat")
        video = await stored_clip(page.media)
        place = page.studio.heard[0].place
        post = Post(key="note:1", place=place, reply="{}", ref=None)
        ana = Person(id="web:Ana", name="Ana")
        await page.platform.show(post, rendering_card(ana, "a cat", 10))
        first = await page.platform.show(post, finished_card(ana, "a cat", video))
        before = await chat.hello()
        second = await page.platform.show(post, finished_card(ana, "a cat", video))
        after = await chat.hello()
    assert first == second
    assert before["revision"] == after["revision"]
    assert len(after["messages"]) == 3


async def test_a_long_conversation_comes_in_parts(page: Page) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        for number in range(40):
            await chat.say(new_id(), f"cat {number}")
        welcome = await chat.hello()
        assert welcome["earlier"]
        first = welcome["messages"][0]["seq"]
        await chat.send(type="earlier", before=first)
        older = await chat.until("older")
    assert not older["earlier"]
    assert len(welcome["messages"]) + len(older["messages"]) == 80
    assert older["messages"][-1]["seq"] < first


async def test_the_page_hears_commands_in_its_own_language(page: Page) -> None:
    async with browser(page) as someone, line(someone) as chat:
        english = await chat.hello(locale="en-GB")
        french = await chat.hello(locale="fr-CA")
        await chat.say(new_id(), "un chat")
    assert [command["name"] for command in english["commands"]] == ["cancel", "help", "prompt", "queue", "mod"]
    assert english["commands"][0]["help"] != french["commands"][0]["help"]
    assert page.studio.heard[0].person.locale == page.studio.heard[0].place.locale == "fr"


async def test_two_hundred_people_at_once_are_all_answered(page: Page) -> None:
    async def one(number: int) -> None:
        async with browser(page) as someone, line(someone) as chat:
            await chat.hello()
            await chat.say(new_id(), f"cat {number}")

    await asyncio.gather(*(one(number) for number in range(200)))
    assert len(page.studio.heard) == 200
    assert len(page.studio.stands) == 200


async def test_how_many_questions_wait_is_told_when_it_changes_and_to_whom_it_concerns(page: Page) -> None:
    async with browser(page) as someone, line(someone) as chat:
        page.studio.questions = 1
        await chat.hello()
        assert await chat.until("asking") == {"type": "asking", "count": 1}
        page.studio.questions = 3
        await page.studio.platform.show(
            Post(key="ask:A", place=lobby_place(Locale.EN), reply="{}", ref=None), Card(tone=Tone.WAIT, head=("A question",))
        )
        assert await chat.until("asking") == {"type": "asking", "count": 3}
