"""Limits hold for whoever asks, however they ask, and say when it works again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.stores import open_store
from tests.town import FINISHED, Town
from walkon.bot.cards import plain
from walkon.bot.command import Reply
from walkon.bot.commands.prompt import COMMAND as PROMPT
from walkon.bot.flood import PERSON_AT_ONCE, Flood
from walkon.bot.reconcile import reconcile
from walkon.bot.router import Router
from walkon.bot.takedown import take_down
from walkon.config import AllowSection, LimitsSection, PersonQuotas, Quotas
from walkon.library import spending
from walkon.library.clips import FailureCause, RemovedBy
from walkon.library.endings import end_failed
from walkon.library.spending import Scope
from walkon.queue.port import FaultKind, Progress
from walkon.store import accounts
from walkon.telemetry import build_metrics
from walkon.types.people import Locale, Place


def said(reply: Reply) -> str:
    return "\n".join(plain(line) for line in (reply.card.head, *reply.card.body))


def limited(town: Town, **limits: object) -> Town:
    """The same town with these limits; a person's are PersonQuotas unless said otherwise."""
    given = {"person": PersonQuotas(active=None), **limits}
    return refitted(town, limits=LimitsSection(**given))


def refitted(town: Town, **changed: object) -> Town:
    house = replace(town.house, **changed)
    return Town(house, Router(house, town.router._commands, build_metrics()), town.clock, town.numbers)


async def asked(town: Town, name: str = "Ana", place: Place | None = None, **options: int) -> Reply:
    return await town.say(name, "prompt", prompt="a cat runs", place=place, **options)


async def accepted(town: Town, count: int, name: str = "Ana", place: Place | None = None) -> int:
    replies = [await asked(town, name, place) for _ in range(count)]
    return sum(reply.post is not None for reply in replies)


async def test_somebody_with_three_clips_going_is_told_when_the_next_can_start(town: Town) -> None:
    town = limited(town, person=PersonQuotas())
    assert await accepted(town, 3) == 3
    lease = await town.claim()
    await town.house.queue.heartbeat(lease, Progress(phase="painting", step=1, steps=9, fraction=0.5, left_ms=40_000))
    reply = await asked(town)
    assert reply.post is None and reply.private
    assert said(reply).startswith("You have 3 clips going, the limit here. The next can start when one is done, in a")
    await town.finish(lease)
    assert (await asked(town)).post


async def test_the_fourth_is_refused_in_french_too(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=1))
    await asked(town)
    refused = replace(town.said("Ana", "prompt", prompt="un chat court"), person=town.person("Ana", Locale.FR))
    reply = await town.router.command(refused)
    assert said(reply).startswith("Tu as 1 clips en cours,")


async def test_an_hours_clips_are_gone_until_the_first_is_an_hour_old(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_hour=2))
    await asked(town)
    town.clock.pass_s(600)
    await asked(town)
    reply = await asked(town)
    assert said(reply) == "That's your 2 clips for an hour.\nIt works again at 13:00 UTC, in 50 min; your words are kept in your message."
    town.clock.pass_s(2999)
    assert (await asked(town)).post is None
    town.clock.pass_s(1)
    assert (await asked(town)).post


async def test_of_several_reasons_the_one_that_holds_longest_is_told(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=2, per_hour=2, per_day=2))
    await accepted(town, 2)
    assert said(await asked(town)).startswith("That's your 2 clips for a day.\nIt works again at 2026-11-25 12:00 UTC, in 1 d")


async def test_seconds_of_video_are_counted_and_a_clip_longer_than_all_of_it_is_told_so(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, seconds_per_day=10))
    assert (await asked(town, seconds=6)).post
    assert "This clip fits again at 2026-11-25 12:00 UTC, in 1 d; a shorter one may fit sooner." in said(await asked(town, seconds=5))
    assert "This clip alone is more than that" in said(await asked(town, seconds=11))
    assert (await asked(town, seconds=4)).post


async def test_energy_counts_by_an_estimate_until_it_is_known(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, energy_wh_per_day=1.0))
    await asked(town, seconds=6)
    await town.finish(await town.claim(), replace(FINISHED, energy_wh=0.6))
    assert said(await asked(town, seconds=6)).startswith("That's your 1 Wh for a day.")
    assert (await asked(town, seconds=3)).post


async def test_a_places_and_the_hosts_limits_hold_for_all_in_them_together(town: Town) -> None:
    town = limited(town, place=Quotas(per_day=2), all=Quotas(per_day=3))
    assert [await accepted(town, 1, name) for name in ("Ana", "Tom", "Léa")] == [1, 1, 0]
    away = town.place("away")
    assert said(await asked(town, "Ana")).startswith("That's the 2 clips this place has for a day.")
    assert await accepted(town, 1, "Ana", away) == 1
    assert said(await asked(town, "Tom", away)).startswith("That's the 3 clips this host makes in a day.")


async def test_a_role_has_limits_of_its_own(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=1), role={"helper": Quotas(active=2), "operator": Quotas(active=4)})
    helper = [replace(town.said("Ana", "prompt", prompt="a cat runs"), roles=frozenset({"Helper"})) for _ in range(3)]
    assert [bool((await town.router.command(one)).post) for one in helper] == [True, True, False]
    assert await accepted(town, 6, "Olga") == 4


async def test_every_way_to_ask_for_a_clip_counts(town: Town) -> None:
    clip = await town.finished("Ana", "a cat runs")
    town = limited(town, person=PersonQuotas(active=None, per_day=1))
    replies = [
        await town.say("Ana", "vary", clip=clip.id),
        await town.say("Ana", "remix", clip=clip.id, words="a dog runs"),
        await town.press("Ana", f"w1:vary:{clip.id}"),
    ]
    assert [reply.post for reply in replies] == [None, None, None]


async def test_the_same_event_twice_counts_once(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_day=2))
    for _ in range(3):
        assert (await town.say("Ana", "prompt", "web:same", prompt="a cat runs")).post
    assert (await asked(town)).post


async def test_what_failed_was_refused_or_never_began_costs_no_turn(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_day=1))
    first = await town.clip(await asked(town))
    await town.say("Ana", "cancel")
    await town.clip(await asked(town))
    lease = await town.claim()
    await town.house.queue.fail(lease, FaultKind.BAD_INPUT, "no")
    await reconcile(town.house, settled=timedelta(0))
    third = await town.clip(await asked(town))
    await take_down(town.house, [third.id], RemovedBy.PERSON)
    assert (await asked(town)).post
    assert first.id != third.id


async def test_what_a_worker_had_begun_is_not_given_back_by_stopping_it(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_day=1))
    await asked(town)
    await town.claim()
    await town.say("Ana", "cancel")
    assert (await asked(town)).post is None


async def test_a_mute_gives_back_what_waited_and_keeps_what_rendered(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_day=2))
    await accepted(town, 2)
    await town.claim()
    await town.say("Olga", "mod", deed="mute", person="web:Ana", duration="1h")
    await town.say("Olga", "mod", deed="unmute", person="web:Ana")
    assert await accepted(town, 2) == 1


async def test_a_failure_recorded_by_the_worker_gives_the_turn_back(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_day=1))
    clip = await town.clip(await asked(town))
    await town.house.database.write(lambda tx: end_failed(tx, clip.id, FailureCause.RENDER, town.clock.now()))
    assert (await asked(town)).post


async def test_a_full_line_counts_nothing(town: Town) -> None:
    for number in range(50):
        await asked(town, f"P{number}")
    town = limited(town, person=PersonQuotas(active=None, per_day=1))
    assert said(await asked(town)).startswith("The line is full here")
    assert (
        await town.house.database.read(lambda tx: spending.used(tx, Scope(accounts=(town.person("Ana").id,)), town.clock.now()))
    ).day == 0


async def test_fifty_commands_at_once_are_one_quota(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=7))
    replies = await asyncio.gather(*(asked(town) for _ in range(50)))
    assert sum(reply.post is not None for reply in replies) == 7


async def test_ten_bot_processes_give_the_same_answer_as_one(town: Town, tmp_path: Path) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_hour=5), place=Quotas(per_day=12), all=Quotas(seconds_per_day=60))
    others = [await open_store(tmp_path / "store.db") for _ in range(9)]
    towns = [town, *(refitted(town, database=other) for other in others)]
    names = ("Ana", "Tom", "Léa")
    replies = await asyncio.gather(*(asked(each, name, seconds=4) for each in towns for name in names for _ in range(2)))
    for other in others:
        await other.close()
    counted = await town.house.database.read(lambda tx: spending.used(tx, Scope(), town.clock.now()))
    assert sum(reply.post is not None for reply in replies) == counted.day == 12
    for name in names:
        mine = Scope(accounts=(town.person(name).id,))
        assert (await town.house.database.read(lambda tx, mine=mine: spending.used(tx, mine, town.clock.now()))).hour <= 5


async def test_two_hundred_accounts_leave_a_place_no_more_than_its_share(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=1), place=Quotas(active=20))
    replies = await asyncio.gather(*(asked(town, f"Bot{number}") for number in range(200)))
    assert sum(reply.post is not None for reply in replies) == 20
    assert (await asked(town, "Ana", town.place("away"))).post


async def test_a_restart_and_a_clock_set_back_give_nothing_back(town: Town, tmp_path: Path) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_day=1))
    await asked(town)
    town.clock.pass_s(-7 * 24 * 3600)
    other = await open_store(tmp_path / "store.db")
    assert (await asked(refitted(town, database=other))).post is None
    await other.close()


async def test_a_stranger_gets_one_polite_line_whatever_they_say(town: Town) -> None:
    town = refitted(town, allow=AllowSection(places=("web:club",), people=("web:Ana",)))
    for command in ("prompt", "help", "settings", "nonsense"):
        reply = await town.say("Tom", command, prompt="a cat runs")
        assert said(reply).startswith("This host makes clips for a few places and people") and reply.private
    assert (await asked(town, "Ana")).post
    assert (await asked(town, "Tom", town.place("club"))).post
    assert (await asked(town, "Olga")).post
    assert "a few places" in said(await town.press("Tom", "w1:vary:AAAAAA"))


async def test_more_events_than_hands_can_make_are_answered_with_a_wait_and_others_are_heard(town: Town) -> None:
    town = refitted(town, flood=Flood())
    replies = [await town.say("Bot", "queue") for _ in range(PERSON_AT_ONCE + 20)]
    refused = [reply for reply in replies if said(reply).startswith("That was quick. It works again in a few seconds")]
    assert 1 <= len(refused) <= 20
    assert "quick" not in said(await town.say("Ana", "queue"))


async def test_a_refusal_of_one_process_is_the_refusal_of_another(town: Town, tmp_path: Path) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_hour=1))
    await asked(town)
    other = await open_store(tmp_path / "store.db")
    router = Router(replace(town.house, database=other), {"prompt": PROMPT}, build_metrics())
    assert said(await router.command(town.said("Ana", "prompt", prompt="a cat"))) == said(await asked(town))
    await other.close()


async def test_in_quiet_hours_a_clip_is_kept_with_its_place(town: Town) -> None:
    local = town.clock.now().astimezone()
    hours = f"{local - timedelta(hours=1):%H:%M}-{local + timedelta(hours=1):%H:%M}"
    town = refitted(town, limits=LimitsSection(person=PersonQuotas(), quiet_hours=hours))
    assert said(await asked(town)) == "Kept until 13:00 UTC: quiet hours here\nYour place stays."
    town.clock.pass_s(3600)
    assert said(await asked(town)).startswith("Got it.")


async def test_linked_accounts_are_one_person_with_one_quota_also_for_what_they_asked_before(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_day=3))
    await accepted(town, 1, "Ana")
    await accepted(town, 1, "Anna")
    await town.house.database.write(lambda tx: accounts.join(tx, town.person("Ana").id, town.person("Anna").id, 0))
    replies = await asyncio.gather(*(asked(town, name) for name in ("Ana", "Anna") for _ in range(5)))
    assert sum(reply.post is not None for reply in replies) == 1
