"""Somebody who left traces wherever one can, so that a search for them can fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.bot.asked import Asked
from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.command import Reply
from walkon.library.clips import Clip
from walkon.types.people import Place

CANARY = "Canary7"


@asynccontextmanager
async def chatting(town: Town) -> AsyncIterator[Chat]:
    """A chat that is shown what is owed to it."""
    chat = Chat()
    task = asyncio.create_task(Asked(town).delivery(chat).run())
    yield chat
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def standing(town: Town, chat: Chat, reply: Reply) -> Clip:
    """The clip of an answer, whose card stands in the chat."""
    await town.router.answered(str(reply.post), 1, await chat.show_first(str(reply.post), reply.card))
    return await town.clip(reply)


async def lived(town: Town, chat: Chat) -> None:
    """Somebody who left traces wherever one can: alone, in others' clips, asked, asking, reporting, liking, linked."""
    people, own = Asked(town), Place.alone_with(town.person(CANARY))
    await people.lends(CANARY)
    await people.lends("Tom")
    await standing(town, chat, await people.prompts(CANARY, f"{CANARY}'s cat dances", place=own))
    await town.finish(await town.claim())
    clip = await standing(town, chat, await people.prompts("Ana", f"@{CANARY} surfs", CANARY))
    [ask] = await people.asks(clip)
    await people.presses(CANARY, "yes", ask)
    await town.finish(await town.claim())
    await town.press(CANARY, f"w1:like:{clip.id}")
    await town.say(CANARY, "report", clip=clip.id, reason=f"{CANARY} says so")
    await standing(town, chat, await people.prompts("Ana", f"@{CANARY} sings", CANARY))
    await standing(town, chat, await people.prompts(CANARY, "@Tom waves", "Tom"))
    await until(lambda: sum(key.startswith("ask:") for key, _ in chat.history) >= 3)
    await town.say(CANARY, "link")
    await town.say(CANARY, "guardian", deed="link", what="2029-06-01")
    await town.say("Eve", "report", clip=clip.id, reason="no")
