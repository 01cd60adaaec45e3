"""A discord.py bot that gives walkon's answers from memory and hears what walkon hears. `python -m … TOKEN API_URL ANSWERS`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, cast

import discord

from bench.rig.bare_bot import connect


class BareBot(discord.Client):
    """answers: what is said, by the command's name; `press` for a button, `choices` for what is suggested."""

    def __init__(self, answers: dict[str, Any]) -> None:
        intents = discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True)
        nobody = discord.AllowedMentions.none()
        caches = discord.MemberCacheFlags.none()
        super().__init__(
            intents=intents, allowed_mentions=nobody, max_messages=None, member_cache_flags=caches, chunk_guilds_at_startup=False
        )
        self.answers = answers
        self.mine: dict[int, str] = {}

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """The library's event for a reaction; none of them is on a message that counts."""
        self.mine.get(payload.message_id)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """The same for one that is taken away."""
        self.mine.get(payload.message_id)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """The library's event for every interaction."""
        data = cast("dict[str, Any]", interaction.data)
        if interaction.type is discord.InteractionType.autocomplete:
            choices = [discord.app_commands.Choice(name=each["name"], value=each["value"]) for each in self.answers["choices"]]
            await interaction.response.autocomplete(choices)
            return
        name = "press" if interaction.type is discord.InteractionType.component else data["options"][0]["name"]
        await interaction.response.send_message(self.answers[name], ephemeral=True)


if __name__ == "__main__":
    token, api_url, answers = sys.argv[1:4]
    asyncio.run(connect(BareBot(json.loads(Path(answers).read_text())), token, api_url))
