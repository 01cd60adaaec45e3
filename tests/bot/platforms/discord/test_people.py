"""People on Discord: named in words, spoken to alone, sending files, and leaving."""

import pytest

from tests.bot.platforms.discord.conftest import Town, placeholder, told_privately
from tests.doubles.discord.faults import How
from tests.reading import whole
from walkon.bot.command import Invocation
from walkon.bot.files import Attachment, FileGone, FileTooLarge
from walkon.bot.port import NotAllowed
from walkon.types.ids import PersonId, PlaceId
from walkon.types.people import Person, Place


async def prompted(town: Town, words: str, **more: object) -> Invocation:
    town.desk.reply = told_privately
    await town.discord.slash("prompt", {"prompt": words}, **more)
    return town.desk.invocations[-1]


async def test_somebody_mentioned_in_the_words_is_a_person_and_reads_as_a_name(town: Town) -> None:
    lea = town.discord.user("Léa Martin")
    heard = await prompted(town, f"<@{lea.id}> surfs a wave, and <@!{lea.id}> laughs")
    assert heard.options["prompt"] == '@"Léa Martin" surfs a wave, and @"Léa Martin" laughs'
    assert {name: person.id for name, person in heard.mentions.items()} == {'@"Léa Martin"': f"discord:{lea.id}"}


async def test_two_people_of_the_same_name_are_told_apart(town: Town) -> None:
    first, second = town.discord.user("Sam"), town.discord.user("Sam")
    heard = await prompted(town, f"<@{first.id}> races <@{second.id}>")
    assert heard.options["prompt"] == '@Sam races @"Sam 2"'
    assert [person.id for person in heard.mentions.values()] == [f"discord:{first.id}", f"discord:{second.id}"]


async def test_bots_and_people_who_are_not_there_are_nobody_to_ask(town: Town) -> None:
    bot, gone = town.discord.bot("another"), town.discord.user("Tom")
    town.discord.guild.strangers.add(gone.id)
    heard = await prompted(town, f"<@{bot.id}> and <@{gone.id}> dance")
    assert heard.mentions == {}
    assert heard.options["prompt"] == f"<@{bot.id}> and <@{gone.id}> dance"


async def test_a_mention_in_a_direct_message_is_known_too(town: Town) -> None:
    lea = town.discord.user("Léa")
    heard = await prompted(town, f"<@{lea.id}> surfs", channel=town.discord.world.channel(None))
    assert heard.mentions["@Léa"].id == f"discord:{lea.id}"


async def test_a_message_to_one_person_alone_stands_in_their_own_chat(town: Town) -> None:
    await prompted(town, "a cat")
    lea = town.discord.user("Léa")
    there = Place.alone_with(Person(id=PersonId(f"discord:{lea.id}"), name="Léa"))
    ref = await town.platform.show(town.note(there), placeholder())
    [message] = town.discord.messages(town.discord.world.direct_with(lea))
    again = await town.platform.show(town.note(there, ref=ref), placeholder("a dog"))
    assert again and "a dog" in message.text
    assert len(town.discord.messages(town.discord.world.direct_with(lea))) == 1


async def test_a_closed_chat_is_said_so(town: Town) -> None:
    await prompted(town, "a cat")
    lea = town.discord.user("Léa")
    town.discord.world.direct_with(lea).closed = True
    there = Place.alone_with(Person(id=PersonId(f"discord:{lea.id}"), name="Léa"))
    with pytest.raises(NotAllowed):
        await town.platform.show(town.note(there), placeholder())


async def attached(town: Town, data: bytes) -> Attachment:
    await prompted(town, "a cat")
    url = f"{town.discord.rest.address}/files/{town.discord.file('me.mp4', data).id}/me.mp4"
    return Attachment(name="me.mp4", content_type="video/mp4", size=len(data), url=url)


async def test_an_attached_file_is_fetched_whole(town: Town) -> None:
    file = await attached(town, bytes(range(256)) * 1000)
    assert await whole(town.platform.read(file, limit=300_000)) == bytes(range(256)) * 1000


async def test_a_file_that_is_larger_than_it_said_is_not_read_to_its_end(town: Town) -> None:
    with pytest.raises(FileTooLarge):
        await whole(town.platform.read(await attached(town, b"x" * 300_000), limit=1000))


async def test_a_file_that_is_no_longer_there_is_said_so(town: Town) -> None:
    file = await attached(town, b"x")
    gone = Attachment(name=file.name, content_type=file.content_type, size=1, url=f"{town.discord.rest.address}/nowhere")
    with pytest.raises(FileGone):
        await whole(town.platform.read(gone, limit=1000))


async def test_whoever_left_the_server_is_no_member(town: Town) -> None:
    await prompted(town, "a cat")
    lea = town.discord.user("Léa")
    person = Person(id=PersonId(f"discord:{lea.id}"), name="Léa")
    place = Place(id=PlaceId(f"discord:{town.discord.guild.id}"), channel=town.discord.channel.id)
    assert await town.platform.is_member(person, place)
    town.discord.guild.strangers.add(lea.id)
    assert not await town.platform.is_member(person, place)


async def test_a_server_that_the_bot_was_put_out_of_says_nothing_about_who_is_in_it(town: Town) -> None:
    await prompted(town, "a cat")
    place = Place(id=PlaceId(f"discord:{town.discord.guild.id}"), channel=town.discord.channel.id)
    town.discord.fail_next("get_guild_member", How.REFUSE, status=404, code=10004)
    assert await town.platform.is_member(Person(id=PersonId(f"discord:{town.discord.ana.id}"), name="Ana"), place)
