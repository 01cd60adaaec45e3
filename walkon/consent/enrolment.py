"""Enrolment: how somebody shows that a face and a voice are theirs. Records and rules; pure.

It stops photographs, old videos and other people's clips. It does not stop a skilled live face swap, and says so.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from walkon.types.errors import WalkonError
from walkon.types.ids import PersonId

VALID_FOR = timedelta(minutes=5)
"""Long enough to film and send half a minute through a chat, too short to have something made."""
TRIES, LOCKED_FOR = 3, timedelta(hours=24)
"""Challenges in a day. One that was shown and not used counts: else one could ask until an old video fits."""
REVIEW_VIDEO_FOR = timedelta(hours=1)
"""How long the small copy of the video may wait for an operator."""
REVIEW_FOR = timedelta(days=7)
"""How long stills and voice may; then the enrolment lapses and they go."""
DIGITS = 6
MAX_UPLOAD_BYTES = 48 << 20
MIN_VIDEO_S, MAX_VIDEO_S = 3.0, 40.0
MAX_VOICE_S = 10.0
REASON_LIMIT = NAME_LIMIT = 200
"""Characters of an operator's reason, and of a name: they stand on one card."""


class Turn(StrEnum):
    """A movement of the head. No left and right: cameras mirror."""

    ONE_SIDE = "one_side"
    OTHER_SIDE = "other_side"
    UP = "up"
    DOWN = "down"


class EnrolmentState(StrEnum):
    """Where an enrolment stands."""

    CHALLENGED = "challenged"
    """Waits for the video."""
    IN_REVIEW = "in_review"
    """Waits for an operator."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    """No video came in time."""
    LAPSED = "lapsed"
    """Nobody decided in time."""
    WITHDRAWN = "withdrawn"
    """By the person, before or after the decision."""
    SUPERSEDED = "superseded"
    """A later one was accepted."""


class IdentityLevel(StrEnum):
    """How it is known that the likeness is the account's own, weakest first."""

    NONE = "none"
    CHALLENGE = "challenge"
    CHALLENGE_AND_OPERATOR = "challenge_and_operator"
    OPERATOR_IN_PERSON = "operator_in_person"


class UploadFault(StrEnum):
    """Why an upload is no enrolment video; keys of the words that say what to do instead."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    NOT_A_VIDEO = "not_a_video"
    """Neither mp4 nor webm, whatever its name says."""
    POLYGLOT = "polyglot"
    """A video and something else in one file."""
    TRUNCATED = "truncated"
    TOO_MANY_PIXELS = "too_many_pixels"
    UNREADABLE = "unreadable"
    TOO_COSTLY = "too_costly"
    """It took more time or memory than any honest video of this length."""
    TOO_DARK = "too_dark"


class Question(StrEnum):
    """What must be known about the person before they are enrolled."""

    CHALLENGE = "challenge"
    """The digits are said and the head turns in the order asked, by one living person, in one take."""
    PUBLIC_FIGURE = "public_figure"
    ALREADY_ENROLLED = "already_enrolled"
    """The face belongs to another account."""


class Outcome(StrEnum):
    """What a check says."""

    PASSED = "passed"
    REFUSED = "refused"
    NOT_AVAILABLE = "not_available"
    """It cannot tell: an operator must look."""


class Refusal(StrEnum):
    """Why a check or an operator says no; keys of the words that say so."""

    TWO_FACES = "two_faces"
    DIGITS = "digits"
    TURNS = "turns"
    NOT_LIVE = "not_live"
    """A cut, a copy, a screen or a picture."""
    NOT_VISIBLE = "not_visible"
    NOT_THEIRS = "not_theirs"
    PUBLIC_FIGURE = "public_figure"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One check's answer. reason: where it is REFUSED."""

    question: Question
    outcome: Outcome
    reason: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What to say and do, once, before it expires. name: the account's, user text. tries_left: further challenges today, after this one."""

    id: str
    person: PersonId
    name: str
    digits: str
    turns: tuple[Turn, ...]
    issued_at: datetime
    expires_at: datetime
    tries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """One attempt to enrol. verdicts: what the checks said. level: once accepted. reason_words: the operator's own."""

    id: str
    person: PersonId
    name: str
    state: EnrolmentState
    digits: str
    turns: tuple[Turn, ...]
    issued_at: datetime
    expires_at: datetime
    received_at: datetime | None = None
    has_voice: bool = False
    verdicts: tuple[Verdict, ...] = ()
    level: IdentityLevel = IdentityLevel.NONE
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    reason: Refusal | None = None
    reason_words: str = ""
    fault: UploadFault | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Decoded:
    """What is left of an upload once it was read. stills: three JPEGs. voice: FLAC, None where nothing is heard. review: mp4."""

    stills: tuple[bytes, ...]
    voice: bytes | None
    review: bytes
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evidence:
    """What a check may look at, in memory only."""

    challenge: Challenge
    upload: bytes
    decoded: Decoded


Decoder = Callable[[bytes], Awaitable[Decoded]]
"""Reads an upload in a process of its own. Raises UploadRefused."""


class EnrolmentCheck(Protocol):
    """Answers one question about an enrolment."""

    @property
    def question(self) -> Question:
        """What it answers."""

    async def examine(self, evidence: Evidence) -> Verdict:
        """Its answer; where it cannot tell or breaks, NOT_AVAILABLE and never PASSED."""


@dataclass(frozen=True, slots=True)
class OperatorDecides:
    """No machine answers this question: an operator looks."""

    question: Question

    async def examine(self, evidence: Evidence) -> Verdict:
        """Always NOT_AVAILABLE."""
        return Verdict(question=self.question, outcome=Outcome.NOT_AVAILABLE)


@dataclass(eq=False)
class TriesUsed(WalkonError):
    """No further challenge before `until`."""

    until: datetime


@dataclass(eq=False)
class NoChallenge(WalkonError):
    """This account has no open challenge: it expired, was used, or is another account's."""


@dataclass(eq=False)
class UploadRefused(WalkonError):
    """The upload is no enrolment video. tries_left: further challenges today; None where the challenge was not used up."""

    fault: UploadFault
    tries_left: int | None = None


@dataclass(eq=False)
class EnrolmentClosed(WalkonError):
    """It no longer waits for a decision."""

    state: EnrolmentState | None


@dataclass(eq=False)
class OwnEnrolment(WalkonError):
    """Nobody decides about their own."""


def new_challenge(person: PersonId, now: datetime, *, name: str, tries_left: int) -> Challenge:
    """A fresh challenge: random digits, and a random order of turns."""
    return Challenge(
        id=secrets.token_hex(16),
        person=person,
        name=name[:NAME_LIMIT],
        digits="".join(secrets.choice("0123456789") for _ in range(DIGITS)),
        turns=_random_turns(),
        issued_at=now,
        expires_at=now + VALID_FOR,
        tries_left=tries_left,
    )


def tries_left(issued: Sequence[datetime], now: datetime) -> int:
    """How many challenges may still be shown. issued: when this person's were, in any order. Raises TriesUsed for none."""
    recent = sorted(moment for moment in issued if now - moment < LOCKED_FOR)
    if len(recent) >= TRIES:
        raise TriesUsed(recent[-TRIES] + LOCKED_FOR)
    return TRIES - len(recent)


def judged(verdicts: Sequence[Verdict], *, operator_always: bool) -> tuple[EnrolmentState, Refusal | None]:
    """What the checks' answers make of an enrolment. Only if each question was answered with PASSED need no operator look."""
    refused = next((verdict for verdict in verdicts if verdict.outcome is Outcome.REFUSED), None)
    if refused is not None:
        return EnrolmentState.REFUSED, refused.reason or Refusal.OTHER
    passed = {verdict.question for verdict in verdicts if verdict.outcome is Outcome.PASSED}
    if operator_always or passed != set(Question) or any(verdict.outcome is not Outcome.PASSED for verdict in verdicts):
        return EnrolmentState.IN_REVIEW, None
    return EnrolmentState.ACCEPTED, None


def _random_turns() -> tuple[Turn, ...]:
    turns = [Turn.ONE_SIDE, Turn.OTHER_SIDE]
    turns.insert(secrets.randbelow(3), secrets.choice([Turn.UP, Turn.DOWN]))
    return tuple(turns)
