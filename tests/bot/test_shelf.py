"""What a person may carry into a chat that nobody names, and what becomes of it there."""

from dataclasses import replace

import msgspec

from tests.bot.test_limits import limited
from tests.town import FINISHED, Town
from tests.troupe import Troupe, troupe
from walkon.bot import commands
from walkon.bot.cards import plain
from walkon.bot.command import Invocation, RawValue
from walkon.bot.port import Shelf
from walkon.bot.router import Router
from walkon.bot.takedown import take_down
from walkon.config import PersonQuotas
from walkon.library.clips import Clip, RemovedBy
from walkon.store import outbox
from walkon.store.outbox import Copy
from walkon.telemetry import build_metrics
from walkon.types.ids import PlaceId
from walkon.types.people import Place

__all__ = ["troupe"]

GROUP = "fun"


def elsewhere(town: Town, name: str) -> Place:
    return replace(town.place(name), elsewhere=True)


def asked(town: Town, name: str, command: str = "browse", **options: RawValue) -> Invocation:
    return town.said(name, command, place=elsewhere(town, name), **options)


async def browsed(town: Town, name: str, words: str = "", start: int = 0) -> Shelf:
    return await town.router.browse(asked(town, name, words=words, start=str(start)))


async def carried(town: Town, name: str, clip: Clip) -> None:
    ref = msgspec.json.encode({"inline": f"of {clip.id}"}).decode()
    await town.router.carried(asked(town, name, "show"), clip.id, ref)


async def copies(town: Town, clip: Clip) -> list[Copy]:
    return list(await town.house.database.read(lambda tx: outbox.copies(tx, [clip.id])))


async def test_ones_own_finished_clips_are_listed_newest_first_from_every_place(town: Town) -> None:
    older = await town.finished("Ana", "a cat sleeps", place=town.place(GROUP))
    town.clock.pass_s(60)
    newer = await town.finished("Ana", "a dog runs")
    await town.finished("Tom", "rain")
    await town.say("Ana", "prompt", prompt="still in line")
    shelf = await browsed(town, "Ana")
    assert [ready.clip.id for ready in shelf.ready] == [newer.id, older.id]
    assert all(ready.card.video for ready in shelf.ready)
    assert shelf.next is None


def of_group(town: Town, name: str, **options: RawValue) -> Invocation:
    """Asked by somebody whom the platform has found in the group."""
    said = asked(town, name, **options)
    return replace(said, options={**said.options, "place": town.place(GROUP).id})


async def test_the_clips_of_a_place_are_listed_to_who_is_there_newest_first_and_page_by_page(town: Town) -> None:
    older = await town.finished("Ana", "a cat sleeps", place=town.place(GROUP))
    town.clock.pass_s(60)
    newer = await town.finished("Tom", "rain", place=town.place(GROUP))
    await town.finished("Ana", "a dog runs")
    shelf = await town.router.browse(of_group(town, "Eve", words="", start="0"))
    assert [ready.clip.id for ready in shelf.ready] == [newer.id, older.id] and shelf.next is None
    later = await town.router.browse(of_group(town, "Eve", words="", start="1"))
    assert [ready.clip.id for ready in later.ready] == [older.id]
    assert not (await browsed(town, "Eve")).ready


async def test_a_clip_of_a_place_is_carried_by_who_was_listed_it_and_by_nobody_else(town: Town) -> None:
    clip = await town.finished("Ana", "a cat sleeps", place=town.place(GROUP))
    await carried(town, "Eve", clip)
    assert len(await copies(town, clip)) == 1
    ref = msgspec.json.encode({"inline": "of Eve"}).decode()
    await town.router.carried(replace(of_group(town, "Eve"), command="show"), clip.id, ref)
    assert len(await copies(town, clip)) == 2


async def test_what_stays_in_its_chat_is_in_no_list_of_it(troupe: Troupe) -> None:
    clip = await troupe.finished(place=troupe.town.place(GROUP))
    shelf = await troupe.town.router.browse(of_group(troupe.town, "Eve", words="", start="0"))
    assert clip.finished and not shelf.ready


async def test_a_muted_person_is_listed_no_clips_of_a_place(town: Town) -> None:
    await town.finished("Ana", "a cat sleeps", place=town.place(GROUP))
    mute = {"deed": "mute", "person": town.person("Eve"), "duration": "2h"}
    await town.router.command(replace(town.said("Olga", "mod", **mute), moderator=True))
    shelf = await town.router.browse(of_group(town, "Eve", words="", start="0"))
    assert shelf.refused and not shelf.ready


async def test_what_one_likes_of_others_follows_ones_own(town: Town) -> None:
    older = await town.finished("Tom", "rain")
    mine = await town.finished("Ana", "a cat sleeps")
    newer = await town.finished("Tom", "snow")
    for clip in (newer, mine, older):
        town.clock.pass_s(1)
        await town.say("Ana", "like", clip=clip.id)
    assert [ready.clip.id for ready in (await browsed(town, "Ana")).ready] == [mine.id, older.id, newer.id]
    assert [ready.clip.id for ready in (await browsed(town, "Ana", f"#{older.id}")).ready] == [older.id]
    await carried(town, "Ana", older)
    assert len(await copies(town, older)) == 2
    await town.say("Ana", "like", clip=older.id)
    assert [ready.clip.id for ready in (await browsed(town, "Ana")).ready] == [mine.id, newer.id]


async def test_a_long_list_comes_in_pages_and_ends(town: Town) -> None:
    for number in range(23):
        await town.finished("Ana", f"clip {number}")
    first = await browsed(town, "Ana")
    last = await browsed(town, "Ana", start=first.next or 0)
    assert (len(first.ready), first.next, len(last.ready), last.next) == (20, 20, 3, None)
    assert {one.clip.id for one in first.ready}.isdisjoint({one.clip.id for one in last.ready})


async def test_words_may_become_a_clip_or_change_ones_newest(town: Town) -> None:
    mine = await town.finished("Ana", "a cat sleeps")
    shelf = await browsed(town, "Ana", "now at night")
    assert shelf.words == "now at night"
    assert [base.id for base in shelf.bases] == [mine.id]
    assert shelf.ready == ()


async def test_a_clip_named_by_its_id_is_offered_to_its_asker_only(town: Town) -> None:
    mine = await town.finished("Ana", "a cat sleeps")
    assert [one.clip.id for one in (await browsed(town, "Ana", f"#{mine.id}")).ready] == [mine.id]
    assert (await browsed(town, "Tom", f"#{mine.id}")).ready == ()
    assert (await browsed(town, "Tom", f"#{mine.id} at night")).bases == ()


async def test_what_was_carried_may_be_changed_by_whoever_sees_it_there(town: Town) -> None:
    mine = await town.finished("Ana", "a cat sleeps")
    await carried(town, "Ana", mine)
    shelf = await browsed(town, "Tom", f"#{mine.id} at night")
    assert [base.id for base in shelf.bases] == [mine.id]
    assert shelf.words is None
    reply = await town.router.command(asked(town, "Tom", "remix", clip=mine.id, words="at night"))
    assert (await town.clip(reply)).parent == mine.id


async def test_what_was_carried_stays_out_of_sight_in_other_places(town: Town) -> None:
    mine = await town.finished("Ana", "a cat sleeps", place=town.place(GROUP))
    await carried(town, "Ana", mine)
    reply = await town.say("Tom", "remix", place=town.place("other"), clip=mine.id, words="at night")
    assert reply.post is None


async def test_nobody_carries_another_persons_clip(town: Town) -> None:
    mine = await town.finished("Ana", "a cat sleeps")
    await carried(town, "Tom", mine)
    assert len(await copies(town, mine)) == 1


async def test_whoever_is_muted_in_any_place_carries_nothing_anywhere(town: Town) -> None:
    await town.finished("Tom", "a cat sleeps")
    await town.say("Olga", "mod", place=town.place(GROUP), deed="mute", person=town.person("Tom"), duration="2h")
    shelf = await browsed(town, "Tom", "a dog runs")
    assert shelf.refused
    assert (shelf.words, shelf.bases, shelf.ready) == (None, (), ())
    reply = await town.router.command(asked(town, "Tom", "prompt", prompt="a dog runs"))
    assert reply.post is None


async def test_a_takedown_reaches_what_was_carried_also_between_offer_and_choice(town: Town) -> None:
    early, late = await town.finished("Ana", "a cat sleeps"), await town.finished("Ana", "a dog runs", seed=7)
    await carried(town, "Ana", early)
    await take_down(town.house, [early.id, late.id], RemovedBy.MODERATOR)
    await carried(town, "Ana", late)
    owed = await town.house.database.read(lambda tx: outbox.due(tx, "web", 2**52, limit=10))
    assert {row.subject for row in owed if row.key.startswith("carried:")} == {early.id, late.id}


async def test_what_is_made_elsewhere_is_also_kept_in_the_hosts_own_chat(town: Town) -> None:
    storage = Place(id=PlaceId("web:storage"), channel="storage")
    found = {command.name: command for command in commands.load()}
    town.router = Router(replace(town.house, storage=storage), found, build_metrics())
    reply = await town.router.command(asked(town, "Ana", "prompt", prompt="a cat sleeps"))
    key = f"stored:{reply.card.clip}"

    async def owed() -> list[str]:
        return [row.key for row in await town.house.database.read(lambda tx: outbox.due(tx, "web", 2**52, limit=10))]

    assert key not in await owed(), "before there is a film, there is nothing to keep"
    await town.finish(await town.claim(), FINISHED)
    assert key in await owed()


async def test_whoever_has_no_clip_left_is_told_until_when_and_offered_only_what_is_finished(town: Town) -> None:
    town = limited(town, person=PersonQuotas(active=None, per_day=2))
    clip = await town.finished("Ana", "a cat sleeps")
    assert (await browsed(town, "Ana", "a dog")).left == 1
    town.clock.pass_s(3600)
    await town.say("Ana", "prompt", prompt="a bird")
    shelf = await browsed(town, "Ana", "a dog")
    assert (shelf.words, shelf.bases, shelf.until) == (None, (), "2026-11-25 12:00 UTC")
    assert shelf.refused and "2 clips for a day" in plain(shelf.refused.head)
    assert [ready.clip.id for ready in (await browsed(town, "Ana")).ready] == [clip.id]
