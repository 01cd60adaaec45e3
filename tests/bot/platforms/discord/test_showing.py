"""Cards reach the chat: edited where the answer stands, posted once where nothing stands, seen exactly once."""

import json
from dataclasses import replace

import pytest

from tests.bot.platforms.discord.conftest import CLIP, Town, placeholder
from tests.doubles.discord.faults import How
from tests.doubles.discord.pace import Pace
from tests.doubles.discord.rules import GALLERY, walk
from tests.doubles.discord.world import Channel
from walkon.bot.cards import Card, Mention, Tone
from walkon.bot.platforms.discord.buckets import PromptRatelimit
from walkon.bot.platforms.discord.turns import CHANGES, WINDOW_S
from walkon.bot.port import MessageGone, NotAllowed, PlatformDown, Post, Throttled, TooLarge
from walkon.types.ids import PersonId


async def answered(town: Town, prompt: str = "a cat") -> Post:
    """Somebody asked, the placeholder stands, and its place is known."""
    await town.discord.slash("prompt", {"prompt": prompt})
    return town.post(ref=await town.desk.ref())


async def delivered(town: Town, post: Post, card: Card) -> str:
    """As the outbox does: again until it stands."""
    while True:
        try:
            return await town.platform.show(post, card)
        except (PlatformDown, Throttled):
            continue


async def test_the_clip_is_edited_into_the_answer(town: Town) -> None:
    post = await answered(town)
    ref = json.loads(await town.platform.show(post, town.finished()))
    [message] = town.discord.messages()
    assert ref["message_id"] == message.id
    assert [file.data for file in message.files] == [CLIP]
    assert message.files[0].description == town.clip.alt
    [gallery] = [part for part in walk(message.now.components) if part["type"] == GALLERY]
    assert gallery["items"] == [{"media": {"url": "attachment://clip.mp4"}, "description": town.clip.alt, "spoiler": False}]
    assert message.text == f"### For <@{town.discord.ana.id}>, your clip\n> a cat\n-# Computer-drawn · 5 s"


async def test_every_request_says_who_may_be_notified(town: Town) -> None:
    post = await answered(town)
    await town.platform.show(post, placeholder())
    await town.platform.show(post, town.finished())
    calls = ("create_interaction_response", "update_webhook_message")
    bodies = [heard.body.get("data", heard.body) for call in calls for heard in town.discord.heard(call)]
    told = [body["allowed_mentions"] for body in bodies]
    assert told == [{"parse": []}, {"parse": []}, {"parse": [], "users": [int(town.discord.ana.id)]}]


async def test_a_clip_that_hangs_already_is_not_sent_again(town: Town) -> None:
    post = await answered(town)
    ref = await town.platform.show(post, town.finished())
    again = await town.platform.show(replace(post, ref=ref), town.finished(words="a cat, liked"))
    [message] = town.discord.messages()
    assert [file.data for file in message.files] == [CLIP] and "liked" in message.text
    assert json.loads(again)["attachment"] == json.loads(ref)["attachment"] == message.files[0].id


async def test_a_card_without_its_clip_takes_the_clip_down(town: Town) -> None:
    post = await answered(town)
    ref = await town.platform.show(post, town.finished())
    await town.platform.show(replace(post, ref=ref), placeholder())
    assert town.discord.clips() == []


@pytest.mark.parametrize("how", [How.THROTTLE, How.REFUSE, How.ACCEPT_THEN_500, How.RESET_MID_UPLOAD, How.TIMEOUT])
async def test_whatever_happens_to_an_edit_the_clip_is_seen_once(town: Town, how: How) -> None:
    post = await answered(town)
    town.discord.fail_next("update_webhook_message", how)
    town.platform.patience_s = 0.5 if how is How.TIMEOUT else 10
    await delivered(town, post, town.finished())
    assert town.discord.clips() == [CLIP] and len(town.discord.messages()) == 1


@pytest.mark.parametrize("how", [How.THROTTLE, How.REFUSE, How.ACCEPT_THEN_500, How.RESET_MID_UPLOAD, How.TIMEOUT])
async def test_whatever_happens_to_a_new_message_the_clip_is_seen_once(town: Town, how: How) -> None:
    await answered(town)
    old = town.post(ref=None)
    old = replace(old, reply=json.dumps({**json.loads(old.reply), "at": 0}), key="show:1")
    town.discord.fail_next("create_message", how)
    town.platform.patience_s = 0.5 if how is How.TIMEOUT else 10
    await delivered(town, old, town.finished())
    assert town.discord.clips() == [CLIP]


async def test_a_long_wait_is_the_outboxs_to_keep(town: Town) -> None:
    post = await answered(town)
    town.discord.fail_next("update_webhook_message", How.THROTTLE, retry_after_s=600)
    with pytest.raises(Throttled) as told:
        await town.platform.show(post, town.finished())
    assert told.value.retry_after_s == 600


async def test_a_server_that_stays_broken_is_down(town: Town) -> None:
    post = await answered(town)
    town.discord.fail_next("update_webhook_message", How.REFUSE, times=5)
    town.platform.patience_s = 0.2
    with pytest.raises(PlatformDown):
        await town.platform.show(replace(post), placeholder())


async def test_an_old_answer_is_edited_by_the_bot_itself(town: Town) -> None:
    post = await answered(town)
    town.discord.world.clock.later(16 * 60)
    old = replace(post, ref=json.dumps({**json.loads(post.ref or ""), "at": 0}))
    await town.platform.show(old, town.finished())
    assert town.discord.clips() == [CLIP] and len(town.discord.messages()) == 1
    assert town.discord.heard("update_webhook_message") == []


async def test_more_changes_than_a_channel_takes_are_told_their_turn_before_anything_is_sent(town: Town) -> None:
    post = await answered(town)
    old = replace(post, ref=json.dumps({**json.loads(post.ref or ""), "at": 0}))
    for number in range(CHANGES):
        await town.platform.show(replace(old, key=f"copy {number}"), town.finished())
    sent = len(town.discord.heard("update_message"))
    with pytest.raises(Throttled) as told:
        await town.platform.show(replace(old, key="one more"), town.finished())
    assert 0 < told.value.retry_after_s <= WINDOW_S and len(town.discord.heard("update_message")) == sent == CHANGES


async def test_a_film_that_is_too_large_is_put_into_words_in_the_same_turn(town: Town) -> None:
    post = await answered(town)
    old = replace(post, ref=json.dumps({**json.loads(post.ref or ""), "at": 0}))
    town.discord.world.upload_limit = 1
    for number in range(CHANGES - 1):
        await town.platform.show(replace(old, key=f"copy {number}"), placeholder())
    with pytest.raises(TooLarge):
        await town.platform.show(old, town.finished())
    assert await town.platform.show(old, town.finished().without_video("too large"))


async def test_the_last_change_that_a_window_takes_is_known_to_stand_before_the_window_ends(town: Town) -> None:
    town.discord.rest.pace = Pace(lambda: 0.0)
    post = await answered(town)
    old = replace(post, ref=json.dumps({**json.loads(post.ref or ""), "at": 0}))
    for number in range(CHANGES):
        await town.platform.show(replace(old, key=f"copy {number}"), placeholder())
    assert PromptRatelimit.closing


async def test_a_token_that_discord_finds_too_old_is_no_obstacle(town: Town) -> None:
    post = await answered(town)
    town.discord.world.clock.later(16 * 60)
    await town.platform.show(post, town.finished())
    assert town.discord.clips() == [CLIP] and len(town.discord.messages()) == 1


async def test_an_answer_whose_place_was_never_written_down_is_found_again(town: Town) -> None:
    await answered(town)
    ref = await town.platform.show(town.post(ref=None), town.finished())
    [message] = town.discord.messages()
    assert json.loads(ref)["message_id"] == message.id and town.discord.clips() == [CLIP]


async def test_a_message_posted_before_a_crash_becomes_the_clip_after_it(town: Town) -> None:
    await answered(town)
    lost = town.post(ref=None, key="show:1")
    lost = replace(lost, reply=json.dumps({**json.loads(lost.reply), "at": 0}))
    await town.platform.show(lost, placeholder())
    await town.platform.show(lost, town.finished())
    assert len(town.discord.messages()) == 2
    assert town.discord.clips() == [CLIP]


async def test_a_deleted_message_is_gone_and_the_clip_can_be_posted_anew(town: Town) -> None:
    post = await answered(town)
    town.discord.messages()[0].deleted = True
    with pytest.raises(MessageGone):
        await town.platform.show(post, town.finished())
    ref = await town.platform.show(replace(post, ref=None), town.finished())
    [message] = town.discord.messages()
    assert json.loads(ref)["message_id"] == message.id and message.files[0].data == CLIP


async def test_what_was_posted_and_deleted_is_posted_once_more_and_then_left(town: Town) -> None:
    post = replace(await answered(town), ref=None)
    town.discord.messages()[0].deleted = True
    for _ in range(2):
        await town.platform.show(post, placeholder())
        town.discord.messages()[0].deleted = True
    with pytest.raises(NotAllowed):
        await town.platform.show(post, placeholder())


async def test_a_channel_that_is_closed_to_the_bot_is_said_so(town: Town) -> None:
    post = await answered(town)
    town.discord.world.clock.later(16 * 60)
    town.discord.channel.closed = True
    with pytest.raises(NotAllowed):
        await town.platform.show(post, town.finished())


async def test_a_channel_that_is_no_more_takes_no_message_and_an_edit_there_is_of_nothing(town: Town) -> None:
    await answered(town)
    post = replace(town.post(), reply=json.dumps({**json.loads(town.post().reply), "at": 0, "channel_id": "12"}))
    with pytest.raises(NotAllowed):
        await town.platform.show(post, town.finished())
    standing = json.dumps({**json.loads(post.reply), "message_id": "13"})
    with pytest.raises(MessageGone):
        await town.platform.show(replace(post, ref=standing), town.finished())


async def in_a_thread(town: Town) -> tuple[Channel, str]:
    """A thread, such as a forum's post, and where the answer stands in it that the bot itself edits by now."""
    thread = town.discord.world.channel(town.discord.guild, kind=11)
    await town.discord.slash("prompt", {"prompt": "a cat"}, channel=thread)
    ref = await town.desk.ref()
    return thread, json.dumps({**json.loads(ref), "at": 0})


async def test_a_thread_that_fell_asleep_while_the_clip_was_made_is_woken_for_it(town: Town) -> None:
    thread, ref = await in_a_thread(town)
    thread.archived = True
    await town.platform.show(town.post(ref=ref), town.finished())
    assert town.discord.clips(thread) == [CLIP] and not thread.archived
    assert len(town.discord.messages(thread)) == 1


async def test_a_thread_that_was_locked_meanwhile_is_said_to_be_closed(town: Town) -> None:
    thread, ref = await in_a_thread(town)
    thread.archived = thread.locked = True
    with pytest.raises(NotAllowed):
        await town.platform.show(town.post(ref=ref), town.finished())


@pytest.mark.parametrize("adult", [True, False])
@pytest.mark.parametrize("threaded", [True, False])
async def test_in_a_channel_for_adults_and_its_threads_a_clip_stands_under_a_spoiler(
    closed_town: Town, adult: bool, threaded: bool
) -> None:
    channel = closed_town.discord.channel
    channel.adult = adult
    async with closed_town.open() as town:
        if threaded:
            channel = town.discord.world.channel(town.discord.guild, kind=11)
            channel.parent = town.discord.channel.id
        await town.discord.slash("prompt", {"prompt": "a cat"}, channel=channel)
        ref = await town.desk.ref()
        await town.platform.show(town.post(ref=ref), town.finished())
    [message] = town.discord.messages(channel)
    [gallery] = [part for part in walk(message.now.components) if part["type"] == GALLERY]
    assert [bool(item.get("spoiler")) for item in gallery["items"]] == [adult]
    assert message.files[0].description == 'Draft: a cat says: "watch".'


async def test_a_clip_above_the_limit_is_too_large(town: Town) -> None:
    town.discord.world.upload_limit = 1000
    post = await answered(town)
    with pytest.raises(TooLarge):
        await town.platform.show(post, town.finished())


async def test_a_note_replies_to_the_card_and_notifies_only_the_asker(town: Town) -> None:
    post = await answered(town)
    asker = PersonId(f"discord:{town.discord.ana.id}")
    card = Card(tone=Tone.DONE, head=(Mention(asker, "Ana"), ", your clip is ready ↑"), pings=frozenset({asker}))
    note = Post(key="note:7KQ2M9", place=post.place, reply=post.reply, ref=None, follows=post.ref)
    refs = {await town.platform.show(note, card) for _ in range(2)}
    placeholder_message, note_message = town.discord.messages()
    assert len(refs) == 1 and json.loads(refs.pop())["message_id"] == note_message.id
    assert note_message.reference == placeholder_message.id
    assert note_message.text == f"<@{town.discord.ana.id}>, your clip is ready ↑"
    assert note_message.notified == {town.discord.ana.id}


async def test_an_edit_notifies_nobody_new(town: Town) -> None:
    post = await answered(town)
    await town.platform.show(post, town.finished())
    assert [message.notified for message in town.discord.messages()] == [frozenset()]


NASTY = "@everyone @here <@123> <@!123> <@&9> <#5> </sora:1> <t:0:R> **bold** __u__ ~~s~~ ||spoiler|| `code` [link](https://evil.example)"


async def test_a_prompt_neither_pings_nor_formats(town: Town) -> None:
    post = await answered(town, NASTY)
    await town.platform.show(post, town.finished(words=NASTY))
    [message] = town.discord.messages()
    for revision in message.revisions:
        assert not revision.pings - {town.discord.ana.id}
    shown = message.now.texts[1].removeprefix("> ")
    assert shown.replace("\u200b", "").replace("\\", "") == NASTY
    assert not any(f"{before}{letter}" in shown for letter in "*_~`|<[" for before in (" ", "\u200b"))


async def test_a_prompt_pings_nobody_even_where_everybody_may_be_notified(town: Town) -> None:
    await town.discord.slash("prompt", {"prompt": NASTY})
    [message] = town.discord.messages()
    text = message.text
    assert "@everyone" not in text and "@here" not in text and "<@1" not in text and "<@&" not in text


async def test_shown_before_anything_else_the_platform_logs_in_by_itself(closed_town: Town) -> None:
    async with closed_town.open():
        post = await answered(closed_town)
    await closed_town.platform.show(post, closed_town.finished())
    assert closed_town.discord.clips() == [CLIP]
