"""What is asked before any command and any press is heard, in one visible order."""

from collections.abc import Awaitable, Callable

from walkon.bot.cards import Card
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Asked
from walkon.bot.guarding import within_limits
from walkon.bot.house import House
from walkon.bot.limit_cards import flood_card, stranger_card
from walkon.bot.mute_cards import muted_card
from walkon.moderation import appeal_tables, tables
from walkon.moderation.mutes import Mute, binding
from walkon.store.database import Transaction

Check = Callable[[House, Asked], Awaitable[Card | None]]
"""Something that may speak against hearing somebody; the card is what they read then."""

MUTES_KNOWN_S = 1.0
"""How old the list of the muted may be that other processes write to: a mute holds at every door within two seconds."""


async def not_muted(house: House, asked: Asked) -> Card | None:
    """Nobody muted here or everywhere is heard. Whoever is in no list of the muted costs no look into the store."""
    person = asked.person
    if person.id in house.operators:
        return None
    muted = await house.database.recent("muted", lambda tx: tables.muted_accounts(tx, house.clock.now()), within_s=MUTES_KNOWN_S)
    return await not_muted_now(house, asked) if person.id in muted else None


async def not_muted_now(house: House, asked: Asked) -> Card | None:
    """The same as the store says at this moment."""
    person = asked.person
    if person.id in house.operators:
        return None
    # Where the platform does not say which chat it is, it may be the one that somebody is muted in.
    place = None if asked.place.elsewhere else asked.place.id
    mutes = await house.database.glance(lambda tx: tables.mutes_of(tx, person.id, place))
    now = house.clock.now()
    mute = binding(mutes, now)
    if mute is None:
        return None
    appeal = await house.database.read(lambda tx: _open_to_appeal(tx, mute))
    return muted_card(Speaker(house.words, person.locale), mute, now, appeal=appeal)


async def _open_to_appeal(tx: Transaction, mute: Mute) -> int | None:
    line = await tables.line_of(tx, mute)
    return line if line and await appeal_tables.of_line(tx, line) is None else None


async def not_too_fast(house: House, asked: Asked) -> Card | None:
    """Nobody is heard faster than hands can move; nothing is looked up for them."""
    wait_s = await house.flood.wait_s(asked.person.id, asked.place.id) if house.flood else 0
    return flood_card(Speaker(house.words, asked.person.locale), wait_s) if wait_s else None


async def allowed(house: House, asked: Asked) -> Card | None:
    """Where the host names places and people, everybody else is a stranger."""
    allow, person = house.allow, asked.person.id
    open_to_all = not allow.places and not allow.people
    if open_to_all or asked.place.id in allow.places or person in allow.people or person in house.operators:
        return None
    return stranger_card(Speaker(house.words, asked.person.locale))


CHECKS: tuple[Check, ...] = (not_too_fast, allowed, not_muted, within_limits)
"""What is asked before any command and any press, in this order; the first that speaks against it answers."""
