"""Raw reactions: whoever reacts is heard, on messages of any age, and also what happened while walkon was away."""

import asyncio
from contextlib import suppress

from tests.bot.platforms.discord.conftest import Town, placeholder
from tests.waiting import until
from walkon.bot.liking import HEART
from walkon.bot.platforms.discord.reactions import MOST_READ_BACK
from walkon.bot.port import Awaiting, message_name
from walkon.types.ids import PlaceId
from walkon.types.people import Place


async def asked(town: Town) -> tuple[object, str]:
    """A message of walkon's that stands, and its ref."""
    interaction = await town.discord.slash("prompt", {"prompt": "a cat"})
    return interaction.message, await town.desk.ref()


async def test_a_reaction_is_heard_with_who_made_it_where_and_on_which_message(town: Town) -> None:
    message, ref = await asked(town)
    lea = town.discord.user("Léa")
    await town.discord.react(message, "✅", user=lea)
    await until(lambda: town.desk.reactions)
    [heard] = town.desk.reactions
    assert (heard.person.id, heard.person.name, heard.emoji, heard.added) == (f"discord:{lea.id}", "Léa", "✅", True)
    assert heard.message == message_name(ref)
    assert heard.place.id == f"discord:{town.discord.guild.id}"


async def test_taking_a_reaction_away_is_heard_too(town: Town) -> None:
    message, _ = await asked(town)
    lea = town.discord.user("Léa")
    await town.discord.react(message, "✅", user=lea)
    await town.discord.unreact(message, "✅", user=lea)
    await until(lambda: len(town.desk.reactions) == 2)
    assert [heard.added for heard in town.desk.reactions] == [True, False]


async def test_a_reaction_to_what_somebody_else_wrote_is_not_ours_to_hear(town: Town) -> None:
    message, _ = await asked(town)
    strange = {"channel_id": town.discord.channel.id, "guild_id": town.discord.guild.id, "message_id": "77", "type": 0, "burst": False}
    strange |= {"user_id": town.discord.ana.id, "emoji": {"id": None, "name": "✅"}, "message_author_id": town.discord.user("Léa").id}
    await town.discord.gateway.dispatch("MESSAGE_REACTION_ADD", strange)
    await town.discord.react(message, "✅", user=town.discord.ana)
    await until(lambda: town.desk.reactions)
    assert [heard.message != "77" for heard in town.desk.reactions] == [True]


async def test_an_emoji_counts_with_and_without_its_variation_selector(town: Town) -> None:
    message, _ = await asked(town)
    await town.discord.react(message, "❤️", user=town.discord.ana)
    await until(lambda: town.desk.reactions)
    assert town.desk.reactions[0].emoji == "❤"


async def test_the_same_reaction_put_back_is_the_same_event(town: Town) -> None:
    message, _ = await asked(town)
    for _ in range(2):
        await town.discord.react(message, "🔁", user=town.discord.ana)
        await town.discord.unreact(message, "🔁", user=town.discord.ana)
    await until(lambda: len(town.desk.reactions) == 4)
    assert len({heard.event for heard in town.desk.reactions}) == 1


async def test_the_bots_own_reaction_and_other_bots_are_never_heard(town: Town) -> None:
    message, _ = await asked(town)
    await town.discord.react(message, "✅", user=town.discord.world.me)
    await town.discord.react(message, "✅", user=town.discord.bot("another"))
    await town.discord.react(message, "❌", user=town.discord.ana)
    await until(lambda: town.desk.reactions)
    assert [heard.emoji for heard in town.desk.reactions] == ["❌"]


async def test_reactions_made_while_walkon_was_away_are_read_back_at_start(closed_town: Town) -> None:
    town, discord = closed_town, closed_town.discord
    async with town.open():
        message, ref = await asked(town)
    lea = discord.user("Léa")
    await discord.react(message, "✅", user=lea, heard=False)
    await discord.react(message, "✅", user=discord.world.me, heard=False)
    place = Place(id=PlaceId(f"discord:{discord.guild.id}"), channel=discord.channel.id)
    town.desk.watched.append(Awaiting(ref=ref, place=place, emoji=("✅", "❌")))
    async with town.open():
        await until(lambda: town.desk.read)
    [(_, standing)] = town.desk.read
    assert [(one.person.id, one.emoji) for one in standing] == [(f"discord:{lea.id}", "✅")]


async def test_a_heart_is_read_back_as_discord_writes_it_and_heard_without_its_variation_selector(closed_town: Town) -> None:
    town, discord = closed_town, closed_town.discord
    async with town.open():
        message, ref = await asked(town)
    await discord.react(message, HEART, user=discord.ana, heard=False)
    town.desk.watched.append(Awaiting(ref=ref, place=Place(id=PlaceId("discord:1"), channel=discord.channel.id), emoji=(HEART,)))
    async with town.open():
        await until(lambda: town.desk.read)
    assert [one.emoji for one in town.desk.read[0][1]] == ["❤"]


async def test_where_there_are_more_reactions_than_are_read_nobody_counts_as_missing(closed_town: Town) -> None:
    town, discord = closed_town, closed_town.discord
    async with town.open():
        message, ref = await asked(town)
    for number in range(MOST_READ_BACK):
        await discord.react(message, HEART, user=discord.user(f"fan {number}"), heard=False)
    town.desk.watched.append(Awaiting(ref=ref, place=Place(id=PlaceId("discord:1"), channel=discord.channel.id), emoji=(HEART,)))
    async with town.open():
        await until(lambda: len(town.desk.reactions) == MOST_READ_BACK)
    assert town.desk.read == []


async def test_reactions_are_begun_for_others_to_join(town: Town) -> None:
    await town.discord.slash("prompt", {"prompt": "a cat"})
    card = placeholder()
    other = Place(id=PlaceId(f"discord:{town.discord.guild.id}"), channel=town.discord.channel.id)
    ref = await town.platform.show(town.note(other), card)
    await town.platform.begin_reactions(ref, ("✅", "❌"))
    message = town.discord.messages()[-1]
    assert {emoji: [user.id for user in people] for emoji, people in message.reactions.items()} == {
        "✅": [town.discord.world.me.id],
        "❌": [town.discord.world.me.id],
    }


async def test_a_missing_right_to_react_leaves_the_message_standing(town: Town) -> None:
    from tests.doubles.discord.faults import How

    await town.discord.slash("prompt", {"prompt": "a cat"})
    town.discord.fail_next("add_my_message_reaction", How.REFUSE, status=403, code=50013)
    card = placeholder()
    other = Place(id=PlaceId(f"discord:{town.discord.guild.id}"), channel=town.discord.channel.id)
    ref = await town.platform.show(town.note(other), card)
    await town.platform.begin_reactions(ref, ("✅",))
    assert town.discord.messages()[-1].reactions == {}


async def test_reading_back_goes_on_where_one_message_is_gone(closed_town: Town) -> None:
    town, discord = closed_town, closed_town.discord
    async with town.open():
        message, ref = await asked(town)
    place = Place(id=PlaceId(f"discord:{discord.guild.id}"), channel=discord.channel.id)
    lost = Awaiting(ref=ref.replace(message.id, "1"), place=place, emoji=("✅",))
    town.desk.watched += [lost, Awaiting(ref=ref, place=place, emoji=("✅",))]
    serving = asyncio.create_task(town.platform.serve(town.desk))
    await until(lambda: town.desk.read)
    assert town.desk.read[0][0].ref == ref
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
