"""Backups: whole, in three parts that mean nothing alone, and powerless against what people ended since."""

import hashlib
import io
import json
import tarfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from tests.consent.village import EVE, LEA, TOM, Village
from tests.doubles.clock import StandingClock
from tests.town import FINISHED
from walkon.bot.forgetting import erase_settled
from walkon.config import Config, load
from walkon.consent import door_tables, enrolment_tables, guardian_tables, guarding, tables
from walkon.consent.artefacts import ArtefactKind
from walkon.consent.asking import NeverAsk, Reach
from walkon.consent.casting import Caster
from walkon.consent.deciding import Decider
from walkon.consent.enrolled import Enrolled
from walkon.consent.enrolment import EnrolmentState, IdentityLevel, new_challenge
from walkon.consent.guardians import Guardianship, Limits
from walkon.consent.likeness import Audience, Part, Topic
from walkon.consent.proof import Proof
from walkon.consent.vault import Vault
from walkon.consent.vault_tables import CHUNK
from walkon.library import films
from walkon.library import tables as library
from walkon.library.clips import Clip, ClipState, finish
from walkon.restoring import back_up, forget, restore, rotate, unlock
from walkon.store import outbox
from walkon.store.audit import audit
from walkon.store.backup import BackupUnusable, keys_beside
from walkon.store.database import Database
from walkon.store.keyring import keys_for
from walkon.store.keys import Keys
from walkon.store.lock import RoleLock
from walkon.store.outbox import NewRow, OutboxKind
from walkon.store.sealed_keys import OF_THE_STORE, SEALED_KEY
from walkon.store.tombstones import TombstoneKind, bury
from walkon.store.witness import Witness
from walkon.store.witnessing import StoreLocked, Watch, refuse_if_locked
from walkon.types.errors import SetupError
from walkon.types.ids import ClipId, EventId, PersonId
from walkon.types.people import Person, Place
from walkon.types.terms import Terms


@dataclass
class Host(Village):
    """A village on a host that is backed up."""

    keys: Keys | None = None

    @property
    def decider(self) -> Decider:
        return Decider(Proof(self.keys).record)

    @property
    def caster(self) -> Caster:
        return replace(super().caster, record=Proof(self.keys).record)

    async def enrolled(self, person: str = LEA, still: bytes = b"CANARY face") -> None:
        now = self.clock.now()
        challenge = new_challenge(person, now, name="Lea", tries_left=2)

        async def step(tx):
            await enrolment_tables.add(tx, challenge)
            enrolment = await enrolment_tables.get(tx, challenge.id)
            owner = self.keys.person_key(person)
            for kind in (ArtefactKind.STILL, ArtefactKind.REVIEW):
                await Vault(self.keys).put(tx, owner, still, version=challenge.id, kind=kind, number=0, now=now)
            accepted = replace(enrolment, state=EnrolmentState.ACCEPTED, level=IdentityLevel.CHALLENGE_AND_OPERATOR)
            await enrolment_tables.keep(tx, accepted)

        await self.do(step)
        await self.enrol(person)

    async def clip(self, terms: Terms, media: Path) -> None:
        """The clip of these terms, finished, with its file."""
        media.mkdir(exist_ok=True)
        name = hashlib.sha256(terms.clip.encode()).hexdigest() + ".mp4"
        (media / name).write_bytes(b"film")
        clip = Clip(
            id=terms.clip,
            event=EventId(f"web:{terms.clip}"),
            asker=Person(id=terms.requester, name="Ana"),
            place=Place(id=terms.place, channel="lobby"),
            prompt=terms.words,
            scene=terms.scene,
            lane="animatic",
            max_bytes=10_000_000,
            asked_at=self.clock.now(),
        )
        done = finish(clip, 1, replace(FINISHED, video=name), self.clock.now())
        await self.do(lambda tx: library.add(tx, done))
        await self.do(lambda tx: films.keep(tx, done.id, done.finished))

    async def still(self, person: str = LEA) -> tuple[bytes, ...]:
        return await self.do(lambda tx: Enrolled(self.keys).references_of(tx, person))

    async def state(self, id: ClipId) -> ClipState:
        clip = await self.do(lambda tx: library.get(tx, id))
        assert clip
        return clip.state


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load(None, {"WALKON_WALKON__DATA_DIR": str(tmp_path / "data"), "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys")})


@pytest.fixture
def running(config: Config, clock: StandingClock) -> Callable[..., object]:
    @asynccontextmanager
    async def run() -> AsyncIterator[Host]:
        """A host at work; at its end the witness has seen everything."""
        config.walkon.data_dir.mkdir(exist_ok=True)
        database = await Database.open(config.store_path)
        keys = await keys_for(database, config.consent.key_file, config.walkon.data_dir, clock.now())
        yield Host(database, clock, keys=keys)
        await Watch(database, keys, Witness(config.consent.key_file, keys), clock).catch_up()
        await database.close()

    return run


async def put_back(config: Config, file: Path, clock: StandingClock):
    return await restore(config, file, keys_beside(file), clock, replace=True)


async def test_a_backup_put_back_is_the_host_as_it_was(config: Config, running, clock, tmp_path: Path) -> None:
    async with running() as host:
        await host.enrolled()
        terms = host.terms()
        await host.agreed(terms, LEA)
        await host.clip(terms, config.media_path)
        made = back_up(config, tmp_path / "monday.walkon", clock)
    for path in sorted(config.media_path.iterdir()):
        path.unlink()
    done = await put_back(config, made.file, clock)
    assert (done.locked, done.ended, done.clips_files, done.keys) == (None, 0, 1, 2)
    async with running() as host:
        assert await host.still() == (b"CANARY face",)
        assert await host.may(terms)
        assert await host.state(terms.clip) is ClipState.FINISHED
        assert await host.do(lambda tx: tx.run_sync(lambda connection: audit(connection, host.keys).sound))
    assert [path.read_bytes() for path in config.media_path.iterdir()] == [b"film"]


async def test_neither_file_opens_anything_alone_and_both_are_for_their_owner(config: Config, running, clock, tmp_path: Path) -> None:
    async with running() as host:
        await host.enrolled()
        made = back_up(config, tmp_path / "b", clock)
        async with host.database.reading() as tx:
            rows = (await tx.execute(select(SEALED_KEY))).all()
            wrapped = [row.wrapped for row in rows if row.purpose != OF_THE_STORE]
    for path in (made.file, made.keys):
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"CANARY" not in path.read_bytes()
    assert not any(key in made.file.read_bytes() for key in wrapped)
    purposes = {row["purpose"] for row in json.loads(made.keys.read_text())}
    assert purposes == {"still", "ledger"}
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["b", "b.keys", "keys"]


async def test_without_the_second_file_the_store_is_back_and_its_secrets_are_not(config: Config, running, clock, tmp_path: Path) -> None:
    async with running() as host:
        await host.enrolled()
        made = back_up(config, tmp_path / "b", clock)
    done = await restore(config, made.file, tmp_path / "nowhere", clock, replace=True)
    assert done.keys is None
    async with running() as host:
        assert await host.still() == ()
        assert await host.do(lambda tx: tables.likeness_of(tx, LEA))


async def test_attack_27_a_backup_older_than_a_revocation_stays_revoked(config: Config, running, clock, tmp_path: Path) -> None:
    async with running() as host:
        await host.enrolled()
        terms = host.terms()
        await host.agreed(terms, LEA)
        await host.clip(terms, config.media_path)
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        await host.do(lambda tx: host.decider.revoke(tx, LEA, clock.now()))
    done = await put_back(config, made.file, clock)
    assert done.ended >= 1
    async with running() as host:
        assert await host.do(lambda tx: tables.likeness_of(tx, LEA)) is None
        assert not await host.may(terms)
        assert await host.still() == ()
        assert await host.state(terms.clip) is ClipState.TAKEN_DOWN


async def test_attack_27_a_yes_taken_back_for_one_clip_stays_taken_back(config: Config, running, clock, tmp_path: Path) -> None:
    async with running() as host:
        await host.enrolled()
        taken, kept = host.terms(), host.terms()
        for terms in (taken, kept):
            await host.agreed(terms, LEA)
            await host.clip(terms, config.media_path)
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        await host.do(lambda tx: host.decider.take_back(tx, LEA, [taken.clip], clock.now()))
    await put_back(config, made.file, clock)
    async with running() as host:
        assert (await host.may(taken), await host.may(kept)) == (False, True)
        assert await host.state(taken.clip) is ClipState.TAKEN_DOWN
        assert await host.state(kept.clip) is ClipState.FINISHED


async def test_who_was_forgotten_stays_forgotten_and_who_came_back_later_is_left_alone(
    config: Config, running, clock, tmp_path: Path
) -> None:
    async with running() as host:
        await host.enrolled()
        terms = host.terms(by=LEA)
        await host.clip(terms, config.media_path)
        before = back_up(config, tmp_path / "before", clock)
    clock.pass_s(60)
    assert (await forget(config, LEA, clock)).keys >= 3
    assert list(config.media_path.iterdir()) == []
    clock.pass_s(60)
    async with running() as host:
        await host.enrolled(still=b"anew")
        after = back_up(config, tmp_path / "after", clock)
    await put_back(config, after.file, clock)
    async with running() as host:
        assert await host.still() == (b"anew",)
    await put_back(config, before.file, clock)
    async with running() as host:
        assert await host.still() == ()
        assert await host.do(lambda tx: tables.likeness_of(tx, LEA)) is None
        assert await host.state(terms.clip) is ClipState.TAKEN_DOWN
        async with host.database.reading() as tx:
            assert (await tx.execute(select(SEALED_KEY).where(SEALED_KEY.c.owner == host.keys.person_key(LEA)))).all() == []


async def test_after_walkon_forget_and_one_last_showing_no_file_holds_a_trace(config: Config, running, clock, tmp_path: Path) -> None:
    canary = PersonId("web:Canary7")
    alone = Place.alone_with(Person(id=canary, name="Canary7"))
    async with running() as host:
        await host.enrolled(canary, still=b"Canary7 face")
        own, others = host.terms(words="Canary7 dances", by=canary), host.terms()
        await host.agreed(others, canary)
        for terms in (own, others):
            await host.clip(terms, config.media_path)
        for key, subject in (("clip:mine", own.clip), ("again:mine", own.clip)):
            row = NewRow(key=key, kind=OutboxKind.CARD, platform="web", subject=subject, place=msgspec.json.encode(alone).decode())
            await host.do(lambda tx, row=row: outbox.put(tx, row, 0))
            await host.do(lambda tx, key=key: outbox.acknowledge(tx, key, 1, '{"chat": "Canary7"}'))
    await forget(config, canary, clock)
    async with running() as host:
        for row in await host.do(lambda tx: outbox.rows_of(tx, outbox.OUTBOX.c.wanted > outbox.OUTBOX.c.shown)):
            await host.do(lambda tx, row=row: outbox.acknowledge(tx, row.key, row.wanted, row.ref))
        await erase_settled(host.database)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and b"Canary7" in path.read_bytes()] == []


async def test_attack_27_a_log_shorter_than_what_was_published_starts_locked_until_somebody_says_so(
    config: Config, running, clock, tmp_path: Path
) -> None:
    async with running() as host:
        await host.enrolled()
        made = back_up(config, tmp_path / "b", clock)
        await host.enrol(LEA, may_travel=True)
        await Watch(host.database, host.keys, Witness(config.consent.key_file, host.keys), clock).publish()
    done = await put_back(config, made.file, clock)
    assert done.locked
    async with running() as host:
        witness = Witness(config.consent.key_file, host.keys)
        with pytest.raises(StoreLocked):
            await refuse_if_locked(host.database, host.keys, witness)
    await unlock(config, clock)
    async with running() as host:
        await refuse_if_locked(host.database, host.keys, witness)


@pytest.mark.parametrize("drop_older", [False, True])
async def test_a_rotation_opens_everything_under_a_fresh_key_and_touches_nothing_sealed(
    config: Config, running, clock, tmp_path: Path, drop_older: bool
) -> None:
    async with running() as host:
        await host.enrolled()
        made = back_up(config, tmp_path / "b", clock)
        async with host.database.reading() as tx:
            sealed = (await tx.execute(select(CHUNK))).all()
    turned = await rotate(config, clock, drop_older=drop_older)
    assert (turned.version, turned.wrapped) == (2, 4)
    assert (Keys.read(config.consent.key_file).wrapping(1) is None) is drop_older
    async with running() as host:
        assert await host.still() == (b"CANARY face",)
        async with host.database.reading() as tx:
            assert (await tx.execute(select(CHUNK))).all() == sealed
            assert (await tx.run_sync(lambda connection: audit(connection, host.keys))).sound
    if drop_older:
        with pytest.raises(SetupError, match="does not open this store's names and words"):
            await put_back(config, made.file, clock)
    else:
        await put_back(config, made.file, clock)
    async with running() as host:
        assert await host.still() == (b"CANARY face",)


async def test_a_running_walkon_and_a_store_that_is_there_are_not_written_over(config: Config, running, clock, tmp_path: Path) -> None:
    async with running():
        made = back_up(config, tmp_path / "b", clock)
    with pytest.raises(SetupError, match="--replace"):
        await restore(config, made.file, keys_beside(made.file), clock, replace=False)
    held = RoleLock.hold(config.walkon.data_dir, "bot")
    with pytest.raises(SetupError, match="another walkon"):
        await put_back(config, made.file, clock)
    with pytest.raises(SetupError, match="another walkon"):
        await forget(config, LEA, clock)
    held.release()


@pytest.mark.parametrize(
    "tighter",
    [
        {"audience": Audience.ONLY_ME},
        {"refused": frozenset({Topic.POLITICS})},
        {"parts": frozenset({Part.FACE})},
        {"may_travel": False},
        {"always_ask": True},
    ],
    ids=lambda rules: next(iter(rules)),
)
async def test_rules_tightened_after_a_backup_come_back_tight(config: Config, running, clock, tmp_path: Path, tighter: dict) -> None:
    loose = {"audience": Audience.EVERYONE, "always_ask": False, "may_travel": True}
    async with running() as host:
        await host.enrolled()
        likeness = await host.enrol(LEA, **loose)
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        await host.do(lambda tx: host.decider.change_rules(tx, replace(likeness, **tighter), clock.now()))
        clock.pass_s(60)
        again = await host.do(lambda tx: tables.likeness_of(tx, LEA))
        await host.do(lambda tx: host.decider.change_rules(tx, replace(again, ends_at=clock.now() + timedelta(days=9)), clock.now()))
    await put_back(config, made.file, clock)
    async with running() as host:
        back = await host.do(lambda tx: tables.likeness_of(tx, LEA))
        assert back == replace(likeness, **tighter, ends_at=back.ends_at, version=back.version)
        assert back.ends_at == clock.now() + timedelta(days=9)


async def test_rules_loosened_after_a_backup_come_back_as_they_were(config: Config, running, clock, tmp_path: Path) -> None:
    async with running() as host:
        await host.enrolled()
        likeness = await host.enrol(LEA)
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        await host.do(lambda tx: host.decider.change_rules(tx, replace(likeness, audience=Audience.EVERYONE, may_travel=True), clock.now()))
    assert (await put_back(config, made.file, clock)).ended == 0
    async with running() as host:
        assert await host.do(lambda tx: tables.likeness_of(tx, LEA)) == likeness


async def test_a_door_closed_after_a_backup_is_closed_to_all_until_its_owner_opens_it(
    config: Config, running, clock, tmp_path: Path
) -> None:
    async with running() as host:
        await host.enrolled()
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        door = NeverAsk(owner=LEA, reach=Reach.BY_PERSON, asker=TOM)
        await host.do(lambda tx: host.decider.shut(tx, door, clock.now()))
    await put_back(config, made.file, clock)
    async with running() as host:
        for asker in (TOM, EVE):
            assert not (await host.cast(host.terms(by=asker), LEA)).asks[0].heard


async def test_a_door_closed_by_somebody_whom_the_backup_does_not_know_stays_closed_until_they_open_it(
    config: Config, running, clock, tmp_path: Path
) -> None:
    async with running() as host:
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        await host.do(lambda tx: host.decider.shut(tx, NeverAsk(owner=LEA, reach=Reach.BY_PERSON, asker=TOM), clock.now()))
    assert (await put_back(config, made.file, clock)).ended == 1
    async with running() as host:
        key_of = host.keys.person_key
        assert await host.do(lambda tx: tables.doors_of(tx, LEA)) == []
        await host.do(lambda tx: host.decider.shut_if_marked(tx, EVE, key_of, clock.now()))
        await host.do(lambda tx: host.decider.shut_if_marked(tx, LEA, key_of, clock.now()))
        assert await host.do(lambda tx: tables.doors_of(tx, EVE)) == []
        [door] = await host.do(lambda tx: tables.doors_of(tx, LEA))
        assert door.reach is Reach.ANYWHERE
        await host.do(lambda tx: host.decider.open(tx, door, clock.now()))
        await host.do(lambda tx: host.decider.shut_if_marked(tx, LEA, key_of, clock.now()))
        assert await host.do(lambda tx: tables.doors_of(tx, LEA)) == []


async def test_who_was_forgotten_after_closing_a_door_leaves_no_mark(config: Config, running, clock, tmp_path: Path) -> None:
    async with running() as host:
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        await host.do(lambda tx: host.decider.shut(tx, NeverAsk(owner=LEA, reach=Reach.ANYWHERE), clock.now()))
        await host.do(lambda tx: bury(tx, TombstoneKind.PERSON, host.keys.person_key(LEA), clock.now()))
    await put_back(config, made.file, clock)
    async with running() as host:
        assert not await host.do(lambda tx: door_tables.take_marks(tx, [host.keys.person_key(LEA)]))


async def test_what_waited_behind_a_door_that_was_closed_after_a_backup_ends(config: Config, running, clock, tmp_path: Path) -> None:
    async with running() as host:
        await host.enrolled()
        await host.enrol(LEA)
        terms = host.terms(by=EVE)
        await host.clip(terms, tmp_path / "media")
        assert (await host.cast(terms, LEA)).asks

        async def waits(tx: object) -> None:
            clip = await library.get(tx, terms.clip)
            await library.save(tx, replace(clip, state=ClipState.WAITING, finished=None))

        await host.do(waits)
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        await host.do(lambda tx: host.decider.shut(tx, NeverAsk(owner=LEA, reach=Reach.ANYWHERE), clock.now()))
    await put_back(config, made.file, clock)
    async with running() as host:
        assert await host.state(terms.clip) is ClipState.DECLINED


async def looks_after(host: Host, guardian: PersonId, ward: PersonId, clock: StandingClock) -> None:
    now, record = clock.now(), host.decider.record
    who = Person(id=guardian, name="Tom")
    code = await host.do(lambda tx: guarding.offer(tx, who, now + timedelta(days=900), now))
    await host.do(lambda tx: guarding.claim(tx, code, Person(id=ward, name="Lea"), now))
    await host.do(lambda tx: guarding.confirm(tx, guardian, ward, Limits(), now, record=record))


async def guardianship(host: Host, ward: PersonId) -> Guardianship | None:
    return await host.do(lambda tx: guardian_tables.guardianship_of(tx, ward, host.clock.now()))


async def test_attack_21_a_backup_from_before_a_guardians_link_leaves_nobody_without_one(
    config: Config, running, clock, tmp_path: Path
) -> None:
    async with running() as host:
        await host.enrolled()
        terms = host.terms()
        await host.agreed(terms, LEA)
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        await looks_after(host, TOM, LEA, clock)
        await looks_after(host, TOM, EVE, clock)
    await put_back(config, made.file, clock)
    async with running() as host:
        found = await guardianship(host, LEA)
        assert found is not None
        assert found.guardian is None
        assert found.limits == Limits(seconds_per_day=60)
        assert not await host.may(terms)
        # Eve had never said a word when the backup was made: she is known again as soon as she does.
        assert await guardianship(host, EVE) is None
        key, now = host.keys.person_key(EVE), clock.now()
        await host.do(lambda tx: guarding.settle_mark(tx, Person(id=EVE, name="Eve"), key, Limits(), now))
        assert await guardianship(host, EVE) is not None


async def test_a_guardian_who_ended_it_after_the_backup_is_none_again(config: Config, running, clock, tmp_path: Path) -> None:
    async with running() as host:
        await host.enrolled()
        await looks_after(host, TOM, LEA, clock)
        made = back_up(config, tmp_path / "b", clock)
        clock.pass_s(60)
        await host.do(lambda tx: guarding.end(tx, TOM, LEA, clock.now(), record=host.decider.record))
    await put_back(config, made.file, clock)
    async with running() as host:
        assert await guardianship(host, LEA) is None


def flipped(body: bytes) -> bytes:
    at = body.index(b"SQLite format 3") + 3000
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def with_a_stranger(body: bytes) -> bytes:
    sink = io.BytesIO(body)
    with tarfile.open(fileobj=sink, mode="a:") as archive:
        entry = tarfile.TarInfo("../../evil")
        entry.size = 4
        archive.addfile(entry, io.BytesIO(b"evil"))
    return sink.getvalue()


@pytest.mark.parametrize(
    "broken",
    [flipped, with_a_stranger, lambda body: body[: len(body) // 2], lambda body: b"no tar"],
    ids=["bit", "stranger", "cut", "other"],
)
async def test_a_damaged_backup_is_refused_and_the_store_that_is_there_stays(
    config: Config, running, clock, tmp_path: Path, broken: Callable[[bytes], bytes]
) -> None:
    async with running() as host:
        await host.enrolled()
        made = back_up(config, tmp_path / "b", clock)
    made.file.write_bytes(broken(made.file.read_bytes()))
    with pytest.raises(BackupUnusable):
        await put_back(config, made.file, clock)
    async with running() as host:
        assert await host.still() == (b"CANARY face",)
    assert not (tmp_path / "evil").exists()
    assert sorted(path.name for path in config.walkon.data_dir.iterdir() if path.name.startswith(".")) == []


async def test_a_backup_needs_its_own_key_file(config: Config, running, clock, tmp_path: Path) -> None:
    async with running():
        made = back_up(config, tmp_path / "b", clock)
    Keys.new().write(config.consent.key_file, replace=True)
    with pytest.raises(SetupError, match="another store's key file"):
        await put_back(config, made.file, clock)
