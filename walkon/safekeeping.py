"""Builds what a host keeps secrets with: its keys, the witness of what may not be forgotten, and the desk where people enrol."""

from contextlib import suppress
from typing import TYPE_CHECKING

from walkon.config import Config
from walkon.store.audit import NOTHING, Audit, audit_store
from walkon.store.database import Database
from walkon.store.keyring import keys_for
from walkon.store.keys import Keys, KeysMissing
from walkon.store.witness import Witness
from walkon.store.witnessing import Watch, refuse_if_locked
from walkon.types.clock import SystemClock

if TYPE_CHECKING:
    from walkon.consent.deciding import Decider
    from walkon.consent.enrolling import Enrolments


async def keys_of(config: Config, database: Database) -> Keys:
    """The keys of this store, which is as the witness remembers it. Raises SetupError, StoreLocked."""
    keys = await keys_for(database, config.consent.key_file, config.walkon.data_dir, SystemClock().now())
    await refuse_if_locked(database, keys, Witness(config.consent.key_file, keys))
    return keys


async def audited(config: Config) -> tuple[Audit, bool]:
    """The ledger, recomputed, and whether its words were read too: without the key file, order and hashes are. Raises SetupError."""
    keys, witnessed = None, None
    with suppress(KeysMissing):
        keys = Keys.read(config.consent.key_file)
        witnessed = Witness(config.consent.key_file, keys).head()
    there = config.store_on_postgres or config.store_path.exists()
    return await audit_store(config.store_place, keys, witnessed) if there else NOTHING, keys is not None


def watch_of(config: Config, database: Database, keys: Keys) -> Watch:
    """What keeps the witness up to date, and tells operators."""
    from walkon.bot.publishing import Publishing

    owe = Publishing(config.walkon.operators).owe
    return Watch(database, keys, Witness(config.consent.key_file, keys), SystemClock(), owe=owe)


def decider_of(keys: Keys) -> "Decider":
    """What decides about likenesses; each decision is an entry of the ledger, and each question a message that follows it."""
    from walkon.bot.ask_posts import following_asks
    from walkon.consent.deciding import Decider
    from walkon.consent.proof import Proof

    return Decider(following_asks(Proof(keys).record))


def enrolments_of(database: Database, keys: Keys, decider: "Decider") -> "Enrolments":
    """Where people enrol: uploads are read in a process of their own, and an operator decides."""
    from walkon.consent.enrolling import Enrolments, Means
    from walkon.consent.lending import lends
    from walkon.engine.uploads import UploadReader

    return Enrolments(Means(database=database, keys=keys, decode=UploadReader(), clock=SystemClock(), then=lends(decider)))
