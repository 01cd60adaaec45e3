"""`/sora mod`: hold somebody back for a while, let them go on, set the limits of a place, read what was done."""

from walkon.bot.clip_card import Speaker
from walkon.bot.command import Command, Context, Reply
from walkon.bot.moderating.appeals import queue_card
from walkon.bot.moderating.desk import CLIP, DEED, DURATION, EXPORT, NATIVE, PERSON, QUOTA, REASON, VALUE, WHERE, Desk, confidential
from walkon.bot.moderating.judging import judge
from walkon.bot.moderating.limits import limits
from walkon.bot.moderating.log_file import log_file
from walkon.bot.moderating.reports import keep, set_channel
from walkon.bot.moderating.takedowns import takedown
from walkon.bot.mute_cards import log_card
from walkon.moderation import tables
from walkon.moderation.mutes import Deed
from walkon.moderation.permissions import Permission, objection_to, role_of
from walkon.types.ids import PlaceId


async def mod(ctx: Context) -> Reply:
    """Check who asks, then do the deed."""
    asked = ctx.invocation
    role = role_of(asked.person.id, ctx.house.operators, moderator=asked.moderator)
    place = None if ctx.get(WHERE) == "everywhere" else asked.place.id
    desk = Desk(ctx, Speaker(ctx.house.words, asked.person.locale), role, place)
    deed = Deed(ctx[DEED])
    objection = objection_to(_needed(deed, place), role)
    if objection is not None:
        return desk.say(objection)
    match deed:
        case Deed.LOG:
            return await log_file(desk) if ctx.get(EXPORT) else await _read_log(desk)
        case Deed.TAKEDOWN:
            return await takedown(desk)
        case Deed.KEEP:
            return await keep(desk)
        case Deed.QUEUE:
            return confidential(await queue_card(ctx.house, desk.speaker, place))
        case Deed.CHANNEL:
            return await set_channel(desk)
        case Deed.LIMITS:
            return await limits(desk, asked.place.id)
        case _:
            return await judge(desk, deed)


def _needed(deed: Deed, place: PlaceId | None) -> Permission:
    if deed is Deed.LOG:
        return Permission.READ_LOG_EVERYWHERE if place is None else Permission.READ_LOG_HERE
    if deed in (Deed.LIMITS, Deed.CHANNEL):
        return Permission.SET_LIMITS_HERE
    if deed in (Deed.TAKEDOWN, Deed.KEEP, Deed.QUEUE) and place is not None:
        return Permission.JUDGE_CLIP_HERE
    if deed is Deed.NOTE and place is not None:
        return Permission.NOTE_HERE
    return Permission.MUTE_EVERYWHERE if place is None else Permission.MUTE_HERE


async def _read_log(desk: Desk) -> Reply:
    async with desk.ctx.house.database.reading() as tx:
        entries = await tables.newest(tx, desk.place)
    return confidential(log_card(desk.speaker, entries))


COMMAND = Command("mod", mod, options=(DEED, PERSON, WHERE, DURATION, QUOTA, VALUE, NATIVE, EXPORT, CLIP, REASON), moderates=True)
