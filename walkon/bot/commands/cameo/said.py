"""What somebody said after `/sora cameo`."""

from dataclasses import dataclass

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Context, Reply, Whom
from walkon.bot.files import Attachment
from walkon.bot.house import House
from walkon.consent import tables as consent
from walkon.consent.likeness import Likeness
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.people import Person

DEED_NAME = "deed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """person: somebody named. what: the words left. file: what was sent with it."""

    ctx: Context
    person: Whom | None = None
    what: str = ""
    file: Attachment | None = None

    @property
    def house(self) -> House:
        """The rooms."""
        return self.ctx.house

    @property
    def by(self) -> Person:
        """Who says it."""
        return self.ctx.invocation.person

    @property
    def speaker(self) -> Speaker:
        """The words, in their language."""
        return Speaker(self.house.words, self.by.locale)

    async def likeness(self) -> Likeness | None:
        """What they lend, whatever account they speak from."""

        async def step(tx: Transaction) -> Likeness | None:
            return await consent.likeness_of(tx, await person_of(tx, self.by.id))

        return await self.house.database.read(step)

    def told(self, key: str, **values: object) -> Reply:
        """One sentence, for them alone."""
        return self.shown(Card(tone=Tone.QUIET, head=self.speaker.text(key, **values)))

    def shown(self, card: Card, *, instead: str | None = None) -> Reply:
        """A card for them alone."""
        return Reply(card=card, private=True, confidential=True, instead=instead)
