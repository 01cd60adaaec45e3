"""The message of each question: owed in the transaction that asks it, shown anew in the one that decides it."""

from collections.abc import Iterable, Sequence

import msgspec

from walkon.agreement import ask_key
from walkon.consent import guardian_tables as guardians
from walkon.consent import tables as consent
from walkon.consent.asking import Ask, AskState
from walkon.consent.decisions import Decision, DecisionKind, Record
from walkon.library.clips import Clip
from walkon.store import outbox
from walkon.store.accounts import accounts_of, person_of
from walkon.store.database import Transaction
from walkon.store.outbox import NewRow, OutboxKind
from walkon.types.clock import to_ms
from walkon.types.ids import ClipId
from walkon.types.people import Person, Place


async def owe_asks(tx: Transaction, clip: Clip, asks: Sequence[Ask], named: Iterable[Person]) -> None:
    """Owe every question its message, in the transaction that asks it. named: the people of the clip as the platform calls them.

    It stands in the clip's chat where the person has an account there, else, and where that chat is between two, in their own.
    Where the door was closed from the start it looks the same in the chat, and nothing at all is sent to the person alone.
    """
    for ask in asks:
        if ask.state is AskState.WITH_GUARDIAN:
            continue  # whoever asks for themselves has said yes by asking
        asked = await _asked(tx, ask, clip, named)
        together = not clip.place.private and asked.platform is clip.place.platform
        if together or ask.heard:
            place = clip.place if together else Place.alone_with(asked)
            row = NewRow(
                key=ask_key(ask.id),
                kind=OutboxKind.ASK,
                platform=place.platform,
                subject=ask.id,
                place=msgspec.json.encode(place).decode(),
                reply=msgspec.json.encode(asked).decode(),
                urgent=True,
            )
            await outbox.put(tx, row, to_ms(ask.asked_at))


async def _asked(tx: Transaction, ask: Ask, clip: Clip, named: Iterable[Person]) -> Person:
    """The account to address: the one that was named, else one on the clip's platform, else whichever the person has."""
    for person in named:
        if await person_of(tx, person.id) == ask.owner:
            return person
    accounts = [Person(id=account, name=account.partition(":")[2]) for account in await accounts_of(tx, ask.owner)]
    here = [account for account in accounts if account.platform is clip.place.platform]
    likeness = await consent.likeness_of(tx, ask.owner)
    account = (here or accounts)[0]
    return Person(id=account.id, name=likeness.name if likeness else account.name)


def following_asks(record: Record) -> Record:
    """Decisions written down as before, and the message of a question that they decide shown anew, in the same transaction."""

    async def follow(tx: Transaction, decision: Decision) -> None:
        await record(tx, decision)
        if decision.kind is DecisionKind.HANDED_ON:
            await _owe_second(tx, decision)
        if decision.kind is not DecisionKind.ASKED:
            for ask in await _decided(tx, decision):
                await outbox.touch_notice(tx, ask, to_ms(decision.at))

    return follow


async def _owe_second(tx: Transaction, decision: Decision) -> None:
    """The guardian's message, in their own chat: the account with which they said that they look after that person."""
    found = await guardians.guardianship_of(tx, decision.about, decision.at)
    if found is None or found.guardian is None:
        return
    ask, place = str(decision.facts["ask"]), Place.alone_with(found.guardian)
    row = NewRow(
        key=f"second:{ask}:{to_ms(decision.at)}",
        kind=OutboxKind.SECOND,
        platform=place.platform,
        subject=ask,
        place=msgspec.json.encode(place).decode(),
        reply=msgspec.json.encode(found.guardian).decode(),
        urgent=True,
    )
    await outbox.put(tx, row, to_ms(decision.at))


async def _decided(tx: Transaction, decision: Decision) -> Sequence[str]:
    """The questions that a decision is about. A yes is written down by its grant, which names the clip."""
    if decision.kind is DecisionKind.APPROVED:
        asks = await consent.asks_of(tx, ClipId(str(decision.facts.get("clip", ""))))
        return [ask.id for ask in asks if ask.owner == decision.about]
    ask = decision.facts.get("ask")
    return [] if ask is None else [str(ask)]
