"""Guardians: what they and the people they look after press, what holds for these, and the message of a second question."""

from walkon.bot import agreeing
from walkon.bot.ask_sheet import piece_in
from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Asked, Pressed, Reply
from walkon.bot.guarding_cards import elsewhere_card, quiet_card, second_card
from walkon.bot.house import House
from walkon.bot.notices import question_of
from walkon.bot.tokens import AskDeed, AskToken
from walkon.config import GuardiansSection
from walkon.consent import guardian_tables as guardians
from walkon.consent import guarding
from walkon.consent.accounts import NotClaimed, SamePerson, UnknownCode
from walkon.consent.asking import AskState, NotYoursToAnswer
from walkon.consent.guardians import AlreadyGuarded, Guardianship, Limits, MayNotGuard
from walkon.store.accounts import accounts_of, person_of
from walkon.store.database import Transaction
from walkon.types.errors import WalkonError
from walkon.types.ids import AskId, PersonId
from walkon.types.people import Person

REFUSED = (UnknownCode, NotClaimed, SamePerson, AlreadyGuarded, MayNotGuard)
"""What may speak against a link; the words are `card.guardian.not_…`."""


KNOWN_S = 1.0
"""How old the list may be of those who have a guardian, where another process writes to it."""


def first_limits(section: GuardiansSection) -> Limits:
    """What holds for a young person until their guardian says otherwise."""
    return Limits(seconds_per_day=section.seconds_per_day, quiet_hours=section.quiet_hours)


async def within_limits(house: House, asked: Asked) -> Card | None:
    """A young person asks for nothing in their quiet hours, nor where they may not. Whoever a restored backup forgot is known here."""
    person, now = asked.person, house.clock.now()

    async def step(tx: Transaction) -> tuple[Guardianship | None, bool]:
        owners = [house.keys.person_key(account) for account in await accounts_of(tx, person.id)]
        return await guardians.guardianship_of(tx, person.id, now), await guardians.is_marked(tx, owners)

    marks = await house.database.recent("marks", guardians.any_marks, within_s=KNOWN_S)
    guarded = await house.database.recent("guarded", guardians.guarded_accounts, within_s=KNOWN_S)
    if not marks and person.id not in guarded:
        return None
    found, marked = await house.database.glance(step)
    if marked:
        await house.database.write(lambda tx: _settle_marks(tx, house, person))
        found, _ = await house.database.read(step)
    if found is None:
        return None
    speaker, until = Speaker(house.words, person.locale), found.limits.quiet_until(now)
    if until is not None:
        return quiet_card(speaker, until, now)
    return None if found.limits.allow(asked.place.scope) else elsewhere_card(speaker)


async def _settle_marks(tx: Transaction, house: House, person: Person) -> None:
    for account in await accounts_of(tx, person.id):
        key = house.keys.person_key(account)
        ward = Person(id=account, name=person.name)
        await guarding.settle_mark(tx, ward, key, first_limits(house.guardians), house.clock.now())


async def agree(house: House, person: Person, code: str) -> Reply:
    """The young person's word. It holds nothing before the guardian's."""
    speaker, now = Speaker(house.words, person.locale), house.clock.now()
    try:
        offer = await house.database.write(lambda tx: guarding.claim(tx, code, person, now))
    except REFUSED as error:
        return not_linked(house, speaker, error)
    return told(speaker, "card.guardian.agreed", guardian=offer.guardian.name, root=house.command_root)


async def confirm(house: House, person: Person, about: str) -> Reply:
    """The guardian's last word, for the very offer they were shown."""
    speaker, now = Speaker(house.words, person.locale), house.clock.now()

    async def step(tx: Transaction) -> Guardianship:
        offer = await guardians.offer_by(tx, person.id)
        if offer is None or offer.ward is None or not offer.code_sha256.hex().startswith(about or "-"):
            raise UnknownCode
        limits = first_limits(house.guardians)
        return await guarding.confirm(tx, person.id, offer.ward.id, limits, now, record=house.decider.record)

    try:
        made = await house.database.write(step)
    except REFUSED as error:
        return not_linked(house, speaker, error)
    house.database.announce()
    return told(speaker, "card.guardian.linked", ward=made.ward.name, root=house.command_root)


async def press_second(house: House, pressed: Pressed, token: AskToken) -> Reply:
    """Do what a guardian's button says. Raises as `agreeing.second`."""
    speaker = Speaker(house.words, pressed.person.locale)
    if token.deed is AskDeed.SECOND_LOOK:
        return await look(house, pressed.person, token.ask, piece=piece_in(token.terms))
    if token.deed is AskDeed.SECOND:
        await agreeing.second(house, token.ask, pressed.person.id)
        return _answered(speaker, token.ask, "card.guardian.approved", root=house.command_root)
    await agreeing.veto(house, token.ask, pressed.person.id)
    return _answered(speaker, token.ask, "card.guardian.refused")


async def look(house: House, person: Person, id: AskId, *, piece: int = 0) -> Reply:
    """The question whole, at that piece of its words, for whoever looks after the person asked.

    Raises NotYoursToAnswer, also while it is not theirs yet.
    """
    speaker, now = Speaker(house.words, person.locale), house.clock.now()
    question = await question_of(house, id)
    found = await house.database.read(lambda tx: _guardianship_by(tx, house, question.ask.owner, person)) if question else None
    if question is None or found is None or question.ask.state_at(now) is not AskState.WITH_GUARDIAN:
        raise NotYoursToAnswer(id)
    card = second_card(speaker, question, found.ward.name, now, piece=piece)
    return Reply(card=card, private=True, confidential=True, instead=f"second:{id}")


async def _guardianship_by(tx: Transaction, house: House, ward: PersonId, guardian: Person) -> Guardianship | None:
    found = await guardians.guardianship_of(tx, ward, house.clock.now())
    return found if await guardians.guardian_of(tx, found) == await person_of(tx, guardian.id) else None


def not_linked(house: House, speaker: Speaker, error: WalkonError) -> Reply:
    """Why nobody looks after that account now."""
    key = {
        UnknownCode: "code",
        NotClaimed: "code",
        SamePerson: "same",
        AlreadyGuarded: "already",
        MayNotGuard: "guarded",
    }[type(error)]
    return told(speaker, f"card.guardian.not_{key}", root=house.command_root)


def told(speaker: Speaker, key: str, **values: object) -> Reply:
    """One sentence, for them alone."""
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True, confidential=True)


def _answered(speaker: Speaker, id: AskId, key: str, **values: object) -> Reply:
    card = Card(tone=Tone.DONE, head=speaker.text("card.ask.approved_head"), body=(speaker.text(key, **values),))
    return Reply(card=card, private=True, confidential=True, instead=f"second:{id}")
