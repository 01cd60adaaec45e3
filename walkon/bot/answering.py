"""Answers to questions: by button, by reaction, in the chat or alone. Only the answer of whoever is asked counts, each time anew."""

from collections.abc import Collection, Sequence

import structlog

from walkon.bot import agreeing
from walkon.bot.ask_card import APPROVING, REFUSING, handed_on_card, private_card
from walkon.bot.ask_sheet import Sheet
from walkon.bot.cards import Button, ButtonStyle, Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Pressed, Reacted, Reply
from walkon.bot.guarding import press_second
from walkon.bot.house import House
from walkon.bot.moments import moment
from walkon.bot.notices import question_of
from walkon.bot.tokens import AskDeed, AskToken, OwnDeed, OwnToken
from walkon.consent import tables as consent
from walkon.consent.asking import (
    Ask,
    AskClosed,
    AskState,
    Consent,
    NotEnrolled,
    NothingLent,
    NotYoursToAnswer,
    Reach,
    TopicRefused,
    UnknownAsk,
)
from walkon.store import reactions
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.errors import WalkonError
from walkon.types.ids import AskId, PersonId
from walkon.types.people import Person

log = structlog.get_logger(__name__)

COUNTED = "yes"
"""What a counted reaction is called, whichever emoji it was."""

_NEVER = {AskDeed.NEVER_BY: Reach.BY_PERSON, AskDeed.NEVER_HERE: Reach.HERE, AskDeed.NEVER: Reach.ANYWHERE}


async def press_ask(house: House, pressed: Pressed, token: AskToken) -> Reply:
    """Do what the button says, for whoever is asked; everybody else is told in private whose question it is."""
    if token.deed is AskDeed.LOOK:
        return await look(house, pressed.person, token.ask, token.terms)
    speaker = Speaker(house.words, pressed.person.locale)
    try:
        return await _answer(house, pressed, token, speaker)
    except NotYoursToAnswer:
        return await _not_yours(house, speaker, token.ask)
    except UnknownAsk:
        return _told(speaker, "press.stale_ask")
    except AskClosed as error:
        if error.state is AskState.VOID:
            return _told(speaker, "card.ask.gone")
        return _told(speaker, "card.ask.ended", moment=moment(speaker, error.ended_at, house.clock.now()))
    except NothingLent:
        return _told(speaker, "card.ask.nothing_lent")
    except TopicRefused as error:
        topics = ", ".join(speaker.say(f"topic.{topic}") for topic in sorted(error.topics))
        return _told(speaker, "card.ask.own_rules", topics=topics, root=house.command_root)
    except NotEnrolled:
        return _enrol_first(house, speaker)


async def _answer(house: House, pressed: Pressed, token: AskToken, speaker: Speaker) -> Reply:
    by = pressed.person.id
    if token.deed.guardians:
        return await press_second(house, pressed, token)
    if token.deed is AskDeed.APPROVE:
        question = await question_of(house, token.ask)
        if question is None:
            raise UnknownAsk(token.ask)
        outcome = await agreeing.approve(house, token.ask, by, Sheet.read(token.terms, question.ask).consent)
        if outcome.ask.state is AskState.WITH_GUARDIAN:
            return _done(speaker, token, "card.ask.handed_on")
        return _done(speaker, token, "card.ask.approved", root=house.command_root)
    if token.deed is AskDeed.REFUSE:
        outcome = await agreeing.refuse(house, token.ask, by)
        return _done(speaker, token, "card.ask.refused", asker=outcome.clip.asker.name)
    outcome = await agreeing.never_ask(house, token.ask, by, _NEVER[token.deed])
    return _done(speaker, token, f"card.ask.{token.deed.replace('-', '_')}", asker=outcome.clip.asker.name, root=house.command_root)


async def open_to(house: House, account: PersonId) -> Sequence[Ask]:
    """The questions that wait for an answer of the person behind an account, newest first."""
    now = house.clock.now()

    async def step(tx: Transaction) -> Sequence[Ask]:
        asks = await consent.open_asks_to(tx, await person_of(tx, account))
        return [ask for ask in asks if ask.state_at(now) is AskState.OPEN]

    return await house.database.read(step)


async def look(house: House, person: Person, id: AskId, terms: str = "") -> Reply:
    """The question with everything a yes may say, for whoever is asked, alone."""
    speaker = Speaker(house.words, person.locale)
    if not await agreeing.may_decide(house, id, person.id):
        return await _not_yours(house, speaker, id)
    question, now = await question_of(house, id, person), house.clock.now()
    if question is not None and question.ask.state_at(now) is AskState.WITH_GUARDIAN:
        return Reply(card=handed_on_card(speaker, question), private=True, confidential=True, instead=f"ask:{id}")
    if question is None or question.ask.state_at(now) is not AskState.OPEN:
        ended = question.ask.answered_at or question.ask.expires_at if question else now
        return _told(speaker, "card.ask.ended", moment=moment(speaker, ended, now))
    card = private_card(speaker, question, Sheet.read(terms, question.ask), now)
    return Reply(card=card, private=True, confidential=True, instead=f"ask:{id}")


async def react_ask(house: House, reacted: Reacted, id: AskId) -> None:
    """✅ or 👍: yes to these words, this clip. ❌ or 👎: no. Taking ✅ or 👍 away before the clip is shown takes the yes back."""
    by = reacted.person.id
    try:
        if reacted.emoji in REFUSING and reacted.added:
            await agreeing.refuse(house, id, by)
        elif reacted.emoji in APPROVING and reacted.added:
            await _approve_plainly(house, id, by)
        elif reacted.emoji in APPROVING:
            await _take_away(house, id, by)
    except WalkonError as error:
        # Somebody else's reaction, one that comes too late, a yes by whoever lends nothing yet: the button says why, a reaction can't.
        log.info("reaction_without_effect", reason=type(error).__name__)


async def _approve_plainly(house: House, id: AskId, by: PersonId) -> None:
    question = await question_of(house, id)
    if question is not None:
        await agreeing.approve(house, id, by, Consent(parts=question.ask.parts))
        await house.database.write(lambda tx: reactions.put(tx, id, by, COUNTED))


async def _take_away(house: House, id: AskId, by: PersonId) -> None:
    given = await house.database.read(lambda tx: reactions.by(tx, id, COUNTED))
    if by in given:
        await house.database.write(lambda tx: reactions.remove(tx, id, by, COUNTED))
        await agreeing.unreact(house, id, by)


async def take_back_unless(house: House, id: AskId, still: Collection[PersonId]) -> None:
    """End a yes that was given by a reaction which does not stand any more. still: the accounts whose ✅ does."""
    for account in await house.database.read(lambda tx: reactions.by(tx, id, COUNTED)):
        if account not in still:
            try:
                await _take_away(house, id, account)
            except WalkonError as error:
                log.info("reaction_without_effect", reason=type(error).__name__)


def _done(speaker: Speaker, token: AskToken, key: str, **values: object) -> Reply:
    card = Card(tone=Tone.DONE, head=speaker.text(f"{key}_head"), body=(speaker.text(key, **values),))
    return Reply(card=card, private=True, confidential=True, instead=f"ask:{token.ask}")


def _enrol_first(house: House, speaker: Speaker) -> Reply:
    enrol = Button(label=speaker.say("button.enrol"), token=str(OwnToken(OwnDeed.ENROL)), style=ButtonStyle.PRIMARY, alone="cameo-enrol")
    card = Card(
        tone=Tone.WAIT,
        head=speaker.text("card.ask.enrol_first"),
        body=(speaker.text("card.ask.enrol_first_line", root=house.command_root),),
        buttons=(enrol,),
    )
    return Reply(card=card, private=True, confidential=True)


async def _not_yours(house: House, speaker: Speaker, id: AskId) -> Reply:
    question = await question_of(house, id)
    return _told(speaker, "card.ask.not_yours", who=question.asked.name) if question else _told(speaker, "press.stale_ask")


def _told(speaker: Speaker, key: str, **values: object) -> Reply:
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True, confidential=True)
