"""`/sora forget-me`: erase everything about oneself. First what it costs."""

from walkon.bot import leaving
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Command, Context, Reply


async def forget_me(ctx: Context) -> Reply:
    """A card with what would end, and the button that does it."""
    return leaving.ask_first(Speaker(ctx.house.words, ctx.invocation.person.locale))


COMMAND = Command("forget-me", forget_me, own_right=lambda options: True)
