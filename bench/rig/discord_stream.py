"""What a busy bot hears on Discord, poured out as fast as it listens, with never more than so many of its answers outstanding."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.payloads import channel_json, member_json
from tests.doubles.discord.world import Guild, Interaction, Message, User
from tests.waiting import until

MIX: Mapping[str, int] = {
    "reactions on others' messages": 80,
    "reactions taken away there": 12,
    "changes of channels": 3,
    "suggestions while typing": 2,
    "presses of Details": 1,
    "/sora help": 1,
    "/sora queue": 1,
}
"""Events in a hundred. Discord sends no messages to a bot that does not ask for them, and walkon does not."""

EMOJI = ("❤️", "😂", "🔥", "👍", "😭", "👀", "🎉", "✅", "💀", "🙏")
"""What people react with; three of ten would mean something under a message of walkon's."""

GUILDS, PEOPLE = 40, 1_000
IN_FLIGHT = 20
TYPED = {"prompt": "a cat does a backflip on a skate", "style": "c"}
LOOK_EVERY_S = 0.002
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Servers, their people, and a message of the bot with a button."""

    discord: DiscordDouble
    guilds: Sequence[Guild]
    people: Sequence[User]

    @classmethod
    def gathered(cls, discord: DiscordDouble) -> "Crowd":
        """Before the bot connects, so that it is told of all servers."""
        guilds = [discord.world.guild(f"server {number}") for number in range(GUILDS)]
        return cls(discord=discord, guilds=guilds, people=[discord.user(f"person {number}") for number in range(PEOPLE)])


async def pour(crowd: Crowd, card: Message, count: int, seed: int) -> dict[str, Interaction]:
    """Have that many events happen in random order, until all that asks for an answer has one; returns one of each kind that does.

    card: a message of the bot with a Details button.
    """
    chance, asked, waiting = Random(seed), dict[str, Interaction](), list[Interaction]()
    for kind in _kinds(chance, count):
        made = await _HAPPENS[kind](crowd, card, chance)
        if made is not None:
            asked[kind] = made
            waiting.append(made)
        while len(waiting) >= IN_FLIGHT:
            await asyncio.sleep(LOOK_EVERY_S)
            waiting = [each for each in waiting if not each.answered]
    await until(lambda: all(each.answered for each in waiting), PATIENCE_S)
    return asked


def _kinds(chance: Random, count: int) -> Iterator[str]:
    kinds = [kind for kind, share in MIX.items() for _ in range(share * count // 100)]
    chance.shuffle(kinds)
    yield from kinds


def _reaction(crowd: Crowd, chance: Random) -> tuple[dict[str, Any], User]:
    guild, user = chance.choice(crowd.guilds), chance.choice(crowd.people)
    where = {"guild_id": guild.id, "channel_id": guild.channel.id, "message_id": str(int(guild.id) + chance.randrange(1 << 20))}
    return {**where, "user_id": user.id, "type": 0, "burst": False, "emoji": {"id": None, "name": chance.choice(EMOJI)}}, user


async def _reacts(crowd: Crowd, card: Message, chance: Random) -> None:
    reaction, user = _reaction(crowd, chance)
    told = {**reaction, "message_author_id": chance.choice(crowd.people).id, "member": member_json(user)}
    await crowd.discord.gateway.dispatch("MESSAGE_REACTION_ADD", told)


async def _unreacts(crowd: Crowd, card: Message, chance: Random) -> None:
    reaction, _ = _reaction(crowd, chance)
    await crowd.discord.gateway.dispatch("MESSAGE_REACTION_REMOVE", reaction)


async def _changes(crowd: Crowd, card: Message, chance: Random) -> None:
    await crowd.discord.gateway.dispatch("CHANNEL_UPDATE", channel_json(chance.choice(crowd.guilds).channel))


async def _types(crowd: Crowd, card: Message, chance: Random) -> Interaction:
    return await crowd.discord.types(
        "prompt", TYPED, "style", user=chance.choice(crowd.people), channel=chance.choice(crowd.guilds).channel, wait=False
    )


async def _presses(crowd: Crowd, card: Message, chance: Random) -> Interaction:
    return await crowd.discord.press(card, card.buttons["Details"], user=chance.choice(crowd.people), wait=False)


def _says(command: str) -> "Callable[[Crowd, Message, Random], Awaitable[Interaction]]":
    async def says(crowd: Crowd, card: Message, chance: Random) -> Interaction:
        return await crowd.discord.slash(command, user=chance.choice(crowd.people), channel=chance.choice(crowd.guilds).channel, wait=False)

    return says


_HAPPENS: Mapping[str, Callable[[Crowd, Message, Random], Awaitable[Interaction | None]]] = dict(
    zip(MIX, (_reacts, _unreacts, _changes, _types, _presses, _says("help"), _says("queue")), strict=True)
)
