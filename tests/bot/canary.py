"""Somebody who left traces wherever one can, so that a search for them can fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from tests.bot.asked import Asked
from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.command import Reply
from walkon.bot.platforms.web import tables as web
from walkon.consent import tables as consent
from walkon.library.clips import Clip
from walkon.moderation import tables as moderation
from walkon.moderation.mutes import Case, Deed, Mute
from walkon.store.database import Transaction
from walkon.types.ids import EventId, PersonId
from walkon.types.people import Person, Place

CANARY = "Canary7"
CANARY_ID = PersonId(f"web:{CANARY}")
SAID = "the stolen lighthouse"
NOTED = "shouted at everybody"
SPOKEN = "good morning harbour"


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


async def moderated_and_heard(town: Town) -> None:
    """The canary is muted with a reason, speaks on the page under their name, and asks for something of their own."""
    now, who, olga = town.clock.now(), Person(id=CANARY_ID, name=CANARY), Person(id=PersonId("web:Olga"), name="Olga")

    async def step(tx: Transaction) -> None:
        case = Case(deed=Deed.MUTE, person=who, by=olga, place=None, reason=NOTED, length=timedelta(hours=1))
        await moderation.append(tx, EventId("web:theft"), case, now)
        await moderation.put(tx, Mute(person=who, place=None, until=now + timedelta(hours=1), reason=NOTED, by=olga, at=now))
        await web.save_session(tx, web.SessionRow(id="0" * 64, name=CANARY, admitted=True, at_ms=0))
        said = {"person_id": CANARY_ID, "visible_to": CANARY_ID, "author": CANARY, "text": SPOKEN}
        await web.add(tx, web.NewMessage(key=f"said:{CANARY}", channel="lobby", at_ms=0, **said))

    await town.say(CANARY, "prompt", prompt=f"{CANARY} paints {SAID}")
    await town.house.database.write(step)


async def secrets_of(town: Town) -> dict[str, bytes]:
    """What there is to be read of the canary: name, handle, and words of their own and about them."""
    likeness = await town.house.database.read(lambda tx: consent.likeness_of(tx, CANARY_ID))
    assert likeness
    words = {
        "handle": likeness.handle,
        "name": CANARY,
        "prompt": SAID,
        "note": NOTED,
        "spoken": SPOKEN,
        "reason": "says so",
        "sung": "sings",
    }
    return {name: text.encode() for name, text in words.items()}
