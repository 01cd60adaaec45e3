"""What no machine's memory holds is refused when it is asked for, with what would fit, and nothing of it is kept."""

from dataclasses import replace

import pytest

from tests.town import Town
from walkon.bot.cards import plain
from walkon.bot.command import Reply
from walkon.library import reach
from walkon.library.reach import TOLD_FOR, Reach
from walkon.types.ids import WorkerId
from walkon.types.people import Locale


def said(reply: Reply) -> str:
    return plain(reply.card.head)


async def tells(town: Town, longest_s: float, worker: str = "w1", *, lanes: tuple[str, ...] | None = None) -> None:
    told = Reach(worker=WorkerId(worker), lanes=lanes or (town.house.lane,), longest_s=longest_s)
    await town.house.database.write(lambda tx: reach.tell(tx, told, town.clock.now()))


async def asked(town: Town, seconds: int) -> Reply:
    return await town.say("Ana", "prompt", prompt="a cat runs", seconds=seconds)


async def test_a_clip_longer_than_any_machine_holds_is_refused_with_what_would_fit(town: Town) -> None:
    await tells(town, 4.0)
    await tells(town, 9.6, "w2")
    refused = await asked(town, 12)
    assert refused.post is None
    assert refused.private
    assert said(refused) == (
        "12 seconds are more than the memory of the machines here holds. Up to 9 seconds fit: the same words with fewer will do."
    )
    assert not (await town.house.queue.stats()).queued
    assert (await asked(town, 9)).post


async def test_it_is_said_in_french_too(town: Town) -> None:
    await tells(town, 4.0)
    asking = town.said("Ana", "prompt", prompt="a cat runs", seconds=12)
    refused = await town.router.command(replace(asking, person=town.person("Ana", Locale.FR)))
    assert said(refused).startswith("12 secondes, c'est plus que n'en tient la mémoire")


async def test_where_no_machine_holds_the_model_nothing_is_promised(town: Town) -> None:
    await tells(town, 0.0)
    refused = await asked(town, 2)
    assert refused.post is None
    assert said(refused).startswith("No machine here has the memory for the model")
    await tells(town, 20.0, "w2")
    assert (await asked(town, 2)).post


@pytest.mark.parametrize("lanes", [None, ("another",)], ids=["long ago", "for other jobs"])
async def test_a_word_of_long_ago_or_for_other_jobs_refuses_nothing(town: Town, lanes: tuple[str, ...] | None) -> None:
    await tells(town, 1.0, lanes=lanes)
    if lanes is None:
        town.clock.pass_s(TOLD_FOR.total_seconds() + 1)
    assert (await asked(town, 12)).post


async def test_where_nobody_works_a_clip_waits_for_somebody(town: Town) -> None:
    assert (await asked(town, 20)).post
