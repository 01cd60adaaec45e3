import io
import json
from dataclasses import replace
from time import monotonic

import pytest
from PIL import Image

from tests.bot.platforms.telegram.conftest import Rig, bot_for, card
from tests.doubles.telegram.world import Chat, User
from walkon.bot.cards import Bar, Button, Card, Mention
from walkon.bot.platforms.telegram.client import TelegramPlatform, Timeouts
from walkon.bot.platforms.telegram.pace import SPARE_FOR_ANSWERS
from walkon.bot.port import MessageGone, NotAllowed, PlatformDown, Post, Throttled, TooLarge
from walkon.types.ids import PersonId

FAULTS_OF_AN_UPLOAD = ("429", "500", "accept_then_500", "reset_mid_upload", "timeout", "accept_then_timeout")


@pytest.fixture
def ana(rig: Rig) -> User:
    return rig.double.user("Ana")


@pytest.fixture
def chat(rig: Rig, ana: User) -> Chat:
    return rig.double.private(ana)


async def deliver(platform: TelegramPlatform, post: Post, shown: Card) -> tuple[str, list[Exception]]:
    """Show it as often as it takes; what went wrong until then."""
    faults: list[Exception] = []
    for _ in range(20):
        try:
            return await platform.show(post, shown), faults
        except (Throttled, PlatformDown) as fault:
            faults.append(fault)
    raise AssertionError(faults)


async def placed(rig: Rig, chat: Chat) -> str:
    return await rig.platform.show(rig.post(chat.id), card("3rd in line", words="a cat does a backflip"))


async def test_a_placeholder_turns_into_the_clip_byte_for_byte(rig: Rig, ana: User, chat: Chat) -> None:
    ref = await placed(rig, chat)
    ref = await rig.platform.show(rig.post(chat.id, ref=ref), card("Rendering · 40 %", words="a cat does a backflip"))
    ref = await rig.platform.show(rig.post(chat.id, ref=ref), rig.finished(ana.id))
    [message] = chat.from_bot
    assert [version.text.splitlines()[0] for version in message.versions] == ["3rd in line", "Rendering · 40 %", "For Ana, your clip"]
    assert message.video == rig.clip_bytes
    assert message.text == "For Ana, your clip\na cat does a backflip\nComputer-drawn · 6 s · 7KQ2M9"
    assert message.entity("bold") == ["For Ana, your clip"]
    assert message.entity("text_mention") == ["Ana"]
    assert message.entity("expandable_blockquote") == ["a cat does a backflip"]
    assert list(message.buttons) == ["Details"]


async def test_the_clip_has_its_measures_its_poster_as_cover_and_a_small_thumbnail(rig: Rig, ana: User, chat: Chat) -> None:
    await rig.platform.show(rig.post(chat.id, ref=await placed(rig, chat)), rig.finished(ana.id))
    [message] = chat.from_bot
    assert message.now.size == (854, 480, 6)
    assert message.now.cover == await rig.media.read(rig.clip.poster)
    assert Image.open(io.BytesIO(message.now.thumbnail or b"")).size == (320, 180)
    [media] = [json.loads(fields["media"]) for method, fields in rig.double.calls if method == "editMessageMedia"]
    assert media["supports_streaming"]


async def test_a_clip_without_a_readable_poster_is_shown_all_the_same(rig: Rig, ana: User, chat: Chat) -> None:
    rig.media.path(rig.clip.poster).write_bytes(b"no picture")
    await rig.platform.show(rig.post(chat.id, ref=await placed(rig, chat)), rig.finished(ana.id))
    assert chat.from_bot[0].video == rig.clip_bytes


@pytest.mark.parametrize("fault", FAULTS_OF_AN_UPLOAD)
@pytest.mark.parametrize("stands", [True, False], ids=["placeholder stands", "nothing stands"])
async def test_whatever_goes_wrong_on_the_way_the_clip_is_seen_exactly_once(
    rig: Rig, ana: User, chat: Chat, fault: str, stands: bool
) -> None:
    ref = await placed(rig, chat) if stands else None
    # Patient with what is answered, however late: only where no answer comes is there anything to give up.
    impatient = bot_for(rig.double, rig.media, rig.database, timeouts=Timeouts(upload_answer_s=0.5 if "timeout" in fault else 60))
    rig.double.fail_next("editMessageMedia", fault, times=2, retry_after=7)
    ref, faults = await deliver(impatient, rig.post(chat.id, ref=ref), rig.finished(ana.id))
    [message] = chat.from_bot
    assert message.video == rig.clip_bytes
    assert len(faults) >= 2
    assert all(isinstance(one, Throttled if fault == "429" else PlatformDown) for one in faults)
    assert json.loads(ref)["message_id"] == message.id
    await impatient.close()


async def test_a_placeholder_sent_but_reported_broken_may_leave_a_second_text_yet_never_a_second_clip(
    rig: Rig, ana: User, chat: Chat
) -> None:
    rig.double.fail_next("sendMessage", "accept_then_500")
    await deliver(rig.platform, rig.post(chat.id), rig.finished(ana.id))
    assert [one.video for one in chat.from_bot] == [None, rig.clip_bytes]


async def test_a_throttled_call_says_how_long_to_wait(rig: Rig, chat: Chat) -> None:
    rig.double.fail_next("sendMessage", "429", retry_after=7)
    with pytest.raises(Throttled) as told:
        await rig.platform.show(rig.post(chat.id), card())
    assert told.value.retry_after_s == 7


async def test_a_throttled_chat_does_not_hold_up_another(rig: Rig, ana: User, chat: Chat) -> None:
    tom = rig.double.user("Tom")
    rig.double.fail_next("sendMessage", "429", retry_after=3600)
    with pytest.raises(Throttled):
        await rig.platform.show(rig.post(chat.id), card())
    await rig.platform.show(rig.post(rig.double.private(tom).id, key="clip:BBBBBB"), card())
    assert rig.double.private(tom).from_bot


async def test_showing_the_same_again_leaves_one_message_and_no_error(rig: Rig, ana: User, chat: Chat) -> None:
    ref = await placed(rig, chat)
    assert await rig.platform.show(rig.post(chat.id, ref=ref), card("3rd in line", words="a cat does a backflip")) == ref
    finished = await rig.platform.show(rig.post(chat.id, ref=ref), rig.finished(ana.id))
    assert await rig.platform.show(rig.post(chat.id, ref=finished), rig.finished(ana.id)) == finished
    assert await rig.platform.show(rig.post(chat.id, ref=ref), rig.finished(ana.id)) == finished
    assert len(chat.from_bot) == 1
    assert rig.double.count("editMessageMedia") == 2
    assert len(rig.double.world.files) == 1


async def test_a_clip_that_telegram_has_is_not_uploaded_again(rig: Rig, ana: User, chat: Chat) -> None:
    await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    await rig.platform.show(rig.post(chat.id, key="show:1"), rig.finished(ana.id))
    assert [one.video for one in chat.from_bot] == [rig.clip_bytes, rig.clip_bytes]
    assert len(rig.double.world.files) == 1


async def test_a_file_that_telegram_forgot_is_uploaded_again(rig: Rig, ana: User, chat: Chat) -> None:
    await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    rig.double.world.files.clear()
    await rig.platform.show(rig.post(chat.id, key="show:1"), rig.finished(ana.id))
    assert [one.video for one in chat.from_bot] == [rig.clip_bytes, rig.clip_bytes]


async def test_under_a_clip_only_the_caption_changes(rig: Rig, ana: User, chat: Chat) -> None:
    ref = await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    await rig.platform.show(rig.post(chat.id, ref=ref), rig.finished(ana.id, words="other words"))
    assert chat.from_bot[0].entity("expandable_blockquote") == ["other words"]
    assert chat.from_bot[0].video == rig.clip_bytes


async def test_a_deleted_message_is_gone_and_the_next_attempt_posts_anew(rig: Rig, ana: User, chat: Chat) -> None:
    ref = await placed(rig, chat)
    chat.from_bot[0].deleted = True
    with pytest.raises(MessageGone):
        await rig.platform.show(rig.post(chat.id, ref=ref), rig.finished(ana.id))
    await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    assert [one.video for one in chat.from_bot] == [rig.clip_bytes]


async def test_a_half_placed_message_that_was_deleted_meanwhile_is_not_clung_to(rig: Rig, ana: User, chat: Chat) -> None:
    rig.double.fail_next("editMessageMedia", "500")
    with pytest.raises(PlatformDown):
        await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    chat.from_bot[0].deleted = True
    with pytest.raises(MessageGone):
        await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    assert [one.video for one in chat.from_bot] == [rig.clip_bytes]


@pytest.mark.parametrize("why", ["bot was blocked by the user", "bot was kicked from the supergroup chat"])
async def test_where_walkon_is_not_wanted_it_may_not_post(rig: Rig, chat: Chat, why: str) -> None:
    chat.closed = why
    with pytest.raises(NotAllowed) as told:
        await rig.platform.show(rig.post(chat.id), card())
    assert why in told.value.reason


async def test_an_unknown_chat_and_a_closed_topic_are_not_allowed(rig: Rig) -> None:
    club = rig.double.group(topics=[7])
    with pytest.raises(NotAllowed):
        await rig.platform.show(rig.post(-5), card())
    with pytest.raises(NotAllowed):
        await rig.platform.show(rig.post(club.id, thread="8"), card())


async def test_a_post_stands_in_the_topic_it_was_asked_in(rig: Rig) -> None:
    club = rig.double.group(topics=[7])
    await rig.platform.show(rig.post(club.id, thread="7"), card())
    assert club.from_bot[0].thread == 7


async def test_a_group_that_became_a_supergroup_is_followed(rig: Rig, ana: User) -> None:
    club = rig.double.group()
    ref = await placed(rig, club)
    moved = rig.double.migrate(club)
    with pytest.raises(MessageGone):
        await rig.platform.show(rig.post(club.id, ref=ref), rig.finished(ana.id))
    ref = await rig.platform.show(rig.post(club.id), rig.finished(ana.id))
    assert json.loads(ref)["chat_id"] == moved.id
    assert [one.video for one in moved.from_bot] == [rig.clip_bytes]


async def test_the_first_message_after_a_move_finds_the_new_group(rig: Rig) -> None:
    club = rig.double.group()
    moved = rig.double.migrate(club)
    await rig.platform.show(rig.post(club.id), card("Got it"))
    await rig.platform.show(rig.post(club.id, key="clip:BBBBBB"), card("Got it too"))
    assert [one.text for one in moved.from_bot] == ["Got it", "Got it too"]
    assert rig.double.count("sendMessage") == 3


async def test_a_clip_too_large_for_telegram_is_said_to_be_so_and_the_text_stays(rig: Rig, ana: User, chat: Chat) -> None:
    rig.double.world.upload_limit = 1000
    with pytest.raises(TooLarge):
        await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    await rig.platform.show(rig.post(chat.id), rig.finished(ana.id).without_video(("It is too large.",)))
    [message] = chat.from_bot
    assert "It is too large." in message.text


async def test_a_clip_over_fifty_megabytes_is_not_even_sent(rig: Rig, ana: User, chat: Chat) -> None:
    path = rig.media.path(rig.clip.video)
    with path.open("r+b") as file:
        file.truncate(50_000_001)
    with pytest.raises(TooLarge):
        await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    assert rig.double.count("editMessageMedia") == 0


async def test_a_clip_whose_file_is_lost_is_reported_and_not_retried_for_ever(rig: Rig, ana: User, chat: Chat) -> None:
    rig.media.path(rig.clip.video).unlink()
    with pytest.raises(NotAllowed):
        await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))


async def test_only_the_note_after_a_long_wait_notifies(rig: Rig, ana: User) -> None:
    club = rig.double.group()
    ref = await placed(rig, club)
    ref = await rig.platform.show(rig.post(club.id, ref=ref), rig.finished(ana.id))
    assert rig.double.world.pings == []
    mention = Mention(PersonId(f"telegram:{ana.id}"), "Ana")
    note = card((mention, ", your clip is ready ↑"), pings=frozenset({mention.person}))
    await rig.platform.show(rig.post(club.id, key="note:7KQ2M9", follows=ref), note)
    assert rig.double.world.pings == [str(ana.id)]
    assert club.from_bot[-1].replies_to == json.loads(ref)["message_id"]


async def test_a_new_message_names_people_without_notifying_them(rig: Rig) -> None:
    club = rig.double.group()
    tom = Mention(PersonId("telegram:777"), "Tom")
    await rig.platform.show(rig.post(club.id), card(("Stopped by ", tom)))
    assert club.from_bot[0].text == "Stopped by Tom"
    assert rig.double.world.pings == []


async def test_progress_leaves_room_for_clips_in_a_busy_group(rig: Rig, ana: User) -> None:
    club = rig.double.group()
    ref = await placed(rig, club)
    edits, began_s = 0, monotonic()
    with pytest.raises(Throttled):
        while True:
            bar = Bar(fraction=0.1, text="x", name="x")
            await rig.platform.show(rig.post(club.id, ref=ref), card(f"Rendering · {edits} %", bar=bar))
            edits += 1
    # One more for every three seconds that it took.
    assert 0 <= edits - (20 - 1 - SPARE_FOR_ANSWERS) <= (monotonic() - began_s) / 3 + 1
    await rig.platform.show(rig.post(club.id, ref=ref), rig.finished(ana.id))
    assert club.from_bot[0].video == rig.clip_bytes


async def test_likes_under_a_clip_leave_room_for_answers_in_a_busy_group(rig: Rig, ana: User) -> None:
    club = rig.double.group()
    finished = rig.finished(ana.id)
    ref = await rig.platform.show(rig.post(club.id), finished)
    with pytest.raises(Throttled):
        for likes in range(1, 30):
            liked = replace(finished, buttons=(Button(label=str(likes), token="w1:like:7KQ2M9", emoji="❤️"),))
            await rig.platform.show(rig.post(club.id, ref=ref), liked)
    for number in range(SPARE_FOR_ANSWERS):
        await rig.platform.show(rig.post(club.id, key=f"clip:{number}"), card())
    assert len(club.from_bot) == 1 + SPARE_FOR_ANSWERS


async def test_one_busy_group_takes_nothing_from_another(rig: Rig) -> None:
    busy, quiet = rig.double.group(), rig.double.group()
    with pytest.raises(Throttled) as told:
        for number in range(30):
            await rig.platform.show(rig.post(busy.id, key=f"clip:{number}"), card())
    assert told.value.retry_after_s == 3
    await rig.platform.show(rig.post(quiet.id), card())
    assert quiet.from_bot


async def test_a_clip_that_may_be_shown_no_more_is_edited_away_however_old_it_is(rig: Rig, ana: User, chat: Chat) -> None:
    refs = [await rig.platform.show(rig.post(chat.id, key=key), rig.finished(ana.id)) for key in ("clip:AAAAAA", "clip:BBBBBB")]
    gone = card("This clip was taken down", body=(("Removed by a moderator.",),))
    blank = [await rig.platform.show(rig.post(chat.id, ref=ref), gone) for ref in refs]
    for message in chat.from_bot:
        assert message.video is None and message.text == "This clip was taken down\nRemoved by a moderator."
        assert message.now.photo and Image.open(io.BytesIO(message.now.photo.content)).size == (320, 180)
        assert not message.buttons and not message.now.cover
    methods = [method for method, _ in rig.double.calls]
    assert "deleteMessage" not in methods
    assert await rig.platform.show(rig.post(chat.id, ref=blank[0]), gone) == blank[0]
    assert len(chat.from_bot) == 2


async def test_the_plain_picture_is_uploaded_once_and_anew_where_telegram_lost_it(rig: Rig, ana: User, chat: Chat) -> None:
    gone = card("This clip was taken down")
    for key in ("clip:AAAAAA", "clip:BBBBBB"):
        await rig.platform.show(rig.post(chat.id, ref=await rig.platform.show(rig.post(chat.id, key=key), rig.finished(ana.id))), gone)
    pictures = [file for file in rig.double.world.files.values() if file.name == "blank.png"]
    assert len(pictures) == 1
    del rig.double.world.files[pictures[0].file_id]
    ref = await rig.platform.show(rig.post(chat.id, key="clip:CCCCCC"), rig.finished(ana.id))
    await rig.platform.show(rig.post(chat.id, ref=ref), gone)
    assert chat.from_bot[-1].now.photo


async def test_a_picture_that_stands_for_a_clip_can_change_its_words_and_become_a_clip_again(rig: Rig, ana: User, chat: Chat) -> None:
    ref = await rig.platform.show(rig.post(chat.id), rig.finished(ana.id))
    ref = await rig.platform.show(rig.post(chat.id, ref=ref), card("This clip was taken down"))
    ref = await rig.platform.show(rig.post(chat.id, ref=ref), card("This clip's time here is over"))
    assert chat.from_bot[0].text == "This clip's time here is over"
    await rig.platform.show(rig.post(chat.id, ref=ref), rig.finished(ana.id))
    assert chat.from_bot[0].video == rig.clip_bytes and len(chat.from_bot) == 1
