"""`/sora extend`: the old clip and its next seconds, in its shape, style and seed, where the engine can go on from pictures."""

from dataclasses import replace

import pytest

from tests.town import FINISHED, Town
from walkon.bot.cards import plain
from walkon.library import reach
from walkon.library.reach import TOLD_FOR, Reach
from walkon.scene.codec import decode
from walkon.types.ids import ClipId, WorkerId
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

    async def told(self, town: Town, worker: str, *, extends: bool, lane: str = "diffusers") -> None:
        word = Reach(worker=WorkerId(worker), lanes=(lane,), longest_s=60, extends=extends)
        await town.house.database.write(lambda tx: reach.tell(tx, word, town.clock.now()))

    async def test_it_is_refused_while_no_workers_engine_can_go_on_from_pictures(self, town: Town) -> None:
        first = await self.finished(town)
        await self.told(town, "w1", extends=False)
        await self.told(town, "w2", extends=True, lane="elsewhere")
        refused = await town.say("Tom", "extend", clip=first)
        assert refused.private and f"/sora remix {first}" in plain(refused.card.head)
        await self.told(town, "w3", extends=True)
        assert (await town.say("Tom", "extend", clip=first)).post

    async def test_while_no_worker_lives_it_waits_for_one(self, town: Town) -> None:
        first = await self.finished(town)
        await self.told(town, "w1", extends=False)
        town.clock.pass_s(TOLD_FOR.total_seconds())
        assert (await town.say("Tom", "extend", clip=first)).post


async def test_where_clips_are_drawn_it_says_what_works_instead(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    reply = await town.say("Tom", "extend", clip=first.id)
    assert reply.private and f"/sora remix {first.id}" in plain(reply.card.head)


class TestByTheButton:
    @pytest.fixture
    def lane(self) -> str:
        return "diffusers"

    async def test_anybody_who_sees_a_rendered_clip_lets_it_go_on_by_its_own_words(self, town: Town) -> None:
        asked = await town.say("Ana", "prompt", prompt="0-2s: a dog runs 2-4s: it sleeps", seed=7)
        await town.finish(await town.claim(), replace(FINISHED, drawn=False))
        reply = await town.press("Tom", f"w1:extend:{asked.card.clip}")
        longer = await town.clip(reply)
        scene = decode(longer.scene)
        assert not reply.private and reply.post
        assert (longer.parent, longer.asker.name, scene.seconds, scene.seed) == (asked.card.clip, "Tom", 5, 7)
        assert scene.built_on == BuiltOn(clip=str(asked.card.clip), manner=Manner.EXTEND)
        assert all(shot.start_s is None and shot.end_s is None for shot in scene.shots)

    async def test_the_button_stands_under_what_was_rendered_and_not_under_what_was_drawn(self, town: Town) -> None:
        for drawn in (False, True):
            asked = await town.say("Ana", "prompt", prompt="a dog runs")
            await town.finish(await town.claim(), replace(FINISHED, drawn=drawn))
            card = (await town.press("Ana", f"w1:again:{asked.card.clip}")).card
            assert ("w1:extend" in " ".join(button.token for button in card.buttons)) is not drawn


async def test_by_the_button_too_it_says_what_works_where_clips_are_drawn(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    reply = await town.press("Tom", f"w1:extend:{first.id}")
    assert reply.private and f"/sora remix {first.id}" in plain(reply.card.head)
