"""Enrolment carried out: the film read from wherever it was sent, the operators told, the likeness made from what they accept."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import msgspec

from walkon.bot.cards import Card, Film, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Pressed, Reply
from walkon.bot.enrolling_cards import (
    Suspicion,
    accepted_card,
    challenge_card,
    ended_card,
    received_card,
    refused_card,
    review_card,
    tries_used_card,
    upload_card,
)
from walkon.bot.files import Attachment, FileGone, FileTooLarge
from walkon.bot.house import House
from walkon.bot.tokens import ReviewDeed, ReviewToken
from walkon.consent import enrolment_tables, tables
from walkon.consent.enrolment import (
    MAX_UPLOAD_BYTES,
    Enrolment,
    EnrolmentClosed,
    EnrolmentState,
    NoChallenge,
    OwnEnrolment,
    Refusal,
    TriesUsed,
    UploadFault,
    UploadRefused,
)
from walkon.consent.lending import namesakes
from walkon.consent.likeness import Likeness
from walkon.store import outbox
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.store.outbox import NewRow, OutboxKind
from walkon.types.clock import to_ms
from walkon.types.harm import Category
from walkon.types.ids import PersonId
from walkon.types.people import Person, Place


async def begin(house: House, person: Person) -> Reply:
    """The challenge, fresh or as it was shown before while it is open."""
    speaker, now = Speaker(house.words, person.locale), house.clock.now()
    owner = await house.database.read(lambda tx: person_of(tx, person.id))
    try:
        challenge = await house.enrolments.begin(owner, person.name)
    except TriesUsed as error:
        return _alone(tries_used_card(speaker, error, now))
    return _alone(challenge_card(speaker, challenge, person, now, house.command_root))


async def receive(house: House, person: Person, file: Attachment, sent_at: datetime) -> Reply:
    """Read the film that answers the open challenge, and tell the operators; without a challenge, one is given instead."""
    speaker = Speaker(house.words, person.locale)
    owner = await house.database.read(lambda tx: person_of(tx, person.id))
    upload = house.files.read(person.platform, file, limit=MAX_UPLOAD_BYTES)
    try:
        enrolment = await house.enrolments.receive(owner, upload, declared_bytes=file.size, sent_at=sent_at)
    except NoChallenge:
        return await begin(house, person)
    except UploadRefused as error:
        return _alone(upload_card(speaker, error))
    except (FileGone, FileTooLarge) as error:
        fault = UploadFault.TOO_LARGE if isinstance(error, FileTooLarge) else UploadFault.EMPTY
        return _alone(upload_card(speaker, UploadRefused(fault, 0)))
    await house.database.write(lambda tx: _owe(tx, house, enrolment, person))
    house.database.announce()
    return _alone(received_card(speaker, enrolment, house.command_root))


async def _owe(tx: Transaction, house: House, enrolment: Enrolment, person: Person) -> None:
    """A card for each operator, and one for the person once it is decided."""
    now_ms = to_ms(house.clock.now())
    if enrolment.state is EnrolmentState.IN_REVIEW:
        for operator in _operators(house):
            await outbox.put(tx, _row(f"review:{enrolment.id}:{operator.id}", OutboxKind.REVIEW, enrolment, operator), now_ms)
        outcome = _row(f"enrolment:{enrolment.id}", OutboxKind.ENROLMENT, enrolment, person)
        # Shown once it is decided: until then nothing is wanted that is not shown.
        await outbox.put(tx, outcome, now_ms, wanted=0)


def _operators(house: House) -> Iterable[Person]:
    return (Person(id=PersonId(id), name=id.partition(":")[2]) for id in sorted(house.operators))


def _row(key: str, kind: OutboxKind, enrolment: Enrolment, to: Person) -> NewRow:
    place = Place.alone_with(to)
    where = msgspec.json.encode(place).decode()
    return NewRow(
        key=key,
        kind=kind,
        platform=place.platform,
        subject=enrolment.id,
        place=where,
        reply=msgspec.json.encode(to).decode(),
        urgent=True,
    )


async def review(house: House, speaker: Speaker, id: str) -> tuple[Card, bool] | None:
    """An operator's card and whether it is the last; with the film while that is kept. None if there is no such enrolment."""
    enrolment = await house.database.read(lambda tx: enrolment_tables.get(tx, id))
    if enrolment is None:
        return None
    card = review_card(speaker, enrolment, await _suspicion(house, enrolment), house.clock.now())
    if enrolment.state is not EnrolmentState.IN_REVIEW:
        return card, True
    try:
        material = await house.enrolments.material(id)
    except EnrolmentClosed:
        return card, True
    film = Film(about=id, content=material.video, alt=speaker.say("card.review.film_alt")) if material.video else None
    return replace(card, film=film), False


async def _suspicion(house: House, enrolment: Enrolment) -> Suspicion:
    verdict = house.judge.judge(enrolment.name)
    others = await house.database.read(lambda tx: namesakes(tx, enrolment.name, enrolment.person))
    public = verdict.category in (Category.PUBLIC_FIGURE, Category.DECEASED_PERSON)
    return Suspicion(public_figure=public, namesakes=tuple(others))


async def film(house: House, person: PersonId, id: str) -> bytes | None:
    """The film as mp4, to an operator and while it is kept; else None."""
    if person not in house.operators:
        return None
    try:
        return (await house.enrolments.material(id)).video
    except EnrolmentClosed:
        return None


async def outcome(house: House, speaker: Speaker, id: str) -> tuple[Card, bool] | None:
    """What the person is told, once it is decided."""

    async def step(tx: Transaction) -> tuple[Enrolment | None, Likeness | None]:
        found = await enrolment_tables.get(tx, id)
        return found, await tables.likeness_of(tx, found.person) if found else None

    enrolment, likeness = await house.database.read(step)
    if enrolment is None:
        return None
    match enrolment.state:
        case EnrolmentState.ACCEPTED:
            return accepted_card(speaker, likeness.handle if likeness else enrolment.name, house.command_root), True
        case EnrolmentState.REFUSED:
            return refused_card(speaker, enrolment, house.command_root), True
        case EnrolmentState.IN_REVIEW:
            return received_card(speaker, enrolment, house.command_root), False
        case _:
            return ended_card(speaker, house.command_root), True


async def press_review(house: House, pressed: Pressed, token: ReviewToken) -> Reply:
    """An operator decides. Nobody else may, and none about themselves."""
    speaker = Speaker(house.words, pressed.person.locale)
    if pressed.person.id not in house.operators:
        return _told(speaker, "press.operators_only")
    by = await house.database.read(lambda tx: person_of(tx, pressed.person.id))
    try:
        if token.deed is ReviewDeed.ACCEPT:
            enrolment = await house.enrolments.accept(token.enrolment, by)
        elif token.reason in frozenset(Refusal):
            enrolment = await house.enrolments.refuse(token.enrolment, by, Refusal(token.reason))
        else:
            return _told(speaker, "press.stale_ask")
    except EnrolmentClosed:
        return _told(speaker, "card.review.decided")
    except OwnEnrolment:
        return _told(speaker, "card.review.own")
    await tell_outcome(house, enrolment.id)
    return _told(speaker, f"card.review.done_{enrolment.state}", name=enrolment.name)


async def tell_outcome(house: House, id: str) -> None:
    """Show the operators' cards and the person's anew."""
    now_ms = to_ms(house.clock.now())
    await house.database.write(lambda tx: outbox.touch_notice(tx, id, now_ms))
    house.database.announce()


def _alone(card: Card) -> Reply:
    return Reply(card=card, private=True, confidential=True)


def _told(speaker: Speaker, key: str, **values: object) -> Reply:
    return _alone(Card(tone=Tone.QUIET, head=speaker.text(key, **values)))
