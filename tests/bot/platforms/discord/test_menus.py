"""The menu of messages, and suggestions to somebody who is still typing."""

from tests.bot.platforms.discord.conftest import COMMANDS, Town
from tests.doubles.discord.faults import How
from tests.waiting import until
from walkon.bot import commands
from walkon.bot.command import Suggestion
from walkon.bot.platforms.discord.tree import command_tree
from walkon.bot.words import Words


async def test_the_menu_of_a_message_is_the_command_about_that_message(town: Town) -> None:
    card = await town.discord.slash("prompt", {"prompt": "a cat"})
    tom = town.discord.user("Tom")
    chosen = await town.discord.menu("Remix this clip", card.message, user=tom)
    asked = town.desk.invocations[-1]
    assert (asked.command, asked.about, asked.options) == ("remix", card.message.id, {})
    assert (asked.event, asked.person.name) == (f"discord:{chosen.id}", "Tom")
    await until(lambda: len(town.desk.answers) == 2)


async def test_an_entry_that_is_not_ours_any_more_is_left_alone(town: Town) -> None:
    card = await town.discord.slash("prompt", {"prompt": "a cat"})
    await town.discord.menu("Something older", card.message, wait=False)
    await town.discord.slash("queue")
    assert [one.command for one in town.desk.invocations] == ["prompt", "queue"]


async def test_a_clip_is_suggested_while_its_id_is_typed(town: Town) -> None:
    town.desk.suggestions = [Suggestion("7KQ2M9", "7KQ2M9 · a cat"), Suggestion("2ABCDE", "x" * 150)]
    shown = await town.discord.typing("show", {"clip": "7k"}, "clip")
    assert shown == {"7KQ2M9 · a cat": "7KQ2M9", "x" * 100: "2ABCDE"}
    asked, option = town.desk.typed[-1]
    assert (asked.command, asked.options, option) == ("show", {"clip": "7k"}, "clip")


async def test_suggestions_that_come_too_late_break_nothing(town: Town) -> None:
    town.discord.fail_next("create_interaction_response", How.REFUSE, status=404, code=10062)
    await town.discord.types("show", {"clip": "7k"}, "clip", wait=False)
    await town.discord.slash("queue")
    assert town.desk.invocations[-1].command == "queue"


def test_entries_have_a_name_in_both_languages_and_nothing_else() -> None:
    [entry] = [one for one in command_tree("sora", COMMANDS, Words.load()) if one["type"] == 3]
    assert (entry["name"], entry["name_localizations"]) == ("Remix this clip", {"fr": "Remixer ce clip"})
    assert "description" not in entry and "options" not in entry


def test_clips_and_styles_are_suggested_and_nothing_that_has_choices() -> None:
    tree = command_tree("sora", commands.load(), Words.load())
    suggested = {(sub["name"], option["name"]) for sub in tree[0]["options"] for option in sub["options"] if option.get("autocomplete")}
    assert {("remix", "clip"), ("vary", "clip"), ("cancel", "clip"), ("show", "clip"), ("prompt", "style")} <= suggested
    assert not [o for sub in tree[0]["options"] for o in sub["options"] if o.get("autocomplete") and o.get("choices")]
