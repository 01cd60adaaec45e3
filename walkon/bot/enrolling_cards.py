"""What is said while somebody enrols: to them, step by step, and to the operators who decide. Pure."""

from dataclasses import dataclass
from datetime import datetime

from walkon.bot.cards import Button, ButtonStyle, Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.moments import moment
from walkon.bot.tokens import OwnDeed, OwnToken, ReviewDeed, ReviewToken
from walkon.consent.enrolment import Challenge, Enrolment, EnrolmentState, Outcome, Refusal, TriesUsed, UploadRefused
from walkon.types.ids import PersonId
from walkon.types.people import Person, Platform

MOST_NAMESAKES = 5


def challenge_card(speaker: Speaker, challenge: Challenge, person: Person, now: datetime, root: str) -> Card:
    """What enrolling is, what to say and do, until when, and how the film gets here."""
    turns = ", ".join(speaker.say(f"turn.{turn}") for turn in challenge.turns)
    body = [
        speaker.text("card.enrol.what"),
        speaker.text("card.enrol.do", digits=" ".join(challenge.digits), turns=turns),
        speaker.text("card.enrol.light"),
        speaker.text("card.enrol.valid", moment=moment(speaker, challenge.expires_at, now), n=challenge.tries_left),
        speaker.text(f"card.enrol.send_{person.platform}", root=root),
        speaker.text("card.enrol.sure"),
    ]
    if person.platform is Platform.DISCORD:
        body.append(speaker.text("card.enrol.discord_keeps"))
    return Card(tone=Tone.WAIT, head=speaker.text("card.enrol.head"), body=tuple(body))


def received_card(speaker: Speaker, enrolment: Enrolment, root: str) -> Card:
    """What came of the film so far. Each question that no check answered says who answers it."""
    if enrolment.state is EnrolmentState.REFUSED:
        return refused_card(speaker, enrolment, root)
    lines: list[Text] = [
        speaker.text(f"outcome.{one.outcome}", question=speaker.say(f"question.{one.question}")) for one in enrolment.verdicts
    ]
    lines += [] if enrolment.has_voice else [speaker.text("card.enrol.no_voice")]
    return Card(tone=Tone.WAIT, head=speaker.text("card.enrol.in_review"), body=(*lines, speaker.text("card.enrol.hear_here")))


def upload_card(speaker: Speaker, error: UploadRefused) -> Card:
    """Why the film is none, and what would do."""
    again = Button(label=speaker.say("button.new_digits"), token=str(OwnToken(OwnDeed.ENROL)))
    left = error.tries_left
    body = () if left is None else (speaker.text("card.enrol.tries_left" if left else "card.enrol.no_tries", n=left),)
    return Card(tone=Tone.WAIT, head=speaker.text(f"upload.{error.fault}"), body=body, buttons=(again,) if left else ())


def tries_used_card(speaker: Speaker, error: TriesUsed, now: datetime) -> Card:
    """Enough for today."""
    return Card(tone=Tone.WAIT, head=speaker.text("card.enrol.tries_used", moment=moment(speaker, error.until, now)))


def accepted_card(speaker: Speaker, handle: str, root: str) -> Card:
    """It is done, nobody is told, and this is what holds until it is changed."""
    body = (
        speaker.text("card.enrol.accepted_default"),
        speaker.text("card.enrol.accepted_rules", root=root),
        speaker.text("card.enrol.accepted_handle", handle=handle),
        speaker.text("card.enrol.accepted_try", root=root),
    )
    return Card(tone=Tone.DONE, head=speaker.text("card.enrol.accepted"), body=body)


def refused_card(speaker: Speaker, enrolment: Enrolment, root: str) -> Card:
    """It is not enough, why, and how to go on."""
    lines: list[Text] = [speaker.text(f"enrol_refusal.{enrolment.reason or Refusal.OTHER}")]
    lines += [speaker.text("card.enrol.operators_words", words=enrolment.reason_words)] if enrolment.reason_words else []
    lines.append(speaker.text("card.enrol.again", root=root))
    return Card(tone=Tone.WAIT, head=speaker.text("card.enrol.refused"), body=tuple(lines))


def ended_card(speaker: Speaker, root: str) -> Card:
    """Nobody decided in time, or it was stopped."""
    return Card(tone=Tone.QUIET, head=speaker.text("card.enrol.ended"), body=(speaker.text("card.enrol.again", root=root),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What the name alone says. public_figure: it is one's. namesakes: who lends a likeness under such a name already."""

    public_figure: bool = False
    namesakes: tuple[PersonId, ...] = ()


def review_card(speaker: Speaker, enrolment: Enrolment, suspicion: Suspicion, now: datetime) -> Card:
    """What an operator decides by: who, the challenge, what the checks said, what the name says, and the film beside it."""
    if enrolment.state is not EnrolmentState.IN_REVIEW:
        return Card(tone=Tone.QUIET, head=speaker.text("card.review.closed", state=speaker.say(f"enrolment.{enrolment.state}")))
    turns = ", ".join(speaker.say(f"turn.{turn}") for turn in enrolment.turns)
    lines: list[Text] = [
        speaker.text("card.review.who", name=enrolment.name, account=enrolment.person),
        speaker.text("card.review.said", digits=" ".join(enrolment.digits), turns=turns),
    ]
    for verdict in enrolment.verdicts:
        key = "card.review.yours" if verdict.outcome is Outcome.NOT_AVAILABLE else f"outcome.{verdict.outcome}"
        lines.append(speaker.text(key, question=speaker.say(f"question.{verdict.question}")))
    lines += [speaker.text("card.review.public_figure")] if suspicion.public_figure else []
    lines += [speaker.text("card.review.namesake", account=account) for account in suspicion.namesakes[:MOST_NAMESAKES]]
    lines += [] if enrolment.has_voice else [speaker.text("card.review.silent")]
    if enrolment.received_at:
        lines.append(speaker.text("card.review.came", moment=moment(speaker, enrolment.received_at, now)))
    lines.append(speaker.text("card.review.film"))
    return Card(tone=Tone.WAIT, head=speaker.text("card.review.head"), body=tuple(lines), buttons=_verdicts(speaker, enrolment))


def _verdicts(speaker: Speaker, enrolment: Enrolment) -> tuple[Button, ...]:
    accept = Button(
        label=speaker.say("button.accept_enrolment"), token=str(ReviewToken(ReviewDeed.ACCEPT, enrolment.id)), style=ButtonStyle.PRIMARY
    )
    refusals = [
        Button(label=speaker.say(f"button.refuse_{reason}"), token=str(ReviewToken(ReviewDeed.REFUSE, enrolment.id, reason)))
        for reason in Refusal
    ]
    return (accept, *refusals)
