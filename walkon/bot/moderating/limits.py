"""The limits of one place: shown, and set by its moderators within the host's."""

from dataclasses import replace

from walkon.bot.cards import Card, Tone
from walkon.bot.command import BadOption, Reply
from walkon.bot.limit_cards import rule_lines
from walkon.bot.moderating.desk import OF_PLACE, QUOTA, VALUE, Desk, confidential
from walkon.config import Quotas
from walkon.moderation import tables
from walkon.moderation.limits import PlaceRules, Quota, with_limit
from walkon.moderation.mutes import Case, Deed
from walkon.moderation.proof import write
from walkon.store.database import Transaction
from walkon.types.ids import PlaceId


async def limits(desk: Desk, place: PlaceId) -> Reply:
    """Show the limits of the place, or set one. Raises BadOption."""
    named, value = desk.ctx.get(QUOTA), desk.ctx.get(VALUE)
    if named is None:
        return await _shown(desk, place)
    if value is None:
        raise BadOption(VALUE.name, "…", desk.speaker.say("card.mod.limit_values"))
    quota = Quota(named.removeprefix(OF_PLACE))
    of_place = named.startswith(OF_PLACE)
    host = quota.of(desk.ctx.house.limits.place if of_place else desk.ctx.house.limits.person)
    if host is not None and value > host:
        return desk.say("limit_bound", limit=f"{host:g}")
    await _set(desk, place, named, value)
    return await _shown(desk, place)


async def _set(desk: Desk, place: PlaceId, named: str, value: int) -> None:
    quota, now = Quota(named.removeprefix(OF_PLACE)), desk.ctx.house.clock.now()
    event = desk.ctx.invocation.event
    case = Case(deed=Deed.LIMITS, person=desk.by, place=place, by=desk.by, reason=f"{named} {value or '–'}")

    async def step(tx: Transaction) -> None:
        if await tables.entry_of(tx, event):
            return
        rules = await tables.rules_of(tx, place)
        part = "place" if named.startswith(OF_PLACE) else "person"
        changed: Quotas = with_limit(getattr(rules, part), quota, value or None)
        await tables.set_rules(tx, place, replace(rules, **{part: changed}))
        await write(tx, desk.ctx.house.keys, event, case, now)

    await desk.ctx.house.database.write(step)


async def _shown(desk: Desk, place: PlaceId) -> Reply:
    rules: PlaceRules = await desk.ctx.house.database.read(lambda tx: tables.rules_of(tx, place))
    lines = rule_lines(desk.speaker, rules, desk.ctx.house.limits)
    head = desk.speaker.text("card.mod.limits" if lines else "card.mod.limits_none")
    how = desk.speaker.text("card.mod.limits_how", root=desk.ctx.house.command_root)
    return confidential(Card(tone=Tone.QUIET, head=head, body=(*lines, how)))
