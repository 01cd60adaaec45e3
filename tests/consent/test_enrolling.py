"""Enrolling: one fresh challenge, one video that never touches the disk, one decision by somebody who looks."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.doubles.clock import StandingClock
from tests.stores import open_store
from walkon.consent import enrolment_tables as tables
from walkon.consent.enrolled import Enrolled
from walkon.consent.enrolling import Enrolments, Means
from walkon.consent.enrolment import (
    MAX_UPLOAD_BYTES,
    Decoded,
    Enrolment,
    EnrolmentClosed,
    EnrolmentState,
    Evidence,
    IdentityLevel,
    NoChallenge,
    OperatorDecides,
    Outcome,
    OwnEnrolment,
    Question,
    Refusal,
    TriesUsed,
    Turn,
    UploadFault,
    UploadRefused,
    Verdict,
    judged,
    new_challenge,
)
from walkon.consent.vault import Vault
from walkon.store.database import Database, Transaction
from walkon.store.keys import Keys
from walkon.store.ledger import Ledger
from walkon.types.ids import PersonId

LEA, MARC, OLGA = PersonId("discord:1"), PersonId("discord:2"), PersonId("discord:9")
UPLOAD = b"CANARY the upload as it came " * 50
DECODED = Decoded(
    stills=(b"CANARY still one", b"CANARY still two", b"CANARY still three"), voice=b"CANARY voice", review=b"CANARY review", seconds=5
)


@dataclass
class Reader:
    """Stands for the process that reads uploads."""

    answer: Decoded | UploadFault = DECODED
    read: list[bytes] = field(default_factory=list)

    async def __call__(self, body: bytes) -> Decoded:
        self.read.append(body)
        if isinstance(self.answer, UploadFault):
            raise UploadRefused(self.answer)
        return self.answer


@dataclass(frozen=True)
class Says:
    """A check with one answer."""

    question: Question
    outcome: Outcome
    reason: Refusal | None = None

    async def examine(self, evidence: Evidence) -> Verdict:
        return Verdict(question=self.question, outcome=self.outcome, reason=self.reason)


@dataclass(frozen=True)
class Breaks:
    """A check whose model is not there."""

    question: Question

    async def examine(self, evidence: Evidence) -> Verdict:
        raise ImportError("no model")


PASSES = tuple(Says(question, Outcome.PASSED) for question in Question)


@dataclass
class Desk:
    """Enrolments with everything they work with, and whom they accepted."""

    means: Means
    reader: Reader
    clock: StandingClock
    accepted: list[Enrolment]

    @property
    def enrolments(self) -> Enrolments:
        return Enrolments(self.means)

    async def send(self, person: PersonId = LEA, body: bytes = UPLOAD) -> Enrolment:
        return await self.enrolments.receive(person, parts(body), declared_bytes=len(body), sent_at=self.clock.now())

    async def kept(self, person: PersonId = LEA) -> list[str]:
        key = self.means.keys.person_key(person)
        return [str(one.kind) for one in await self.means.database.read(lambda tx: Vault(self.means.keys).of(tx, key))]


async def parts(body: bytes, size: int = 100) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


@pytest.fixture
def desk(database: Database, clock: StandingClock) -> Desk:
    accepted: list[Enrolment] = []
    reader = Reader()

    async def then(tx: Transaction, enrolment: Enrolment) -> None:
        accepted.append(enrolment)

    return Desk(Means(database=database, keys=Keys.new(), decode=reader, clock=clock, then=then), reader, clock, accepted)


def on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


async def test_a_challenge_is_six_digits_and_three_turns_fresh_each_time() -> None:
    made = [new_challenge(LEA, StandingClock().now(), name="Léa", tries_left=2) for _ in range(200)]
    assert all(len(one.digits) == 6 and one.digits.isdecimal() and len(set(one.turns)) == 3 for one in made)
    assert all(one.turns.index(Turn.ONE_SIDE) < one.turns.index(Turn.OTHER_SIDE) for one in made)
    assert len({one.turns for one in made}) == 6
    assert len({one.digits for one in made}) > 190


async def test_asking_again_shows_the_same_challenge_while_it_is_open(desk: Desk) -> None:
    first = await desk.enrolments.begin(LEA, "Léa")
    assert (await desk.enrolments.begin(LEA, "Léa")).digits == first.digits
    desk.clock.pass_s(301)
    second = await desk.enrolments.begin(LEA, "Léa")
    assert second.id != first.id
    assert (first.tries_left, second.tries_left) == (2, 1)


async def test_attack_25_three_challenges_then_nothing_for_a_day_also_where_they_were_only_looked_at(desk: Desk) -> None:
    began = desk.clock.now()
    for _ in range(3):
        await desk.enrolments.begin(LEA, "Léa")
        desk.clock.pass_s(301)
    with pytest.raises(TriesUsed) as used:
        await desk.enrolments.begin(LEA, "Léa")
    assert used.value.until == began + timedelta(hours=24)
    assert await desk.enrolments.begin(MARC, "Marc")
    desk.clock.pass_s(24 * 3600 - 3 * 301)
    assert (await desk.enrolments.begin(LEA, "Léa")).tries_left == 0


async def test_attack_25_withdrawing_and_restarting_give_no_further_tries(desk: Desk) -> None:
    for _ in range(3):
        await desk.enrolments.begin(LEA, "Léa")
        await desk.enrolments.withdraw(LEA)
    with pytest.raises(TriesUsed):
        await Enrolments(desk.means).begin(LEA, "Léa")


async def test_attack_22_an_old_challenge_takes_no_video(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    desk.clock.pass_s(300)
    with pytest.raises(NoChallenge):
        await desk.send()
    assert desk.reader.read == []


async def test_attack_22_a_video_filmed_before_the_challenge_or_for_another_account_is_not_taken(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    with pytest.raises(NoChallenge):
        await desk.send(MARC)
    with pytest.raises(NoChallenge):
        await desk.enrolments.receive(LEA, parts(UPLOAD), declared_bytes=None, sent_at=desk.clock.now() - timedelta(seconds=1))


async def test_attack_22_a_challenge_takes_one_video_whatever_came_of_it(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    desk.reader.answer = UploadFault.POLYGLOT
    with pytest.raises(UploadRefused) as refused:
        await desk.send()
    assert (refused.value.fault, refused.value.tries_left) == (UploadFault.POLYGLOT, 2)
    with pytest.raises(NoChallenge):
        await desk.send()


async def test_a_video_waits_for_an_operator_and_every_question_says_that_no_machine_answered(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    waiting = await desk.send()
    assert waiting.state is EnrolmentState.IN_REVIEW
    assert {(verdict.question, verdict.outcome) for verdict in waiting.verdicts} == {(one, Outcome.NOT_AVAILABLE) for one in Question}
    assert [one.id for one in await desk.enrolments.waiting()] == [waiting.id]
    material = await desk.enrolments.material(waiting.id)
    assert (material.stills, material.voice, material.video) == (DECODED.stills, DECODED.voice, DECODED.review)
    assert (material.enrolment.digits, material.enrolment.name) == (waiting.digits, "Léa")


async def test_an_acceptance_keeps_stills_and_voice_and_nothing_else(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    done = await desk.enrolments.accept((await desk.send()).id, OLGA)
    assert (done.state, done.level, done.decided_by) == (EnrolmentState.ACCEPTED, IdentityLevel.CHALLENGE_AND_OPERATOR, OLGA)
    assert desk.accepted == [done]
    assert await desk.kept() == ["still", "still", "still", "voice"]
    database, keys = desk.means.database, desk.means.keys
    assert await database.read(lambda tx: Enrolled(keys).references_of(tx, LEA)) == DECODED.stills
    assert await database.read(lambda tx: Enrolled(keys).voice_of(tx, LEA)) == DECODED.voice
    assert await database.read(lambda tx: Enrolled(keys).references_of(tx, MARC)) == ()


async def test_a_refusal_keeps_nothing_but_the_reason(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    refused = await desk.enrolments.refuse((await desk.send()).id, OLGA, Refusal.TWO_FACES, words="A second face at 0:03" + "x" * 300)
    assert (refused.state, refused.reason, len(refused.reason_words)) == (EnrolmentState.REFUSED, Refusal.TWO_FACES, 200)
    assert await desk.kept() == []
    assert desk.accepted == []
    with pytest.raises(EnrolmentClosed):
        await desk.enrolments.accept(refused.id, OLGA)


async def test_nobody_accepts_their_own_face(desk: Desk) -> None:
    await desk.enrolments.begin(OLGA, "Olga")
    waiting = await desk.send(OLGA)
    with pytest.raises(OwnEnrolment):
        await desk.enrolments.accept(waiting.id, OLGA)


async def test_two_operators_at_once_make_one_decision(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    waiting = await desk.send()
    await desk.enrolments.refuse(waiting.id, OLGA, Refusal.OTHER)
    with pytest.raises(EnrolmentClosed) as closed:
        await desk.enrolments.accept(waiting.id, MARC)
    assert closed.value.state is EnrolmentState.REFUSED


async def test_an_acceptance_whose_likeness_cannot_be_made_changes_nothing(desk: Desk) -> None:
    async def fails(tx: Transaction, enrolment: Enrolment) -> None:
        raise RuntimeError

    await desk.enrolments.begin(LEA, "Léa")
    waiting = await desk.send()
    with pytest.raises(RuntimeError):
        await Enrolments(replace(desk.means, then=fails)).accept(waiting.id, OLGA)
    assert len(await desk.enrolments.waiting()) == 1
    assert "review" in await desk.kept()


async def test_enrolling_anew_replaces_what_was_kept_only_once_it_is_accepted(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    first = await desk.enrolments.accept((await desk.send()).id, OLGA)
    await desk.enrolments.begin(LEA, "Léa")
    desk.reader.answer = replace(DECODED, stills=(b"newer",) * 3, voice=None)
    second = await desk.send()
    database, keys = desk.means.database, desk.means.keys
    assert await database.read(lambda tx: Enrolled(keys).references_of(tx, LEA)) == DECODED.stills
    await desk.enrolments.accept(second.id, OLGA)
    assert await database.read(lambda tx: Enrolled(keys).references_of(tx, LEA)) == (b"newer",) * 3
    assert await desk.kept() == ["still"] * 3
    assert first.id != second.id


async def test_letting_go_destroys_stills_and_voice_and_what_still_waits(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    await desk.enrolments.accept((await desk.send()).id, OLGA)
    await desk.enrolments.begin(LEA, "Léa")
    waiting = await desk.send()
    await desk.means.database.write(lambda tx: Enrolled(desk.means.keys).let_go(tx, LEA, desk.clock.now()))
    assert await desk.kept() == []
    with pytest.raises(EnrolmentClosed):
        await desk.enrolments.accept(waiting.id, OLGA)
    database, keys = desk.means.database, desk.means.keys
    assert await database.read(lambda tx: Enrolled(keys).references_of(tx, LEA)) == ()


async def test_the_video_goes_after_an_hour_and_the_rest_after_a_week_without_a_decision(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    waiting = await desk.send()
    desk.clock.pass_s(3599)
    assert await desk.enrolments.sweep() == 0
    desk.clock.pass_s(1)
    await desk.enrolments.sweep()
    assert await desk.kept() == ["still", "still", "still", "voice"]
    assert (await desk.enrolments.material(waiting.id)).video is None
    desk.clock.pass_s(7 * 24 * 3600)
    await desk.enrolments.sweep()
    assert await desk.kept() == []
    lapsed = await desk.means.database.read(lambda tx: tables.get(tx, waiting.id))
    assert lapsed
    assert lapsed.state is EnrolmentState.LAPSED


async def test_the_upload_is_on_no_disk_at_any_time_and_what_is_kept_is_sealed(desk: Desk, tmp_path: Path) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    waiting = await desk.send()
    assert desk.reader.read == [UPLOAD]
    assert b"CANARY" not in on_disk(tmp_path)
    await desk.enrolments.accept(waiting.id, OLGA)
    assert b"CANARY" not in on_disk(tmp_path)


@pytest.mark.parametrize("declared", [10 << 30, MAX_UPLOAD_BYTES + 1])
async def test_a_claim_of_ten_gigabytes_is_refused_before_a_byte_is_read(desk: Desk, declared: int) -> None:
    asked: list[bytes] = []

    async def upload() -> AsyncIterator[bytes]:
        asked.append(b"")
        yield b""

    await desk.enrolments.begin(LEA, "Léa")
    with pytest.raises(UploadRefused) as refused:
        await desk.enrolments.receive(LEA, upload(), declared_bytes=declared, sent_at=desk.clock.now())
    assert refused.value.fault is UploadFault.TOO_LARGE
    assert asked == []


async def test_an_upload_that_never_ends_is_cut_off_at_the_bound(desk: Desk) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1 << 20
            yield bytes(1 << 20)

    await desk.enrolments.begin(LEA, "Léa")
    with pytest.raises(UploadRefused) as refused:
        await desk.enrolments.receive(LEA, endless(), declared_bytes=None, sent_at=desk.clock.now())
    assert refused.value.fault is UploadFault.TOO_LARGE
    assert sent == MAX_UPLOAD_BYTES + (1 << 20)


async def judged_by(desk: Desk, checks: tuple[object, ...], *, operator_always: bool) -> Enrolment:
    desk.means = replace(desk.means, checks=checks, operator_always=operator_always)
    await desk.enrolments.begin(LEA, "Léa")
    return await desk.send()


async def test_only_if_every_question_passed_and_the_host_wants_it_no_operator_looks(desk: Desk) -> None:
    done = await judged_by(desk, PASSES, operator_always=False)
    assert (done.state, done.level) == (EnrolmentState.ACCEPTED, IdentityLevel.CHALLENGE)
    assert desk.accepted == [done]
    assert await desk.kept() == ["still", "still", "still", "voice"]


@pytest.mark.parametrize(
    "checks",
    [
        PASSES,
        (),
        PASSES[:2],
        (*PASSES[:2], OperatorDecides(Question.ALREADY_ENROLLED)),
        (*PASSES[:2], Breaks(Question.ALREADY_ENROLLED)),
        (*PASSES, OperatorDecides(Question.CHALLENGE)),
    ],
    ids=["operator wanted", "no checks", "a question nobody answered", "one for an operator", "one that broke", "one more for an operator"],
)
async def test_attack_23_and_24_nothing_is_passed_in_silence(desk: Desk, checks: tuple[object, ...]) -> None:
    done = await judged_by(desk, checks, operator_always=checks is PASSES)
    assert done.state is EnrolmentState.IN_REVIEW
    assert desk.accepted == []


async def test_a_check_that_refuses_ends_it_with_its_reason_and_keeps_nothing(desk: Desk) -> None:
    checks = (*PASSES[:2], Says(Question.CHALLENGE, Outcome.REFUSED, Refusal.NOT_LIVE))
    done = await judged_by(desk, checks, operator_always=True)
    assert (done.state, done.reason) == (EnrolmentState.REFUSED, Refusal.NOT_LIVE)
    assert await desk.kept() == []
    assert judged(done.verdicts, operator_always=False) == (EnrolmentState.REFUSED, Refusal.NOT_LIVE)


async def test_every_step_is_in_the_ledger_under_the_person_s_own_keys(desk: Desk) -> None:
    await desk.enrolments.begin(LEA, "Léa")
    await desk.enrolments.accept((await desk.send()).id, OLGA)
    keys = desk.means.keys
    entries = await desk.means.database.read(lambda tx: Ledger(keys).about(tx, keys.person_key(LEA)))
    assert [entry.kind for entry in entries] == ["enrolment.in_review", "enrolment.accepted"]
    assert entries[1].payload
    assert entries[1].payload["by"] == keys.person_key(OLGA)
    assert entries[1].payload["level"] == "challenge_and_operator"


KILLED = """
import asyncio, sys
from pathlib import Path
from tests.stores import open_store
from walkon.consent.enrolling import Enrolments, Means
from walkon.store.keys import Keys
from walkon.types.clock import SystemClock

async def main(store):
    async def decode(body):
        print("reading", len(body), flush=True)
        await asyncio.Event().wait()
    async def then(tx, enrolment): pass
    async def upload(): yield b"CANARY the upload as it came " * 4000
    database = await open_store(Path(store))
    enrolments = Enrolments(Means(database=database, keys=Keys.new(), decode=decode, clock=SystemClock(), then=then))
    challenge = await enrolments.begin("discord:1", "Lea")
    await enrolments.receive("discord:1", upload(), declared_bytes=None, sent_at=challenge.issued_at)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_after_a_kill_while_the_upload_is_read_no_disk_has_a_byte_of_it_and_the_try_is_used(tmp_path: Path) -> None:
    environ = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": os.getcwd()}
    command = (sys.executable, "-c", KILLED, str(tmp_path / "killed.db"))
    process = await asyncio.create_subprocess_exec(*command, env=environ, cwd=tmp_path, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    assert await process.stdout.readline() == b"reading 116000\n"
    process.kill()
    await process.wait()
    assert b"CANARY" not in on_disk(tmp_path)
    database = await open_store(tmp_path / "killed.db")
    assert await database.read(lambda tx: tables.open_of(tx, LEA)) == []
    assert await database.read(lambda tx: tables.accepted_of(tx, LEA)) is None
    await database.close()
