"""What a reaction does: 🔁 under a clip is another take of it, once, for whoever may ask for one."""

from datetime import timedelta

import pytest

from tests.town import Town
from walkon.bot.command import Reacted
from walkon.bot.port import message_name
from walkon.bot.withdrawal import carry_out
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.moderation.mutes import Case, Deed
from walkon.types.ids import EventId
from walkon.types.people import Platform

REF = '{"message_id":"7","channel_id":"1"}'


def reaction(town: Town, name: str, emoji: str = "🔁", *, added: bool = True, message: str = "7") -> Reacted:
    return Reacted(
        event=EventId(f"web:reaction:{message}:{name}:{emoji}"),
        emoji=emoji,
        added=added,
        message=message,
        person=town.person(name),
        place=town.place(),
        at=town.clock.now(),
        upload_limit=20_000_000,
    )


@pytest.fixture
async def clip(town: Town) -> Clip:
    """Ana's finished clip; its message is called 7."""
    asked = await town.say("Ana", "prompt", prompt="a cat")
    await town.router.answered(str(asked.post), 1, REF)
    await town.finish(await town.claim())
    return await town.clip(asked)


async def takes(town: Town, clip: Clip) -> list[Clip]:
    async with town.house.database.reading() as tx:
        return [one for one in await tables.promised(tx) if one.parent == clip.id]


async def test_it_asks_for_another_take_in_the_name_of_whoever_reacted(town: Town, clip: Clip) -> None:
    await town.router.reacted(reaction(town, "Tom"))
    [take] = await takes(town, clip)
    assert (take.asker.name, take.prompt, take.state) == ("Tom", "a cat", ClipState.PROMISED)


async def test_put_back_or_read_back_it_is_the_same_take(town: Town, clip: Clip) -> None:
    await town.router.reacted(reaction(town, "Tom"))
    await town.router.reacted(reaction(town, "Tom", added=False))
    await town.router.reacted(reaction(town, "Tom"))
    [awaited] = await town.router.awaiting(Platform.WEB)
    assert message_name(awaited.ref) == "7"
    await town.router.read_back(awaited, [reaction(town, "Tom")])
    assert len(await takes(town, clip)) == 1


@pytest.mark.parametrize(("emoji", "added", "message"), [("🔥", True, "7"), ("🔁", False, "7"), ("🔁", True, "8")])
async def test_other_emoji_one_taken_away_and_other_messages_mean_nothing(
    town: Town, clip: Clip, emoji: str, added: bool, message: str
) -> None:
    await town.router.reacted(reaction(town, "Tom", emoji, added=added, message=message))
    assert await takes(town, clip) == []


async def test_a_muted_person_is_not_heard(town: Town, clip: Clip) -> None:
    case = Case(deed=Deed.MUTE, person=town.person("Tom"), place=None, by=town.person("Olga"), length=timedelta(hours=1), reason="")
    await carry_out(town.house, EventId("web:mute"), case)
    await town.router.reacted(reaction(town, "Tom"))
    assert await takes(town, clip) == []
