"""People named in the words of a command: Discord hands over account numbers, so the names are asked for."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import discord
import structlog

from walkon.bot.command import Invocation, RawValue, mention_token
from walkon.types.ids import PersonId
from walkon.types.people import Locale, Person

log = structlog.get_logger(__name__)

MOST = 8
"""Different people whose names are looked up for one command; whoever is named after them stays a number."""

_MENTION = re.compile(r"<@!?([0-9]{5,20})>")


async def named(interaction: discord.Interaction, invocation: Invocation) -> Invocation:
    """The invocation with `@Léa` in place of `<@42>` in its words, and who that is. Bots and strangers stay as they are."""
    words = {key: value for key, value in invocation.options.items() if isinstance(value, str) and _MENTION.search(value)}
    accounts = list(dict.fromkeys(account for value in words.values() for account in _MENTION.findall(value)))[:MOST]
    called: dict[str, str] = {}
    mentions: dict[str, Person] = {}
    for account in accounts:
        person = await _person(interaction, account)
        if person is not None:
            called[account] = mention_token(person.name, mentions)
            mentions[called[account]] = person
    if not mentions:
        return invocation
    spoken: Mapping[str, RawValue] = {
        key: _MENTION.sub(lambda mention: called.get(mention[1], mention[0]), value) for key, value in words.items()
    }
    return replace(invocation, options={**invocation.options, **spoken}, mentions=mentions)


async def _person(interaction: discord.Interaction, account: str) -> Person | None:
    user, nick = _resolved(interaction, account)
    if user is None:
        user, nick = await _looked_up(interaction, account)
    if user is None or user.get("bot"):
        return None
    name = nick or user.get("global_name") or user["username"]
    return Person(id=PersonId(f"discord:{account}"), name=name, locale=Locale.EN)


def _resolved(interaction: discord.Interaction, account: str) -> tuple[dict[str, Any] | None, str | None]:
    resolved = cast("dict[str, Any]", interaction.data or {}).get("resolved") or {}
    member = (resolved.get("members") or {}).get(account) or {}
    return (resolved.get("users") or {}).get(account), member.get("nick")


async def _looked_up(interaction: discord.Interaction, account: str) -> tuple[dict[str, Any] | None, str | None]:
    http = interaction.client.http
    try:
        if interaction.guild_id is None:
            return cast("dict[str, Any]", await http.get_user(int(account))), None
        member = cast("dict[str, Any]", await http.get_member(interaction.guild_id, int(account)))
        return member["user"], member.get("nick")
    except (discord.HTTPException, OSError) as error:
        # Nobody of that number there, or Discord does not say: then nobody is asked.
        log.info("mention_not_resolved", reason=type(error).__name__)
        return None, None
