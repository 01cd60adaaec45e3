"""Many reports hide a clip until a moderator has looked; a crowd of new or doubled accounts does not, and nobody floods moderators."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.commands.test_report import judged, lines, waiting
from tests.bot.test_delivery import delivering
from tests.bot.test_limits import said
from tests.bot.test_takedown import made, now
from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.clip_card import Speaker, clip_card
from walkon.bot.command import Reply
from walkon.bot.moderating.weighing import AGED, REPORTS_PER_HOUR, made_at
from walkon.library.clips import Clip, ClipState
from walkon.moderation import tables
from walkon.store import accounts
from walkon.types.harm import HeldFor
from walkon.types.ids import PersonId
from walkon.types.people import Locale

KNOWN = ("Tom", "Léa", "Kim", "Eve", "Sam")


@pytest.fixture
async def known(town: Town) -> Town:
    """A town whose people have been there for a while."""
    for name in KNOWN:
        await town.say(name, "prompt", prompt="a cat runs")
        await town.say(name, "cancel")
    town.clock.pass_s(AGED.total_seconds())
    return town


async def report(town: Town, clip: Clip, *names: str) -> Reply:
    for name in names:
        reply = await town.say(name, "report", clip=clip.id)
    return reply


async def test_it_is_hidden_from_the_fifth_person_on_and_its_posts_say_so(known: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(known, chat):
        clip = await made(known, tmp_path, "a dog runs")
        known.clock.pass_s(60)
        await until(chat.clips)
        reply = await report(known, clip, *KNOWN[:4])
        assert said(reply) == "Thank you. A moderator looks at it." and (await now(known, clip)).state is ClipState.FINISHED
        assert said(await report(known, clip, KNOWN[4])) == "Thank you. A moderator looks at it.\nIt is hidden until then."
        await until(lambda: [card for card in chat.clips() if not (card.video and card.video.spoiler)] == [])
    hidden = await now(known, clip)
    assert (hidden.state, hidden.held, hidden.finished) == (ClipState.HELD, HeldFor.REPORTS, None)
    assert hidden.withheld == clip.finished
    [entry] = await known.house.database.read(lambda tx: tables.newest(tx, clip.place.id))
    assert (entry.deed, entry.by.name, entry.clip) == ("hide", "walkon", clip.id)


@pytest.mark.parametrize("locale", Locale)
async def test_the_card_of_a_hidden_clip_shows_nothing_of_it_and_offers_nothing(known: Town, tmp_path: Path, locale: Locale) -> None:
    clip = await made(known, tmp_path, "a dog runs")
    await report(known, clip, *KNOWN)
    card = clip_card(Speaker(known.house.words, locale), await now(known, clip), None)
    assert (card.video, card.words, card.buttons) == (None, None, ())
    assert lines(card)[0] == known.house.words.say(locale, "card.held.hidden")


async def test_the_moderators_still_see_it_under_a_veil_and_keeping_it_brings_it_back(known: Town, tmp_path: Path) -> None:
    clip = await made(known, tmp_path, "a dog runs")
    await report(known, clip, *KNOWN)
    reply = await known.router.command(replace(known.said("Mo", "mod", deed="queue"), moderator=True))
    assert reply.card.video and reply.card.video.spoiler
    assert "is not held back any more" in said(await known.press("Mo", f"w1:release:{clip.id}", moderator=True))
    await judged(known, "stay", clip)
    back = await now(known, clip)
    assert back.state is ClipState.FINISHED and back.finished == clip.finished
    assert said(await report(known, clip, "Zoe")) == "Thank you. A moderator looks at it."
    assert (await now(known, clip)).state is ClipState.FINISHED


async def test_a_hidden_clip_is_taken_down_like_any_other_and_its_film_refused(known: Town, tmp_path: Path) -> None:
    clip = await made(known, tmp_path, "a dog runs")
    await report(known, clip, *KNOWN)
    await judged(known, "remove", clip)
    assert (await now(known, clip)).state is ClipState.TAKEN_DOWN
    assert (await now(known, await made(known, tmp_path, "a dog runs"))).state is ClipState.TAKEN_DOWN


async def test_attack_39_two_hundred_new_accounts_hide_nothing_and_are_one_case(known: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(known, chat):
        clip = await made(known, tmp_path, "a dog runs")
        await report(known, clip, *(f"new{number}" for number in range(200)), *KNOWN[:4])
        assert (await now(known, clip)).state is ClipState.FINISHED and await waiting(known) == 1
        await until(lambda: any("204 people" in line for card in chat.messages.values() for line in lines(card)))


async def test_attack_39_several_accounts_of_one_person_and_the_makers_own_count_once_and_not_at_all(known: Town, tmp_path: Path) -> None:
    tom, sam = known.person("Tom").id, known.person("Sam").id
    await known.house.database.write(lambda tx: accounts.join(tx, tom, sam, 0))
    clip = await made(known, tmp_path, "a dog runs")
    await report(known, clip, *KNOWN, "Ana")
    assert (await now(known, clip)).state is ClipState.FINISHED


async def test_the_host_says_how_many_it_takes(known: Town, tmp_path: Path) -> None:
    known.router._house = replace(known.house, report_threshold=2)
    clip = await made(known, tmp_path, "a dog runs")
    await report(known, clip, *KNOWN[:2])
    assert (await now(known, clip)).held is HeldFor.REPORTS


async def test_attack_42_more_reports_than_somebody_can_mean_are_not_taken_and_the_answer_says_until_when(
    town: Town, tmp_path: Path
) -> None:
    clips = [await made(town, tmp_path, f"{number} dogs run") for number in range(REPORTS_PER_HOUR + 1)]
    for clip in clips[:REPORTS_PER_HOUR]:
        await report(town, clip, "Tom")
    await report(town, clips[0], "Tom")
    assert said(await report(town, clips[-1], "Tom")) == "That is enough reports for now; what you sent is looked at. Again from 13:00 UTC."
    assert await waiting(town) == REPORTS_PER_HOUR
    assert said(await report(town, clips[-1], "Léa")).startswith("Thank you")
    town.clock.pass_s(3600)
    assert said(await report(town, clips[-1], "Tom")).startswith("Thank you")


def test_discord_says_in_the_number_when_an_account_was_made() -> None:
    # The example of Discord's own documentation (reference, snowflakes).
    made = made_at(PersonId("discord:175928847299117063"))
    assert made and made.isoformat(timespec="milliseconds") == "2016-04-30T11:18:25.796+00:00"
    assert made_at(PersonId("telegram:42")) is None and made_at(PersonId("web:Ana")) is None
    assert timedelta(days=7) == AGED
