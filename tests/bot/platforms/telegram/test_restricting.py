"""Telegram's own restriction beside a mute: in supergroups, by right of the bot and of whoever asks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.bot.platforms.telegram.conftest import Rig
from tests.doubles.telegram.world import BOT, Chat, User
from walkon.bot.port import PlatformDown
from walkon.moderation.restrictions import Restricted, Restriction
from walkon.types.ids import PersonId, PlaceId
from walkon.types.people import Person


def known(user: User) -> Person:
    return Person(id=PersonId(f"telegram:{user.id}"), name=user.first_name)


def club(rig: Rig, mo: User) -> Chat:
    """A supergroup that Mo moderates, and where the bot may restrict people too."""
    chat = rig.double.group()
    chat.may_restrict = {BOT.id: True, mo.id: True}
    return chat


def wanted(chat: Chat, whom: User, by: User, *, seconds: float | None = 7200, lifts: bool = False) -> Restriction:
    until = None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)
    return Restriction(person=known(whom), place=PlaceId(f"telegram:{chat.id}"), by=known(by), until=until, why="spam", lifts=lifts)


async def test_it_stands_until_the_mute_ends_and_is_lifted_with_it(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    chat = club(rig, mo)
    asked = wanted(chat, sam, mo)
    for _ in range(2):
        assert await rig.platform.restrict(asked) is Restricted.DONE
    assert asked.until and chat.restricted == {sam.id: int(asked.until.timestamp())}
    assert await rig.platform.restrict(replace(asked, lifts=True)) is Restricted.LIFTED
    assert chat.restricted == {}
    assert await rig.platform.restrict(replace(asked, lifts=True)) is Restricted.NOTHING


async def test_one_without_end_has_none_there_either(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    chat = club(rig, mo)
    assert await rig.platform.restrict(wanted(chat, sam, mo, seconds=None)) is Restricted.DONE
    assert chat.restricted == {sam.id: 0}
    assert await rig.platform.restrict(wanted(chat, sam, mo)) is Restricted.LONGER
    assert await rig.platform.restrict(wanted(chat, sam, mo, lifts=True)) is Restricted.NOTHING
    assert await rig.platform.restrict(wanted(chat, sam, mo, seconds=None, lifts=True)) is Restricted.LIFTED


async def test_what_is_over_in_half_a_minute_is_not_made_endless(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    chat = club(rig, mo)
    assert await rig.platform.restrict(wanted(chat, sam, mo, seconds=20)) is Restricted.NOTHING
    assert chat.restricted == {}


@pytest.mark.parametrize(("bot", "asker", "outcome"), [(False, True, Restricted.BOT_MAY_NOT), (True, False, Restricted.ASKER_MAY_NOT)])
async def test_both_need_the_right_to_it(rig: Rig, bot: bool, asker: bool, outcome: Restricted) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    chat = club(rig, mo)
    chat.may_restrict = {BOT.id: bot, mo.id: asker}
    assert await rig.platform.restrict(wanted(chat, sam, mo)) is outcome
    assert chat.restricted == {}


async def test_the_owner_may_restrict_and_is_never_restricted(rig: Rig) -> None:
    mo, eve, sam = rig.double.user("Mo"), rig.double.user("Eve"), rig.double.user("Sam")
    chat = club(rig, mo)
    chat.admins = {eve.id}
    assert await rig.platform.restrict(wanted(chat, sam, eve)) is Restricted.DONE
    for above in (eve, mo):
        assert await rig.platform.restrict(wanted(chat, above, mo)) is Restricted.OUT_OF_REACH


async def test_a_basic_group_has_no_such_thing(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    chat = club(rig, mo)
    chat.type = "group"
    assert await rig.platform.restrict(wanted(chat, sam, mo)) is Restricted.NO_MEANS


async def test_a_group_that_became_a_supergroup_is_followed(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    old = rig.double.group()
    new = rig.double.migrate(old)
    new.may_restrict = {BOT.id: True, mo.id: True}
    assert await rig.platform.restrict(wanted(old, sam, mo)) is Restricted.DONE
    assert sam.id in new.restricted


async def test_who_is_not_there_and_a_chat_without_the_bot_are_said_so(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    chat = club(rig, mo)
    chat.gone.add(sam.id)
    assert await rig.platform.restrict(wanted(chat, sam, mo)) is Restricted.GONE
    chat.closed = "bot was kicked from the supergroup chat"
    assert await rig.platform.restrict(wanted(chat, mo, mo)) is Restricted.GONE


async def test_a_fault_of_telegrams_is_for_another_try(rig: Rig) -> None:
    mo, sam = rig.double.user("Mo"), rig.double.user("Sam")
    chat = club(rig, mo)
    rig.double.fail_next("getChat", "500")
    with pytest.raises(PlatformDown):
        await rig.platform.restrict(wanted(chat, sam, mo))
    assert await rig.platform.restrict(wanted(chat, sam, mo)) is Restricted.DONE
