"""`/sora cameo revoke`: take a yes back, from one person, for one clip, or all of them. First what it costs."""

from walkon.bot.command import Called, Reply
from walkon.bot.commands.cameo.said import Said
from walkon.bot.taking_back import ask_first
from walkon.bot.tokens import Extent, OwnDeed, OwnToken
from walkon.consent import tables as consent
from walkon.library import tables
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.ids import ClipId, PersonId, read_clip_id
from walkon.types.people import Person


async def revoke(said: Said) -> Reply:
    """A card with what would stop and come down, and the button that does it."""
    if said.person is not None:
        return await _from(said)
    clip = read_clip_id(said.what) if said.what else None
    if said.what and clip is None:
        return said.told("card.back.which", root=said.house.command_root)
    token = OwnToken(OwnDeed.TAKE_BACK, Extent.CLIP, clip) if clip else OwnToken(OwnDeed.TAKE_BACK, Extent.ALL)
    return await ask_first(said.house, said.by, token)


async def _from(said: Said) -> Reply:
    meant = said.person
    name = meant.name if meant else ""
    id = meant.id if isinstance(meant, Person) else _account(said, meant)
    clip = await said.house.database.read(lambda tx: _newest_of(tx, said.by.id, id)) if id else None
    if clip is None:
        return said.told("card.back.nobody", who=name)
    return await ask_first(said.house, said.by, OwnToken(OwnDeed.TAKE_BACK, Extent.ASKER, clip))


def _account(said: Said, called: Called | None) -> PersonId | None:
    if called is None or called.id is not None:
        return called.id if called else None
    return PersonId(f"{said.by.platform}:{called.name}")


async def _newest_of(tx: Transaction, account: PersonId, asker: PersonId) -> ClipId | None:
    """The newest clip that this person asked for and the other is in."""
    owner, requester = await person_of(tx, account), await person_of(tx, asker)
    _, count = await consent.appearances_of(tx, owner, limit=0)
    ids, _ = await consent.appearances_of(tx, owner, limit=count)
    for id in ids:
        clip = await tables.get(tx, id)
        if clip and await person_of(tx, clip.asker.id) == requester:
            return id
    return None
