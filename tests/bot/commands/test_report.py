"""`/sora report`: a clip is shown to moderators, who keep it or take it down with one press."""

from pathlib import Path

import pytest

from tests.bot.test_delivery import delivering, settled
from tests.bot.test_limits import said
from tests.bot.test_takedown import kept, made, now
from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.cards import Card, plain
from walkon.bot.command import Reply
from walkon.library.clips import Clip, ClipState, RemovedBy
from walkon.moderation import report_tables, tables
from walkon.store import accounts
from walkon.types.people import Locale


def lines(card: Card) -> list[str]:
    return [plain(line) for line in (card.head, *card.body)]


async def judged(town: Town, deed: str, clip: Clip, by: str = "Mo", *, moderator: bool = True, **more: str) -> Reply:
    return await town.press(by, f"w1:{deed}:{clip.id}", moderator=moderator, **more)


async def waiting(town: Town) -> int:
    _, count = await town.house.database.read(lambda tx: report_tables.open_reviews(tx, None))
    return count


async def test_whoever_reports_is_thanked_alone_and_the_operators_see_the_clip_under_a_veil(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(town, chat):
        clip = await made(town, tmp_path, "a dog runs")
        reply = await town.say("Tom", "report", clip=clip.id, reason="not  funny")
        assert said(reply) == "Thank you. A moderator looks at it." and reply.private and reply.confidential
        await until(lambda: any("Report" in plain(card.head) for card in chat.messages.values()))
    [number] = [number for number, card in chat.messages.items() if "Report" in plain(card.head)]
    card = chat.messages[number]
    assert chat.posts[number].place.addressee == "Olga"
    assert card.video and card.video.spoiler and card.words == "a dog runs"
    assert lines(card) == [
        "Report · 1 person · first 12:00 UTC",
        "“not funny”",
        "Maker: Ana, 1 clips, 0 taken down by moderators",
        "Copies: 1 posts, 0 remixes",
    ]
    assert [button.label for button in card.buttons] == ["Keep", "Remove", "Remove and mute 2 h"]
    assert "Tom" not in str(card)


async def test_reports_of_a_place_are_shown_in_its_moderators_channel_once_it_has_one(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    asked = await town.say("Olga", "mod", deed="channel", place=town.place("local"))
    assert said(asked).startswith("Reports of this place are shown in this channel")
    async with delivering(town, chat):
        clip = await made(town, tmp_path, "a dog runs")
        for name in ("Tom", "Tom", "Léa"):
            await town.say(name, "report", clip=clip.id)
        await until(lambda: any("2 people" in plain(card.head) for card in chat.messages.values()))
    cases = [number for number, card in chat.messages.items() if "Report" in plain(card.head)]
    assert len(cases) == 1 and chat.posts[cases[0]].place.channel == "lobby" and not chat.posts[cases[0]].place.private


async def test_one_press_takes_the_clip_down_and_the_card_says_who_and_how_far(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(town, chat):
        clip = await made(town, tmp_path, "a dog runs")
        remix = await made(town, tmp_path, "a cat runs", parent=clip)
        await town.say("Tom", "report", clip=clip.id)
        reply = await judged(town, "remove", clip)
        assert lines(reply.card)[0] == f"Clip {clip.id} is taken down"
        town.clock.pass_s(60)
        await until(lambda: settled(town))
        await judged(town, "remove", clip)
        await until(lambda: any("Removed by Mo" in "".join(lines(card)) for card in chat.messages.values()))
    assert (await now(town, clip)).removed_by is RemovedBy.MODERATOR
    assert (await now(town, remix)).removed_by is RemovedBy.ORIGIN
    assert kept(town, clip) == [False, False, False] and chat.clips() == []
    assert await waiting(town) == 0
    [entry] = await town.house.database.read(lambda tx: tables.newest(tx, clip.place.id))
    assert (entry.deed, entry.clip, entry.by.name, entry.person.name) == ("takedown", clip.id, "Mo", "Ana")


async def test_one_press_keeps_it_and_another_person_may_ask_again(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.say("Tom", "report", clip=clip.id)
    assert said(await judged(town, "stay", clip)) == f"Clip {clip.id} stays."
    assert (await now(town, clip)).state is ClipState.FINISHED and await waiting(town) == 0
    await town.say("Tom", "report", clip=clip.id)
    assert await waiting(town) == 0
    await town.say("Léa", "report", clip=clip.id)
    assert await waiting(town) == 1


async def test_one_press_takes_it_down_and_mutes_its_maker_for_two_hours(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.say("Tom", "report", clip=clip.id)
    for _ in range(2):
        await judged(town, "remove-mute", clip, event="web:press")
    assert "You're muted here until 14:00 UTC." in said(await town.say("Ana", "help"))
    assert len(await town.house.database.read(lambda tx: tables.newest(tx, clip.place.id))) == 2


@pytest.mark.parametrize("deed", ["stay", "remove", "remove-mute"])
async def test_only_moderators_of_the_clips_own_place_and_operators_decide(town: Town, tmp_path: Path, deed: str) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.say("Tom", "report", clip=clip.id)
    assert "needs a moderator" in said(await judged(town, deed, clip, "Tom", moderator=False))
    assert "needs a moderator" in said(await judged(town, deed, clip, "Mo", place=town.place("away")))
    assert await waiting(town) == 1 and (await now(town, clip)).state is ClipState.FINISHED
    await judged(town, deed, clip, "Olga", moderator=False, place=town.place("away"))
    assert await waiting(town) == 0


async def test_nobody_judges_a_clip_of_their_own_by_whatever_account(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.say("Tom", "report", clip=clip.id)
    await town.house.database.write(lambda tx: accounts.join(tx, town.person("Ana").id, town.person("Anna").id, 0))
    for name in ("Ana", "Anna"):
        assert "another moderator decides" in said(await judged(town, "stay", clip, name))
        assert "another moderator decides" in said(await town.say(name, "mod", deed="log")) or await waiting(town) == 1


async def test_the_queue_shows_what_waits_longest_ready_to_decide(town: Town, tmp_path: Path) -> None:
    first, second = await made(town, tmp_path, "a dog runs"), await made(town, tmp_path, "a cat runs")
    assert said(await town.say("Olga", "mod", deed="queue")) == "No report waits for a decision."
    await town.say("Tom", "report", clip=first.id)
    town.clock.pass_s(60)
    await town.say("Tom", "report", clip=second.id)
    reply = await town.say("Olga", "mod", deed="queue")
    assert reply.card.clip == first.id and reply.card.buttons and lines(reply.card)[-1] == "And 1 more reports wait."
    assert "needs a moderator" in said(await town.say("Tom", "mod", deed="queue"))


async def test_a_clip_that_may_not_be_seen_here_cannot_be_reported_from_here(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs", place="away")
    assert said(await town.say("Tom", "report", clip=clip.id)) == f"I have no clip {clip.id} here."
    assert said(await town.press("Tom", f"w1:report:{clip.id}")).startswith("This card is from before")
    assert await waiting(town) == 0


async def test_the_button_under_a_clip_reports_it_in_the_readers_language(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    assert said(await town.press("Tom", f"w1:report:{clip.id}")) == "Thank you. A moderator looks at it."
    assert await waiting(town) == 1
    assert town.house.words.say(Locale.FR, "card.report.thanks") == "Merci. La modération regarde."


async def test_a_muted_person_reports_nothing(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.say("Olga", "mod", deed="mute", person="web:Tom", duration="2h")
    await town.say("Tom", "report", clip=clip.id)
    await town.press("Tom", f"w1:report:{clip.id}")
    assert await waiting(town) == 0
