"""What a person may carry from here into any chat: their own finished clips, those they like, those of a place they are in, new words,
their clips with new words.

Where it goes the platform does not say, so nothing is offered that the people in it agreed to for one chat only.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from walkon.agreement import ANYWHERE, Passing, may_be_shown
from walkon.bot.carrying import CARRIED, was_carried
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Invocation
from walkon.bot.family_card import family_card
from walkon.bot.house import House
from walkon.bot.intake import card_row
from walkon.bot.limit_cards import limit_card
from walkon.bot.moments import moment, next_minute
from walkon.bot.port import Ready, Shelf
from walkon.bot.quota import cost_of, left, no_room
from walkon.library import likes, tables
from walkon.library.clips import Clip
from walkon.moderation.limits import Quota
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.types.clock import to_ms
from walkon.types.ids import ClipId, PlaceId, read_clip_id
from walkon.types.people import Person
from walkon.types.scene import MIN_SECONDS

PAGE = 20
"""Clips listed at once."""
BASES = 3
"""Clips offered to be made anew."""

WORDS = "words"
START = "start"
PLACE = "place"
"""The id of a place whose clips are asked for; only for whom the platform itself has told that they are there."""
_NAMED = re.compile(r"\s*#(?P<clip>\w+)\s*(?P<words>.*)", re.DOTALL)


def read_words(text: str) -> tuple[ClipId | None, str]:
    """The clip that is named first, `#7KQ2M9`, and the words after it."""
    named = _NAMED.fullmatch(text)
    clip = read_clip_id(named["clip"]) if named else None
    return (clip, named["words"].strip()) if named and clip else (None, text.strip())


async def shelf(house: House, asked: Invocation) -> Shelf:
    """What the person may carry away now. Options of `asked`: words as written, start of the page."""
    named, words = read_words(str(asked.options.get(WORDS, "")))
    if words:
        return await _to_be_made(house, asked, named, words)
    start = int(str(asked.options.get(START, 0)))
    found = await house.database.read(lambda tx: _offered(tx, asked, named, start))
    speaker = Speaker(house.words, asked.person.locale)
    offered = await house.database.read(lambda tx: _travelling(tx, found[:PAGE], house.clock.now()))
    ready = [Ready(clip=clip, card=await family_card(house, speaker, clip, None)) for clip in offered]
    return Shelf(ready=tuple(ready), next=start + PAGE if len(found) > PAGE else None)


async def _to_be_made(house: House, asked: Invocation, named: ClipId | None, words: str) -> Shelf:
    """The words as a clip and as remixes; nothing where the person has no clip left to ask for, so that nothing lands in the chat."""
    now, cost = house.clock.now(), await cost_of(house, MIN_SECONDS)
    reason = await house.database.read(lambda tx: no_room(tx, house, asked, cost, now))
    if reason:
        speaker = Speaker(house.words, asked.person.locale)
        until = moment(speaker, next_minute(reason.again), now) if reason.again else None
        return Shelf(refused=limit_card(speaker, reason, now), until=until)
    bases = await house.database.read(lambda tx: _bases(tx, asked.person, named))
    of_day = [one for one in await house.database.read(lambda tx: left(tx, house, asked, now)) if one.quota is Quota.PER_DAY]
    rest = min((int(one.limit - one.taken) for one in of_day), default=None)
    return Shelf(words=None if named else words, bases=bases, left=rest)


def _place(asked: Invocation) -> PlaceId | None:
    place = asked.options.get(PLACE)
    return PlaceId(str(place)) if place else None


async def _offered(tx: Transaction, asked: Invocation, named: ClipId | None, start: int) -> tuple[Clip, ...]:
    place = _place(asked)
    if named is None and place:
        return tuple(await tables.newest_in(tx, place, start=start, limit=PAGE + 1))
    if named is None:
        return tuple(await likes.own_then_liked(tx, asked.person.id, start=start, limit=PAGE + 1))
    clip = await tables.get(tx, named)
    return (clip,) if clip and clip.finished and await _may_carry(tx, clip, asked) else ()


async def _may_carry(tx: Transaction, clip: Clip, asked: Invocation) -> bool:
    """Whether it is theirs, lives where they were found to be, or is liked by them."""
    return clip.asker.id == asked.person.id or clip.place.id == _place(asked) or await likes.likes(tx, clip.id, asked.person.id)


async def _travelling(tx: Transaction, clips: Sequence[Clip], now: datetime) -> list[Clip]:
    return [clip for clip in clips if await may_be_shown(tx, clip, place=ANYWHERE, now=now) is Passing.AGREED]


async def _bases(tx: Transaction, person: Person, named: ClipId | None) -> tuple[Clip, ...]:
    if named is None:
        return tuple(await tables.finished_of(tx, person.id, limit=BASES))
    clip = await tables.get(tx, named)
    if clip is None or not clip.finished:
        return ()
    theirs = clip.asker.id == person.id or await was_carried(tx, clip.id)
    return (clip,) if theirs else ()


async def carried(house: House, asked: Invocation, id: ClipId, ref: str) -> None:
    """The person carried a clip of theirs, of a place they are in, or one that they like, into a chat, where it stands as message `ref`:
    it is kept up to date there from now on.
    """
    now_ms = to_ms(house.clock.now())

    async def stands(tx: Transaction) -> None:
        clip = await tables.get(tx, id)
        if clip is None or not await _may_carry(tx, clip, asked):
            return
        row = replace(card_row(f"{CARRIED}{asked.event}", clip, asked.place, asked.reply), urgent=True)
        await outbox.put(tx, row, now_ms)
        await outbox.acknowledge(tx, row.key, 1, ref)
        if not clip.finished or await may_be_shown(tx, clip, place=ANYWHERE, now=house.clock.now()) is not Passing.AGREED:
            # Taken down, or taken back, between being offered and being chosen.
            await outbox.retract(tx, clip.id, now_ms)

    await house.database.write(stands)
    house.database.announce()
