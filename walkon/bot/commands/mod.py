"""`/sora mod`: hold somebody back for a while, let them go on, read what was done."""

from dataclasses import dataclass
from datetime import timedelta

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import BadOption, Command, Context, Reply, Whom, choice_option, duration_option, person_option, text_option
from walkon.bot.mute_cards import deed_card, log_card
from walkon.bot.withdrawal import carry_out
from walkon.moderation import tables
from walkon.moderation.mutes import DURATIONS, REASON_LIMIT, Case, Deed, binding
from walkon.moderation.permissions import Permission, Role, objection_to, objection_to_case, role_of
from walkon.types.ids import PersonId, PlaceId
from walkon.types.people import Person, Platform

DEED = choice_option("deed", tuple(Deed), required=True, word=True)
PERSON = person_option("person", word=True)
WHERE = choice_option("where", ("here", "everywhere"), word=True)
DURATION = duration_option("duration", word=True)
REASON = text_option("reason", rest=True, high=REASON_LIMIT)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who judges: their words, their role, and the place they speak about (None: everywhere)."""

    ctx: Context
    speaker: Speaker
    role: Role
    place: PlaceId | None

    @property
    def by(self) -> Person:
        return self.ctx.invocation.person

    def say(self, key: str, **values: object) -> Reply:
        return _confidential(Card(tone=Tone.QUIET, head=self.speaker.text(f"card.mod.{key}", **values)))


def _confidential(card: Card) -> Reply:
    return Reply(card=card, private=True, confidential=True)


async def mod(ctx: Context) -> Reply:
    """Check who asks, then do the deed."""
    asked = ctx.invocation
    role = role_of(asked.person.id, ctx.house.operators, moderator=asked.moderator)
    place = None if ctx.get(WHERE) == "everywhere" else asked.place.id
    desk = _Desk(ctx, Speaker(ctx.house.words, asked.person.locale), role, place)
    deed = Deed(ctx[DEED])
    objection = objection_to(_needed(deed, place), role)
    if objection is not None:
        return desk.say(objection)
    return await _read_log(desk) if deed is Deed.LOG else await _judge(desk, deed)


def _needed(deed: Deed, place: PlaceId | None) -> Permission:
    if deed is Deed.LOG:
        return Permission.READ_LOG_EVERYWHERE if place is None else Permission.READ_LOG_HERE
    return Permission.MUTE_EVERYWHERE if place is None else Permission.MUTE_HERE


async def _read_log(desk: _Desk) -> Reply:
    async with desk.ctx.house.database.reading() as tx:
        entries = await tables.newest(tx, desk.place)
    return _confidential(log_card(desk.speaker, entries))


async def _judge(desk: _Desk, deed: Deed) -> Reply:
    ctx = desk.ctx
    whom = ctx.get(PERSON)
    if whom is None:
        return desk.say("whom")
    person = _person(whom, desk)
    if person is None:
        return desk.say("unknown", name=whom.name)
    objection = objection_to_case(desk.by.id, person.id, ctx.house.operators)
    if objection is not None:
        return desk.say(objection, who=person.name)
    if deed is Deed.BAN and ctx.get(DURATION) is not None:
        return desk.say("ban_endless")
    case = Case(deed=deed, person=person, place=desk.place, by=desk.by, length=_length(ctx, deed), reason=_reason(ctx))
    if deed is Deed.UNMUTE:
        return await _unmute(desk, case)
    return await _carry_out(desk, case)


def _length(ctx: Context, deed: Deed) -> timedelta | None:
    length = ctx.get(DURATION)
    if deed is Deed.MUTE and length is None:
        raise BadOption(DURATION.name, "…", DURATIONS)
    return length if deed is Deed.MUTE else None


def _reason(ctx: Context) -> str:
    reason = " ".join((ctx.get(REASON) or "").split())
    if len(reason) > REASON_LIMIT:
        raise BadOption(REASON.name, reason, f"1-{REASON_LIMIT}")
    return reason


async def _carry_out(desk: _Desk, case: Case) -> Reply:
    house = desk.ctx.house
    entry = await carry_out(house, desk.ctx.invocation.event, case)
    return _confidential(deed_card(desk.speaker, entry, house.clock.now()))


async def _unmute(desk: _Desk, case: Case) -> Reply:
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


def _person(whom: Whom, desk: _Desk) -> Person | None:
    """The account that was meant. What the platform could not tell must be the account's number or its whole id."""
    if isinstance(whom, Person):
        return whom
    if whom.id is not None:
        return Person(id=whom.id, name=whom.name)
    platform = desk.by.platform
    if platform is not Platform.WEB and whom.name.isascii() and whom.name.isdigit():
        return Person(id=PersonId(f"{platform}:{whom.name}"), name=whom.name)
    return None


COMMAND = Command("mod", mod, options=(DEED, PERSON, WHERE, DURATION, REASON), moderates=True)
