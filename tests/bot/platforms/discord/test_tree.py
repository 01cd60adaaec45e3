"""walkon's commands as Discord shows them, told to Discord only when they changed."""

import re
from typing import Any

import pytest

from tests.bot.platforms.discord.conftest import COMMANDS, Town
from tests.doubles.discord import rules
from tests.doubles.discord.faults import How
from tests.waiting import until
from walkon.bot import commands
from walkon.bot.platforms.discord.tree import command_tree
from walkon.bot.words import Words
from walkon.types.errors import SetupError

EVERYWHERE, GUILD = "bulk_set_application_commands", "bulk_set_guild_application_commands"


def option(tree: list[dict[str, Any]], command: str, name: str) -> dict[str, Any]:
    [sub] = [sub for sub in tree[0]["options"] if sub["name"] == command]
    return next(option for option in sub["options"] if option["name"] == name)


async def served(town: Town) -> None:
    async with town.open():
        await until(lambda: town.discord.gateway.connected)


async def test_the_commands_are_told_once_and_again_only_when_they_changed(closed_town: Town) -> None:
    await served(closed_town)
    closed_town.platform = closed_town.build()
    await served(closed_town)
    assert len(closed_town.discord.heard(EVERYWHERE)) == 1
    closed_town.platform = closed_town.build(commands=COMMANDS[:2])
    await served(closed_town)
    assert len(closed_town.discord.heard(EVERYWHERE)) == 2
    assert [sub["name"] for sub in closed_town.discord.world.commands[None][0]["options"]] == ["prompt", "queue"]


async def test_commands_that_discord_did_not_take_are_told_next_time(closed_town: Town) -> None:
    closed_town.discord.fail_next(EVERYWHERE, How.REFUSE, status=503)
    with pytest.raises(Exception, match="503"):
        await closed_town.platform.serve(closed_town.desk)
    await served(closed_town)
    assert None in closed_town.discord.world.commands


async def test_a_development_server_gets_the_commands_alone_and_loses_them_after(closed_town: Town) -> None:
    guild = closed_town.discord.guild.id
    closed_town.platform = closed_town.build(dev_guild=guild)
    await served(closed_town)
    assert list(closed_town.discord.world.commands) == [guild]
    closed_town.platform = closed_town.build()
    await served(closed_town)
    assert closed_town.discord.world.commands[guild] == [] and closed_town.discord.world.commands[None]


async def test_a_development_server_without_walkon_is_named_with_the_mend(closed_town: Town) -> None:
    platform = closed_town.build(dev_guild="77")
    with pytest.raises(SetupError, match=r"dev_guild.*77"):
        await platform.serve(closed_town.desk)


async def test_the_root_word_is_the_hosts_to_choose(closed_town: Town) -> None:
    closed_town.platform = closed_town.build(root="clip")
    await served(closed_town)
    assert closed_town.discord.world.commands[None][0]["name"] == "clip"


def test_options_are_typed_and_required_ones_come_first() -> None:
    tree = command_tree("sora", COMMANDS, Words.load())
    assert [option["name"] for option in tree[0]["options"][0]["options"]] == ["prompt", "seconds", "aspect"]
    assert option(tree, "prompt", "prompt")["max_length"] == 6000
    assert (option(tree, "prompt", "seconds")["min_value"], option(tree, "prompt", "seconds")["max_value"]) == (2, 20)
    assert [choice["value"] for choice in option(tree, "prompt", "aspect")["choices"]] == ["16:9", "9:16", "1:1"]


def test_french_people_read_french() -> None:
    words = Words.load()
    tree = command_tree("sora", COMMANDS, words)
    prompt = tree[0]["options"][0]
    assert prompt["description_localizations"]["fr"] != prompt["description"]
    wide = option(tree, "prompt", "aspect")["choices"][0]
    assert wide["name_localizations"]["fr"].startswith("16:9")


def test_the_commands_work_in_servers_and_in_everybodys_own_chats() -> None:
    root, *_ = command_tree("sora", COMMANDS, Words.load())
    assert (root["contexts"], root["integration_types"]) == ([0, 1, 2], [0, 1])


async def test_every_real_command_is_taken(closed_town: Town) -> None:
    closed_town.platform = closed_town.build(commands=commands.load())
    await served(closed_town)
    told = {sub["name"] for sub in closed_town.discord.world.commands[None][0]["options"]}
    assert {"prompt", "queue", "cancel", "show", "help"} <= told


def test_everything_that_is_offered_has_a_short_description_and_a_name_in_french_and_the_whole_fits() -> None:
    words = Words.load()
    [root, *_] = command_tree("sora", commands.load(), words)
    subs = root["options"]
    described = [*subs, *(option for sub in subs for option in sub["options"])]
    for one in described:
        assert one["description"] != one["description_localizations"]["fr"], one["name"]
        assert max(map(len, (one["description"], one["description_localizations"]["fr"]))) <= 45, one["name"]
    for option in (option for sub in subs for option in sub["options"]):
        assert re.fullmatch(r"[-_'\w]{1,32}", option["name_localizations"]["fr"]), option["name"]
        assert option["name_localizations"]["fr"] == option["name_localizations"]["fr"].lower()
    names = [[option["name_localizations"]["fr"] for option in sub["options"]] for sub in subs]
    assert all(len(set(of_one)) == len(of_one) for of_one in names)
    assert rules.commands_faults([root]) == []
