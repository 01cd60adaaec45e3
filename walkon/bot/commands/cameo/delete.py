"""`/sora cameo delete`: lend nothing any more. First what it costs."""

from walkon.bot.command import Reply
from walkon.bot.commands.cameo.said import Said
from walkon.bot.taking_back import ask_first
from walkon.bot.tokens import Extent, OwnDeed, OwnToken


async def delete(said: Said) -> Reply:
    """A card with what would stop, come down and be destroyed, and the button that does it."""
    return await ask_first(said.house, said.by, OwnToken(OwnDeed.TAKE_BACK, Extent.DELETE))
