"""Messages that are about a person rather than a clip: a question, and what follows from it. Who they are for, and what they say now."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import msgspec

from walkon.agreement import ask_key
from walkon.bot import enrolling, publishing
from walkon.bot.ask_card import Question, closed_card, handed_on_card, private_card, public_card
from walkon.bot.ask_sheet import Sheet
from walkon.bot.cards import Card
from walkon.bot.clip_card import Speaker
from walkon.bot.guarding_cards import second_card
from walkon.bot.house import House
from walkon.bot.moderating import appeals, verdicts
from walkon.consent import guardian_tables as guardians
from walkon.consent import tables as consent
from walkon.consent.asking import AskState
from walkon.library import tables
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.store.outbox import OutboxKind, Row
from walkon.types.ids import AskId
from walkon.types.people import Person, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What such a message says now. final: nothing about it will change by itself. follows: outbox key of the message it answers."""

    card: Card
    final: bool
    follows: str | None = None


async def question_of(house: House, id: AskId, asked: Person | None = None) -> Question | None:
    """The question with all that is told about it; None if unknown. asked: who it is put to, where the message does not say."""

    async def step(tx: Transaction) -> Question | None:
        ask = await consent.ask_of(tx, id)
        clip = await tables.get(tx, ask.clip) if ask else None
        if ask is None or clip is None:
            return None
        row = await outbox.row(tx, ask_key(id))
        owner = asked or (msgspec.json.decode(row.reply, type=Person) if row else Person(id=ask.owner, name=""))
        young = await guardians.guardianship_of(tx, ask.owner, house.clock.now()) is not None
        return Question(ask=ask, clip=clip, asked=owner, likeness=await consent.likeness_of(tx, ask.owner), young=young)

    return await house.database.read(step)


async def notice_of(house: House, row: Row) -> Notice | None:
    """What the message says now; None where nothing is known of it any more."""
    return await _NOTICES[row.kind](house, row)


async def _question_notice(house: House, row: Row) -> Notice | None:
    question = await question_of(house, AskId(row.subject))
    if question is None:
        return _closed(house, row)
    now, place = house.clock.now(), msgspec.json.decode(row.place, type=Place)
    speaker = Speaker(house.words, place.locale)
    final = not question.unanswered(now)
    if place.private and question.ask.state_at(now) is AskState.WITH_GUARDIAN:
        return Notice(card=handed_on_card(speaker, question), final=False)
    if place.private and not final:
        return Notice(card=private_card(speaker, question, Sheet.narrowest(question.ask), now), final=False)
    follows = None if place.private else f"clip:{question.clip.id}"
    return Notice(card=public_card(speaker, question, now), final=final, follows=follows)


def _closed(house: House, row: Row) -> Notice | None:
    """What is left of a question whose owner or asker was forgotten; nothing where it never stood anywhere."""
    return Notice(card=closed_card(_speaker(house, row)), final=True) if row.ref else None


async def _second_notice(house: House, row: Row) -> Notice | None:
    question, now = await question_of(house, AskId(row.subject)), house.clock.now()
    if question is None:
        return _closed(house, row)
    found = await house.database.read(lambda tx: guardians.guardianship_of(tx, question.ask.owner, now))
    to = msgspec.json.decode(row.reply, type=Person)
    # A question that came back to its owner, or went to another guardian, is no more this one's.
    still = found if found and found.guardian and found.guardian.id == to.id else None
    card = second_card(_speaker(house, row), question, still.ward.name, now) if still else closed_card(_speaker(house, row))
    return Notice(card=card, final=not question.unanswered(now))


async def _review_notice(house: House, row: Row) -> Notice | None:
    return _noticed(await enrolling.review(house, _speaker(house, row), row.subject))


async def _enrolment_notice(house: House, row: Row) -> Notice | None:
    return _noticed(await enrolling.outcome(house, _speaker(house, row), row.subject))


async def _head_notice(house: House, row: Row) -> Notice | None:
    return _noticed(await publishing.head_card(house, _speaker(house, row), row.subject))


def _speaker(house: House, row: Row) -> Speaker:
    return Speaker(house.words, msgspec.json.decode(row.place, type=Place).locale)


def _noticed(told: tuple[Card, bool] | None) -> Notice | None:
    return Notice(card=told[0], final=told[1]) if told else None


async def _verdict_notice(house: House, row: Row) -> Notice | None:
    card = await verdicts.card(house, _speaker(house, row), row)
    return Notice(card=card, final=True) if card else None


async def _appeal_notice(house: House, row: Row) -> Notice | None:
    card = await appeals.appeal_card(house, _speaker(house, row), int(row.subject.rpartition("-")[2]))
    return Notice(card=card, final=not card.buttons) if card else None


_NOTICES: Mapping[OutboxKind, Callable[[House, Row], Awaitable[Notice | None]]] = {
    OutboxKind.ASK: _question_notice,
    OutboxKind.SECOND: _second_notice,
    OutboxKind.REVIEW: _review_notice,
    OutboxKind.ENROLMENT: _enrolment_notice,
    OutboxKind.LEDGER: _head_notice,
    OutboxKind.VERDICT: _verdict_notice,
    OutboxKind.APPEAL: _appeal_notice,
}
