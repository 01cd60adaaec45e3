"""A clip's card with what only the store knows: whom it was made from, and, where it is shown again, its whole family."""

from dataclasses import replace

from walkon.agreement import Agreed, against, agreed
from walkon.bot.cards import Card
from walkon.bot.clip_card import Speaker, clip_card, taken_down_card
from walkon.bot.house import House
from walkon.bot.moments import moment
from walkon.bot.signals import signal_of
from walkon.consent.grants import Use
from walkon.library import likes, tables
from walkon.library.clips import Clip, ClipState, RemovedBy
from walkon.library.lineage import ALONE, family_of, idea_of
from walkon.queue.port import JobView
from walkon.types.ids import PlaceId

SHOWN_AGAIN = "show:"
"""How the outbox keys of messages begin that bring a clip back."""


async def family_card(house: House, speaker: Speaker, clip: Clip, view: JobView | None, *, family_in: PlaceId | None = None) -> Card:
    """The card of `clip` now. family_in: list the relatives that live in that place, None for none; only such a card asked for nothing."""
    card = await _card(house, speaker, clip, view, family_in)
    return card if family_in else replace(card, signal=signal_of(clip, view, house.quiet_until()))


async def _card(house: House, speaker: Speaker, clip: Clip, view: JobView | None, family_in: PlaceId | None) -> Card:
    # Whoever shows the card need not have asked: what somebody in it has taken back is in no card.
    objecting = await house.database.read(lambda tx: against(tx, clip, house.clock.now(), use=Use.KEEP))
    if clip.state is ClipState.FINISHED and objecting:
        return taken_down_card(speaker, replace(clip, removed_by=RemovedBy.PERSON))
    if objecting and clip.draft:
        clip = replace(clip, draft=None)
    elsewhere = family_in is not None and family_in != clip.place.id
    people = await house.database.read(lambda tx: agreed(tx, clip, house.clock.now())) if clip.state is ClipState.FINISHED else None
    cast = replace(people, names=(), figures={}) if people and elsewhere else people
    liked = await house.database.read(lambda tx: likes.count(tx, clip.id)) if clip.state is ClipState.FINISHED else 0
    if clip.parent is None and family_in is None:
        return clip_card(speaker, clip, view, kept_until=house.quiet_until(), people=cast, likes=liked)
    async with house.database.reading() as tx:
        parent = await tables.get(tx, clip.parent) if clip.parent else None
        family = await family_of(tx, clip, family_in) if family_in else ALONE
        family = replace(family, idea=await idea_of(tx, clip, parent))
    until = house.quiet_until()
    card = clip_card(speaker, clip, view, parent=parent, family=family, kept_until=until, people=cast, likes=liked)
    return _with_state(house, speaker, card, cast) if cast and family_in else card


def _with_state(house: House, speaker: Speaker, card: Card, people: Agreed) -> Card:
    """The card with what became of the yeses: whoever brings a clip back wants to know how it stands now."""
    since = moment(speaker, people.since, house.clock.now())
    return replace(card, body=(*card.body, speaker.text("card.people.holds", moment=since)))
