"""The platform's own means beside a mute: on request, once, whatever crashes, and never in the way of our own mute."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.bot.test_delivery import delivering
from tests.bot.test_limits import said
from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.command import Pressed, RawValue, Reply
from walkon.bot.commands.mod import COMMAND
from walkon.bot.port import PlatformDown
from walkon.bot.router import Router
from walkon.moderation import tables
from walkon.moderation.restrictions import Restricted, Restriction
from walkon.store import outbox
from walkon.telemetry import build_metrics
from walkon.types.ids import EventId, PersonId, PlaceId
from walkon.types.people import Person, Place, Platform

SERVER = Place(id=PlaceId("discord:9"), channel="1")


class Server(Chat):
    """A server that can time people out. wishes: every call that arrived; standing: who is held until when."""

    platform = Platform.DISCORD

    def __init__(self) -> None:
        super().__init__()
        self.wishes: list[Restriction] = []
        self.standing: dict[str, object] = {}
        self.outcomes: deque[Restricted | Exception] = deque()

    async def restrict(self, wanted: Restriction) -> Restricted:
        self.wishes.append(wanted)
        outcome = self.outcomes.popleft() if self.outcomes else Restricted.LIFTED if wanted.lifts else Restricted.DONE
        if isinstance(outcome, Exception):
            raise outcome
        self.standing[wanted.person.name] = None if wanted.lifts else wanted.until
        return outcome


def person(name: str) -> Person:
    return Person(id=PersonId(f"discord:{name}"), name=name)


async def mod(town: Town, deed: str, by: str = "Mo", **options: RawValue) -> Reply:
    given: dict[str, RawValue] = {"deed": deed, "person": person("Sam"), **options}
    asked = replace(town.said(by, "mod", place=SERVER, **given), person=person(by), moderator=True)
    return await town.router.command(asked)


async def press(town: Town, reply: Reply, label: str, by: str = "Mo", *, moderator: bool = True) -> Reply:
    [token] = [button.token for button in reply.card.buttons if button.label == label]
    pressed = Pressed(
        event=EventId(f"discord:press-{next(town.numbers)}"),
        token=token,
        person=person(by),
        place=SERVER,
        at=town.clock.now(),
        upload_limit=1,
        moderator=moderator,
    )
    return await town.router.press(pressed)


async def log(town: Town) -> list[tuple[str, str]]:
    return [(entry.deed, entry.reason) for entry in await town.house.database.read(lambda tx: tables.newest(tx, SERVER.id))]


@pytest.fixture
async def server(town: Town) -> AsyncIterator[Server]:
    server = Server()
    # What it says is waited for, however busy the machine is.
    town.router = Router(replace(town.house, native_wait_s=60), town.router._commands, build_metrics())
    async with delivering(town, server):
        yield server


async def test_it_holds_as_long_as_the_mute_by_right_of_whoever_asked(town: Town, server: Server) -> None:
    reply = await mod(town, "mute", duration="2h", reason="spam", native=True)
    assert "Discord timeout: it holds for Sam too." in said(reply)
    [wish] = server.wishes
    assert (wish.by, wish.person, wish.place) == (person("Mo"), person("Sam"), SERVER.id)
    assert wish.until == town.clock.now() + timedelta(hours=2)
    assert wish.why == "walkon mute 2h by @Mo: spam (#1)"
    assert await log(town) == [("restrict", "done"), ("mute", "spam")]


async def test_nobody_is_held_by_the_platform_who_was_only_muted(town: Town, server: Server) -> None:
    await mod(town, "mute", duration="2h")
    await mod(town, "unmute")
    assert server.wishes == []


async def test_a_ban_lasts_as_long_as_the_platform_knows_and_ours_goes_on(town: Town, server: Server) -> None:
    await mod(town, "ban", native=True)
    assert server.standing == {"Sam": town.clock.now() + timedelta(days=28)}


@pytest.mark.parametrize("by", ["unmute", "Undo"])
async def test_it_ends_with_the_mute(town: Town, server: Server, by: str) -> None:
    reply = await mod(town, "mute", duration="2h", native=True)
    ended = await press(town, reply, "Undo") if by == "Undo" else await mod(town, "unmute")
    assert "Discord timeout: lifted for Sam." in said(ended)
    assert server.standing == {"Sam": None} and server.wishes[-1].until == server.wishes[0].until
    await mod(town, "mute", duration="1h")
    assert "Discord" not in said(await mod(town, "unmute"))


async def test_the_button_under_a_mute_asks_for_it_later(town: Town, server: Server) -> None:
    reply = await mod(town, "mute", duration="2h")
    assert [button.label for button in reply.card.buttons] == ["Undo", "Also Discord timeout", "Log"]
    assert said(await press(town, reply, "Also Discord timeout", "Tom", moderator=False)).startswith("Muting needs a moderator")
    assert server.wishes == []
    assert said(await press(town, reply, "Also Discord timeout", "Eve")) == "Discord timeout: it holds for Sam too."
    assert server.wishes[0].by == person("Eve")
    await mod(town, "unmute")
    assert said(await press(town, reply, "Also Discord timeout")) == "That mute doesn't hold any more."


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Restricted.BOT_MAY_NOT, "I lack the right for it here. My own mute holds."),
        (Restricted.ASKER_MAY_NOT, "it needs your own right to it here. My own mute holds."),
        (Restricted.OUT_OF_REACH, "Sam is above me or above you here. My own mute holds."),
        (Restricted.GONE, "Sam is not in this chat. My own mute holds."),
    ],
)
async def test_what_the_platform_refuses_is_said_and_logged_and_our_own_mute_holds(
    town: Town, server: Server, outcome: Restricted, words: str
) -> None:
    server.outcomes.append(outcome)
    assert f"Discord timeout: {words}" in said(await mod(town, "mute", duration="2h", native=True))
    assert (await log(town))[0] == ("restrict", outcome)
    heard = await town.router.command(replace(town.said("Sam", "help", place=SERVER), person=person("Sam")))
    assert "muted" in said(heard)


async def test_where_there_is_no_such_thing_the_answer_says_so(town: Town) -> None:
    reply = await town.say("Olga", "mod", deed="mute", person="web:Sam", duration="2h", native=True)
    assert "There is no platform timeout for this. My own mute holds." in said(reply)


async def test_asked_for_before_a_crash_it_is_done_after_it_and_done_twice_is_done_once(town: Town) -> None:
    reply = await mod(town, "mute", duration="2h", native=True)
    assert "asked for; the log says what comes of it." in said(reply)
    server = Server()
    # Done, and the answer lost: the same is asked again.
    server.outcomes.extend([PlatformDown(Platform.DISCORD, "reset"), Restricted.DONE])
    async with delivering(town, server):
        await until(lambda: len(server.wishes) == 1)
        town.clock.pass_s(120)
        await until(lambda: server.standing)
    # It may have stopped between the platform's answer and its own note of it.
    async with delivering(town, server):
        await until(lambda: settled(town))
    assert len(set(server.wishes)) == 1 and [deed for deed, _ in await log(town)] == ["restrict", "mute"]


async def settled(town: Town) -> bool:
    return await town.house.database.read(lambda tx: outbox.owed(tx, Platform.DISCORD)) == 0


async def test_what_comes_too_late_is_not_set_any_more(town: Town) -> None:
    await mod(town, "mute", duration="2h", native=True)
    town.clock.pass_s(2 * 3600)
    server = Server()
    async with delivering(town, server):
        await until(lambda: settled(town))
    assert server.wishes == [] and (await log(town))[0] == ("restrict", "nothing")


async def test_a_mute_and_its_end_that_wait_together_leave_nothing_standing(town: Town) -> None:
    reply = await mod(town, "mute", duration="2h", native=True)
    await press(town, reply, "Undo")
    server = Server()
    async with delivering(town, server):
        await until(lambda: settled(town))
    assert [wish.lifts for wish in server.wishes] == [True]


def test_typed_it_must_be_named_so_that_no_reason_can_mean_it() -> None:
    assert COMMAND.spread("mute @sam 2h native:yes spam") == {
        "deed": "mute",
        "person": "@sam",
        "duration": "2h",
        "native": "yes",
        "reason": "spam",
    }
    for words in ("native speakers only", "yes he does", "true"):
        assert COMMAND.spread(f"mute @sam 2h {words}")["reason"] == words
