"""Deleting a clip by its button: asked back once, and only for whoever asked for it, appears in it or moderates there."""

from pathlib import Path

import pytest

from tests.bot.test_takedown import kept, made, now
from tests.town import Town
from tests.troupe import Troupe, troupe
from walkon.bot.cards import ButtonStyle, Card, plain
from walkon.library import films
from walkon.library.clips import Clip, ClipState, RemovedBy
from walkon.moderation import tables as moderation
from walkon.moderation.mutes import Deed

__all__ = ["troupe"]


def sure(card: Card) -> str:
    """The button that means it: one, and the only one that warns."""
    [button] = [one for one in card.buttons if one.style is ButtonStyle.DANGER]
    return button.token


async def test_it_asks_back_once_and_tells_what_goes_along(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await made(town, tmp_path, "a cat runs", parent=clip)
    asked = await town.press("Ana", f"w1:delete:{clip.id}")
    assert asked.private and clip.id in plain(asked.card.head) and "going along: 1" in plain(asked.card.body[0])
    assert (await now(town, clip)).state is ClipState.FINISHED


async def test_whoever_asked_for_it_deletes_it_with_all_that_was_made_from_it_and_may_make_it_again(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    remix = await made(town, tmp_path, "a cat runs", parent=clip)
    done = await town.press("Ana", sure((await town.press("Ana", f"w1:delete:{clip.id}")).card))
    assert done.private and "refused" not in " ".join(map(plain, done.card.body))
    assert [(await now(town, one)).removed_by for one in (clip, remix)] == [RemovedBy.MAKER, RemovedBy.ORIGIN]
    assert kept(town, clip) == [False] * 3 and clip.finished
    digests = films.digests_of(clip.finished)
    assert not await town.house.database.read(lambda tx: films.is_refused(tx, digests))


async def refused(town: Town, clip: Clip, name: str, **more: object) -> None:
    for deed in ("delete", "delete-sure"):
        reply = await town.press(name, f"w1:{deed}:{clip.id}", **more)  # type: ignore[arg-type]
        assert reply.private and not reply.card.buttons
    assert (await now(town, clip)).state is ClipState.FINISHED


async def test_a_stranger_is_refused_at_the_asking_and_at_the_deed(town: Town, tmp_path: Path) -> None:
    await refused(town, await made(town, tmp_path, "a dog runs"), "Tom")


async def test_a_moderator_of_another_place_is_refused(town: Town, tmp_path: Path) -> None:
    await refused(town, await made(town, tmp_path, "a dog runs"), "Mo", moderator=True, place=town.place("elsewhere"))


async def test_a_moderator_deletes_it_and_the_log_tells(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    asked = await town.press("Mo", f"w1:delete:{clip.id}", moderator=True)
    await town.press("Mo", sure(asked.card), moderator=True)
    assert (await now(town, clip)).removed_by is RemovedBy.MODERATOR
    [line] = await town.house.database.read(lambda tx: moderation.newest(tx, clip.place.id))
    assert (line.deed, line.by.name, line.clip) == (Deed.TAKEDOWN, "Mo", clip.id)


async def test_whoever_lost_the_right_between_the_two_presses_deletes_nothing(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    asked = await town.press("Mo", f"w1:delete:{clip.id}", moderator=True)
    reply = await town.press("Mo", sure(asked.card), moderator=False)
    assert "Ana" in plain(reply.card.head) and (await now(town, clip)).state is ClipState.FINISHED


async def test_whoever_appears_in_it_takes_it_down_in_their_own_name(troupe: Troupe) -> None:
    clip = await troupe.finished()
    asked = await troupe.town.press("Lea", f"w1:delete:{clip.id}")
    assert asked.private and (await troupe.now(clip)).state is ClipState.FINISHED
    await troupe.town.press("Lea", sure(asked.card))
    after = await troupe.now(clip)
    assert (after.state, after.removed_by) == (ClipState.TAKEN_DOWN, RemovedBy.PERSON)


@pytest.mark.parametrize("deed", ["delete", "delete-sure"])
async def test_what_is_not_finished_or_gone_already_is_not_deleted(town: Town, tmp_path: Path, deed: str) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    reply = await town.press("Ana", f"w1:{deed}:{asked.card.clip}")
    assert reply.private and "isn't finished" in plain(reply.card.head)
    assert (await town.clip(asked)).state is ClipState.PROMISED


async def test_a_second_press_finds_it_gone(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    await town.press("Ana", f"w1:delete-sure:{clip.id}")
    again = await town.press("Ana", f"w1:delete-sure:{clip.id}")
    assert "taken down" in plain(again.card.head)
