"""`/sora guardian`: a link with two words, limits that bind, a second yes, and the ways round that there are not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.bot.asked import Asked, read
from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot import agreeing
from walkon.bot.cards import Card, Tone
from walkon.bot.command import Reply
from walkon.consent import accounts
from walkon.consent import guardian_tables as guardians
from walkon.consent import tables as consent
from walkon.consent.asking import AskState
from walkon.consent.decisions import Decision, DecisionKind
from walkon.consent.guardians import NotYours
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.store.database import Transaction
from walkon.types.ids import WorkerId
from walkon.types.people import Place

BIRTHDAY = "2029-06-01"


@pytest.fixture
def people(town: Town) -> Asked:
    return Asked(town)


async def says(people: Asked, name: str, deed: str, what: str = "", **options: object) -> Reply:
    reply = await people.town.say(name, "guardian", deed=deed, what=what, **options)  # type: ignore[arg-type]
    assert reply.private and reply.confidential
    return reply


async def code_from(people: Asked, name: str) -> str:
    return read((await says(people, name, "link", BIRTHDAY)).card).split("Your code: ")[1][:9]


async def linked(people: Asked, guardian: str = "Tom", ward: str = "Sam") -> None:
    offer = await says(people, ward, "link", await code_from(people, guardian))
    await people.town.press(ward, offer.card.buttons[0].token)
    confirm = await says(people, guardian, "link")
    assert f"({people.town.person(ward).id}) the account" in read(confirm.card)
    assert "Done." in read((await people.town.press(guardian, confirm.card.buttons[0].token)).card)


async def is_guarded(people: Asked, name: str) -> bool:
    person, now = people.town.person(name).id, people.town.clock.now()
    return await people.town.house.database.read(lambda tx: guardians.guardianship_of(tx, person, now)) is not None


async def test_what_is_agreed_to_is_said_before_and_nothing_holds_before_both_have(people: Asked) -> None:
    code = await code_from(people, "Tom")
    offer = await says(people, "Sam", "link", code)
    assert "You can't end it yourself" in read(offer.card)
    assert not await is_guarded(people, "Sam")
    await people.town.press("Sam", offer.card.buttons[0].token)
    assert not await is_guarded(people, "Sam")
    confirm = await says(people, "Tom", "link")
    await people.town.press("Tom", confirm.card.buttons[0].token)
    assert await is_guarded(people, "Sam")


async def test_attack_21_a_forged_or_old_button_links_nobody(people: Asked) -> None:
    offer = await says(people, "Sam", "link", await code_from(people, "Tom"))
    await people.town.press("Sam", offer.card.buttons[0].token)
    confirm = await says(people, "Tom", "link")
    assert "no good" in read((await people.town.press("Eve", confirm.card.buttons[0].token)).card)
    other = await says(people, "Mallory", "link", await code_from(people, "Tom"))
    await people.town.press("Mallory", other.card.buttons[0].token)
    assert "no good" in read((await people.town.press("Tom", confirm.card.buttons[0].token)).card)
    assert "no good" in read((await people.town.press("Tom", "w1:own-guard::")).card)
    assert "no good" in read((await people.town.press("Sam", "w1:own-ward::AAAAAAAA")).card)
    assert not await is_guarded(people, "Sam") and not await is_guarded(people, "Mallory")


@pytest.mark.parametrize("birthday", ["2020-01-01", "2050-01-01"])
async def test_only_whoever_is_under_18_and_old_enough_for_this_host_can_be_linked(people: Asked, birthday: str) -> None:
    assert "at least 13 years old" in read((await says(people, "Tom", "link", birthday)).card)


async def waiting(people: Asked, words: str = "@Sam surfs"):
    await people.lends("Sam")
    await linked(people)
    clip = await people.town.clip(await people.prompts("Ana", words, "Sam"))
    [ask] = await people.asks(clip)
    return clip, ask


@pytest.fixture
async def chat(people: Asked) -> AsyncIterator[Chat]:
    chat = Chat()
    task = asyncio.create_task(people.delivery(chat).run())
    yield chat
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def shown(chat: Chat, kind: str) -> list[Card]:
    """Every state of the messages of one kind, in order."""
    return [card for key, card in chat.history if key.startswith(f"{kind}:")]


async def test_the_guardian_is_written_to_after_the_yes_and_the_chat_sees_no_difference(people: Asked, chat: Chat) -> None:
    clip, ask = await waiting(people)
    await chat.show_first(f"clip:{clip.id}", Card(tone=Tone.WAIT, head=("Waiting",)))
    await people.town.router.answered(f"clip:{clip.id}", 1, '{"message_id": 1}')
    await until(lambda: shown(chat, "ask"))
    told = await people.presses("Sam", "yes", ask)
    assert "Your guardian is asked too" in read(told.card)
    [second] = await until(lambda: shown(chat, "second"))
    assert read(second).startswith("Sam (you look after this account) said yes to this. Do you too?")
    assert "The yes: face · this clip · stays in this chat" in read(second)
    assert {read(card) for card in shown(chat, "ask")} == {read(shown(chat, "ask")[0])}
    await people.town.press("Tom", second.buttons[0].token)
    for kind in ("ask", "second"):
        await until(lambda kind=kind: read(shown(chat, kind)[-1]).strip() == "This question is closed.")
    assert (await people.town.claim()).job.payload.decode() == clip.id


async def test_the_sheet_of_the_young_offers_no_endless_yes_and_none_that_travels(people: Asked) -> None:
    _, ask = await waiting(people)
    labels = {button.label for button in (await people.presses("Sam", "look", ask)).card.buttons}
    assert "○ Ana, 7 days" in labels
    assert not [label for label in labels if "until I take it back" in label or "leave this chat" in label]
    forged = await people.presses("Sam", "yes", ask, "ufrt")
    assert "guardian is asked" in read(forged.card)
    given = (await people.question(ask)).ask.given
    assert given
    assert (given.lasting, given.may_travel) == ("week", False)


async def test_a_guardians_no_ends_it_and_a_stranger_is_not_one(people: Asked) -> None:
    clip, ask = await waiting(people)
    await people.presses("Sam", "yes", ask)
    for stranger in ("Ana", "Eve", "Sam"):
        for deed in ("second", "veto", "second-look"):
            assert "This question is for" in read((await people.presses(stranger, deed, ask)).card)
    assert "won't be made" in read((await people.presses("Tom", "veto", ask)).card)
    question = await people.question(ask)
    assert (question.ask.state, question.clip.state) == (AskState.REFUSED, ClipState.DECLINED)
    assert question.clip.id == clip.id


async def test_a_guardian_reads_nothing_of_what_the_young_person_has_not_said_yes_to(people: Asked) -> None:
    _, ask = await waiting(people)
    for deed in ("second", "veto", "second-look"):
        assert "This question is for" in read((await people.presses("Tom", deed, ask)).card)
    await people.presses("Sam", "no", ask)
    assert "Nothing waits" in read((await says(people, "Tom", "approve")).card)


async def test_ones_own_clip_waits_for_the_guardian_alone(people: Asked) -> None:
    await people.lends("Sam")
    await linked(people)
    clip = await people.town.clip(await people.prompts("Sam", "me surfing"))
    [ask] = await people.asks(clip)
    assert (clip.state, ask.state) == (ClipState.WAITING, AskState.WITH_GUARDIAN)
    assert "1 waiting" in read((await says(people, "Tom", "approve")).card)
    await people.presses("Tom", "second", ask)
    assert (await people.town.claim()).job.payload.decode() == clip.id


async def test_attack_21_turning_18_in_between_takes_the_guardian_out_of_it(people: Asked) -> None:
    people.town.clock.pass_s((1_874_966_400 - people.town.clock.now().timestamp()) - 3600)  # an hour before 2029-06-01
    _, ask = await waiting(people)
    await people.presses("Sam", "yes", ask)
    people.town.clock.pass_s(3600)
    assert "This question is for" in read((await people.presses("Tom", "second", ask)).card)
    await agreeing.expire_due(people.town.house)
    assert (await people.question(ask)).ask.state is AskState.OPEN
    await people.presses("Sam", "yes", ask)
    assert (await people.question(ask)).clip.state is ClipState.PROMISED


async def test_the_guardians_limits_bind_on_every_account_and_are_nobodys_to_read(people: Asked) -> None:
    await linked(people)
    await joined(people, "Sam", "Sammy")
    await says(people, "Tom", "limits", "seconds 10")
    assert (await people.town.say("Sam", "prompt", prompt="a cat", seconds=6)).post
    refused = await people.town.say("Sammy", "prompt", prompt="a cat", seconds=6)
    assert "your guardian set" in read(refused.card) and refused.private and refused.confidential
    assert (await people.town.say("Ana", "prompt", prompt="a cat", seconds=6)).post
    shown = await people.town.say("Sam", "settings")
    assert "set by your guardian" in read(shown.card) and shown.confidential


async def joined(people: Asked, first: str, second: str) -> None:
    """Two accounts become one person."""
    house, now = people.town.house, people.town.clock.now()
    one, other = people.town.person(first).id, people.town.person(second).id
    code = await house.database.write(lambda tx: accounts.offer(tx, one, now))
    await house.database.write(lambda tx: accounts.claim(tx, code, other, now))
    await house.database.write(lambda tx: accounts.confirm(tx, one, other, now, house.decider.record))


async def test_quiet_hours_and_places_hold_at_every_door_but_for_ones_own_rights(people: Asked) -> None:
    await people.lends("Sam")
    await linked(people)
    await says(people, "Tom", "limits", "quiet 00:00-23:59")
    for command, options in (("prompt", {"prompt": "a cat"}), ("remix", {"prompt": "a dog"}), ("queue", {})):
        assert "quiet hours" in read((await people.town.say("Sam", command, **options)).card)  # type: ignore[arg-type]
    assert "Nobody is asking" in read((await people.town.say("Sam", "cameo", deed="requests")).card)
    await says(people, "Tom", "limits", "quiet off places here")
    assert (await people.town.say("Sam", "prompt", prompt="a cat")).post
    there = Place(id=people.town.place("other").id, channel="x")
    assert "chose other places" in read((await people.town.say("Sam", "prompt", place=there, prompt="a cat")).card)
    assert (await people.town.say("Ana", "prompt", place=there, prompt="a cat")).post


@pytest.mark.parametrize("words", ["seconds", "seconds 0", "seconds ²", "quiet 25:00-07:00", "quiet 7-8", "places there", "age 12"])
async def test_limits_that_mean_nothing_are_refused_with_what_would_pass(people: Asked, words: str) -> None:
    await linked(people)
    assert "seconds 60|off" in read((await people.town.say("Tom", "guardian", deed="limits", what=words)).card)


async def test_an_operator_ends_what_a_guardian_does_not_and_nobody_else_can(people: Asked) -> None:
    await linked(people)
    for name in ("Sam", "Eve"):
        await says(people, name, "end", person=people.town.person("Sam"))
        assert await is_guarded(people, "Sam")
    assert "Ended." in read((await says(people, "Olga", "end", person=people.town.person("Sam"))).card)
    assert not await is_guarded(people, "Sam")


async def test_it_is_no_way_out_to_be_forgotten(people: Asked) -> None:
    await linked(people)
    cost = await people.town.say("Sam", "forget-me")
    token = next(button.token for button in cost.card.buttons if "own-forget" in button.token)
    await people.town.press("Sam", token)
    assert await is_guarded(people, "Sam")
    assert "60 s" in read((await says(people, "Sam", "limits")).card)


async def test_a_code_runs_out(people: Asked) -> None:
    code = await code_from(people, "Tom")
    people.town.clock.pass_s(timedelta(minutes=10).total_seconds())
    assert "no good" in read((await says(people, "Sam", "link", code)).card)


async def test_whoever_a_restored_backup_did_not_know_is_looked_after_from_their_first_word_on(people: Asked) -> None:
    house, key = people.town.house, people.town.house.keys.person_key(people.town.person("Sam").id)
    await house.database.write(lambda tx: guardians.mark(tx, key, people.town.clock.now()))
    assert (await people.town.say("Sam", "prompt", prompt="a cat", seconds=6)).post
    assert await is_guarded(people, "Sam")
    assert "a restored backup does not say" in read((await says(people, "Sam", "limits")).card)


async def agreed(people: Asked, words: str = "@Sam surfs", terms: str = "") -> Clip:
    """A clip that Ana asked for, and Sam and Tom have both said yes."""
    clip = await people.town.clip(await people.prompts("Ana", words, "Sam"))
    [ask] = await people.asks(clip)
    await people.presses("Sam", "yes", ask, terms)
    await people.presses("Tom", "second", ask)
    return clip


async def now(people: Asked, clip: Clip) -> ClipState:
    """Where the clip stands."""
    found = await people.town.house.database.read(lambda tx: tables.get(tx, clip.id))
    assert found
    return found.state


@pytest.mark.parametrize("moment", ["in line", "rendering", "out"])
async def test_the_guardian_takes_a_yes_back_at_any_moment_and_it_stops_or_comes_down(people: Asked, moment: str) -> None:
    await people.lends("Sam")
    await linked(people)
    clip = await agreed(people)
    lease = await people.town.claim() if moment != "in line" else None
    if moment == "out" and lease:
        await people.town.finish(lease)
    listed = await says(people, "Tom", "revoke")
    assert clip.id in read(listed.card) and "by Ana" in read(listed.card)
    cost = await people.town.press("Tom", listed.card.buttons[0].token)
    assert "Take back the yes for Sam in this clip by Ana?" in read(cost.card)
    assert await now(people, clip) is (ClipState.FINISHED if moment == "out" else ClipState.PROMISED)
    done = await people.town.press("Tom", cost.card.buttons[1].token)
    assert ("0 stopped, 1 taken down" if moment == "out" else "1 stopped, 0 taken down") in read(done.card)
    assert await now(people, clip) is (ClipState.TAKEN_DOWN if moment == "out" else ClipState.DECLINED)
    assert await people.town.house.queue.claim(WorkerId("w2"), claim_id="other", lanes=[people.town.house.lane]) is None
    assert "nothing to take back" in read((await people.town.press("Tom", cost.card.buttons[1].token)).card)
    assert "No clip rests" in read((await says(people, "Tom", "revoke")).card)


async def test_a_guardians_taking_back_is_in_the_ledger_as_theirs(people: Asked) -> None:
    await people.lends("Sam")
    await linked(people)
    clip = await agreed(people)
    written: list[Decision] = []
    record = people.town.house.decider.record

    async def also(tx: Transaction, decision: Decision) -> None:
        written.append(decision)
        await record(tx, decision)

    people.town.house = replace(people.town.house, decider=replace(people.town.house.decider, record=also))
    await agreeing.take_back_for(people.town.house, people.town.person("Tom").id, people.town.person("Sam").id, clip.id)
    taken = [one for one in written if one.kind is DecisionKind.TAKEN_BACK]
    assert [(one.about, one.others["guardian"]) for one in taken] == [(people.town.person("Sam").id, people.town.person("Tom").id)]


async def test_all_at_once_ends_standing_yeses_too_and_leaves_questions_open_that_the_young_person_has_not_answered(people: Asked) -> None:
    await people.lends("Sam")
    await linked(people)
    first, second = await agreed(people), await agreed(people, "@Sam skates", "wf")
    third = await people.town.clip(await people.prompts("Eve", "@Sam sleeps", "Sam"))
    listed = await says(people, "Tom", "revoke", person=people.town.person("Sam"))
    assert third.id not in read(listed.card)
    cost = await people.town.press("Tom", listed.card.buttons[-1].token)
    assert "Take back every yes for Sam?" in read(cost.card)
    sam = people.town.person("Sam").id
    assert await people.town.house.database.read(lambda tx: consent.permissions_of(tx, sam))
    assert "2 stopped" in read((await people.town.press("Tom", cost.card.buttons[1].token)).card)
    assert not await people.town.house.database.read(lambda tx: consent.permissions_of(tx, sam))
    assert [await now(people, clip) for clip in (first, second, third)] == [ClipState.DECLINED, ClipState.DECLINED, ClipState.WAITING]


async def test_nobody_else_takes_it_back_by_a_guardians_buttons_nor_a_guardian_that_was(people: Asked) -> None:
    await people.lends("Sam")
    await linked(people)
    clip = await agreed(people)
    listed = await says(people, "Tom", "revoke")
    sure = [f"{button.token}!" for button in listed.card.buttons]
    for stranger in ("Ana", "Eve", "Sam"):
        assert clip.id not in read((await says(people, stranger, "revoke")).card)
        for token in sure:
            assert "nothing to take back" in read((await people.town.press(stranger, token)).card)
    await says(people, "Tom", "end")
    for token in sure:
        assert "nothing to take back" in read((await people.town.press("Tom", token)).card)
    with pytest.raises(NotYours):
        await agreeing.take_back_for(people.town.house, people.town.person("Tom").id, people.town.person("Sam").id, clip.id)
    assert await now(people, clip) is ClipState.PROMISED
