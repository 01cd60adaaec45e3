"""The least that a discord.py bot can do: answer every command with one line. `python -m bench.rig.bare_bot TOKEN API_URL`."""

import asyncio
import sys

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


class BareBot(discord.Client):
    """No store, no queue, no card."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """The library's event for every interaction."""
        await interaction.response.send_message("Got it.", allowed_mentions=discord.AllowedMentions.none())


async def connect(bot: discord.Client, token: str, api_url: str) -> None:
    """Serve until killed, on the Discord of that address."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    Route.BASE = api_url
    async with bot:
        await bot.login(token)
        _, url, _ = await bot.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        await bot.connect()


if __name__ == "__main__":
    bare = BareBot(intents=discord.Intents(guilds=True), max_messages=None, chunk_guilds_at_startup=False)
    asyncio.run(connect(bare, *sys.argv[1:3]))
