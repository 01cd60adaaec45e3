"""A muted person is heard nowhere in that place, at once, in every process, until it ends by itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.stores import open_store, place_of
from tests.town import Town
from walkon.bot import commands
from walkon.bot.cards import Card, plain
from walkon.bot.command import Command, Context, Reply
from walkon.bot.commands.prompt import COMMAND as PROMPT
from walkon.bot.router import Router
from walkon.library import tables
from walkon.library.clips import CancelledBy, ClipState
from walkon.queue.port import Beat, JobState
from walkon.telemetry import build_metrics
from walkon.types.ids import render_job
from walkon.types.people import Locale

NAMES = [command.name for command in commands.load() if command.own_right is None]


def said(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.head, *card.body))


async def mute(town: Town, name: str = "Sam", **options: str) -> Reply:
    return await town.say("Olga", "mod", **{"deed": "mute", "person": f"web:{name}", "duration": "2h", **options})


@pytest.mark.parametrize("name", [*NAMES, "nonsense"])
async def test_no_command_is_heard_and_the_answer_is_private_with_end_and_reason(town: Town, name: str) -> None:
    await mute(town, reason="spam")
    reply = await town.say("Sam", name, prompt="a cat runs", deed="log")
    assert said(reply.card) == 'You\'re muted here until 14:00 UTC.\nReason given: "spam".'
    assert reply.private and reply.confidential and reply.post is None


@pytest.mark.parametrize("deed", ["cancel", "again", "details", "nonsense"])
async def test_no_press_is_heard(town: Town, deed: str) -> None:
    asked = await town.say("Sam", "prompt", prompt="a cat runs")
    await mute(town)
    reply = await town.press("Sam", f"w1:{deed}:{asked.card.clip}")
    assert said(reply.card) == "You're muted here until 14:00 UTC."
    assert reply.private and reply.post is None


async def test_what_waits_and_what_renders_is_stopped_and_counted(town: Town) -> None:
    first = await town.say("Sam", "prompt", prompt="a cat runs")
    lease = await town.claim()
    rest = [await town.say("Sam", "prompt", prompt="a dog runs") for _ in range(2)]
    reply = await mute(town)
    assert "Stopped: 1 rendering, 2 waiting." in said(reply.card)
    assert await town.house.queue.heartbeat(lease) is Beat.CANCEL
    for asked in (first, *rest):
        clip = await town.clip(asked)
        view = await town.house.queue.view(render_job(clip.id))
        assert (clip.state, clip.cancelled_by) == (ClipState.CANCELLED, CancelledBy.MODERATOR)
        assert view and view.state is JobState.CANCELLED


async def test_a_render_that_ends_all_the_same_is_dropped(town: Town) -> None:
    asked = await town.say("Sam", "prompt", prompt="a cat runs")
    lease = await town.claim()
    await mute(town)
    with pytest.raises(Exception, match=lease.job.id):
        await town.finish(lease)
    assert (await town.clip(asked)).state is ClipState.CANCELLED


async def test_other_people_and_other_places_go_on(town: Town) -> None:
    ana = await town.say("Ana", "prompt", prompt="a cat runs")
    away = await town.say("Sam", "prompt", prompt="a dog runs", place=town.place("away"))
    await mute(town)
    assert (await town.clip(ana)).state is ClipState.PROMISED
    assert (await town.clip(away)).state is ClipState.PROMISED
    assert (await town.say("Ana", "prompt", prompt="a cat sits")).post
    assert (await town.say("Sam", "prompt", prompt="a dog sits", place=town.place("away"))).post


async def test_everywhere_reaches_every_place_and_the_work_in_it(town: Town) -> None:
    away = await town.say("Sam", "prompt", prompt="a dog runs", place=town.place("away"))
    reply = await mute(town, where="everywhere")
    assert said(reply.card).startswith("Sam is muted everywhere for 2 h (until 14:00 UTC).\nStopped: 0 rendering, 1 waiting.")
    assert (await town.clip(away)).state is ClipState.CANCELLED
    told = await town.say("Sam", "help", place=town.place("another"))
    assert said(told.card) == "You're muted everywhere on this host until 14:00 UTC."


async def test_it_ends_by_itself_at_the_moment_that_was_named(town: Town) -> None:
    await mute(town)
    town.clock.pass_s(2 * 3600 - 1)
    assert (await town.say("Sam", "prompt", prompt="a cat runs")).post is None
    town.clock.pass_s(1)
    assert (await town.say("Sam", "prompt", prompt="a cat runs")).post


async def test_a_ban_ends_when_somebody_lifts_it(town: Town) -> None:
    await town.say("Olga", "mod", deed="ban", person="web:Sam")
    town.clock.pass_s(400 * 24 * 3600)
    assert said((await town.say("Sam", "help")).card) == "You're muted here; no end is set."
    await town.say("Olga", "mod", deed="unmute", person="web:Sam")
    assert "muted" not in said((await town.say("Sam", "help")).card)


async def test_the_mute_that_holds_longest_is_told(town: Town) -> None:
    await mute(town, duration="1h")
    await mute(town, duration="3h", where="everywhere")
    assert "15:00 UTC" in said((await town.say("Sam", "help")).card)
    await town.say("Olga", "mod", deed="ban", person="web:Sam")
    assert "no end" in said((await town.say("Sam", "help")).card)


async def test_the_end_is_told_with_its_date_where_it_is_not_today(town: Town) -> None:
    await mute(town, duration="3d")
    assert "until 2026-11-27 12:00 UTC" in said((await town.say("Sam", "help")).card)


async def test_it_binds_another_process_at_once_and_survives_a_restart(town: Town, tmp_path: Path) -> None:
    other = await open_store(place_of(tmp_path))
    router = Router(replace(town.house, database=other), {PROMPT.name: PROMPT}, build_metrics())
    await mute(town)
    reply = await router.command(town.said("Sam", "prompt", prompt="a cat runs"))
    await other.close()
    assert reply.post is None and "muted" in said(reply.card)


async def test_who_is_muted_while_a_clip_is_being_promised_gets_none(town: Town) -> None:
    async def muted_meanwhile(ctx: Context) -> Reply:
        await mute(town)
        return await PROMPT.run(ctx)

    command = Command("prompt", muted_meanwhile, options=PROMPT.options)
    asked = town.said("Sam", "prompt", prompt="a cat runs")
    reply = await Router(town.house, {"prompt": command}, build_metrics()).command(asked)
    async with town.house.database.reading() as tx:
        clip = await tables.of_event(tx, asked.event)
    assert clip and (clip.state, clip.cancelled_by) == (ClipState.CANCELLED, CancelledBy.MODERATOR)
    view = await town.house.queue.view(render_job(clip.id))
    assert view and view.state is JobState.CANCELLED
    assert reply.post is None and "muted" in said(reply.card)


async def test_who_becomes_an_operator_is_heard_again(town: Town) -> None:
    await mute(town)
    router = Router(replace(town.house, operators=frozenset({"web:Sam"})), {PROMPT.name: PROMPT}, build_metrics())
    assert (await router.command(town.said("Sam", "prompt", prompt="a cat runs"))).post


async def test_a_french_reader_is_told_in_french(town: Town) -> None:
    await mute(town, reason="spam")
    reply = await town.router.command(replace(town.said("Sam", "help"), person=town.person("Sam", Locale.FR)))
    assert said(reply.card) == "Tu es en sourdine ici jusqu'à 14 h 00 UTC.\nRaison donnée\u00a0: «\u00a0spam\u00a0»."
