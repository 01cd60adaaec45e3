"""Holding somebody back for a while or without end, and letting them go on."""

from datetime import timedelta

from walkon.bot import restricting
from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import BadOption, Context, Pressed, Reply
from walkon.bot.house import House
from walkon.bot.moderating.desk import DURATION, NATIVE, PERSON, REASON, Desk, confidential
from walkon.bot.mute_cards import deed_card, log_card, native_line
from walkon.bot.withdrawal import carry_out
from walkon.moderation import tables
from walkon.moderation.mutes import DURATIONS, REASON_LIMIT, Case, Deed, Entry, binding
from walkon.moderation.permissions import Objection, Permission, objection_to, objection_to_case, role_of
from walkon.store.accounts import accounts_of


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
    length, native = _length(ctx, deed), bool(ctx.get(NATIVE)) and deed in (Deed.MUTE, Deed.BAN)
    case = Case(deed=deed, person=person, place=desk.place, by=desk.by, length=length, reason=desk.reason, native=native)
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
    return await _done(house, desk.speaker, entry, native=case.native)


async def _done(house: House, speaker: Speaker, entry: Entry, *, native: bool) -> Reply:
    """What was done, and what the platform made of its own part, if it had any."""
    told = native or (entry.deed is Deed.UNMUTE and await restricting.lifts(house, entry))
    line = native_line(speaker, entry, await restricting.outcome(house, entry)) if told else None
    return confidential(deed_card(speaker, entry, house.clock.now(), native=line))


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


async def undo(house: House, pressed: Pressed, seq: int) -> Reply:
    """Take a mute back by the button under its answer, if whoever presses may unmute there and it still is the one that holds.

    In a private chat, where no platform says who moderates, only the moderator who muted may.
    """
    found = await _still_holds(house, pressed, seq)
    if isinstance(found, Reply):
        return found
    case = Case(deed=Deed.UNMUTE, person=found.person, place=found.place, by=pressed.person)
    entry = await carry_out(house, pressed.event, case)
    return await _done(house, Speaker(house.words, pressed.person.locale), entry, native=False)


async def also_natively(house: House, pressed: Pressed, seq: int) -> Reply:
    """Use the platform's own means beside a mute, by the button under its answer. Who may press is as with `undo`."""
    found = await _still_holds(house, pressed, seq)
    if isinstance(found, Reply):
        return found
    await house.database.write(lambda tx: restricting.ask(tx, found, pressed.person, house.clock.now()))
    house.database.announce()
    speaker = Speaker(house.words, pressed.person.locale)
    line = native_line(speaker, found, await restricting.outcome(house, found))
    return confidential(Card(tone=Tone.QUIET, head=line))


async def read_log(house: House, pressed: Pressed, seq: int) -> Reply:
    """The last lines of the log of where the mute holds, for whoever may read them; in a private chat, where no platform says who
    moderates, only whoever muted may, and reads of their own deeds there.
    """
    speaker = Speaker(house.words, pressed.person.locale)
    async with house.database.reading() as tx:
        entry, own = await tables.line(tx, seq), await accounts_of(tx, pressed.person.id)
    if entry is None:
        return _said(speaker, "press.stale")
    objection = _objection(house, pressed, entry, Permission.READ_LOG_EVERYWHERE, Permission.READ_LOG_HERE)
    if objection is not None and not (pressed.place.private and entry.by.id in own):
        return _said(speaker, f"card.mod.{objection}")
    lines = await house.database.read(lambda tx: tables.newest(tx, entry.place, by=own if objection else None))
    return confidential(log_card(speaker, lines))


def _objection(house: House, pressed: Pressed, entry: Entry, everywhere: Permission, here: Permission) -> Objection | None:
    role = role_of(pressed.person.id, house.operators, moderator=pressed.moderator and entry.place == pressed.place.id)
    return objection_to(everywhere if entry.place is None else here, role)


async def _still_holds(house: House, pressed: Pressed, seq: int) -> Entry | Reply:
    """The mute of that line, if it still is the one that holds and whoever presses may undo it."""
    speaker, now = Speaker(house.words, pressed.person.locale), house.clock.now()
    async with house.database.reading() as tx:
        entry, done = await tables.line(tx, seq), await tables.entry_of(tx, pressed.event)
        mutes = await tables.mutes_of(tx, entry.person.id, entry.place) if entry else ()
    if entry is None:
        return _said(speaker, "press.stale")
    own = pressed.place.private and pressed.person.id == entry.by.id
    objection = _objection(house, pressed, entry, Permission.MUTE_EVERYWHERE, Permission.MUTE_HERE)
    if objection is not None and not own:
        return _said(speaker, f"card.mod.{objection}")
    if done is None and not any(mute.place == entry.place and mute.at == entry.at and mute.active_at(now) for mute in mutes):
        return _said(speaker, "card.mod.superseded")
    return entry


def _said(speaker: Speaker, key: str, **values: object) -> Reply:
    return confidential(Card(tone=Tone.QUIET, head=speaker.text(key, **values)))
