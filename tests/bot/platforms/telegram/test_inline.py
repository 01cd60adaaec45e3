"""Inline mode in front of the local Telegram: what is listed, what was chosen, and the message it becomes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.bot.platforms.telegram.conftest import Rig, bot_for, card
from tests.doubles.telegram.world import Chat, Message, User
from walkon.bot.cards import Button, Card
from walkon.bot.command import Invocation, Reply
from walkon.bot.port import MessageGone, PlatformDown, Post, Ready, Shelf
from walkon.bot.tokens import Seal
from walkon.library.clips import Clip
from walkon.store.keys import Keys
from walkon.types.ids import ClipId, EventId, PersonId, PlaceId
from walkon.types.people import Person, Place

WORDS = "a fox detective walks under a street lamp"


def clip_of(id: str = "7KQ2M9", prompt: str = WORDS) -> Clip:
    return Clip(
        id=ClipId(id),
        event=EventId("telegram:1:1"),
        asker=Person(id=PersonId("telegram:501"), name="Ana"),
        place=Place(id=PlaceId("telegram:501"), channel="501", private=True),
        prompt=prompt,
        scene=b"",
        lane="animatic",
        max_bytes=1,
        asked_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


def promised(asked: Invocation) -> Reply:
    cancel = Button(label="Cancel", token="w1:cancel:7KQ2M9")
    return Reply(card=replace(card("Next", words=str(asked.options.get("prompt", ""))), buttons=(cancel,)), post="clip:7KQ2M9", revision=1)


def showing(rig: Rig) -> Card:
    remix, vary = Button(label="Remix", token="w1:remix:7KQ2M9"), Button(label="Another take", token="w1:vary:7KQ2M9")
    share = Button(label="Share", token="w1:details:7KQ2M9", carries="#7KQ2M9")
    done = rig.finished(501)
    return replace(done, buttons=(remix, vary, *done.buttons, share))


async def stored(rig: Rig) -> None:
    """The film is in the storage chat, as delivery puts it there."""
    await rig.platform.show(rig.post(rig.storage.id, key="stored:7KQ2M9"), rig.finished(501))


async def chosen(rig: Rig, user: User, *, feedback: bool = True) -> Message:
    rig.desk.shelf = lambda asked: Shelf(words=str(asked.options["words"]))
    rig.desk.reply = promised
    listed = await rig.double.query(user, WORDS)
    return await rig.double.choose(user, listed, "render", feedback=feedback)


def post_of(rig: Rig, ref: str | None = None) -> Post:
    asked = rig.desk.asked[0]
    return Post(key="clip:7KQ2M9", place=asked.place, reply=asked.reply, ref=ref)


async def test_words_are_offered_as_a_clip_and_as_remixes(rig: Rig) -> None:
    rig.desk.shelf = lambda asked: Shelf(words=str(asked.options["words"]), bases=(clip_of(), clip_of("2ABCDE", "rain")))
    ana = rig.double.user("Ana")
    listed = await rig.double.query(ana, WORDS)
    assert [one["id"] for one in listed["results"]] == ["render", "remix:7KQ2M9", "remix:2ABCDE"]
    assert listed["results"][2]["title"] == "Remix “rain” with these words"
    assert listed["button"] is None
    assert rig.desk.browsed[0].options == {"words": WORDS, "start": "0"}
    assert rig.desk.browsed[0].place.elsewhere


async def test_nothing_written_lists_ones_own_clips_that_telegram_has_page_by_page(rig: Rig) -> None:
    await stored(rig)
    there, not_there = Ready(clip=clip_of(), card=showing(rig)), replace_video(rig)
    rig.desk.shelf = lambda asked: Shelf(ready=(there, not_there), next=40)
    listed = await rig.double.query(rig.double.user("Ana"), "", offset="20")
    assert [one["id"] for one in listed["results"]] == ["clip:7KQ2M9"]
    assert listed["results"][0]["title"] == cut_title()
    assert listed["results"][0]["description"] == f"by {there.clip.asker.name} · 6 s · 7KQ2M9"
    assert listed["next_offset"] == "40"
    assert rig.desk.browsed[0].options["start"] == "20"
    assert listed["button"] == {"text": "Make a clip from scratch", "start_parameter": "scratch"}


def replace_video(rig: Rig) -> Ready:
    done = rig.finished(501)
    return Ready(clip=clip_of("2ABCDE"), card=replace(done, video=replace(rig.clip, video="never-sent.mp4")))


def cut_title() -> str:
    return "a fox detective walks under a street la…"


async def test_whoever_may_not_ask_now_gets_no_result_and_a_way_to_read_why(rig: Rig) -> None:
    rig.desk.shelf = lambda asked: Shelf(refused=card("You are muted."))
    listed = await rig.double.query(rig.double.user("Ana"), WORDS)
    assert listed["results"] == []
    assert listed["button"] == {"text": "Not now. Why?", "start_parameter": "why"}
    rig.desk.shelf = lambda asked: Shelf(refused=card("No clip left."), until="18:40 UTC")
    listed = await rig.double.query(rig.double.user("Ana"), WORDS)
    assert listed["button"]["text"] == "Not now: back at 18:40 UTC. Why?"


async def test_how_many_clips_are_left_stands_with_the_offer(rig: Rig) -> None:
    rig.desk.shelf = lambda asked: Shelf(words=str(asked.options["words"]), left=3)
    listed = await rig.double.query(rig.double.user("Ana"), WORDS)
    assert listed["results"][0]["description"].endswith(" · 3 left for 24 h")


async def test_a_chosen_clip_answers_in_its_message_and_becomes_the_clip_there(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    message = await chosen(rig, ana)
    await rig.double.until(lambda: "clip:7KQ2M9" in rig.desk.placed)
    assert message.text.startswith("Next")
    assert message.buttons == {"Cancel": "w1:cancel:7KQ2M9"}
    asked = rig.desk.asked[0]
    assert (asked.command, asked.options, asked.place.elsewhere) == ("prompt", {"prompt": WORDS}, True)
    assert asked.person.id == f"telegram:{ana.id}"
    await stored(rig)
    ref = await rig.platform.show(post_of(rig, rig.desk.placed["clip:7KQ2M9"]), showing(rig))
    assert message.video == rig.clip_bytes
    assert rig.double.count("editMessageMedia") == 2, "one upload, to the storage chat; the message names it"
    await rig.platform.show(post_of(rig, ref), replace(showing(rig), small="changed"))
    assert message.text.endswith("changed")


async def test_the_message_waits_until_telegram_has_the_film(rig: Rig) -> None:
    await chosen(rig, rig.double.user("Ana"))
    await rig.double.until(lambda: "clip:7KQ2M9" in rig.desk.placed)
    with pytest.raises(PlatformDown):
        await rig.platform.show(post_of(rig, rig.desk.placed["clip:7KQ2M9"]), showing(rig))


async def test_what_telegram_has_is_known_after_a_restart(rig: Rig) -> None:
    await stored(rig)
    await chosen(rig, rig.double.user("Ana"))
    await rig.double.until(lambda: "clip:7KQ2M9" in rig.desk.placed)
    await rig.stop()
    uploads = rig.double.count("editMessageMedia")
    await rig.platform.show(post_of(rig, rig.desk.placed["clip:7KQ2M9"]), showing(rig))
    assert rig.double.count("editMessageMedia") == uploads + 1


async def test_a_remix_asks_for_the_words_without_the_clips_number(rig: Rig) -> None:
    rig.desk.shelf = lambda asked: Shelf(bases=(clip_of(),))
    ana = rig.double.user("Ana")
    listed = await rig.double.query(ana, "#7KQ2M9 now at night")
    await rig.double.choose(ana, listed, "remix:7KQ2M9")
    await rig.double.until(lambda: rig.desk.asked)
    assert rig.desk.typed == [("remix", {"clip": "7KQ2M9", "words": "now at night"})]


async def test_without_feedback_the_messages_button_begins_and_only_for_whoever_chose_it(rig: Rig) -> None:
    ana, tom = rig.double.user("Ana"), rig.double.user("Tom")
    message = await chosen(rig, ana, feedback=False)
    assert message.buttons.keys() == {"Start"}
    said = await rig.double.press(message, "Start", tom)
    assert said["alert"]
    assert rig.desk.asked == []
    await rig.double.press(message, "Start", ana)
    await rig.double.until(lambda: "clip:7KQ2M9" in rig.desk.placed)
    assert message.text.startswith("Next")


async def test_a_choice_and_the_press_of_its_button_are_one_event(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    message = await chosen(rig, ana)
    start = message.versions[0]
    data = start.markup["inline_keyboard"][0][0]["callback_data"] if start.markup else ""
    await rig.double.press(message, data, ana)
    assert len({asked.event for asked in rig.desk.asked}) == 1


async def test_a_button_that_is_not_remembered_says_so(rig: Rig) -> None:
    message = await chosen(rig, rig.double.user("Ana"), feedback=False)
    said = await rig.double.press(message, "begin:forged", rig.double.user("Ana"))
    assert said["text"].startswith("That choice is too old")
    assert rig.desk.asked == []


async def test_a_refusal_shows_the_chat_nothing_of_its_reason(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    rig.double.private(ana)
    rig.desk.shelf = lambda asked: Shelf(words=WORDS)
    rig.desk.reply = lambda asked: Reply(card=card("You are muted until 18:40."), private=True)
    message = await rig.double.choose(ana, await rig.double.query(ana, WORDS), "render")
    await rig.double.until(lambda: rig.double.private(ana).from_bot)
    assert message.text == "Not this time."
    assert rig.double.private(ana).from_bot[0].text.startswith("You are muted")


async def test_a_carried_clip_is_told_so_that_it_can_be_kept_up_to_date_and_taken_down(rig: Rig) -> None:
    await stored(rig)
    rig.desk.shelf = lambda asked: Shelf(ready=(Ready(clip=clip_of(), card=showing(rig)),))
    ana = rig.double.user("Ana")
    message = await rig.double.choose(ana, await rig.double.query(ana, ""), "clip:7KQ2M9")
    await rig.double.until(lambda: rig.desk.carriages)
    asked, clip, ref = rig.desk.carriages[0]
    assert (clip, message.video) == ("7KQ2M9", rig.clip_bytes)
    post = Post(key="carried:1", place=asked.place, reply=asked.reply, ref=ref)
    await rig.platform.show(post, card("This clip was taken down."))
    assert message.video is None
    assert message.now.photo
    assert message.text == "This clip was taken down."


async def test_elsewhere_a_remix_is_asked_for_inline_and_a_new_take_is_not_offered(rig: Rig) -> None:
    await stored(rig)
    rig.desk.shelf = lambda asked: Shelf(ready=(Ready(clip=clip_of(), card=showing(rig)),))
    ana = rig.double.user("Ana")
    message = await rig.double.choose(ana, await rig.double.query(ana, ""), "clip:7KQ2M9")
    assert message.pickers == {"Remix": "#7KQ2M9 "}
    assert message.buttons.keys() == {"Details"}
    await rig.double.press(message, "Details", rig.double.user("Tom"))
    assert rig.desk.presses[0].place.elsewhere


async def test_a_clip_in_a_chat_has_a_button_that_carries_it_into_another(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.platform.show(rig.post(chat.id), showing(rig))
    assert chat.from_bot[0].pickers == {"Share": "#7KQ2M9"}


async def listing(rig: Rig, seal: Seal) -> tuple[Chat, str]:
    """A group with a clip in it, and the query behind the button that lists the clips of the group."""
    await rig.stop()
    rig.platform = bot_for(rig.double, rig.media, rig.database, storage_chat=rig.storage.id, seal=seal)
    rig.start()
    await stored(rig)
    club, here = rig.double.group(), Button(label="This chat's clips", token="", lists=True)
    await rig.platform.show(rig.post(club.id), replace(showing(rig), buttons=(here,)))
    rig.desk.shelf = lambda asked: Shelf(ready=(Ready(clip=clip_of(), card=showing(rig)),))
    return club, club.from_bot[0].pickers["This chat's clips"]


async def test_a_button_in_a_group_lists_the_clips_of_the_group_to_who_is_in_it(rig: Rig) -> None:
    club, query = await listing(rig, Seal(Keys.new().mac))
    assert len(query) <= 64
    tom = rig.double.user("Tom")
    listed = await rig.double.query(tom, query, offset="20")
    assert [one["id"] for one in listed["results"]] == ["clip:7KQ2M9"]
    assert rig.desk.browsed[0].options == {"words": "", "place": f"telegram:{club.id}", "start": "20"}
    await rig.double.query(tom, query)
    assert rig.double.count("getChatMember") == 1
    await rig.double.choose(tom, listed, "clip:7KQ2M9")
    await rig.double.until(lambda: rig.desk.carriages)
    assert rig.desk.carriages[0][0].options == {"place": f"telegram:{club.id}"}


@pytest.mark.parametrize("large", [False, True])
async def test_who_has_left_or_whom_telegram_does_not_vouch_for_is_listed_nothing(rig: Rig, large: bool) -> None:
    club, query = await listing(rig, Seal(Keys.new().mac))
    tom, eve = rig.double.user("Tom"), rig.double.user("Eve")
    assert (await rig.double.query(tom, query))["results"]
    if large:
        rig.double.slip_away(club, tom, told=True)
    else:
        await rig.double.leave(club, tom)
    await rig.double.until(lambda: rig.desk.gone)
    rig.desk.browsed.clear()
    assert (await rig.double.query(tom, query))["results"] == []
    rig.double.fail_next("getChatMember", "500")
    assert (await rig.double.query(eve, query))["results"] == []
    assert rig.desk.browsed == []


async def test_a_forged_or_foreign_query_for_a_chats_clips_lists_nothing(rig: Rig) -> None:
    seal = Seal(Keys.new().mac)
    club, query = await listing(rig, seal)
    forged = [query[:-1] + ("A" if query[-1] != "A" else "B"), query.partition("~")[0], query.replace(str(club.id), str(club.id - 1))]
    foreign = Seal(Keys.new().mac).put_on(f"w1:here:telegram:{club.id}")
    elsewhere = [seal.put_on(f"w1:here:{place}") for place in ("discord:1", "telegram:501", "web:local", "telegram:-x")]
    for text in (*forged, foreign, *elsewhere, "w1:here:"):
        assert (await rig.double.query(rig.double.user("Tom"), text))["results"] == [], text
    assert rig.desk.browsed == []


async def test_alone_and_where_a_clip_was_carried_there_is_no_button_for_a_chats_clips(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    here = Button(label="This chat's clips", token="", lists=True)
    with_it = replace(showing(rig), buttons=(*showing(rig).buttons, here))
    await rig.platform.show(rig.post(rig.double.private(ana).id), with_it)
    assert rig.double.private(ana).from_bot[0].pickers == {"Share": "#7KQ2M9"}
    rig.desk.shelf = lambda asked: Shelf(ready=(Ready(clip=clip_of(), card=with_it),))
    message = await rig.double.choose(ana, await rig.double.query(ana, ""), "clip:7KQ2M9")
    assert message.pickers == {"Remix": "#7KQ2M9 "}


async def test_where_inline_mode_is_off_nothing_of_it_is_offered(rig: Rig) -> None:
    await rig.stop()
    rig.double.world.inline_mode = False
    rig.start()
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    await rig.platform.show(rig.post(chat.id), showing(rig))
    assert chat.from_bot[0].pickers == {}
    listed = await rig.double.query(ana, WORDS)
    assert listed["results"] == []
    assert rig.desk.browsed == []


async def test_a_carried_message_that_was_deleted_is_gone(rig: Rig) -> None:
    message = await chosen(rig, rig.double.user("Ana"))
    await rig.double.until(lambda: "clip:7KQ2M9" in rig.desk.placed)
    message.deleted = True
    with pytest.raises(MessageGone):
        await rig.platform.show(post_of(rig, rig.desk.placed["clip:7KQ2M9"]), card("painting"))


async def test_many_typed_letters_are_all_answered(rig: Rig) -> None:
    rig.desk.shelf = lambda asked: Shelf(words=str(asked.options["words"]))
    ana = rig.double.user("Ana")
    answers = await asyncio.gather(*(rig.double.query(ana, WORDS[:length]) for length in range(1, 30)))
    assert all(one["results"] for one in answers)
