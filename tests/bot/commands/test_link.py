"""`/sora link`: several accounts, one person, when both have said so."""

from datetime import timedelta

import pytest

from tests.bot.asked import Asked, read
from tests.town import Town
from walkon.library import tables
from walkon.library.clips import ClipState


@pytest.fixture
def people(town: Town) -> Asked:
    return Asked(town)


async def test_two_accounts_become_one_person_only_when_both_have_said_so(people: Asked) -> None:
    await people.lends("Lea")
    code = read((await people.town.say("Lea", "link")).card).split("Your code: ")[1][:9]
    assert "not known" in read((await people.town.say("Tom", "link", code="AAAA-AAAA")).card)
    await people.town.say("Lea2", "link", code=code)
    clip = await people.town.clip(await people.prompts("Ana", "@Lea2 surfs", "Lea2"))
    assert [ask.owner for ask in await people.asks(clip)] == ["web:Lea2"]
    confirm = await people.town.say("Lea", "link")
    assert "Is web:Lea2 you as well?" in read(confirm.card)
    await people.town.press("Lea", confirm.card.buttons[0].token)
    clip = await people.town.clip(await people.prompts("Ana", "@Lea2 sings", "Lea2"))
    [ask] = await people.asks(clip)
    assert ask.owner == "web:Lea"
    await people.presses("Lea2", "yes", ask)
    assert (await people.question(ask)).clip.state is ClipState.PROMISED


async def test_a_code_that_ran_out_or_was_shown_by_somebody_else_joins_nobody(people: Asked) -> None:
    code = read((await people.town.say("Lea", "link")).card).split("Your code: ")[1][:9]
    await people.town.say("Mallory", "link", code=code)
    assert "not known" in read((await people.town.say("Lea2", "link", code=code)).card)
    people.town.clock.pass_s(timedelta(minutes=11).total_seconds())
    assert "nothing to confirm" in read((await people.town.press("Lea", "w1:own-join::")).card)


async def joined(people: Asked, first: str, second: str) -> None:
    """Two accounts become one person, as both say."""
    code = read((await people.town.say(first, "link")).card).split("Your code: ")[1][:9]
    await people.town.say(second, "link", code=code)
    confirm = await people.town.say(first, "link")
    await people.town.press(first, confirm.card.buttons[0].token)


async def test_a_mute_of_one_account_silences_the_other_and_stops_its_work(people: Asked) -> None:
    await joined(people, "Sam", "Sammy")
    running = await people.town.say("Sammy", "prompt", prompt="a cat")
    muted = await people.town.say("Olga", "mod", deed="mute", person=people.town.person("Sam"), duration="1h")
    assert "1" in read(muted.card)
    assert (await people.town.clip(running)).state is ClipState.CANCELLED
    refused = await people.town.say("Sammy", "prompt", prompt="a dog")
    assert "muted" in read(refused.card) and refused.private
    await people.town.say("Olga", "mod", deed="unmute", person=people.town.person("Sammy"))
    assert (await people.town.say("Sam", "prompt", prompt="a dog")).post


async def test_a_revocation_from_one_account_ends_what_the_other_lent_and_said(people: Asked) -> None:
    await people.lends("Lea")
    await joined(people, "Lea", "Lea2")
    shown = await people.town.clip(await people.prompts("Ana", "@Lea surfs", "Lea"))
    [ask] = await people.asks(shown)
    await people.presses("Lea", "yes", ask)
    await people.town.finish(await people.town.claim())
    waiting = await people.town.clip(await people.prompts("Ana", "@Lea2 sings", "Lea2"))
    cost = await people.town.say("Lea2", "cameo", deed="revoke")
    await people.town.press("Lea2", next(button.token for button in cost.card.buttons if "Take" in button.label))
    for clip, state in ((shown, ClipState.TAKEN_DOWN), (waiting, ClipState.DECLINED)):
        now = await people.town.house.database.read(lambda tx, id=clip.id: tables.get(tx, id))
        assert now
        assert now.state is state
    assert "You lend no face" in read((await people.town.say("Lea", "cameo", deed="rules")).card)
