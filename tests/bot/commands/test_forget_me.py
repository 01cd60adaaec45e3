"""`/sora forget-me`: asked for by oneself alone, told what it costs, done by one press."""

from tests.town import Town
from walkon.bot.cards import plain
from walkon.bot.command import Reply
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.store.tombstones import since
from walkon.types.ids import ClipId


def said(reply: Reply) -> str:
    return "\n".join(plain(line) for line in (reply.card.head, *reply.card.body))


async def _now(town: Town, id: ClipId) -> Clip:
    clip = await town.house.database.read(lambda tx: tables.get(tx, id))
    assert clip
    return clip


async def test_nothing_happens_before_the_press_and_everything_after_it(town: Town) -> None:
    clip = await town.finished("Lea", "a cat juggles")
    others = await town.finished("Marc", "a dog runs")
    asked = await town.say("Lea", "forget-me")
    assert asked.private and asked.confidential
    assert (await _now(town, clip.id)).state is ClipState.FINISHED
    done = await town.press("Lea", asked.card.buttons[-1].token)
    assert "Clips taken down: 1" in said(done)
    assert (await _now(town, clip.id)).state is ClipState.TAKEN_DOWN
    assert (await _now(town, clip.id)).asker.name == ""
    assert (await _now(town, others.id)).state is ClipState.FINISHED


async def test_the_other_button_changes_nothing(town: Town) -> None:
    clip = await town.finished("Lea", "a cat juggles")
    asked = await town.say("Lea", "forget-me")
    await town.press("Lea", asked.card.buttons[0].token)
    assert (await _now(town, clip.id)).state is ClipState.FINISHED


async def test_the_button_forgets_whoever_presses_it_and_nobody_else(town: Town) -> None:
    clip = await town.finished("Lea", "a cat juggles")
    asked = await town.say("Lea", "forget-me")
    await town.press("Mallory", asked.card.buttons[-1].token)
    assert (await _now(town, clip.id)).state is ClipState.FINISHED
    graves, _ = await town.house.database.read(lambda tx: since(tx, 0))
    assert [grave.subject for grave in graves] == [town.house.keys.person_key("web:Mallory")]


async def test_whoever_is_muted_may_still_be_forgotten(town: Town) -> None:
    await town.say("Olga", "mod", deed="mute", person="web:Lea", duration="2h")
    asked = await town.say("Lea", "forget-me")
    assert "muted" not in said(asked)
    await town.press("Lea", asked.card.buttons[-1].token)
    assert "muted" in said(await town.say("Lea", "prompt", prompt="a cat"))
