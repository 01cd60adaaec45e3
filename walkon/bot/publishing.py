"""The ledger's head, told to every operator in private once a day: a witness that no store can rewrite."""

from collections.abc import Collection

import msgspec

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.house import House
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.store.ledger import Head, head_of
from walkon.store.outbox import NewRow, OutboxKind
from walkon.types.ids import PersonId
from walkon.types.people import Person, Place


class Publishing:
    """Owes the message. operators: those who get it."""

    def __init__(self, operators: Collection[str]) -> None:
        self._operators = sorted(operators)

    async def owe(self, tx: Transaction, head: Head, now_ms: int) -> None:
        """A message to each operator, in the transaction that publishes the head; of an empty ledger there is nothing to tell."""
        for id in self._operators if head.size else ():
            operator = Person(id=PersonId(id), name=id.partition(":")[2])
            place = Place.alone_with(operator)
            row = NewRow(
                key=f"ledger:{head.size}:{now_ms}:{id}",
                kind=OutboxKind.LEDGER,
                platform=place.platform,
                subject=str(head.size),
                place=msgspec.json.encode(place).decode(),
                reply=msgspec.json.encode(operator).decode(),
            )
            await outbox.put(tx, row, now_ms)


async def head_card(house: House, speaker: Speaker, size: str) -> tuple[Card, bool] | None:
    """What the message says, once and for all. None where that head was never published."""
    head = await house.database.read(lambda tx: head_of(tx, int(size)))
    if head is None:
        return None
    body = (speaker.text("card.ledger.root", root=head.root.hex()), speaker.text("card.ledger.why"))
    return Card(tone=Tone.QUIET, head=speaker.text("card.ledger.head", size=head.size), body=body), True
