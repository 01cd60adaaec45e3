"""A takedown reaches the clip, all that was made from it and every post of them, and the film never comes back."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.test_delivery import delivering, settled
from tests.doubles.chat import Chat
from tests.town import FINISHED, Town
from tests.waiting import until
from walkon.bot.cards import plain
from walkon.bot.port import NotAllowed
from walkon.bot.reconcile import reconcile
from walkon.bot.takedown import purge_files, reach_of, record_takedown, take_down
from walkon.library import films, tables
from walkon.library.clips import Clip, ClipState, Finished, RemovedBy
from walkon.queue.port import JobCancelled, JobState
from walkon.store.media import MediaMissing
from walkon.types.ids import ClipId, render_job


async def film(town: Town, name: str, folder: Path) -> Finished:
    """A finished render whose files lie in the media store, all different from any other's."""
    keys = []
    for suffix in ("mp4", "jpg", "vtt"):
        source = folder / f"{name}.{suffix}"
        source.write_text(f"{name} {suffix}")
        keys.append(await town.house.media.put(source))
    return replace(FINISHED, video=keys[0], poster=keys[1], captions=keys[2])


async def made(town: Town, folder: Path, name: str, parent: Clip | None = None, **more: str) -> Clip:
    """A finished clip with files of its own. parent: what it is a remix of."""
    place = town.place(more.get("place", "local"))
    if parent is None:
        asked = await town.say(more.get("by", "Ana"), "prompt", prompt=name, place=place)
    else:
        asked = await town.say(more.get("by", "Tom"), "remix", clip=parent.id, words=name, place=town.place(parent.place.id[4:]))
    await town.finish(await town.claim(), await film(town, more.get("file", name), folder))
    return await town.clip(asked)


async def now(town: Town, clip: Clip) -> Clip:
    found = await town.house.database.read(lambda tx: tables.get(tx, clip.id))
    assert found
    return found


def kept(town: Town, clip: Clip) -> list[bool]:
    def there(key: str) -> bool:
        try:
            return town.house.media.path(key).exists()
        except MediaMissing:
            return False

    assert clip.finished
    return [there(key) for key in films.files_of(clip.finished)]


async def test_the_clip_loses_its_film_its_poster_its_captions_and_says_why(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    removal = await take_down(town.house, [clip.id], RemovedBy.MODERATOR, rule="no dogs")
    assert removal.clips == {clip.id} and removal.made_from == 0
    after = await now(town, clip)
    assert (after.state, after.finished, after.removed_by, after.rule) == (ClipState.TAKEN_DOWN, None, RemovedBy.MODERATOR, "no dogs")
    assert kept(town, clip) == [False, False, False]


async def test_everything_made_from_it_goes_too_however_far_down_and_wherever(town: Town, tmp_path: Path) -> None:
    first = await made(town, tmp_path, "a dog runs")
    second = await made(town, tmp_path, "a cat runs", parent=first)
    third = await made(town, tmp_path, "a fox runs", parent=second)
    other = await made(town, tmp_path, "a cow runs")
    removal = await take_down(town.house, [first.id], RemovedBy.PERSON)
    assert removal.clips == {first.id, second.id, third.id} and removal.made_from == 2
    assert [(await now(town, clip)).removed_by for clip in (first, second, third, other)] == [
        RemovedBy.PERSON,
        RemovedBy.ORIGIN,
        RemovedBy.ORIGIN,
        None,
    ]
    assert kept(town, other) == [True, True, True]


async def test_its_parent_stays(town: Town, tmp_path: Path) -> None:
    first = await made(town, tmp_path, "a dog runs")
    second = await made(town, tmp_path, "a cat runs", parent=first)
    await take_down(town.house, [second.id], RemovedBy.PERSON)
    assert (await now(town, first)).state is ClipState.FINISHED
    shown = await town.say("Ana", "show", clip=first.id)
    assert "cat" not in "".join(map(plain, shown.card.body))


async def test_what_waits_or_renders_is_stopped_and_its_film_dropped(town: Town, tmp_path: Path) -> None:
    first = await made(town, tmp_path, "a dog runs")
    running = await town.clip(await town.say("Tom", "remix", clip=first.id, words="a cat runs"))
    lease = await town.claim()
    waiting = await town.clip(await town.say("Tom", "remix", clip=first.id, words="a fox runs"))
    removal = await take_down(town.house, [first.id], RemovedBy.PERSON)
    assert set(removal.stopped) == {running.id, waiting.id}
    view = await town.house.queue.view(render_job(waiting.id))
    assert view and view.state is JobState.CANCELLED
    with pytest.raises(JobCancelled):
        await town.finish(lease)
    assert (await now(town, running)).state is ClipState.TAKEN_DOWN


async def test_the_same_film_is_taken_down_wherever_it_is_and_refused_from_then_on(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    twin = await made(town, tmp_path, "the dog runs", file="a dog runs", place="away")
    await take_down(town.house, [clip.id], RemovedBy.MODERATOR)
    assert (await now(town, twin)).removed_by is RemovedBy.SAME_FILE
    late = await town.say("Ana", "prompt", prompt="that dog")
    await town.finish(await town.claim(), await film(town, "a dog runs", tmp_path))
    assert (await town.clip(late)).removed_by is RemovedBy.SAME_FILE
    await purge_files(town.house)
    assert kept(town, clip) == [False, False, False]


async def test_a_film_its_maker_deleted_may_be_made_again_and_stays_where_another_clip_shows_it(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    twin = await made(town, tmp_path, "the dog runs", file="a dog runs")
    await take_down(town.house, [clip.id], RemovedBy.MAKER)
    assert (await now(town, twin)).state is ClipState.FINISHED
    assert kept(town, twin) == [True, True, True]
    again = await made(town, tmp_path, "that dog", file="a dog runs")
    assert again.state is ClipState.FINISHED


async def test_captions_that_another_clip_shares_are_not_deleted_with_it(town: Town, tmp_path: Path) -> None:
    clip, other = await made(town, tmp_path, "a dog runs"), await made(town, tmp_path, "a cat runs")
    assert clip.finished and other.finished
    shared = replace(other.finished, captions=clip.finished.captions)
    await town.house.database.write(lambda tx: films.keep(tx, other.id, shared))
    await take_down(town.house, [clip.id], RemovedBy.MODERATOR)
    assert kept(town, clip) == [False, False, True]


async def test_every_post_turns_into_the_card_that_says_so_and_what_is_out_of_reach_is_told(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(town, chat):
        clip = await made(town, tmp_path, "a dog runs")
        await town.say("Ana", "show", clip=clip.id)
        await town.say("Ana", "show", clip=clip.id, place=town.place("shut"))
        town.clock.pass_s(60)
        await until(lambda: len(chat.clips()) == 3)
        chat.refuses = lambda post, card: NotAllowed("kicked") if post.place.id == "web:shut" else None
        await take_down(town.house, [clip.id], RemovedBy.PERSON)
        await until(lambda: settled(town))
    assert len(chat.messages) == 3 and len(chat.clips()) == 1
    gone = [card for card in chat.messages.values() if not card.video]
    assert {plain(card.head) for card in gone} == {"This clip was taken down"}
    assert not any(card.words or card.buttons or card.small for card in gone)
    reach = await reach_of(town.house, [clip.id])
    assert (reach.gone, reach.pending, [place.id for place in reach.out_of_reach], reach.posts) == (2, 0, ["web:shut"], 3)


async def test_a_post_that_somebody_deleted_does_not_come_back(town: Town, tmp_path: Path) -> None:
    chat = Chat()
    async with delivering(town, chat):
        clip = await made(town, tmp_path, "a dog runs")
        town.clock.pass_s(60)
        await until(chat.clips)
        chat.delete(1)
        await take_down(town.house, [clip.id], RemovedBy.PERSON)
        await until(lambda: settled(town))
    assert not chat.messages
    assert (await reach_of(town.house, [clip.id])).gone == 1


async def test_it_may_be_shown_remixed_and_pressed_no_more(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await take_down(town.house, [clip.id], RemovedBy.PERSON)
    shown = await town.say("Ana", "show", clip=clip.id)
    assert plain(shown.card.head) == "This clip was taken down" and shown.private and shown.post is None
    for command in ("remix", "vary"):
        reply = await town.say("Tom", command, clip=clip.id, words="a cat runs")
        assert plain(reply.card.head) == f"Clip {clip.id} was taken down, so there is nothing to build on."
    for deed in ("details", "vary", "remix", "again"):
        assert plain((await town.press("Ana", f"w1:{deed}:{clip.id}")).card.head) == "This clip was taken down"


async def test_a_relative_that_was_taken_down_keeps_its_place_but_not_its_words(town: Town, tmp_path: Path) -> None:
    first = await made(town, tmp_path, "a dog runs")
    second = await made(town, tmp_path, "a cat runs", parent=first)
    await town.house.database.write(lambda tx: tables.save(tx, replace(first, state=ClipState.TAKEN_DOWN, removed_by=RemovedBy.MAKER)))
    shown = await town.say("Tom", "show", clip=second.id)
    assert plain(shown.card.body[0]) == f"Made from {first.id}, which was taken down"


async def test_files_that_could_not_be_deleted_are_deleted_later(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    assert clip.finished
    path = town.house.media.path(clip.finished.video)
    removal = await town.house.database.write(lambda tx: record_takedown(tx, [clip.id], RemovedBy.PERSON, town.clock.now()))
    assert path.exists() and removal.clips == {clip.id}
    await reconcile(town.house)
    await purge_files(town.house)
    assert not path.exists()


async def test_repeating_it_changes_nothing(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await take_down(town.house, [clip.id], RemovedBy.PERSON)
    before = await now(town, clip)
    town.clock.pass_s(60)
    removal = await take_down(town.house, [clip.id], RemovedBy.MODERATOR, rule="spam")
    assert removal.clips == {clip.id} and removal.stopped == ()
    assert await now(town, clip) == before


async def test_a_remix_that_is_asked_for_in_the_same_moment_is_not_promised(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    replies = await asyncio.gather(
        town.say("Tom", "remix", clip=clip.id, words="a cat runs"), take_down(town.house, [clip.id], RemovedBy.PERSON)
    )
    assert plain(replies[0].card.head)
    async with town.house.database.reading() as tx:
        alive = [one.id for one in await tables.promised(tx)]
        below = await tables.descendants(tx, [clip.id])
        states = [(await tables.get(tx, ClipId(id))) for id in below]
    assert alive == []
    assert all(one and one.state is ClipState.TAKEN_DOWN for one in states)
