"""`/sora link`: several accounts, one person, when both have said so."""

from datetime import timedelta

import pytest

from tests.bot.asked import Asked, read
from tests.town import Town
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
