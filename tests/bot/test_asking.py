"""Asking: who is asked, what they see, whose answer counts, and that nobody learns who said no."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.bot.asked import Asked, read
from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot import agreeing
from walkon.bot.cards import plain
from walkon.bot.withdrawal import carry_out
from walkon.consent import door_tables
from walkon.consent.asking import AskState
from walkon.consent.likeness import Audience, Topic
from walkon.library.clips import ClipState
from walkon.moderation.mutes import Case, Deed
from walkon.store import outbox
from walkon.types.ids import EventId
from walkon.types.people import Platform


@pytest.fixture
async def people(town: Town) -> Asked:
    found = Asked(town)
    await found.lends("Lea")
    await found.lends("Tom")
    return found


async def waiting(people: Asked, words: str = "@Lea surfs a wave", *mentioned: str):
    reply = await people.prompts("Ana", words, *(mentioned or ("Lea",)))
    clip = await people.town.clip(reply)
    return clip, await people.asks(clip)


async def test_a_mention_puts_one_question_to_that_person_and_the_clip_waits(people: Asked) -> None:
    reply = await people.prompts("Ana", "@Lea surfs a wave", "Lea")
    clip = await people.town.clip(reply)
    assert clip.state is ClipState.WAITING
    [ask] = await people.asks(clip)
    assert ask.owner == "web:Lea"
    assert "Nothing is rendered before" in read(reply.card)


async def test_a_handle_does_as_well_and_a_name_nobody_has_is_refused_with_a_wording_that_passes(people: Asked) -> None:
    clip = await people.town.clip(await people.prompts("Ana", "@lea surfs"))
    assert [ask.owner for ask in await people.asks(clip)] == ["web:Lea"]
    refused = await people.prompts("Ana", "@nobody_at_all surfs")
    assert refused.private and refused.post is None
    assert "@nobody_at_all" in read(refused.card) and "made-up" in read(refused.card)


@pytest.mark.parametrize("look_alike", ["@lеa", "@lea\u0301\u0301"])
async def test_a_handle_that_only_looks_the_same_is_nobodys(people: Asked, look_alike: str) -> None:
    reply = await people.prompts("Ana", f"{look_alike} surfs")
    assert reply.post is None or await people.asks(await people.town.clip(reply)) == []


async def test_the_question_shows_the_words_what_would_be_made_and_how_long_it_stands(people: Asked) -> None:
    _clip, [ask] = await waiting(people, '@Lea surfs a wave and says "best day ever"')
    looked = await people.presses("Lea", "look", ask)
    said = read(looked.card)
    assert looked.private and looked.confidential
    for told in (
        '@Lea surfs a wave and says "best day ever"',
        "A person surfs a wave",
        'You say: "best day ever"',
        "If you do nothing, it ends",
    ):
        assert told in said


async def test_yes_and_no_look_alike_and_nothing_is_chosen_beyond_the_narrowest_yes(people: Asked) -> None:
    _, [ask] = await waiting(people)
    looked = await people.presses("Lea", "look", ask)
    buttons = {button.label: button for button in looked.card.buttons}
    assert buttons["Approve"].style is buttons["Refuse"].style
    assert "● this clip" in buttons and "○ Ana, 7 days" in buttons and "☐ remixes too" in buttons


async def test_the_yes_by_button_puts_the_clip_in_line(people: Asked) -> None:
    clip, [ask] = await waiting(people)
    done = await people.presses("Lea", "yes", ask)
    assert "thank you" in read(done.card)
    assert (await people.town.claim()).job.payload.decode() == clip.id


async def test_choosing_on_the_sheet_makes_a_standing_yes(people: Asked) -> None:
    _, [ask] = await waiting(people)
    sheet = await people.presses("Lea", "look", ask)
    week = next(button for button in sheet.card.buttons if "7 days" in button.label)
    chosen = await people.town.press("Lea", week.token)
    assert "● Ana, 7 days" in {button.label for button in chosen.card.buttons}
    yes = next(button for button in chosen.card.buttons if button.label == "Approve")
    await people.town.press("Lea", yes.token)
    again = await people.town.clip(await people.prompts("Ana", "@Lea sings", "Lea"))
    assert (again.state, await people.asks(again)) == (ClipState.PROMISED, [])


@pytest.mark.parametrize("deed", ["yes", "no", "never-by"])
async def test_a_stranger_is_told_in_private_whose_question_it_is_and_nothing_happens(people: Asked, deed: str) -> None:
    _, [ask] = await waiting(people)
    for stranger in ("Ana", "Tom"):
        told = await people.presses(stranger, deed, ask)
        assert told.private and "for Lea" in read(told.card)
    assert (await people.question(ask)).ask.state is AskState.OPEN


async def endings(people: Asked) -> dict[str, str]:
    """What the asker reads, by how it ended."""
    town, told = people.town, {}
    await people.lends("Closed", audience=Audience.ONLY_ME)
    await people.lends("Pious", refused=frozenset({Topic.POLITICS}))
    for how, name in (("refused", "Lea"), ("silent", "Tom"), ("absent", "Nora"), ("closed", "Closed"), ("topic", "Pious")):
        clip = await town.clip(await people.prompts(f"Asker {how}", f"@{name} votes in an election", name))
        [ask] = await people.asks(clip)
        if how == "refused":
            await people.presses(name, "no", ask)
        town.clock.pass_s(25 * 3600)
        await agreeing.expire_due(town.house)
        shown = await town.say(f"Asker {how}", "show", clip=clip.id)
        told[how] = read(shown.card).replace(clip.id, "ID").replace(name, "NAME")
    return told


async def test_refused_silent_not_enrolled_and_closed_doors_read_the_same(people: Asked) -> None:
    told = await endings(people)
    assert len(set(told.values())) == 1, told


async def test_a_person_who_lends_nothing_is_asked_all_the_same_and_led_to_enrolling(people: Asked) -> None:
    clip = await people.town.clip(await people.prompts("Ana", "@Nora surfs", "Nora"))
    [ask] = await people.asks(clip)
    led = await people.presses("Nora", "yes", ask)
    assert "one step first" in read(led.card)
    assert [button.label for button in led.card.buttons] == ["Lend my face and voice"]
    assert (await people.question(ask)).ask.state is AskState.OPEN


async def test_never_again_closes_the_door_in_silence_and_can_be_undone(people: Asked) -> None:
    _, [ask] = await waiting(people)
    assert "isn't told" in read((await people.presses("Lea", "never-by", ask)).card)
    clip = await people.town.clip(await people.prompts("Ana", "@Lea sings", "Lea"))
    assert [one.heard for one in await people.asks(clip)] == [False]
    await people.town.say("Lea", "cameo", deed="audience", what="open")
    other = await people.town.clip(await people.prompts("Ana", "@Lea dances", "Lea"))
    assert [one.heard for one in await people.asks(other)] == [True]


async def test_enough_questions_for_a_day_are_enough(people: Asked) -> None:
    for number in range(3):
        await people.prompts("Ana", f"@Lea surfs {number}", "Lea")
    refused = await people.prompts("Ana", "@Lea surfs once more", "Lea")
    assert refused.post is None and "Enough asks for today" in read(refused.card)


async def test_a_muted_person_may_say_no_and_take_back_but_not_ask(people: Asked) -> None:
    clip, [ask] = await waiting(people)
    case = Case(
        deed=Deed.MUTE, person=people.town.person("Lea"), place=None, by=people.town.person("Olga"), length=timedelta(days=9), reason=""
    )
    await carry_out(people.town.house, EventId("web:mute"), case)
    assert "muted" in read((await people.prompts("Lea", "a cat")).card)
    assert "muted" in read((await people.town.say("Lea", "cameo", deed="enrol")).card)
    await people.presses("Lea", "no", ask)
    assert (await people.town.clip(await people.town.say("Ana", "show", clip=clip.id))).state is ClipState.DECLINED
    for deed in ("requests", "appearances", "receipts", "revoke", "delete", "audience"):
        assert "muted" not in read((await people.town.say("Lea", "cameo", deed=deed)).card)


# In the chat.


@pytest.fixture
async def chat(people: Asked):
    chat = Chat()
    task = asyncio.create_task(people.delivery(chat).run())
    yield chat
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def posted(people: Asked, chat: Chat, words: str, *mentioned: str):
    """A clip that waits, with its card and its questions standing in the chat."""
    reply = await people.prompts("Ana", words, *mentioned)
    ref = await chat.show_first(str(reply.post), reply.card)
    await people.town.router.answered(str(reply.post), 1, ref)
    clip = await people.town.clip(reply)
    asks = await people.asks(clip)
    await until(lambda: {number_of(chat, f"ask:{ask.id}") for ask in asks} <= chat.reactions.keys())
    return clip, asks


def number_of(chat: Chat, key: str) -> int:
    return next((number for number, post in chat.posts.items() if post.key == key), 0)


async def test_the_question_stands_in_the_chat_answers_the_clips_card_and_calls_only_who_is_asked(people: Asked, chat: Chat) -> None:
    _clip, [ask] = await posted(people, chat, "@Lea surfs", "Lea")
    number = number_of(chat, f"ask:{ask.id}")
    card = chat.messages[number]
    assert plain(card.head) == "Lea, may Ana put you in a clip?"
    assert card.pings == {"web:Lea"} and card.reactions == ("✅", "❌")
    assert chat.posts[number].follows
    assert [button.label for button in card.buttons] == ["Approve", "Refuse", "Look first"]


async def test_a_closed_door_looks_the_same_in_the_chat_but_calls_nobody(people: Asked, chat: Chat) -> None:
    await people.lends("Closed", audience=Audience.ONLY_ME)
    _, [open_ask] = await posted(people, chat, "@Lea surfs", "Lea")
    _, [shut_ask] = await posted(people, chat, "@Closed surfs", "Closed")
    heard, shut = (chat.messages[number_of(chat, f"ask:{ask.id}")] for ask in (open_ask, shut_ask))
    assert shut.pings == frozenset()
    assert [b.label for b in shut.buttons] == [b.label for b in heard.buttons]
    assert plain(shut.head).replace("Closed", "Lea") == plain(heard.head)


@pytest.mark.parametrize("answer", ["✅", "❌"])
async def test_a_reaction_answers_and_the_question_shrinks_to_one_line_whatever_it_was(people: Asked, chat: Chat, answer: str) -> None:
    _clip, [ask] = await posted(people, chat, "@Lea surfs", "Lea")
    message = str(number_of(chat, f"ask:{ask.id}"))
    await people.town.router.reacted(people.reaction("Lea", answer, message))
    await until(lambda: plain(chat.messages[int(message)].head) == "This question is closed.")
    closed = chat.messages[int(message)]
    assert closed.words is None and closed.buttons == ()
    expected = AskState.APPROVED if answer == "✅" else AskState.REFUSED
    assert (await people.question(ask)).ask.state is expected


@pytest.mark.parametrize("name", ["Ana", "Tom"])
async def test_nobody_elses_reaction_counts(people: Asked, chat: Chat, name: str) -> None:
    _, [ask] = await posted(people, chat, "@Lea surfs", "Lea")
    message = str(number_of(chat, f"ask:{ask.id}"))
    for emoji in ("✅", "❌"):
        await people.town.router.reacted(people.reaction(name, emoji, message))
        await people.town.router.reacted(people.reaction(name, emoji, message, added=False))
    assert (await people.question(ask)).ask.state is AskState.OPEN


async def test_taking_the_check_mark_away_before_the_clip_is_shown_takes_the_yes_back(people: Asked, chat: Chat) -> None:
    _clip, [ask] = await posted(people, chat, "@Lea surfs", "Lea")
    message = str(number_of(chat, f"ask:{ask.id}"))
    await people.town.router.reacted(people.reaction("Lea", "✅", message))
    await people.town.claim()
    await people.town.router.reacted(people.reaction("Lea", "✅", message, added=False))
    assert (await people.question(ask)).ask.state is AskState.WITHDRAWN
    assert (await people.question(ask)).clip.state is ClipState.DECLINED


async def test_a_check_mark_taken_away_while_walkon_was_away_is_noticed_at_start_and_a_button_needs_none(people: Asked, chat: Chat) -> None:
    _, [by_mark] = await posted(people, chat, "@Lea surfs", "Lea")
    _, [by_button] = await posted(people, chat, "@Tom sings", "Tom")
    await people.town.router.reacted(people.reaction("Lea", "✅", str(number_of(chat, f"ask:{by_mark.id}"))))
    await people.presses("Tom", "yes", by_button)
    for awaited in await people.town.router.awaiting(Platform.WEB):
        await people.town.router.read_back(awaited, [])
    assert (await people.question(by_mark)).ask.state is AskState.WITHDRAWN
    assert (await people.question(by_button)).ask.state is AskState.APPROVED


async def test_a_no_that_came_while_walkon_was_away_is_heard_at_start(people: Asked, chat: Chat) -> None:
    _, [ask] = await posted(people, chat, "@Lea surfs", "Lea")
    message = str(number_of(chat, f"ask:{ask.id}"))
    awaited = next(one for one in await people.town.router.awaiting(Platform.WEB) if one.emoji == ("✅", "❌"))
    await people.town.router.read_back(awaited, [people.reaction("Lea", "❌", message)])
    assert (await people.question(ask)).ask.state is AskState.REFUSED


async def test_refused_and_then_approved_stays_refused_in_any_order_of_arrival(people: Asked, chat: Chat) -> None:
    _, [ask] = await posted(people, chat, "@Lea surfs", "Lea")
    message = str(number_of(chat, f"ask:{ask.id}"))
    for emoji in ("❌", "✅", "✅"):
        await people.town.router.reacted(people.reaction("Lea", emoji, message))
    assert (await people.question(ask)).ask.state is AskState.REFUSED
    told = await people.presses("Lea", "yes", ask)
    assert "closed" in read(told.card) or "ended" in read(told.card)


async def test_the_question_of_one_clip_says_nothing_about_another(people: Asked, chat: Chat) -> None:
    _, [first] = await posted(people, chat, "@Lea surfs", "Lea")
    await people.presses("Lea", "yes", first)
    clip, [second] = await posted(people, chat, "@Lea surfs", "Lea")
    assert clip.state is ClipState.WAITING
    await people.presses("Lea", "yes", first)
    assert (await people.question(second)).ask.state is AskState.OPEN


async def test_one_yes_of_two_makes_nothing_yet(people: Asked, chat: Chat) -> None:
    clip, asks = await posted(people, chat, "@Lea and @Tom dance", "Lea", "Tom")
    await people.presses("Lea", "yes", next(ask for ask in asks if ask.owner == "web:Lea"))
    assert (await people.question(asks[0])).clip.state is ClipState.WAITING
    row = await people.town.house.database.read(lambda tx: outbox.row(tx, f"clip:{clip.id}"))
    assert row is not None


async def test_how_many_questions_wait_is_counted_for_whoever_is_asked_and_only_as_long_as_they_do(people: Asked) -> None:
    _, [ask] = await waiting(people)
    lea, ana = people.town.person("Lea").id, people.town.person("Ana").id
    assert (await people.town.router.asking(lea), await people.town.router.asking(ana)) == (1, 0)
    people.town.clock.pass_s(24 * 3600)
    assert await people.town.router.asking(lea) == 0
    assert (await people.question(ask)).ask.state is AskState.OPEN


async def test_whoever_closed_their_door_before_a_restored_backup_forgot_them_is_not_asked_until_they_open_it(people: Asked) -> None:
    house, key = people.town.house, people.town.house.keys.person_key(people.town.person("Lea").id)
    await house.database.write(lambda tx: door_tables.mark(tx, key, people.town.clock.now()))
    clip = await people.town.clip(await people.prompts("Ana", "@Lea surfs", "Lea"))
    assert [ask.heard for ask in await people.asks(clip)] == [False]
    clip = await people.town.clip(await people.prompts("Ana", "@Lea skates", "Lea"))
    assert [ask.heard for ask in await people.asks(clip)] == [False]
    await people.town.say("Lea", "cameo", deed="audience", what="open")
    clip = await people.town.clip(await people.prompts("Ana", "@Lea sings", "Lea"))
    assert [ask.heard for ask in await people.asks(clip)] == [True]


async def test_they_may_open_it_before_anybody_has_asked(people: Asked) -> None:
    house, key = people.town.house, people.town.house.keys.person_key(people.town.person("Lea").id)
    await house.database.write(lambda tx: door_tables.mark(tx, key, people.town.clock.now()))
    await people.town.say("Lea", "cameo", deed="audience", what="open")
    clip = await people.town.clip(await people.prompts("Ana", "@Lea surfs", "Lea"))
    assert [ask.heard for ask in await people.asks(clip)] == [True]
