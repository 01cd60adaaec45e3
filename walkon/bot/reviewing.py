"""A clip that a check held back is looked at by a moderator, who may show it after all. Never by whoever asked for it."""

import structlog

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker, held_film_card
from walkon.bot.command import Pressed, Reply
from walkon.bot.house import House
from walkon.bot.tokens import Deed
from walkon.library.clips import Clip, ClipState
from walkon.library.endings import end_review

log = structlog.get_logger(__name__)


async def review(house: House, pressed: Pressed, clip: Clip, deed: Deed) -> Reply:
    """Show the film to a moderator alone, or show it to everybody on their word."""
    speaker = Speaker(house.words, pressed.person.locale)
    if not _may_judge(house, pressed, clip):
        return _told(speaker, "press.moderators")
    if clip.state is not ClipState.HELD or clip.withheld is None:
        return _told(speaker, "card.held.over", clip=clip.id)
    if deed is Deed.REVIEW:
        return Reply(card=held_film_card(speaker, clip, clip.withheld), private=True, confidential=True)
    now = house.clock.now()
    done = await house.database.write(lambda tx: end_review(tx, clip.id, now))
    house.database.announce()
    if done:
        log.info("held_clip_shown", clip=clip.id, by=pressed.person.id)
    return _told(speaker, "card.held.shown" if done else "card.held.over", clip=clip.id)


def _may_judge(house: House, pressed: Pressed, clip: Clip) -> bool:
    """Moderators of the clip's own place and the host's operators may, but nobody in their own case."""
    moderator = (pressed.moderator and clip.place.id == pressed.place.id) or pressed.person.id in house.operators
    return moderator and pressed.person.id != clip.asker.id


def _told(speaker: Speaker, key: str, **values: object) -> Reply:
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True)
