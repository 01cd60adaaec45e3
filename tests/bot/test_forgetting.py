"""Forgetting somebody: what showed or named them is gone, what proves the rest stands, and no mute is escaped by it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from tests.bot.canary import CANARY, chatting, lived
from tests.consent.village import LEA
from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.forgetting import Forgetting, Forgotten, erase_settled
from walkon.bot.moderating import verdicts
from walkon.bot.platforms.web import tables as web
from walkon.bot.takedown import after_takedown
from walkon.consent import enrolment_tables
from walkon.consent.deciding import Decider
from walkon.consent.enrolment import new_challenge
from walkon.consent.proof import Proof
from walkon.library import likes, spending
from walkon.library.clips import ClipState
from walkon.moderation import appeal_tables, report_tables
from walkon.moderation import tables as moderation
from walkon.moderation.appeals import Appeal, AppealState
from walkon.moderation.mutes import Mute
from walkon.moderation.reports import ReviewState
from walkon.store import outbox, reactions
from walkon.store.audit import audit
from walkon.store.database import Transaction
from walkon.store.keys import Keys
from walkon.store.ledger import Ledger
from walkon.store.schema import METADATA
from walkon.store.tombstones import TombstoneKind, since
from walkon.types.ids import ClipId, EventId, PersonId, PlaceId
from walkon.types.people import Person, Place


@pytest.fixture
def keys() -> Keys:
    return Keys.new()


async def forget(town: Town, keys: Keys, person: PersonId = LEA) -> Forgotten:
    forgetting = Forgetting(keys=keys, decider=Decider(Proof(keys).record), erasers=(web.forget,))
    done = await town.house.database.write(lambda tx: forgetting.forget(tx, person, town.clock.now()))
    await after_takedown(town.house, done.removal)
    await town.house.database.scrub()
    return done


async def everything(town: Town) -> str:
    """Every row of every table, as text."""
    async with town.house.database.reading() as tx:
        # What was spent today goes by itself tomorrow: to be forgotten is no way to a fresh quota.
        tables = [table for table in METADATA.sorted_tables if table.name != "spending"]
        return "\n".join([str((table.name, *row)) for table in tables for row in await tx.execute(select(table))])


async def test_nothing_in_the_store_names_or_quotes_who_was_forgotten(town: Town, keys: Keys, tmp_path: Path) -> None:
    await town.finished("Lea", "CANARY a cat juggles")
    await town.say("Lea", "prompt", prompt="CANARY a dog waits in line")
    opinion = likes.Opinion(clip=ClipId("7KQ2M9"), account=LEA, event=EventId("web:like"), at_ms=1)
    await town.house.database.write(lambda tx: reactions.put(tx, "7", LEA, "❤"))
    await town.house.database.write(lambda tx: likes.like(tx, opinion))
    key = keys.person_key(LEA)

    async def step(tx: Transaction) -> None:
        await Ledger(keys).append(tx, "consent.refused", key, payload={"words": "CANARY"}, at=town.clock.now())
        await enrolment_tables.add(tx, new_challenge(LEA, town.clock.now(), name="Lea", tries_left=2))
        lea = Person(id=LEA, name="Lea")
        await report_tables.report(tx, ClipId("7KQ2M9"), PlaceId("web:local"), lea, "CANARY", town.clock.now())
        await report_tables.decide(tx, ClipId("7KQ2M9"), ReviewState.KEPT, lea, town.clock.now())
        await appeal_tables.put(tx, Appeal(line=1, person=lea, at=town.clock.now()), None)
        await appeal_tables.decide(tx, 1, AppealState.UPHELD, lea, town.clock.now())
        await verdicts.owe(tx, 1, verdicts.Told(person=lea, part=verdicts.Part.REPORTER), 0)

    await town.house.database.write(step)
    assert "web:Lea" in await everything(town)
    done = await forget(town, keys)
    assert (done.accounts, done.keys, len(done.removal.clips)) == ((LEA,), 1, 2)
    left = await everything(town)
    assert "Lea" not in left
    assert "CANARY" not in left
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("store.db*"))
    assert b"CANARY" not in files


async def test_attack_28_after_forgetting_the_ledger_is_sound_and_says_that_somebody_was(town: Town, keys: Keys) -> None:
    await town.house.database.write(
        lambda tx: Ledger(keys).append(tx, "consent.refused", keys.person_key(LEA), payload={}, at=town.clock.now())
    )
    await forget(town, keys)
    async with town.house.database.reading() as tx:
        found = await tx.run_sync(lambda connection: audit(connection, keys))
        entry = await Ledger(keys).read(tx, found.head.size - 1)
        graves, _ = await since(tx, 0)
    assert (found.sound, found.forgotten) == (True, 1)
    assert entry
    assert (entry.kind, entry.payload) == ("person.forgotten", {"keys": 1})
    assert (TombstoneKind.PERSON, keys.person_key(LEA)) in {(grave.kind, grave.subject) for grave in graves}


async def test_their_clips_are_down_for_everybody_and_others_stay(town: Town, keys: Keys) -> None:
    hers = await town.finished("Lea", "a cat")
    his = await town.finished("Marc", "a dog")
    await forget(town, keys)
    states = [clip.state for one in (hers, his) if (clip := await town.house.database.read(lambda tx, id=one.id: _clip(tx, id)))]
    assert states == [ClipState.TAKEN_DOWN, ClipState.FINISHED]


async def _clip(tx, id):
    from walkon.library import tables

    return await tables.get(tx, id)


async def _mutes(town, place):
    return await town.house.database.read(lambda tx: moderation.mutes_of(tx, LEA, place))


async def test_a_mute_that_holds_is_not_escaped_and_one_that_ended_goes(town: Town, keys: Keys) -> None:
    person, olga, now = Person(id=LEA, name="Lea"), Person(id=PersonId("web:Olga"), name="Olga"), town.clock.now()
    for place, ends in (("web:a", None), ("web:b", now + timedelta(days=1)), ("web:c", now)):
        mute = Mute(person=person, place=place, until=ends, reason="CANARY", by=olga, at=now)
        await town.house.database.write(lambda tx, mute=mute: moderation.put(tx, mute))
    await forget(town, keys)
    left = [mute for place in ("web:a", "web:b", "web:c") for mute in await _mutes(town, place)]
    assert [(mute.place, mute.person.name, mute.reason) for mute in left] == [("web:a", "", ""), ("web:b", "", "")]


async def test_forgetting_twice_or_somebody_unknown_leaves_nothing_to_do(town: Town, keys: Keys) -> None:
    await town.finished("Lea", "a cat")
    await forget(town, keys)
    again = await forget(town, keys)
    assert (again.keys, len(again.removal.clips)) == (0, 0)


async def test_messages_to_or_about_them_that_are_about_no_clip_are_owed_no_more(town: Town, keys: Keys) -> None:
    for name in ("Lea", "Marc"):
        to = Person(id=PersonId(f"web:{name}"), name=name)
        row = outbox.NewRow(
            key=f"enrolment:{name}",
            kind=outbox.OutboxKind.ENROLMENT,
            platform="web",
            subject="E",
            place="{}",
            reply=msgspec.json.encode(to).decode(),
        )
        await town.house.database.write(lambda tx, row=row: outbox.put(tx, row, 0))
    await forget(town, keys)
    left = [await town.house.database.read(lambda tx, name=name: outbox.row(tx, f"enrolment:{name}")) for name in ("Lea", "Marc")]
    assert [row is None for row in left] == [True, False]


@pytest.fixture
async def chat(town: Town) -> AsyncIterator[Chat]:
    async with chatting(town) as chat:
        yield chat


async def forgets_me(town: Town) -> None:
    cost = await town.say(CANARY, "forget-me")
    await town.press(CANARY, next(button.token for button in cost.card.buttons if "own-forget" in button.token))


def questions_open(chat: Chat) -> set[str]:
    """The questions that stand open in the chat now."""
    last = dict(chat.history)
    return {key for key, card in last.items() if key.startswith("ask:") and card.buttons}


async def test_once_the_chats_show_it_no_table_and_no_file_holds_a_trace(town: Town, chat: Chat, tmp_path: Path) -> None:
    await lived(town, chat)
    assert CANARY in await everything(town)
    await forgets_me(town)
    await until(lambda: not questions_open(chat))

    async def shown_everywhere() -> bool:
        return await town.house.database.read(lambda tx: outbox.owed(tx, "web")) == 0

    await until(shown_everywhere)
    await erase_settled(town.house.database)
    assert CANARY not in await everything(town)
    # What was taken of a day's limits counts until that day is over.
    town.clock.pass_s(2 * 24 * 3600)
    await town.house.database.write(lambda tx: spending.forget_old(tx, town.clock.now()))
    await town.house.database.scrub()
    found = {path.name for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()}
    assert found == set()


async def test_what_is_still_owed_to_a_chat_is_not_lost_by_erasing(town: Town, keys: Keys) -> None:
    clip = await town.finished("Lea", "a cat", place=Place.alone_with(town.person("Lea")))
    await forget(town, keys)
    await erase_settled(town.house.database)
    row = await town.house.database.read(lambda tx: outbox.row(tx, f"clip:{clip.id}"))
    assert row
    await town.house.database.write(lambda tx: outbox.acknowledge(tx, row.key, row.wanted, "{}"))
    await erase_settled(town.house.database)
    assert await town.house.database.read(lambda tx: outbox.row(tx, f"clip:{clip.id}")) is None
