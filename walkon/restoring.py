"""Puts a backup back, without anything that ended since it was made. Also forgets somebody where no bot runs.

Nothing of the present store is touched before the backup is whole, opened, and cleared of what its people ended.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from walkon.bot.forgetting import Forgetting, Forgotten, erase_settled
from walkon.bot.guarding import first_limits
from walkon.bot.platforms.web import tables as web
from walkon.bot.takedown import record_takedown
from walkon.config import Config
from walkon.consent import door_tables, enrolment_tables, guarding
from walkon.consent import guardian_tables as guardians
from walkon.consent import tables as consent
from walkon.consent.artefacts import ArtefactKind
from walkon.consent.asking import NeverAsk, Reach
from walkon.consent.deciding import Decider
from walkon.consent.floors import likeness_in, no_looser
from walkon.consent.guardians import Limits
from walkon.consent.proof import Proof
from walkon.library import films
from walkon.library import tables as library
from walkon.library.clips import ClipState, RemovedBy
from walkon.library.endings import end_declined
from walkon.store import sealed_keys
from walkon.store.accounts import person_of
from walkon.store.backup import MEDIA, STORE, Backup, BackupUnusable, make_backup, put_keys, unpack
from walkon.store.database import Database, StoreUnusable, Transaction
from walkon.store.keyring import keys_for, keys_known_as
from walkon.store.keys import Keys
from walkon.store.ledger import Head, Ledger
from walkon.store.lock import RoleLock
from walkon.store.media import MediaStore
from walkon.store.tombstones import Tombstone, TombstoneKind
from walkon.store.witness import Shown, Witness
from walkon.store.witnessing import StoreLocked, Watch, refuse_if_locked
from walkon.types.clock import Clock, to_ms
from walkon.types.errors import SetupError
from walkon.types.ids import ClipId, PersonId, PersonKey
from walkon.types.people import Person

ROLES = ("bot", "web", "worker")
NEVER_KEPT = (ArtefactKind.REVIEW.value,)
"""Keys that are in no backup: what they seal is promised to be gone within the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of it. keys: None where the second file was not there. ended: how many ends were made again. locked: why walkon will
    not start on it, None where it will.
    """

    entries: int
    clips_files: int
    keys: int | None
    ended: int
    locked: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """The key file after a rotation: its version, and how many sealed keys are wrapped by it now."""

    version: int
    wrapped: int


def back_up(config: Config, file: Path, clock: Clock) -> Backup:
    """Copy the store and its clips, also beside a running walkon. Raises SetupError, OSError."""
    _refuse_servers(config)
    if not config.store_path.exists():
        raise SetupError(f"{config.store_path}: there is no store yet, so there is nothing to copy.")
    if file.resolve().is_relative_to(config.media_path.resolve()):
        raise SetupError(f"{file} lies among the clips. Name a place outside of {config.media_path}.")
    return make_backup(config.store_path, config.media_path, file, now=clock.now(), without=NEVER_KEPT)


async def restore(config: Config, file: Path, keys_file: Path, clock: Clock, *, replace: bool) -> Restored:
    """Put a backup in the place of the store. Raises SetupError, BackupUnusable, OSError."""
    _refuse_servers(config)
    with _alone(config):
        if config.store_path.exists() and not replace:
            raise SetupError(f"{config.store_path} exists. Move it away, or say --replace: it is then gone for good.")
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=config.walkon.data_dir) as scratch:
            return await _restored(config, file, keys_file, Path(scratch), clock)


async def unlock(config: Config, clock: Clock) -> Head:
    """Go on from the ledger as it stands: what was published beyond it is given up. Raises SetupError."""
    with _alone(config):
        async with _opened(config, config.store_place, clock) as (database, keys):
            head = await database.read(Ledger(keys).head)
            Witness(config.consent.key_file, keys).add([Shown(head, clock.now())])
            await Watch(database, keys, Witness(config.consent.key_file, keys), clock).publish()
            return head


async def forget(config: Config, person: PersonId, clock: Clock) -> Forgotten:
    """Forget somebody, with files and all; posts in chats are changed once a bot runs again. Raises SetupError."""
    with _alone(config):
        async with _opened(config, config.store_place, clock) as (database, keys):
            done = await database.write(lambda tx: _forgetting(keys).forget(tx, person, clock.now()))
            if not config.media_on_s3:
                await _purge(database, MediaStore(config.media_path), clock)
            await erase_settled(database)
            await database.scrub()
            await Watch(database, keys, Witness(config.consent.key_file, keys), clock).catch_up()
            return done


async def rotate(config: Config, clock: Clock, *, drop_older: bool) -> Turned:
    """Give the key file a fresh wrapping key and wrap every sealed key by it. A crash leaves a file that opens everything.

    drop_older: leave no older one in the file, once nothing here needs it. Raises SetupError, OSError.
    """
    with _alone(config):
        async with _opened(config, config.store_place, clock) as (database, keys):
            turned = keys.rotated()
            turned.write(config.consent.key_file, replace=True)
            wrapped = 0
            while done := await database.write(partial(sealed_keys.rewrap, keys=turned)):
                wrapped += done
            if drop_older and not await database.read(partial(sealed_keys.wrapped_by_older, keys=turned)):
                turned.without_older().write(config.consent.key_file, replace=True)
            await database.scrub()
            return Turned(version=turned.wrapping_version, wrapped=wrapped)


async def replay(database: Database, keys: Keys, graves: list[Tombstone], clock: Clock, *, limits: Limits) -> int:
    """End again what ended after a backup was made; returns how many ends were still to be made.

    limits: of whoever is looked after since, by a guardian whom the backup does not know.
    """
    replaying = _Replay(keys, limits)
    return sum([await database.write(partial(replaying.apply, grave=grave, clock=clock)) for grave in graves])


class _Replay:
    def __init__(self, keys: Keys, limits: Limits) -> None:
        self._keys, self._decider, self._forgetting, self._limits = keys, Decider(Proof(keys).record), _forgetting(keys), limits

    async def apply(self, tx: Transaction, grave: Tombstone, clock: Clock) -> bool:
        """Whether there was something left to end."""
        now = clock.now()
        ended: set[ClipId] = set()
        if grave.kind is TombstoneKind.PERSON:
            return await self._person(tx, PersonKey(grave.subject), grave, clock)
        if grave.kind in (TombstoneKind.GUARDED, TombstoneKind.UNGUARDED):
            return await self._guarding(tx, PersonKey(grave.subject), now, ended=grave.kind is TombstoneKind.UNGUARDED)
        if grave.kind is TombstoneKind.RULES:
            return await self._rules(tx, grave.subject, now)
        if grave.kind is TombstoneKind.DOOR:
            return await self._door(tx, PersonKey(grave.subject), now)
        if grave.kind is TombstoneKind.CLIP:
            ended = {ClipId(grave.subject)}
        elif grave.kind is TombstoneKind.LIKENESS and (owner := await consent.owner_of(tx, grave.subject)):
            ended = await self._decider.revoke(tx, owner, now)
            await record_takedown(tx, ended, RemovedBy.PERSON, now)
            return True
        elif grave.kind is TombstoneKind.GRANT and (grant := await consent.grant_of(tx, grave.subject)):
            ended = await self._decider.take_back(tx, grant.owner, [grant.clip], now) if grant.withdrawn_at is None else set()
        elif grave.kind is TombstoneKind.PERMISSION and (permission := await consent.permission_of(tx, grave.subject)):
            ended = await self._decider.end_permission(tx, permission.owner, permission.id, now)
        known = {id for id in ended if await library.get(tx, id)}
        await record_takedown(tx, known, RemovedBy.PERSON, now)
        return bool(known)

    async def _rules(self, tx: Transaction, floor: str, now: datetime) -> bool:
        """The rules that were set meanwhile hold as far as they are tighter."""
        owner = await consent.owner_of(tx, likeness_in(floor))
        likeness = await consent.likeness_of(tx, owner) if owner else None
        tighter = no_looser(likeness, floor) if likeness else None
        if tighter is None or tighter == likeness:
            return False
        await self._decider.change_rules(tx, tighter, now)
        return True

    async def _door(self, tx: Transaction, owner: PersonKey, now: datetime) -> bool:
        """Whom a door was closed to is not remembered, so it is closed to all until its owner opens it, also where nobody knows yet who
        that is."""
        named = await self._named(tx, owner)
        if not named:
            await door_tables.mark(tx, owner, now)
        for person in named:
            for id in await self._decider.shut(tx, NeverAsk(owner=await person_of(tx, person), reach=Reach.ANYWHERE), now):
                clip = await library.get(tx, id)
                if clip and clip.state is ClipState.WAITING:
                    await end_declined(tx, id, now)
                    await self._decider.drop(tx, id, now)
        return True

    async def _guarding(self, tx: Transaction, owner: PersonKey, now: datetime, *, ended: bool) -> bool:
        """Who looked after somebody the backup may not know; that somebody does, or no one any more, holds all the same."""
        named = await self._named(tx, owner)
        if ended:
            for person in named:
                await guardians.remove(tx, person)
            return await guardians.take_mark(tx, owner) or bool(named)
        await guardians.mark(tx, owner, now)
        for person in named:
            await guarding.settle_mark(tx, Person(id=person, name=""), owner, self._limits, now)
        return True

    async def _named(self, tx: Transaction, owner: PersonKey) -> list[PersonId]:
        everybody = await library.all_people(tx) | await consent.everybody(tx) | await enrolment_tables.everybody(tx)
        return [person for person in everybody | await guardians.everybody(tx) if self._keys.person_key(person) == owner]

    async def _person(self, tx: Transaction, owner: PersonKey, grave: Tombstone, clock: Clock) -> bool:
        named = await self._named(tx, owner)
        await door_tables.take_marks(tx, [owner])
        for person in named:
            await self._forgetting.forget(tx, person, clock.now())
        return bool(await sealed_keys.destroy_all_of(tx, owner, made_before=grave.at)) or bool(named)


async def _restored(config: Config, file: Path, keys_file: Path, scratch: Path, clock: Clock) -> Restored:
    manifest = await asyncio.to_thread(unpack, file, scratch)
    if manifest.key_file is not None:
        keys_known_as(manifest.key_file, config.consent.key_file, config.walkon.data_dir)
    copy = scratch / STORE
    put = await asyncio.to_thread(put_keys, copy, keys_file)
    async with _opened(config, copy, clock) as (database, keys):
        witness = Witness(config.consent.key_file, keys)
        locked = await _lock_of(database, keys, witness)
        since = [remark for remark in witness.read() if isinstance(remark, Tombstone) and remark.at >= manifest.made_at]
        ended = await replay(database, keys, since, clock, limits=first_limits(config.guardians))
        await database.scrub()
    moved = await asyncio.to_thread(_put_in_place, config, scratch)
    return Restored(entries=manifest.entries, clips_files=moved, keys=put, ended=ended, locked=locked)


async def _lock_of(database: Database, keys: Keys, witness: Witness) -> str | None:
    try:
        await refuse_if_locked(database, keys, witness)
    except StoreLocked as locked:
        return locked.problems[0]
    return None


def _put_in_place(config: Config, scratch: Path) -> int:
    """The clips first: a store without its clips would be the worse half. The queue goes; what is owed is put in line again."""
    clips = sorted((scratch / MEDIA).glob("*")) if (scratch / MEDIA).is_dir() else []
    config.media_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for clip in clips:
        os.replace(clip, config.media_path / clip.name)
    stale = [] if config.queue_on_redis else [config.queue_path]
    for database in (config.store_path, *stale):
        for ending in ("-wal", "-shm", ""):
            database.with_name(database.name + ending).unlink(missing_ok=True)
    config.store_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.replace(scratch / STORE, config.store_path)
    return len(clips)


async def _purge(database: Database, media: MediaStore, clock: Clock) -> None:
    keys = await database.write(lambda tx: films.to_purge(tx, to_ms(clock.now())))
    for key in keys:
        await media.remove(key)
    for key in keys:
        await database.write(partial(films.purged, key=key))


def _forgetting(keys: Keys) -> Forgetting:
    return Forgetting(keys=keys, decider=Decider(Proof(keys).record), erasers=(web.forget,))


def _refuse_servers(config: Config) -> None:
    if config.store_on_postgres:
        raise SetupError(
            "[store] url is a PostgreSQL server, whose own tools copy it: pg_dump, or base backups with its log. "
            "Copy the table sealed_key apart from the others (pg_dump --exclude-table=sealed_key, and --table=sealed_key elsewhere)."
        )


@asynccontextmanager
async def _opened(config: Config, path: Path | str, clock: Clock) -> AsyncIterator[tuple[Database, Keys]]:
    """The database at a path with its keys."""
    try:
        database = await Database.open(path)
    except StoreUnusable as error:
        raise BackupUnusable(error.reason) from error
    try:
        yield database, await keys_for(database, config.consent.key_file, config.walkon.data_dir, clock.now())
    finally:
        await database.close()


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    """No role runs meanwhile on this data directory; on a server it may. Raises SetupError."""
    held: list[RoleLock] = []
    try:
        for role in () if config.store_on_postgres else ROLES:
            held.append(RoleLock.hold(config.walkon.data_dir, role))
        yield
    finally:
        for lock in held:
            lock.release()
