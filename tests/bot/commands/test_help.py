"""`/sora help`: every command that exists, in the reader's language."""

from dataclasses import replace

from tests.town import Town
from walkon.bot.cards import plain
from walkon.types.people import Locale


async def test_help_names_every_command_and_words_to_try(town: Town) -> None:
    reply = await town.say("Ana", "help")
    text = "\n".join(plain(line) for line in reply.card.body)
    assert reply.private
    assert all(f"/sora {name} " in text for name in town.house.command_names)
    assert "backflip" in text


async def test_help_speaks_the_readers_language(town: Town) -> None:
    asked = town.said("Léa", "help")
    reply = await town.router.command(replace(asked, person=town.person("Léa", Locale.FR)))
    assert "Dis ce qui se passe" in plain(reply.card.head)


async def test_a_misspelt_command_is_answered_with_a_guess(town: Town) -> None:
    reply = await town.say("Ana", "quue")
    assert reply.private and "/sora queue" in plain(reply.card.head)


async def test_a_command_that_does_not_exist_is_answered_with_help(town: Town) -> None:
    reply = await town.say("Ana", "xyzzy" * 100)
    assert "/sora help" in plain(reply.card.head)
