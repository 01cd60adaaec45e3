"""Who has left a place without its platform's saying so: looked up before what they allowed there is shown, and all round, slowly."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial

import structlog

from walkon.bot import agreeing
from walkon.bot.house import House
from walkon.bot.port import ChatPlatform, PlatformDown, Throttled
from walkon.consent import tables as consent
from walkon.consent.grants import Source
from walkon.consent.likeness import Audience
from walkon.library.clips import Clip, ClipState
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.types.ids import PersonId
from walkon.types.people import Person, Place

log = structlog.get_logger(__name__)

ROUND_S, EACH_S = 600.0, 1.0
"""How often everybody is looked up on whose presence something rests, and the least time between two of them: a round of 600 takes ten
minutes, one of 6,000 a hundred, and no platform minds a question a second.
"""


async def all_present(platform: ChatPlatform, house: House, clip: Clip) -> bool:
    """Whether everybody on whom a clip with people in it depends is still where it was asked for, as far as this platform says.

    Whoever has left ends what they allowed there, the clip with it; a requester who has left ends it until it stands in its chat.
    Raises PlatformDown, Throttled.
    """
    asked_here = clip.place.platform is platform.platform and not clip.place.private and not clip.place.elsewhere
    if clip.state not in (ClipState.PROMISED, ClipState.FINISHED) or not asked_here:
        return True
    there, shown = await house.database.read(lambda tx: _depended_on(tx, clip))
    gone = [owner async for owner in _gone(platform, clip, there)]
    for owner in gone:
        await agreeing.leave(house, owner, clip.place.id)
    asker_left = bool(there) and not shown and not await platform.is_member(clip.asker, clip.place)
    if gone or asker_left:
        await agreeing.withhold(house, clip.id)
    return not (gone or asker_left)


async def _gone(platform: ChatPlatform, clip: Clip, there: Sequence[Sequence[Person]]) -> AsyncIterator[PersonId]:
    for accounts in there:
        members = [await platform.is_member(account, clip.place) for account in accounts]
        if members and not any(members):
            yield accounts[0].id


async def _depended_on(tx: Transaction, clip: Clip) -> tuple[Sequence[Sequence[Person]], bool]:
    """For each yes for the clip, the accounts whose presence it rests on, if any; and whether the clip stands in its chat already."""
    found = []
    for grant in await consent.grants_of(tx, clip.id):
        likeness = await consent.likeness_of(tx, grant.owner)
        # Who lets everybody have their likeness allowed it in no place of their own.
        anywhere = grant.source is Source.AUDIENCE and likeness is not None and likeness.audience is Audience.EVERYONE
        if grant.withdrawn_at is None:
            people = [] if anywhere else [Person(id=account, name="") for account in await accounts_of(tx, grant.owner)]
            found.append([person for person in people if person.platform is clip.place.platform])
    return found, await consent.is_shown(tx, clip.id)


async def look_round(platform: ChatPlatform, house: House, *, each_s: float = EACH_S) -> int:
    """End what everybody allowed in places they have left; returns how many had. Raises PlatformDown."""
    left = 0
    for owner, id in await house.database.read(lambda tx: consent.relied_on(tx, platform.platform)):
        place = Place(id=id, channel=id.partition(":")[2])
        accounts = [Person(id=account, name="") for account in await house.database.read(partial(accounts_of, account=owner))]
        here = [account for account in accounts if account.platform is platform.platform]
        if here and not await _any_member(platform, here, place):
            log.info("somebody_has_left", place=id)
            await agreeing.leave(house, owner, id)
            left += 1
        await asyncio.sleep(each_s)
    return left


async def _any_member(platform: ChatPlatform, accounts: Sequence[Person], place: Place) -> bool:
    for account in accounts:
        while True:
            try:
                if await platform.is_member(account, place):
                    return True
                break
            except Throttled as error:
                await asyncio.sleep(error.retry_after_s)
    return False


async def keep_looking(platform: ChatPlatform, house: House) -> None:
    """Look round again and again, until cancelled."""
    while True:
        try:
            await look_round(platform, house)
        except PlatformDown as error:
            log.info("nobody_looked_up", platform=platform.platform, reason=error.reason)
        except Exception as error:  # the next round tries again
            log.error("looking_broke", platform=platform.platform, exc_info=error)
        await asyncio.sleep(ROUND_S)
