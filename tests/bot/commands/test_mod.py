"""`/sora mod`: who may hold whom back, what is answered, and what stays in the log."""

import csv
import io
import json
from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.bot.test_limits import limited
from tests.town import Town
from walkon.bot.cards import plain
from walkon.bot.command import Called, RawValue, Reply
from walkon.bot.commands.mod import COMMAND
from walkon.bot.router import Router
from walkon.config import PersonQuotas, Quotas
from walkon.library.clips import ClipState
from walkon.moderation import tables
from walkon.moderation.mutes import Entry
from walkon.store import outbox
from walkon.store.audit import audit
from walkon.store.database import Transaction
from walkon.store.ledger import LEDGER
from walkon.telemetry import build_metrics
from walkon.types.ids import PersonId, PlaceId
from walkon.types.people import Locale, Person, Place


def said(reply: Reply) -> str:
    return "\n".join(plain(line) for line in (reply.card.head, *reply.card.body))


async def mod(
    town: Town, by: str, deed: str, person: RawValue | None = "web:Sam", *, moderator: bool = False, **options: RawValue
) -> Reply:
    place = options.pop("place", None)
    given = {"deed": deed, **({"person": person} if person else {}), **options}
    asked = town.said(by, "mod", place=place if isinstance(place, Place) else None, **given)
    return await town.router.command(replace(asked, moderator=moderator))


async def heard(town: Town, name: str = "Sam", place: Place | None = None) -> bool:
    return "muted" not in said(await town.say(name, "help", place=place))


async def entries(town: Town) -> list[Entry]:
    async with town.house.database.reading() as tx:
        return list(await tables.newest(tx, None))


async def test_a_mute_is_answered_in_private_with_its_end_and_what_it_stopped(town: Town) -> None:
    await town.say("Sam", "prompt", prompt="a cat runs")
    reply = await mod(town, "Olga", "mute", duration="2h", reason="spam")
    assert reply.private and reply.confidential
    assert said(reply) == "Sam is muted here for 2 h (until 14:00 UTC).\nStopped: 0 rendering, 1 waiting.\nSam reads the reason you gave."


async def test_where_nothing_was_stopped_the_answer_says_so(town: Town) -> None:
    reply = await mod(town, "Olga", "mute", duration="1d12h30m")
    assert said(reply) == "Sam is muted here for 1 d 12 h 30 min (until 2026-11-26 00:30 UTC).\nNothing was rendering or waiting."


async def test_a_moderator_mutes_unmutes_and_reads_the_log_in_their_own_place(town: Town) -> None:
    await mod(town, "Mo", "mute", duration="2h", moderator=True)
    assert not await heard(town)
    assert said(await mod(town, "Mo", "unmute", moderator=True)) == "Sam is heard here again."
    assert await heard(town)
    assert said(await mod(town, "Mo", "log", None, moderator=True)).startswith("The last 2 deeds")


@pytest.mark.parametrize("deed", ["mute", "unmute", "ban", "log"])
async def test_who_is_no_moderator_may_nothing(town: Town, deed: str) -> None:
    reply = await mod(town, "Tom", deed, duration="2h")
    assert said(reply).startswith("Muting needs a moderator of this place")
    assert reply.private and await heard(town) and not await entries(town)


@pytest.mark.parametrize("deed", ["mute", "unmute", "ban", "log"])
async def test_everywhere_is_for_operators_only(town: Town, deed: str) -> None:
    reply = await mod(town, "Mo", deed, duration="2h", where="everywhere", moderator=True)
    assert said(reply).startswith("Everywhere is up to this host's operators")
    assert await heard(town)


async def test_nobody_mutes_an_operator_and_the_work_of_operators_goes_on(town: Town) -> None:
    reply = await mod(town, "Mo", "ban", "web:Olga", moderator=True)
    assert said(reply) == "Olga is an operator of this host and can't be muted."
    assert await heard(town, "Olga") and not await entries(town)


@pytest.mark.parametrize("deed", ["mute", "unmute", "ban"])
async def test_nobody_judges_a_case_of_their_own(town: Town, deed: str) -> None:
    assert "another moderator decides" in said(await mod(town, "Mo", deed, "web:Mo", duration="2h", moderator=True))
    assert "another moderator decides" in said(await mod(town, "Olga", deed, "web:Olga", duration="2h"))


async def test_a_muted_moderator_can_mute_nobody(town: Town) -> None:
    await mod(town, "Olga", "mute", "web:Mo", duration="2h")
    reply = await mod(town, "Mo", "mute", duration="2h", moderator=True)
    assert said(reply).startswith("You're muted here")
    assert await heard(town)


async def test_the_same_event_twice_is_one_deed_with_one_answer_even_if_it_was_lifted_meanwhile(town: Town) -> None:
    asked = town.said("Olga", "mod", deed="mute", person="web:Sam", duration="2h")
    first = await town.router.command(asked)
    await mod(town, "Olga", "unmute")
    assert said(await town.router.command(asked)) == said(first)
    assert await heard(town) and len(await entries(town)) == 2


async def test_the_same_unmute_twice_is_answered_the_same(town: Town) -> None:
    await mod(town, "Olga", "mute", duration="2h")
    asked = town.said("Olga", "mod", deed="unmute", person="web:Sam")
    assert said(await town.router.command(asked)) == said(await town.router.command(asked)) == "Sam is heard here again."


async def test_a_new_mute_takes_the_place_of_the_old_one(town: Town) -> None:
    await mod(town, "Olga", "ban")
    await mod(town, "Olga", "mute", duration="30m")
    town.clock.pass_s(1800)
    assert await heard(town)


async def test_unmuting_who_is_not_muted_changes_nothing_and_leaves_no_line(town: Town) -> None:
    assert said(await mod(town, "Olga", "unmute")) == "Sam isn't muted here."
    assert not await entries(town)


async def test_a_moderator_cannot_lift_what_holds_everywhere(town: Town) -> None:
    await mod(town, "Olga", "ban", where="everywhere")
    assert "an operator can lift that" in said(await mod(town, "Mo", "unmute", moderator=True))
    assert not await heard(town)
    assert said(await mod(town, "Olga", "unmute", where="everywhere")) == "Sam is heard everywhere again."
    assert await heard(town)


async def test_lifting_everywhere_says_where_else_the_person_is_muted(town: Town) -> None:
    await mod(town, "Olga", "ban")
    assert said(await mod(town, "Olga", "unmute", where="everywhere")) == "Sam is muted here, not everywhere."


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ({"deed": "mute", "duration": "2h"}, "One thing is missing: person."),
        ({"deed": "mute", "person": "web:Sam"}, "for duration I know: 30m, 2h, 7d."),
        ({"deed": "mute", "person": "web:Sam", "duration": "forever"}, "‹forever› – for duration I know"),
        ({"deed": "mute", "person": "Sam", "duration": "2h"}, "‹Sam› – for person I know: @name."),
        ({"deed": "mute", "person": "@Nobody", "duration": "2h"}, "‹Nobody› – I don't know anyone by that name here."),
        ({"deed": "tickle", "person": "web:Sam"}, "for deed I know: mute, unmute, ban, note, takedown, queue, keep, channel, limits, log."),
        ({"deed": "ban", "person": "web:Sam", "duration": "2h"}, "A ban has no end; mute takes a duration."),
        ({"person": "web:Sam"}, "One thing is missing: deed."),
        ({"deed": "ban", "person": "web:Sam", "reason": "x" * 201}, "for reason I know: 1-200."),
    ],
)
async def test_what_is_missing_or_meaningless_is_named_and_nobody_is_muted(town: Town, options: dict[str, str], answer: str) -> None:
    assert answer in said(await town.say("Olga", "mod", **options))
    assert await heard(town)


async def test_the_log_names_who_did_what_to_whom_where_until_when_and_why(town: Town) -> None:
    await town.say("Sam", "prompt", prompt="a secret cat")
    await mod(town, "Mo", "mute", duration="2h", reason=" much\n spam ", moderator=True)
    reply = await mod(town, "Olga", "log", None)
    [line] = reply.card.body
    assert plain(line) == (
        '2026-11-24T12:00:00Z · mute · web:local · by Mo (web:Mo) on Sam (web:Sam) · for 2 h · "much spam" · stopped 0+1 · #1'
    )
    assert reply.private and reply.confidential


async def test_the_log_shows_the_last_ten_deeds_newest_first(town: Town) -> None:
    for number in range(12):
        await mod(town, "Olga", "mute", duration="2h", reason=f"no {number}")
    lines = [plain(line) for line in (await mod(town, "Olga", "log", None)).card.body]
    assert len(lines) == 10
    assert '"no 11"' in lines[0] and '"no 2"' in lines[-1]


async def test_the_log_of_a_place_holds_no_other_places_deeds(town: Town) -> None:
    await mod(town, "Olga", "mute", duration="2h", place=town.place("away"))
    await mod(town, "Olga", "ban", where="everywhere")
    assert said(await mod(town, "Mo", "log", None, moderator=True)) == "No moderator has done anything yet."
    assert len((await mod(town, "Olga", "log", None, where="everywhere")).card.body) == 2


async def test_a_person_resolved_by_the_platform_is_the_one_who_is_muted(town: Town) -> None:
    sam = Person(id=PersonId("web:Sam"), name="Sammy")
    assert said(await mod(town, "Olga", "ban", sam)) == "Sammy is muted here without end.\nNothing was rendering or waiting."
    assert not await heard(town)


@pytest.mark.parametrize("called", ["<@4242>", "<@!4242>", "4242424", "@4242424", "discord:42"])
async def test_an_account_number_is_enough(town: Town, called: str) -> None:
    operator = Person(id=PersonId("discord:1"), name="Olga")
    router = Router(replace(town.house, operators=frozenset({operator.id})), {COMMAND.name: COMMAND}, build_metrics())
    place = Place(id=PlaceId("discord:9"), channel="1")
    asked = replace(town.said("Olga", "mod", place=place, deed="ban", person=called), person=operator)
    await router.command(asked)
    [entry] = await entries(town)
    assert entry.person.id == f"discord:{''.join(filter(str.isdigit, called))}"


async def test_french_moderators_read_french(town: Town) -> None:
    await town.say("Sam", "prompt", prompt="a cat runs")
    asked = town.said("Olga", "mod", deed="mute", person="web:Sam", duration="2h", reason="spam")
    reply = await town.router.command(replace(asked, person=town.person("Olga", Locale.FR)))
    expected = "Sam est en sourdine ici pour 2 h (jusqu'à 14 h 00 UTC).\nArrêtés\u00a0: 0 en rendu, 1 en attente.\nSam lira ta raison."
    assert said(reply) == expected


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("mute @sam 2h", {"deed": "mute", "person": "@sam", "duration": "2h"}),
        ("mute @sam 2h much spam", {"deed": "mute", "person": "@sam", "duration": "2h", "reason": "much spam"}),
        ('mute @"Ana Maria" 2h', {"deed": "mute", "person": '@"Ana Maria"', "duration": "2h"}),
        ("mute @sam everywhere 2h", {"deed": "mute", "person": "@sam", "where": "everywhere", "duration": "2h"}),
        ("mute 2h spam", {"deed": "mute", "duration": "2h", "reason": "spam"}),
        ("mute sam 2h", {"deed": "mute", "reason": "sam 2h"}),
        ("ban telegram:42", {"deed": "ban", "person": "telegram:42"}),
        ("log", {"deed": "log"}),
        ("tickle @sam", {"deed": "tickle", "person": "@sam"}),
        ("", {}),
    ],
)
def test_typed_words_are_read_one_by_one(words: str, options: dict[str, str]) -> None:
    assert COMMAND.spread(words) == options


def test_a_name_in_quotes_is_one_name() -> None:
    assert COMMAND.options[1].read('@"Ana Maria"') == Called("Ana Maria")


async def test_moderators_set_limits_of_their_place_within_the_hosts_and_members_may_not(town: Town) -> None:
    town = limited(town, person=PersonQuotas(per_day=10), place=Quotas(per_day=100))
    assert said(await mod(town, "Tom", "limits", None, quota="per_day", value=5)).startswith("Muting needs a moderator")
    reply = await mod(town, "Mo", "limits", None, quota="per_day", value=1, moderator=True)
    assert said(reply).splitlines()[:4] == [
        "The limits here",
        "active: 3, set by this host",
        "per_day: 1, set here",
        "place_per_day: 100, set by this host",
    ]
    assert (await town.say("Ana", "prompt", prompt="a cat runs")).post
    assert said(await town.say("Ana", "prompt", prompt="a cat runs")).startswith("That's your 1 clips for a day in this place.")
    assert (await town.say("Ana", "prompt", prompt="a cat runs", place=town.place("away"))).post
    assert "You in this place: 1 of 1 clips in the last 24 h" in said(await town.say("Ana", "settings"))


async def test_what_is_more_than_the_host_allows_is_refused_and_zero_takes_a_limit_away(town: Town) -> None:
    town = limited(town, place=Quotas(per_hour=10))
    refused = await mod(town, "Mo", "limits", None, quota="place_per_hour", value=11, moderator=True)
    assert said(refused) == "This host allows up to 10 of that; lower is fine."
    await mod(town, "Mo", "limits", None, quota="place_active", value=1, moderator=True)
    await town.say("Ana", "prompt", prompt="a cat runs")
    assert said(await town.say("Tom", "prompt", prompt="a cat runs")).startswith("This place has 1 clips going")
    shown = await mod(town, "Mo", "limits", None, quota="place_active", value=0, moderator=True)
    assert "place_active" not in said(shown)
    assert (await town.say("Tom", "prompt", prompt="a cat runs")).post
    log = said(await mod(town, "Mo", "log", None, moderator=True))
    assert '· limits · web:local · by Mo (web:Mo) · "place_active 1" · #1' in log


async def test_a_limit_without_a_number_asks_for_one(town: Town) -> None:
    assert "for value I know: a whole number" in said(await mod(town, "Olga", "limits", None, quota="per_day"))
    assert said(await mod(town, "Olga", "limits", None)).startswith("There are no limits here.")


def test_a_limit_can_be_typed() -> None:
    assert COMMAND.spread("limits place_per_day 500") == {"deed": "limits", "quota": "place_per_day", "value": "500"}


async def test_a_clip_is_taken_down_by_its_id_with_the_reason_its_card_gives(town: Town) -> None:
    clip = await town.finished("Ana", "a cat runs")
    remix = await town.say("Tom", "remix", clip=clip.id, words="a dog runs")
    reply = await mod(town, "Mo", "takedown", None, reason=f"{clip.id.lower()} no cats", moderator=True)
    assert said(reply).splitlines()[0] == f"Clip {clip.id} is taken down"
    assert "1 remixes and copies went with it." in said(reply)
    assert said(await town.say("Ana", "show", clip=clip.id)) == "This clip was taken down\nRemoved by a moderator: no cats"
    assert (await town.clip(remix)).state is ClipState.TAKEN_DOWN
    [entry] = await entries(town)
    assert (entry.deed, entry.clip, entry.reason, entry.running, entry.waiting) == ("takedown", clip.id, "no cats", 1, 1)
    log = said(await mod(town, "Mo", "log", None, moderator=True))
    assert f'takedown · web:local · by Mo (web:Mo) on Ana (web:Ana) · clip {clip.id} · "no cats"' in log


@pytest.mark.parametrize(
    ("platform", "message", "link"),
    [
        ("discord", "987", "https://discord.com/channels/1/2/987"),
        ("telegram", "-100123/45", "https://t.me/c/123/45"),
        ("telegram", "-100123/45", "https://t.me/c/123/7/45"),
    ],
)
async def test_a_clip_is_taken_down_by_a_link_to_any_post_of_it(town: Town, platform: str, message: str, link: str) -> None:
    clip = await town.finished("Ana", "a cat runs")
    row = outbox.NewRow(key="show:1", kind=outbox.OutboxKind.CARD, platform=platform, subject=clip.id, place="{}")

    async def step(tx: Transaction) -> None:
        await outbox.put(tx, row, 0)
        await outbox.acknowledge(tx, "show:1", 1, "{}", message=message)

    await town.house.database.write(step)
    assert said(await mod(town, "Olga", "takedown", None, reason="https://t.me/c/9/9")).startswith("‹https://t.me/c/9/9› – for clip I know")
    await mod(town, "Olga", "takedown", None, reason=link)
    assert said(await town.say("Ana", "show", clip=clip.id)).startswith("This clip was taken down\nRemoved by a moderator.")


async def test_a_moderator_takes_down_nothing_of_another_place_nor_anything_of_their_own(town: Town) -> None:
    own, away = await town.finished("Mo", "a cat runs"), await town.finished("Ana", "a dog runs", place=town.place("away"))
    assert "another moderator decides" in said(await mod(town, "Mo", "takedown", None, clip=own.id, moderator=True))
    assert "is of another place" in said(await mod(town, "Mo", "takedown", None, clip=away.id, moderator=True))
    assert said(await mod(town, "Tom", "takedown", None, clip=own.id)).startswith("Muting needs a moderator")
    assert said(await mod(town, "Mo", "takedown", None, reason="nonsense", moderator=True)).startswith("‹nonsense› – for clip I know")
    assert not await entries(town)
    assert "is taken down" in said(await mod(town, "Olga", "takedown", None, clip=away.id))


async def test_a_note_holds_nobody_back_and_stays_in_the_log(town: Town) -> None:
    asked = await town.say("Sam", "prompt", prompt="a cat runs")
    assert "for reason I know" in said(await mod(town, "Mo", "note", moderator=True))
    reply = await mod(town, "Mo", "note", reason="warned twice", moderator=True)
    assert said(reply) == "Noted about Sam here. Only moderators read it."
    assert await heard(town) and (await town.clip(asked)).state is ClipState.PROMISED
    assert '· note · web:local · by Mo (web:Mo) on Sam (web:Sam) · "warned twice" · #1' in said(await mod(town, "Olga", "log", None))


async def test_a_mute_is_taken_back_by_its_button_by_who_may_unmute_there(town: Town) -> None:
    reply = await mod(town, "Mo", "mute", duration="2h", moderator=True)
    button, log = reply.card.buttons
    assert (button.label, log.label) == ("Undo", "Log") and not await heard(town)
    for name, moderator, place in (("Tom", False, None), ("Mo", True, town.place("away")), ("Mo", False, None)):
        assert said(await town.press(name, button.token, moderator=moderator, place=place)).startswith("Muting needs a moderator")
    assert said(await town.press("Mo", button.token, moderator=True)) == "Sam is heard here again."
    assert await heard(town)
    assert [entry.deed for entry in await entries(town)] == ["unmute", "mute"]


async def test_the_log_is_read_by_the_button_under_a_mute_by_who_may_read_it_there(town: Town) -> None:
    reply = await mod(town, "Mo", "mute", duration="2h", reason="spam", moderator=True)
    await mod(town, "Olga", "note", reason="warned", moderator=True)
    [log] = [button.token for button in reply.card.buttons if button.label == "Log"]
    for name, moderator, place in (("Tom", False, None), ("Mo", True, town.place("away")), ("Mo", False, None)):
        assert said(await town.press(name, log, moderator=moderator, place=place)).startswith("Muting needs a moderator")
    read = await town.press("Mo", log, moderator=True)
    assert read.private and read.confidential and '"warned"' in said(read) and '"spam"' in said(read)
    assert said(await town.press("Mo", "w1:log:99", moderator=True)).startswith("This card is from before")


async def test_alone_with_walkon_whoever_muted_reads_of_their_own_deeds_only(town: Town) -> None:
    reply = await mod(town, "Mo", "mute", duration="2h", reason="spam", moderator=True)
    await mod(town, "Olga", "note", reason="warned", moderator=True)
    [log] = [button.token for button in reply.card.buttons if button.label == "Log"]
    alone = replace(town.place("alone"), private=True)
    read = said(await town.press("Mo", log, place=alone))
    assert '"spam"' in read and '"warned"' not in read
    assert said(await town.press("Tom", log, place=alone)).startswith("Muting needs a moderator")


async def test_the_button_takes_back_only_the_mute_it_stands_under(town: Town) -> None:
    first = await mod(town, "Mo", "mute", duration="2h", moderator=True)
    town.clock.pass_s(1)
    await mod(town, "Mo", "ban", moderator=True)
    assert said(await town.press("Mo", first.card.buttons[0].token, moderator=True)) == "That mute doesn't hold any more."
    assert not await heard(town)
    assert said(await town.press("Mo", "w1:undo:99", moderator=True)).startswith("This card is from before")


async def test_the_whole_log_is_handed_over_as_a_file_to_those_who_may_read_it(town: Town) -> None:
    for number in range(12):
        await mod(town, "Olga", "mute", duration="2h", reason=f"=1+{number}")
    await mod(town, "Olga", "mute", duration="2h", place=town.place("away"))
    assert said(await mod(town, "Tom", "log", None, export="csv")).startswith("Muting needs a moderator")
    reply = await mod(town, "Mo", "log", None, export="jsonl", moderator=True)
    assert reply.private and reply.confidential and reply.card.handout and reply.card.handout.name == "walkon-moderation.jsonl"
    rows = [json.loads(line) for line in reply.card.handout.content.splitlines()]
    assert [row["line"] for row in rows] == list(range(1, 13))
    assert rows[0] == {
        "line": 1,
        "at": "2026-11-24T12:00:00Z",
        "deed": "mute",
        "place": "web:local",
        "by": "web:Olga",
        "by_name": "Olga",
        "on": "web:Sam",
        "on_name": "Sam",
        "until": "2026-11-24T14:00:00Z",
        "reason": "=1+0",
        "clip": None,
        "running": 0,
        "waiting": 0,
    }
    everything = await mod(town, "Olga", "log", None, export="csv", where="everywhere")
    assert everything.card.handout and everything.card.handout.name == "walkon-moderation.csv"
    table = list(csv.DictReader(io.StringIO(everything.card.handout.content.decode())))
    assert len(table) == 13 and table[0]["reason"] == "'=1+0" and table[-1]["place"] == "web:away"


async def test_a_deed_that_is_written_otherwise_afterwards_is_found_by_verifying_the_ledger(town: Town) -> None:
    keys = town.house.keys
    await mod(town, "Olga", "mute", duration="2h", reason="spam")
    await mod(town, "Olga", "note", reason="warned")

    async def sound() -> bool:
        return await town.house.database.read(lambda tx: tx.run_sync(lambda connection: audit(connection, keys).sound))

    assert await sound()
    await town.house.database.write(
        lambda tx: tx.execute(update(LEDGER).where(LEDGER.c.kind == "moderation.mute").values(kind="moderation.note"))
    )
    assert not await sound()


def test_the_file_is_asked_for_by_name_alone() -> None:
    assert COMMAND.spread("log export:csv") == {"deed": "log", "export": "csv"}
    assert COMMAND.spread("mute @sam 2h csv files")["reason"] == "csv files"
