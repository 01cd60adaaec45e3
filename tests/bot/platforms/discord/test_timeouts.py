"""Discord's own timeout beside a mute: only by right of the bot and of whoever asks, and only on those below both."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.bot.platforms.discord.conftest import Town
from tests.doubles.discord.faults import How
from tests.doubles.discord.world import User
from walkon.bot.port import PlatformDown
from walkon.moderation.restrictions import Restricted, Restriction
from walkon.types.ids import PersonId, PlaceId
from walkon.types.people import Person

MODERATE, MANAGE_GUILD, ADMINISTRATOR = 1 << 40, 1 << 5, 1 << 3


def known(user: User) -> Person:
    return Person(id=PersonId(f"discord:{user.id}"), name=user.name)


def wanted(
    town: Town, whom: User, by: User, *, hours: float = 2, lifts: bool = False, why: str = "walkon mute 2h by @Mo: spam (#1)"
) -> Restriction:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
    return Restriction(
        person=known(whom), place=PlaceId(f"discord:{town.discord.guild.id}"), by=known(by), until=until, why=why, lifts=lifts
    )


@pytest.fixture
def mo(town: Town) -> User:
    """A moderator, in a server where the bot may time people out too."""
    mo = town.discord.user("Mo")
    town.discord.guild.give(mo, MODERATE, position=3)
    town.discord.guild.give(town.discord.world.me, MODERATE, position=5)
    return mo


async def test_it_stands_until_the_mute_ends_and_the_servers_own_log_says_why(town: Town, mo: User) -> None:
    sam = town.discord.user("Sam")
    asked = wanted(town, sam, mo)
    for _ in range(2):
        assert await town.platform.restrict(asked) is Restricted.DONE
    assert asked.until and datetime.fromisoformat(town.discord.guild.timeouts[sam.id]) == asked.until
    assert set(town.discord.guild.audit) == {"Sam timeout: walkon mute 2h by @Mo: spam (#1)"}


async def test_a_long_reason_with_signs_that_grow_on_the_way_fits_the_servers_log(town: Town, mo: User) -> None:
    sam = town.discord.user("Sam")
    assert await town.platform.restrict(wanted(town, sam, mo, why="é" * 400)) is Restricted.DONE
    assert town.discord.guild.audit == [f"Sam timeout: {'é' * 85}"]


@pytest.mark.parametrize(
    ("bot", "asker", "outcome"),
    [
        (0, MODERATE, Restricted.BOT_MAY_NOT),
        (MODERATE, 0, Restricted.ASKER_MAY_NOT),
        (MODERATE, MANAGE_GUILD, Restricted.ASKER_MAY_NOT),
        (ADMINISTRATOR, ADMINISTRATOR, Restricted.DONE),
    ],
)
async def test_both_need_the_right_to_it(town: Town, mo: User, bot: int, asker: int, outcome: Restricted) -> None:
    sam = town.discord.user("Sam")
    town.discord.guild.give(town.discord.world.me, bot, position=5)
    town.discord.guild.give(mo, asker, position=3)
    assert await town.platform.restrict(wanted(town, sam, mo)) is outcome
    assert bool(town.discord.guild.timeouts) is (outcome is Restricted.DONE)


@pytest.mark.parametrize(("height", "rights"), [(3, 0), (4, 0), (9, 0), (1, ADMINISTRATOR)])
async def test_nobody_at_or_above_either_of_them_is_reached(town: Town, mo: User, height: int, rights: int) -> None:
    sam = town.discord.user("Sam")
    town.discord.guild.give(sam, rights, position=height)
    assert await town.platform.restrict(wanted(town, sam, mo)) is Restricted.OUT_OF_REACH
    town.discord.guild.roles.pop(sam.id)
    town.discord.guild.owner = sam.id
    assert await town.platform.restrict(wanted(town, sam, mo)) is Restricted.OUT_OF_REACH
    assert town.discord.guild.timeouts == {}


async def test_it_is_lifted_only_where_it_still_is_the_one_that_was_set(town: Town, mo: User) -> None:
    sam = town.discord.user("Sam")
    asked = wanted(town, sam, mo)
    await town.platform.restrict(asked)
    other = wanted(town, sam, mo, hours=5, lifts=True)
    assert await town.platform.restrict(other) is Restricted.NOTHING and town.discord.guild.timeouts
    ours = Restriction(person=asked.person, place=asked.place, by=asked.by, until=asked.until, why="", lifts=True)
    assert await town.platform.restrict(ours) is Restricted.LIFTED
    assert town.discord.guild.timeouts == {}
    assert await town.platform.restrict(ours) is Restricted.NOTHING


async def test_a_longer_one_that_somebody_set_there_stays(town: Town, mo: User) -> None:
    sam = town.discord.user("Sam")
    await town.platform.restrict(wanted(town, sam, mo, hours=50))
    before = dict(town.discord.guild.timeouts)
    assert await town.platform.restrict(wanted(town, sam, mo)) is Restricted.LONGER
    assert town.discord.guild.timeouts == before


async def test_who_left_and_an_operator_of_another_platform_are_told_apart(town: Town, mo: User) -> None:
    sam = town.discord.user("Sam")
    olga = Restriction(
        person=known(sam),
        place=PlaceId(f"discord:{town.discord.guild.id}"),
        by=Person(id=PersonId("telegram:1"), name="Olga"),
        until=None,
        why="",
    )
    assert await town.platform.restrict(olga) is Restricted.ASKER_MAY_NOT
    town.discord.guild.strangers.add(sam.id)
    assert await town.platform.restrict(wanted(town, sam, mo)) is Restricted.GONE


async def test_a_fault_of_discords_is_for_another_try(town: Town, mo: User) -> None:
    town.discord.fail_next("get_guild", How.REFUSE, status=503)
    with pytest.raises(PlatformDown):
        await town.platform.restrict(wanted(town, town.discord.user("Sam"), mo))
