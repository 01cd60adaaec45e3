"""What somebody would try who was muted, or who would judge where it is not theirs to judge; the numbers are those of the list of attacks.

39 and 42 are in test_reported_often.py and test_tokens.py, 41 in test_takedown.py, floods of a place in test_limits.py.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.commands.test_report import lines
from tests.bot.test_delivery import delivering, settled
from tests.bot.test_limits import said
from tests.bot.test_mutes import mute
from tests.bot.test_reacting import REF, reaction
from tests.bot.test_shelf import asked as asked_inline
from tests.bot.test_takedown import kept, made, now
from tests.doubles.chat import Chat
from tests.town import FINISHED, Town
from tests.waiting import until
from walkon.bot.command import Pressed
from walkon.bot.port import Throttled
from walkon.bot.router import Router
from walkon.bot.takedown import purge_files
from walkon.bot.tokens import Deed, LineDeed
from walkon.library import tables
from walkon.library.clips import CancelledBy, Clip, ClipState
from walkon.moderation import tables as moderation
from walkon.store import accounts, outbox
from walkon.telemetry import build_metrics
from walkon.types.ids import EventId, PersonId, PlaceId
from walkon.types.people import Person

Door = Callable[[Town, str], Awaitable[str]]


async def clips_of(town: Town, *names: str) -> list[Clip]:
    async with town.house.database.reading() as tx:
        found = [await tables.latest_of(tx, town.person(name).id, town.place().id, promised_only=False) for name in names]
    return [clip for clips in found for clip in clips]


async def by_command(town: Town, clip: str) -> str:
    return said(await town.say("Sam", "prompt", prompt="a cat runs"))


async def by_form(town: Town, clip: str) -> str:
    return said(await town.say("Sam", "remix", clip=clip, words="a cat runs"))


async def by_menu(town: Town, clip: str) -> str:
    return said(await town.router.command(replace(town.said("Sam", "remix"), about="7")))


async def by_inline_list(town: Town, clip: str) -> str:
    shelf = await town.router.browse(asked_inline(town, "Sam", words="a cat runs", start="0"))
    assert shelf.words is None and not shelf.ready and not shelf.bases and shelf.refused
    return "\n".join(lines(shelf.refused))


async def by_inline_choice(town: Town, clip: str) -> str:
    return said(await town.router.command(asked_inline(town, "Sam", "prompt", prompt="a cat runs")))


async def by_linked_account(town: Town, clip: str) -> str:
    other = Person(id=PersonId("telegram:42"), name="Sam")
    await town.house.database.write(lambda tx: accounts.join(tx, town.person("Sam").id, other.id, 0))
    return said(await town.router.command(replace(town.said("Sam", "prompt", prompt="a cat runs"), person=other)))


async def by_reaction(town: Town, clip: str) -> str:
    await town.router.reacted(reaction(town, "Sam"))
    await town.router.reacted(reaction(town, "Sam", "❤️"))
    return "You're muted"


def by_press(deed: str) -> Door:
    async def press(town: Town, clip: str) -> str:
        return said(await town.press("Sam", f"w1:{deed}:{clip}"))

    return press


PRESSES = {f"press {deed}": by_press(deed) for deed in Deed if deed is not Deed.SECOND_LOOK}
LINE_PRESSES = {f"press {deed}": by_press(deed) for deed in LineDeed if deed is not LineDeed.APPEAL}
DOORS: dict[str, Door] = {
    "command": by_command,
    "form": by_form,
    "menu": by_menu,
    "inline list": by_inline_list,
    "inline choice": by_inline_choice,
    "linked account": by_linked_account,
    "reaction": by_reaction,
    **PRESSES,
    **LINE_PRESSES,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("restarted", [False, True])
async def test_attack_33_a_muted_person_is_refused_at_every_door_also_after_a_restart(town: Town, door: str, restarted: bool) -> None:
    shown = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.router.answered(str(shown.post), 1, REF)
    await town.finish(await town.claim())
    clip = await town.clip(shown)
    await mute(town)
    if restarted:
        town.router = Router(town.house, town.router._commands, build_metrics())
    assert "You're muted" in await DOORS[door](town, clip.id)
    assert await clips_of(town, "Sam") == [] and (await now(town, clip)).state is ClipState.FINISHED
    assert (await town.house.queue.stats()).queued == 0


async def test_attack_33_a_friends_place_in_line_is_no_way_in(town: Town) -> None:
    friends = await town.say("Ana", "prompt", prompt="a dog runs")
    clip = await town.clip(friends)
    await mute(town)
    for deed in ("cancel", "keep", "again", "vary", "remix"):
        assert "You're muted" in said(await town.press("Sam", f"w1:{deed}:{clip.id}"))
    assert "You're muted" in said(await town.say("Sam", "cancel", clip=clip.id))
    assert (await now(town, clip)).state is ClipState.PROMISED and await clips_of(town, "Sam") == []


async def test_attack_34_a_mute_during_the_render_stops_it_and_nothing_is_delivered(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        asked = await town.say("Sam", "prompt", prompt="a dog runs")
        await town.router.answered(str(asked.post), 1, await chat.show_first(str(asked.post), asked.card))
        lease = await town.claim()
        await mute(town)
        with pytest.raises(Exception, match=lease.job.id):
            await town.finish(lease)
        await until(lambda: settled(town))
    assert chat.clips() == [] and (await town.clip(asked)).cancelled_by is CancelledBy.MODERATOR


async def test_attack_35_a_mute_between_finish_and_post_leaves_nothing_to_be_posted(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    clip = await made(town, tmp_path, "a dog runs", by="Sam")
    reply = await mute(town)
    assert "Stopped: 0 rendering, 1 waiting." in said(reply)
    async with delivering(town, chat):
        town.clock.pass_s(60)
        await until(lambda: settled(town))
    stopped = await now(town, clip)
    assert chat.clips() == [] and (stopped.state, stopped.finished) == (ClipState.CANCELLED, None)
    await purge_files(town.house)
    assert kept(town, clip) == [False, False, False]


async def test_attack_35_also_where_the_post_is_on_its_way_and_the_platform_is_slow(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    chat.faults.append(Throttled(5))
    clip = await made(town, tmp_path, "a dog runs", by="Sam")
    async with delivering(town, chat):
        town.clock.pass_s(60)
        await until(lambda: not chat.faults)
        await mute(town)
        town.clock.pass_s(60)
        await until(lambda: settled(town))
    assert chat.clips() == [] and (await now(town, clip)).state is ClipState.CANCELLED


async def test_what_was_seen_before_the_mute_stays_also_while_its_card_is_to_be_shown_anew(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    clip = await made(town, tmp_path, "a dog runs", by="Sam")
    async with delivering(town, chat):
        town.clock.pass_s(60)
        await until(chat.clips)
        await until(lambda: settled(town))
    await town.house.database.write(lambda tx: outbox.touch(tx, clip.id, 0, urgent=True))
    await mute(town)
    assert (await now(town, clip)).state is ClipState.FINISHED


async def test_attack_37_a_moderator_of_one_place_decides_nothing_in_another(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.say("Tom", "report", clip=clip.id)
    await mute(town)
    away = town.place("away")
    for token in (f"w1:remove:{clip.id}", f"w1:stay:{clip.id}", "w1:undo:1", "w1:native:1", "w1:uphold:1"):
        told = said(await town.press("Mo", token, moderator=True, place=away))
        assert "needs a moderator" in told or "from before" in told
    for deed, more in (("takedown", {"clip": clip.id}), ("keep", {"clip": clip.id}), ("unmute", {"person": "web:Sam"})):
        await town.router.command(replace(town.said("Mo", "mod", place=away, deed=deed, **more), moderator=True))
    assert (await now(town, clip)).state is ClipState.FINISHED
    assert "muted" in said(await town.say("Sam", "help"))
    assert [entry.deed for entry in await town.house.database.read(lambda tx: moderation.newest(tx, None))] == ["mute"]


async def test_attack_37_who_is_no_moderator_any_more_at_the_press_decides_nothing(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.say("Tom", "report", clip=clip.id)
    assert "needs a moderator" in said(await town.press("Mo", f"w1:remove:{clip.id}", moderator=False))
    assert (await now(town, clip)).state is ClipState.FINISHED


async def test_attack_38_a_clock_that_jumps_neither_ends_a_mute_early_nor_moves_its_end(town: Town) -> None:
    await mute(town)
    ends = town.clock.now() + timedelta(hours=2)
    town.clock.pass_s(-24 * 3600)
    assert "muted here until 2026-11-24 14:00 UTC" in said(await town.say("Sam", "help"))
    town.clock.pass_s(26 * 3600 - 1)
    assert town.clock.now() == ends - timedelta(seconds=1)
    assert "muted" in said(await town.say("Sam", "help"))
    town.clock.pass_s(1)
    assert "muted" not in said(await town.say("Sam", "help"))


async def test_attack_40_the_very_same_film_is_refused_and_another_encoding_of_it_is_another_film(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.press("Olga", f"w1:remove:{clip.id}")
    assert (await now(town, await made(town, tmp_path, "a dog runs"))).state is ClipState.TAKEN_DOWN
    # walkon has no fingerprint of pictures: docs/moderation.md says so.
    lease_of = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.finish(await town.claim(), replace(FINISHED, video="mirrored.mp4"))
    assert (await town.clip(lease_of)).state is ClipState.FINISHED


async def test_a_name_that_only_looks_like_somebody_elses_mutes_nobody_and_hides_nobody(town: Town) -> None:
    lookalike = "S\u0430m"  # the second letter is Cyrillic
    reply = await town.say("Olga", "mod", deed="mute", person=f"@{lookalike}", duration="2h")
    assert "I don't know anyone by that name" in said(reply)
    await town.say("Olga", "mod", deed="mute", person=f"web:{lookalike}", duration="2h")
    assert "muted" not in said(await town.say("Sam", "help"))
    await mute(town)
    assert "muted" in said(await town.say("Sam", "help"))


async def test_a_press_that_is_replayed_is_the_deed_it_was_and_a_strangers_is_nothing(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.say("Tom", "report", clip=clip.id)
    for _ in range(3):
        await town.press("Mo", f"w1:remove-mute:{clip.id}", moderator=True, event="web:one")
    assert [entry.deed for entry in await town.house.database.read(lambda tx: moderation.newest(tx, None))] == ["mute", "takedown"]
    await town.say("Olga", "mod", deed="unmute", person="web:Ana")
    await town.press("Mo", f"w1:remove-mute:{clip.id}", moderator=True, event="web:one")
    assert "muted" not in said(await town.say("Ana", "help"))
    assert said(await town.press("Eve", f"w1:remove-mute:{clip.id}")).startswith("Muting needs a moderator")


async def test_a_reaction_that_is_deleted_and_sent_again_is_one_and_counts_for_whoever_sent_it(town: Town) -> None:
    shown = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.router.answered(str(shown.post), 1, REF)
    await town.finish(await town.claim())
    for added in (True, False, True, False, True):
        await town.router.reacted(reaction(town, "Tom", added=added))
    assert len(await clips_of(town, "Tom")) == 1 and await clips_of(town, "Eve") == []


async def test_what_a_press_claims_of_itself_does_not_make_anybody_an_operator(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    sneaky = Pressed(
        event=EventId("web:sneak"),
        token=f"w1:remove:{clip.id}",
        person=Person(id=PersonId("web:olga"), name="Olga"),
        place=replace(town.place(), id=PlaceId("web:LOCAL")),
        at=town.clock.now(),
        upload_limit=1,
        moderator=True,
    )
    assert said(await town.router.press(sneaky)).startswith("Muting needs a moderator")
