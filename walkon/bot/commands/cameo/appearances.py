"""`/sora cameo appearances`: every clip one is in."""

from walkon.bot.appearances import appearances_card
from walkon.bot.command import Reply
from walkon.bot.commands.cameo.said import Said


async def appearances(said: Said) -> Reply:
    """The first page."""
    return await appearances_card(said.house, said.by)
