"""`/sora show`: a clip comes back in a new message that is kept up to date."""

from tests.town import Town
from walkon.bot.cards import plain
from walkon.store import outbox


async def test_a_clip_comes_back_as_a_message_of_its_own(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.finish(await town.claim())
    reply = await town.say("Tom", "show", clip=str(asked.card.clip))
    async with town.house.database.reading() as tx:
        row = await outbox.row(tx, str(reply.post))
    assert row and row.subject == asked.card.clip and row.wanted > reply.revision
    assert not reply.private


async def test_a_clip_of_another_place_is_unknown_here(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs", place=town.place("elsewhere"))
    reply = await town.say("Tom", "show", clip=str(asked.card.clip))
    assert reply.private and reply.post is None and "no clip" in plain(reply.card.head)


async def test_its_asker_may_bring_it_anywhere(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs", place=town.place("elsewhere"))
    assert (await town.say("Ana", "show", clip=str(asked.card.clip))).post


async def test_what_cannot_be_an_id_is_refused_with_an_example(town: Town) -> None:
    assert "7KQ2M9" in plain((await town.say("Ana", "show", clip="../etc")).card.head)


async def test_a_missing_id_is_named(town: Town) -> None:
    assert "clip" in plain((await town.say("Ana", "show")).card.head)
