"""Who has left a place without its platform's saying so: looked up before what they allowed there is shown."""

from collections.abc import AsyncIterator, Sequence

from walkon.bot import agreeing
from walkon.bot.house import House
from walkon.bot.port import ChatPlatform
from walkon.consent import tables as consent
from walkon.consent.grants import Source
from walkon.consent.likeness import Audience
from walkon.library.clips import Clip, ClipState
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.types.ids import PersonId
from walkon.types.people import Person


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
