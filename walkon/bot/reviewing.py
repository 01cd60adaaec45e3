"""A clip that a check held back is looked at by a moderator, who may show it after all. Never by whoever asked for it."""

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker, held_film_card
from walkon.bot.command import Pressed, Reply
from walkon.bot.house import House
from walkon.bot.tokens import Deed
from walkon.library.clips import Clip, ClipState
from walkon.library.endings import end_review
from walkon.moderation.mutes import Case
from walkon.moderation.mutes import Deed as Deeds
from walkon.moderation.proof import write
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.types.harm import HeldFor


async def review(house: House, pressed: Pressed, clip: Clip, deed: Deed) -> Reply:
    """Show the film to a moderator alone, or show it to everybody on their word."""
    speaker = Speaker(house.words, pressed.person.locale)
    if not await _may_judge(house, pressed, clip):
        return _told(speaker, "press.moderators")
    if clip.state is not ClipState.HELD or clip.withheld is None or clip.held is HeldFor.REPORTS:
        return _told(speaker, "card.held.over", clip=clip.id)
    if deed is Deed.REVIEW:
        return Reply(card=held_film_card(speaker, clip, clip.withheld), private=True, confidential=True)
    now = house.clock.now()
    case = Case(deed=Deeds.RELEASE, person=clip.asker, place=clip.place.id, by=pressed.person, clip=clip.id)

    async def step(tx: Transaction) -> bool:
        shown = await end_review(tx, clip.id, now)
        if shown:
            await write(tx, house.keys, pressed.event, case, now)
        return shown

    done = await house.database.write(step)
    house.database.announce()
    return _told(speaker, "card.held.shown" if done else "card.held.over", clip=clip.id)


async def _may_judge(house: House, pressed: Pressed, clip: Clip) -> bool:
    """Moderators of the clip's own place and the host's operators may, but nobody in their own case, by whatever account."""
    moderator = (pressed.moderator and clip.place.id == pressed.place.id) or pressed.person.id in house.operators
    return moderator and clip.asker.id not in await house.database.read(lambda tx: accounts_of(tx, pressed.person.id))


def _told(speaker: Speaker, key: str, **values: object) -> Reply:
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True)
