"""Reactions become deeds. Whoever may not do the deed, or reacts to something else, is not answered: a reaction asks for no words."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from walkon.bot import liking
from walkon.bot.answering import react_ask, take_back_unless
from walkon.bot.ask_card import APPROVING, NO, REFUSING, YES
from walkon.bot.command import Reacted
from walkon.bot.house import House
from walkon.bot.liking import HEART, loving
from walkon.bot.port import Awaiting, message_name
from walkon.bot.remixing import another_take
from walkon.library import tables
from walkon.store import outbox
from walkon.store.outbox import OutboxKind, Row
from walkon.types.ids import AskId, ClipId
from walkon.types.people import Place, Platform

REMIX = "🔁"
"""Another take of the clip it is put under. Telegram's fixed list of reactions has none that means it."""

MEANT = APPROVING | REFUSING | {REMIX}
"""What means something on every platform; what likes differs."""

READ_BACK = 50
"""The newest messages whose reactions are looked at after a start."""


def means(platform: Platform, emoji: str) -> bool:
    """Whether a reaction with it can mean anything there."""
    return emoji in MEANT or emoji in loving(platform)


async def subject_of(house: House, reacted: Reacted) -> Row | None:
    """What the reaction is about; None where it can mean nothing: an emoji without a meaning, or a message that is none of ours.

    In a busy chat nearly every reaction is such a one, so the store is asked last, and once.
    """
    if not means(reacted.place.platform, reacted.emoji):
        return None
    return await house.database.glance(lambda tx: outbox.at(tx, reacted.place.platform, reacted.message))


async def react(house: House, reacted: Reacted, row: Row) -> None:
    """Do what the reaction means there, if anything. row: from `subject_of`. Raises as `intake.promise` does."""
    if row.kind is OutboxKind.ASK:
        await react_ask(house, reacted, AskId(row.subject))
    elif row.kind is OutboxKind.CARD:
        await _about_a_clip(house, reacted, row)


async def _about_a_clip(house: House, reacted: Reacted, row: Row) -> None:
    remixes, likes = reacted.emoji == REMIX and reacted.added, reacted.emoji in loving(reacted.place.platform)
    if not remixes and not likes:
        return
    clip = await house.database.glance(lambda tx: tables.get(tx, ClipId(row.subject)))
    place = msgspec.json.decode(row.place, type=Place)
    if clip is None or not clip.finished or not clip.may_be_seen_in(place.id, reacted.person.id):
        return
    if likes:
        await liking.react(house, reacted, clip.id)
    else:
        await another_take(house, replace(reacted, place=place), clip)


async def awaiting(house: House, platform: Platform) -> Sequence[Awaiting]:
    """The messages whose reactions are to be read back after a start."""
    asks = await house.database.read(lambda tx: outbox.standing(tx, platform, OutboxKind.ASK, limit=READ_BACK))
    cards = await house.database.read(lambda tx: outbox.standing(tx, platform, OutboxKind.CARD, limit=READ_BACK))
    return [_awaiting(row, (YES, NO)) for row in asks if row.ref] + [_awaiting(row, (REMIX, HEART)) for row in cards if row.ref]


async def read_back(house: House, awaiting: Awaiting, standing: Sequence[Reacted]) -> None:
    """A ✅ that is not there any more takes back the yes that it gave, a heart the like; what stands is heard as any reaction."""
    message = message_name(awaiting.ref)
    row = await house.database.read(lambda tx: outbox.at(tx, awaiting.place.platform, message)) if message else None
    if row is not None and row.kind is OutboxKind.ASK:
        still = {one.person.id for one in standing if one.emoji in APPROVING}
        await take_back_unless(house, AskId(row.subject), still)
    elif row is not None and row.kind is OutboxKind.CARD and message:
        hearts = {(one.person.id, one.emoji) for one in standing}
        await liking.take_back_unless(house, ClipId(row.subject), message, hearts)


def _awaiting(row: Row, emoji: tuple[str, ...]) -> Awaiting:
    return Awaiting(ref=row.ref or "{}", place=msgspec.json.decode(row.place, type=Place), emoji=emoji)
