"""Discord says by itself who moderates, and whom an option means."""

from dataclasses import replace

import pytest

from tests.bot.platforms.discord.conftest import COMMANDS, Town, told_privately
from tests.doubles.discord.world import MANAGE_MESSAGES
from walkon.bot.commands.mod import COMMAND as MOD
from walkon.bot.platforms.discord.tree import command_tree
from walkon.bot.words import Words
from walkon.types.ids import PersonId
from walkon.types.people import Person

ADMINISTRATOR, MANAGE_GUILD, MODERATE_MEMBERS = 1 << 3, 1 << 5, 1 << 40


@pytest.mark.parametrize(
    ("permissions", "moderator"),
    [(ADMINISTRATOR, True), (MANAGE_GUILD, True), (MODERATE_MEMBERS, True), (MANAGE_MESSAGES, False), (1 << 31, False), (0, False)],
)
async def test_a_command_says_whether_its_person_may_hold_others_back_in_the_whole_server(
    town: Town, permissions: int, moderator: bool
) -> None:
    town.desk.reply = told_privately
    await town.discord.slash("mod", {"deed": "log"}, user=town.discord.user("Mo", permissions=permissions))
    assert town.desk.invocations[0].moderator is moderator


async def test_in_a_private_chat_nobody_moderates(town: Town) -> None:
    town.desk.reply = told_privately
    chat = town.discord.world.channel(None)
    await town.discord.slash("mod", {"deed": "log"}, user=town.discord.user("Mo", permissions=(1 << 50) - 1), channel=chat)
    assert town.desk.invocations[0].moderator is False


async def test_an_option_that_is_a_person_arrives_as_that_account_under_the_name_seen_there(town: Town) -> None:
    town.desk.reply = told_privately
    sam, lea = town.discord.user("Sam"), replace(town.discord.user("Lea"), nick="Léa the Great")
    for user in (sam, lea):
        await town.discord.slash("mod", {"deed": "mute", "person": user, "duration": "2h"})
    named = [asked.options["person"] for asked in town.desk.invocations]
    assert named == [
        Person(id=PersonId(f"discord:{sam.id}"), name="Sam"),
        Person(id=PersonId(f"discord:{lea.id}"), name="Léa the Great"),
    ]


def test_people_are_picked_from_discords_own_list() -> None:
    tree = command_tree("sora", (*COMMANDS, MOD), Words.load())
    [mod] = [sub for sub in tree[0]["options"] if sub["name"] == "mod"]
    kinds = {option["name"]: option["type"] for option in mod["options"]}
    assert kinds == {
        "deed": 3,
        "person": 6,
        "where": 3,
        "duration": 3,
        "quota": 3,
        "value": 4,
        "native": 5,
        "export": 3,
        "clip": 3,
        "reason": 3,
    }
    assert [choice["value"] for choice in mod["options"][0]["choices"]] == [
        "mute",
        "unmute",
        "ban",
        "note",
        "takedown",
        "queue",
        "keep",
        "channel",
        "limits",
        "log",
    ]
