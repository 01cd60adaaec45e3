"""A second look: once for each case, by somebody who had no part in it, told to whoever asked."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.commands.test_report import lines
from tests.bot.test_delivery import delivering
from tests.bot.test_limits import said
from tests.bot.test_takedown import made, now
from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.cards import Card, plain
from walkon.bot.command import Reply
from walkon.library.clips import Clip, ClipState
from walkon.moderation import appeal_tables, tables
from walkon.store import accounts
from walkon.store.ledger import Ledger
from walkon.types.ids import PersonId

ASK, UPHOLD, OVERTURN = "Ask for a second look", "Uphold", "Decide otherwise"


def token(reply: Reply | Card, label: str) -> str:
    card = reply.card if isinstance(reply, Reply) else reply
    [found] = [button.token for button in card.buttons if button.label == label]
    return found


async def muted(town: Town) -> str:
    """Mo mutes Sam; the button that Sam sees then."""
    asked = town.said("Mo", "mod", deed="mute", person="web:Sam", duration="2h", reason="spam")
    await town.router.command(replace(asked, moderator=True))
    return token(await town.say("Sam", "help"), ASK)


async def deeds(town: Town) -> list[str]:
    return [entry.deed for entry in await town.house.database.read(lambda tx: tables.newest(tx, None))]


def read_by(chat: Chat, name: str) -> list[str]:
    """What walkon said to somebody alone, newest last."""
    return ["\n".join(lines(card)) for number, card in chat.messages.items() if chat.posts[number].place.addressee == name]


async def test_a_muted_person_asks_once_and_is_heard_in_that_alone(town: Town) -> None:
    button = await muted(town)
    reply = await town.press("Sam", button)
    assert said(reply).startswith("Somebody else looks at it now, once.") and reply.private and reply.confidential
    assert said(await town.press("Sam", button)).startswith("A second look was asked for already")
    again = await town.say("Sam", "help")
    assert "muted" in said(again) and again.card.buttons == ()
    assert await deeds(town) == ["appeal", "mute"]


async def test_who_is_not_concerned_cannot_ask(town: Town) -> None:
    button = await muted(town)
    assert said(await town.press("Tom", button)) == "This button is for Sam."
    assert said(await town.press("Tom", "w1:appeal:99")).startswith("This card is from before")
    assert await deeds(town) == ["mute"]


async def test_it_is_shown_to_the_operators_and_decided_by_one_press_which_the_person_hears_of(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        await town.press("Sam", await muted(town))
        await until(lambda: read_by(chat, "Olga"))
        [card] = [card for number, card in chat.messages.items() if chat.posts[number].place.addressee == "Olga"]
        assert lines(card)[0] == "Second look · asked for by Sam"
        assert '· mute · web:local · by Mo (web:Mo) on Sam (web:Sam) · for 2 h · "spam"' in lines(card)[1]
        assert lines(card)[2] == "Decided by somebody who had no part in it, so not by Mo."
        for _ in range(2):
            reply = await town.press("Olga", token(card, OVERTURN), event="web:press")
        assert lines(reply.card)[-1] == "Decided otherwise by Olga, 12:00 UTC."
        await until(lambda: any("decided otherwise" in text for text in read_by(chat, "Sam")))
        await until(lambda: any("Decided otherwise by Olga" in text for text in read_by(chat, "Olga")))
    assert read_by(chat, "Sam") == ["A second look: decided otherwise.\nYou are heard there again."]
    assert "muted" not in said(await town.say("Sam", "help"))
    assert await deeds(town) == ["overturn", "unmute", "appeal", "mute"]


async def test_upheld_it_stays_and_is_over(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        await town.press("Sam", await muted(town))
        await town.press("Olga", "w1:uphold:1")
        await town.press("Olga", "w1:overturn:1")
        await until(lambda: read_by(chat, "Sam"))
    assert read_by(chat, "Sam") == ["A second look: it stays as it was decided."]
    assert "muted" in said(await town.say("Sam", "help"))
    assert await deeds(town) == ["uphold", "appeal", "mute"]


@pytest.mark.parametrize("deed", ["uphold", "overturn"])
async def test_neither_the_first_judge_nor_anybody_in_the_case_decides_by_whatever_account(town: Town, deed: str) -> None:
    await town.press("Sam", await muted(town))
    mo, second = town.person("Mo").id, town.person("Momo").id
    await town.house.database.write(lambda tx: accounts.join(tx, mo, second, 0))
    for name in ("Mo", "Momo"):
        assert "another moderator decides" in said(await town.press(name, f"w1:{deed}:1", moderator=True))
    assert "muted" in said(await town.press("Sam", f"w1:{deed}:1", moderator=True))
    assert "needs a moderator" in said(await town.press("Tom", f"w1:{deed}:1"))
    assert "needs a moderator" in said(await town.press("Eve", f"w1:{deed}:1", moderator=True, place=town.place("away")))
    assert await deeds(town) == ["appeal", "mute"]
    await town.press("Eve", f"w1:{deed}:1", moderator=True)
    assert (await deeds(town))[0] == deed


async def test_what_holds_everywhere_is_looked_at_by_operators_alone(town: Town) -> None:
    town.house = replace(town.house, operators=frozenset({"web:Olga", "web:Otto"}))
    await town.say("Olga", "mod", deed="ban", person="web:Sam", where="everywhere")
    await town.press("Sam", token(await town.say("Sam", "help"), ASK))
    assert "up to this host's operators" in said(await town.press("Mo", "w1:overturn:1", moderator=True))
    assert "another moderator decides" in said(await town.press("Olga", "w1:overturn:1"))


async def removed(town: Town, folder: Path) -> Clip:
    clip = await made(town, folder, "a dog runs")
    await town.router.command(replace(town.said("Mo", "mod", deed="takedown", clip=clip.id, reason="no dogs"), moderator=True))
    return clip


async def test_the_maker_reads_the_rule_the_words_and_what_may_pass_and_asks_under_the_clip_or_there(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(town, chat):
        clip = await removed(town, tmp_path)
        await until(lambda: read_by(chat, "Ana"))
        [card] = [card for number, card in chat.messages.items() if chat.posts[number].place.addressee == "Ana"]
    assert lines(card)[:2] == [f"Your clip {clip.id} was taken down.", "The rule: no dogs"] and card.words == "a dog runs"
    assert lines(card)[2].startswith("The same idea without that may pass")
    under = await town.say("Ana", "show", clip=clip.id)
    assert said(await town.press("Tom", f"w1:second-look:{clip.id}")) == "This button is for Ana."
    assert said(await town.press("Ana", f"w1:second-look:{clip.id}")).startswith("Somebody else looks at it now")
    assert said(await town.press("Ana", token(card, ASK))).startswith("A second look was asked for already")
    assert "taken down" in said(under)


async def test_a_takedown_that_is_overturned_lets_its_maker_and_nobody_else_make_it_again(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(town, chat):
        clip = await removed(town, tmp_path)
        assert "taken down" in said(await town.press("Ana", f"w1:again:{clip.id}"))
        await town.press("Ana", f"w1:second-look:{clip.id}")
        await town.press("Olga", "w1:overturn:1")
        await until(lambda: any("may be made again" in text for text in read_by(chat, "Ana")))
        assert "taken down" in said(await town.press("Tom", f"w1:again:{clip.id}"))
        again = await town.press("Ana", f"w1:again:{clip.id}")
    assert (await town.clip(again)).prompt == "a dog runs" and (await now(town, clip)).state is ClipState.TAKEN_DOWN


async def test_a_report_that_was_kept_is_told_with_the_reason_and_looked_at_once_more(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(town, chat):
        clip = await made(town, tmp_path, "a dog runs")
        for name in ("Tom", "Léa"):
            await town.say(name, "report", clip=clip.id)
        await town.router.command(replace(town.said("Mo", "mod", deed="keep", reason=f"{clip.id} it is only a dog"), moderator=True))
        await until(lambda: read_by(chat, "Tom") and read_by(chat, "Léa"))
        assert read_by(chat, "Tom") == [f"Clip {clip.id} stays: it is only a dog"]
        assert said(await town.press("Eve", "w1:appeal:1")) == "This button is for Ana."
        assert said(await town.press("Tom", "w1:appeal:1")).startswith("Somebody else looks")
        assert said(await town.press("Léa", "w1:appeal:1")).startswith("A second look was asked for already")
        assert "another moderator decides" in said(await town.press("Ana", "w1:overturn:1", moderator=True))
        await town.press("Eve", "w1:overturn:1", moderator=True)
        await until(lambda: any("is taken down" in text for text in read_by(chat, "Tom")))
    assert (await now(town, clip)).state is ClipState.TAKEN_DOWN


async def test_who_reported_hears_that_it_was_taken_down_without_a_name(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(town, chat):
        clip = await made(town, tmp_path, "a dog runs")
        await town.say("Tom", "report", clip=clip.id)
        await town.press("Mo", f"w1:remove:{clip.id}", moderator=True)
        await until(lambda: read_by(chat, "Tom"))
    assert read_by(chat, "Tom") == [f"Taken down: clip {clip.id}, which you reported."]
    assert "Tom" not in str(read_by(chat, "Ana"))


async def test_moderators_find_what_waits_in_their_queue(town: Town, tmp_path: Path) -> None:
    await town.press("Sam", await muted(town))
    asked = replace(town.said("Eve", "mod", deed="queue"), moderator=True)
    assert lines((await town.router.command(asked)).card)[0] == "Second look · asked for by Sam"
    clip = await made(town, tmp_path, "a dog runs")
    await town.say("Tom", "report", clip=clip.id)
    reply = await town.router.command(replace(town.said("Eve", "mod", deed="queue"), moderator=True))
    assert reply.card.clip == clip.id and lines(reply.card)[-1] == "And 1 second looks wait."
    away = replace(town.said("Eve", "mod", place=town.place("away"), deed="queue"), moderator=True)
    assert plain((await town.router.command(away)).card.head) == "No report waits for a decision."


async def test_every_step_is_in_the_ledger_and_forgetting_takes_the_name_out_of_the_case(town: Town) -> None:
    house = town.house
    await town.press("Sam", await muted(town))
    await town.press("Olga", "w1:uphold:1")
    key = house.keys.person_key(PersonId("web:Sam"))
    kinds = [entry.kind for entry in await house.database.read(lambda tx: Ledger(house.keys).about(tx, key))]
    assert kinds == ["moderation.mute", "moderation.appeal", "moderation.uphold"]
    await house.database.write(lambda tx: appeal_tables.forget(tx, PersonId("web:Sam")))
    await house.database.write(lambda tx: appeal_tables.forget(tx, PersonId("web:Olga")))
    appeal = await house.database.read(lambda tx: appeal_tables.of_line(tx, 1))
    assert appeal and (appeal.person.name, appeal.by and appeal.by.name, appeal.state) == ("", "", "upheld")
