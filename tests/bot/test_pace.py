"""What a clip is expected to cost: learned from clips of its shape, guessed before there is one."""

from dataclasses import replace

from tests.town import FINISHED, Town


async def expected(town: Town, **options: object) -> int:
    """The cost in milliseconds at which the next clip enters the line; it leaves it at once, finished like a wide clip."""
    await town.say("Ana", "prompt", prompt="a dog runs", seconds=6, **options)  # type: ignore[arg-type]
    return (await leave(town)).job.cost_ms


async def leave(town: Town, **changed: int):  # type: ignore[no-untyped-def]
    lease = await town.claim()
    await town.finish(lease, replace(FINISHED, **changed))
    return lease


async def test_before_any_clip_the_cost_is_the_house_s_first_guess(town: Town) -> None:
    assert await expected(town) == 6 * town.house.first_pace


async def test_after_clips_the_cost_is_what_clips_of_that_shape_took(town: Town) -> None:
    await town.say("Ana", "prompt", prompt="a dog runs", seconds=6)
    await leave(town, spent_ms=60_000)
    await town.say("Ana", "prompt", prompt="a cat runs", seconds=6, aspect="9:16")
    await leave(town, spent_ms=6_000, width=480, height=854)
    assert await expected(town, aspect="9:16") == 6_000


async def test_a_shape_that_was_never_made_costs_what_the_others_took(town: Town) -> None:
    await town.say("Ana", "prompt", prompt="a dog runs", seconds=6)
    await leave(town, spent_ms=60_000)
    assert await expected(town, aspect="1:1") == 60_000
