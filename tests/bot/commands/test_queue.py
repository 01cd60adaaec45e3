"""`/sora queue`: one's own place, and the length of the line."""

from tests.town import Town
from walkon.bot.cards import plain
from walkon.queue.port import Progress


async def test_a_waiting_clip_has_a_place_and_a_time(town: Town) -> None:
    for name in ("Tom", "Bo", "Ana"):
        await town.say(name, "prompt", prompt="a dog runs")
    reply = await town.say("Ana", "queue")
    assert "1 of your clips" in plain(reply.card.head)
    assert "3rd in line" in plain(reply.card.body[0])
    assert "3 waiting and 0 rendering" in plain(reply.card.body[-1])


async def test_a_rendering_clip_has_a_phase_and_a_percentage(town: Town) -> None:
    await town.say("Ana", "prompt", prompt="a dog runs")
    lease = await town.claim()
    await town.house.queue.heartbeat(lease, Progress(phase="painting", step=12, steps=30, fraction=0.4))
    reply = await town.say("Ana", "queue")
    assert "painting, step 12 of 30 · 40 %" in plain(reply.card.body[0])


async def test_others_clips_are_counted_but_not_named(town: Town) -> None:
    other = await town.say("Tom", "prompt", prompt="a dog runs")
    reply = await town.say("Ana", "queue")
    assert reply.private
    assert str(other.card.clip) not in "".join(plain(line) for line in reply.card.body)
