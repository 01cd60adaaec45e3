"""`/sora extend`: the old clip and its next seconds, in its shape, style and seed, where the engine can go on from pictures."""

from dataclasses import replace

import pytest

from tests.town import FINISHED, Town
from walkon.bot.cards import plain
from walkon.scene.codec import decode
from walkon.types.ids import ClipId
from walkon.types.scene import Aspect, BuiltOn, Manner


class TestWhereAModelMakesTheClips:
    @pytest.fixture
    def lane(self) -> str:
        return "diffusers"

    async def finished(self, town: Town, seconds: float = 6.0) -> ClipId:
        clip = await town.clip(await town.say("Ana", "prompt", prompt="a dog runs", aspect="9:16", style="ink", seed=7))
        await town.finish(await town.claim(), replace(FINISHED, seconds=seconds))
        return clip.id

    async def test_the_clip_goes_on_in_its_shape_style_and_seed(self, town: Town) -> None:
        first = await self.finished(town)
        longer = await town.clip(await town.say("Tom", "extend", clip=first, words="the dog sleeps", seconds=4))
        scene = decode(longer.scene)
        assert (longer.prompt, longer.parent) == ("the dog sleeps", first)
        assert (scene.seconds, scene.aspect, scene.style, scene.seed) == (4, Aspect.TALL, "ink", 7)
        assert scene.built_on == BuiltOn(clip=first, manner=Manner.EXTEND)

    async def test_without_words_its_own_go_on_for_five_seconds(self, town: Town) -> None:
        longer = await town.clip(await town.say("Tom", "extend", clip=await self.finished(town)))
        assert (longer.prompt, decode(longer.scene).seconds) == ("a dog runs", 5)

    async def test_past_a_minute_it_is_refused_before_anything_is_promised(self, town: Town) -> None:
        first = await self.finished(town, seconds=57.5)
        before = await town.house.queue.stats()
        reply = await town.say("Tom", "extend", clip=first)
        assert reply.private and "longer than 60 seconds" in plain(reply.card.head)
        assert await town.house.queue.stats() == before


async def test_where_clips_are_drawn_it_says_what_works_instead(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    reply = await town.say("Tom", "extend", clip=first.id)
    assert reply.private and f"/sora remix {first.id}" in plain(reply.card.head)
