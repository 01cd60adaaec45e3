"""Joining accounts: the last word of the account that gave the code."""

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Reply
from walkon.bot.house import House
from walkon.consent import accounts
from walkon.consent.accounts import BothEnrolled, GuardianApart, NotClaimed, SamePerson, UnknownCode
from walkon.store.accounts import offer_of
from walkon.store.database import Transaction
from walkon.types.ids import PersonId
from walkon.types.people import Person


async def join(house: House, person: Person) -> Reply:
    """The account that showed the code is the same person from now on."""
    speaker, now = Speaker(house.words, person.locale), house.clock.now()

    async def step(tx: Transaction) -> PersonId:
        offer = await offer_of(tx, person.id)
        if offer is None or offer.claimed_by is None:
            raise UnknownCode
        await accounts.confirm(tx, person.id, offer.claimed_by, now, house.decider.record)
        return offer.claimed_by

    try:
        other = await house.database.write(step)
    except (UnknownCode, NotClaimed):
        return _told(speaker, "card.link.over", root=house.command_root)
    except SamePerson:
        return _told(speaker, "card.link.same")
    except BothEnrolled:
        return _told(speaker, "card.link.both", root=house.command_root)
    except GuardianApart:
        return _told(speaker, "card.link.guardian")
    return _told(speaker, "card.link.joined", account=str(other))


def _told(speaker: Speaker, key: str, **values: object) -> Reply:
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True, confidential=True)
