"""Holding somebody back for a while or without end, and letting them go on."""

from datetime import timedelta

from walkon.bot.command import BadOption, Context, Reply
from walkon.bot.moderating.desk import DURATION, PERSON, REASON, Desk, confidential
from walkon.bot.mute_cards import deed_card
from walkon.bot.withdrawal import carry_out
from walkon.moderation import tables
from walkon.moderation.mutes import DURATIONS, REASON_LIMIT, Case, Deed, binding
from walkon.moderation.permissions import objection_to_case


async def judge(desk: Desk, deed: Deed) -> Reply:
    """Mute, ban or unmute whoever was named. Raises BadOption."""
    ctx = desk.ctx
    whom = ctx.get(PERSON)
    if whom is None:
        return desk.say("whom")
    person = desk.account(whom)
    if person is None:
        return desk.say("unknown", name=whom.name)
    objection = objection_to_case(desk.by.id, person.id, ctx.house.operators)
    if objection is not None:
        return desk.say(objection, who=person.name)
    if deed is Deed.BAN and ctx.get(DURATION) is not None:
        return desk.say("ban_endless")
    if deed is Deed.NOTE and not desk.reason:
        raise BadOption(REASON.name, "…", f"1-{REASON_LIMIT}")
    case = Case(deed=deed, person=person, place=desk.place, by=desk.by, length=_length(ctx, deed), reason=desk.reason)
    if deed is Deed.UNMUTE:
        return await _unmute(desk, case)
    return await _carry_out(desk, case)


def _length(ctx: Context, deed: Deed) -> timedelta | None:
    length = ctx.get(DURATION)
    if deed is Deed.MUTE and length is None:
        raise BadOption(DURATION.name, "…", DURATIONS)
    return length if deed is Deed.MUTE else None


async def _carry_out(desk: Desk, case: Case) -> Reply:
    house = desk.ctx.house
    entry = await carry_out(house, desk.ctx.invocation.event, case)
    return confidential(deed_card(desk.speaker, entry, house.clock.now()))


async def _unmute(desk: Desk, case: Case) -> Reply:
    """Lift what holds there; an event that did so already is answered as before."""
    asked, now = desk.ctx.invocation, desk.ctx.house.clock.now()
    async with desk.ctx.house.database.reading() as tx:
        done = await tables.entry_of(tx, asked.event)
        mutes = await tables.mutes_of(tx, case.person.id, asked.place.id)
    if done or binding([mute for mute in mutes if mute.place == case.place], now):
        return await _carry_out(desk, case)
    elsewhere = binding(mutes, now) is not None
    if not elsewhere:
        return desk.say("not_muted", who=case.person.name)
    return desk.say("muted_here_only" if case.place is None else "muted_everywhere", who=case.person.name)
