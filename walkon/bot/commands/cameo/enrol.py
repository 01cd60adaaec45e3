"""`/sora cameo enrol`: the challenge, and the film that answers it."""

from walkon.bot import enrolling
from walkon.bot.command import Reply
from walkon.bot.commands.cameo.said import Said


async def enrol(said: Said) -> Reply:
    """Without a film, what to say and do; with one, what came of it."""
    if said.file is None:
        return await enrolling.begin(said.house, said.by)
    return await enrolling.receive(said.house, said.by, said.file, said.ctx.invocation.at)
