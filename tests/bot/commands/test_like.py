"""`/sora like`: like a clip by its id, and find the liked ones again."""

from tests.town import Town
from walkon.bot.cards import plain
from walkon.bot.command import Reply
from walkon.types.ids import PlaceId
from walkon.types.people import Place


def read(reply: Reply) -> list[str]:
    assert reply.private
    return [plain(line) for line in (reply.card.head, *reply.card.body)]


async def test_named_by_its_id_a_clip_is_liked_and_liked_no_more(town: Town) -> None:
    clip = await town.finished("Ana", "a cat")
    assert read(await town.say("Tom", "like", clip=clip.id)) == [f"You like clip {clip.id}."]
    assert "any more" in read(await town.say("Tom", "like", clip=clip.id))[0]


async def test_without_an_id_it_lists_what_one_likes_here_the_last_liked_first(town: Town) -> None:
    cat, dog = await town.finished("Ana", "a cat"), await town.finished("Ana", "a dog")
    for clip in (dog, cat):
        town.clock.pass_s(1)
        await town.say("Tom", "like", clip=clip.id)
    assert read(await town.say("Tom", "like")) == ["Clips you like", f"{cat.id} by Ana: a cat", f"{dog.id} by Ana: a dog"]
    other = Place(id=PlaceId("web:other"), channel="other")
    assert "no clip here yet" in read(await town.say("Tom", "like", place=other))[0]


async def test_alone_with_walkon_all_that_one_likes_is_listed(town: Town) -> None:
    clip = await town.finished("Ana", "a cat", place=Place(id=PlaceId("web:club"), channel="club"))
    await town.say("Tom", "like", place=clip.place, clip=clip.id)
    alone = Place(id=PlaceId("web:@Tom"), channel="@Tom", private=True)
    assert read(await town.say("Tom", "like", place=alone)) == ["Clips you like", f"{clip.id} by Ana: a cat"]


async def test_who_likes_it_is_told_to_nobody_else(town: Town) -> None:
    clip = await town.finished("Ana", "a cat")
    await town.say("Tom", "like", clip=clip.id)
    assert "no clip here yet" in read(await town.say("Lea", "like"))[0]


async def test_what_is_not_finished_or_not_here_cannot_be_liked(town: Town) -> None:
    waiting = await town.say("Ana", "prompt", prompt="a cat")
    assert "isn't finished" in read(await town.say("Tom", "like", clip=str(waiting.card.clip)))[0]
    assert "no clip 7KQ2M9 here" in read(await town.say("Tom", "like", clip="7KQ2M9"))[0]
