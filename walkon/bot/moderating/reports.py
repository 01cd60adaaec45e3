"""What people report: shown to the moderators of its place, and decided by one press."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from walkon.bot.cards import Button, Card, Text, Tone, Video
from walkon.bot.clip_card import Speaker, video_of
from walkon.bot.command import Asked, Pressed, Reply
from walkon.bot.house import House
from walkon.bot.moderating import verdicts
from walkon.bot.moderating.desk import Desk
from walkon.bot.moderating.takedowns import named, reach_lines, remove
from walkon.bot.moderating.weighing import ReportsUsedUp, check_pace, weight
from walkon.bot.moments import moment
from walkon.bot.takedown import Reach, reach_of
from walkon.bot.tokens import Deed as Press
from walkon.bot.tokens import Token
from walkon.bot.withdrawal import carry_out
from walkon.library import tables
from walkon.library.clips import Clip
from walkon.library.endings import end_hidden, end_review
from walkon.moderation import report_tables as reports
from walkon.moderation import tables as moderation
from walkon.moderation.mutes import REASON_LIMIT, Case, Deed
from walkon.moderation.permissions import Permission, Role, objection_to, role_of
from walkon.moderation.proof import write
from walkon.moderation.reports import Review, ReviewState
from walkon.store import outbox
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.store.outbox import NewRow, OutboxKind
from walkon.types.clock import to_ms
from walkon.types.harm import HeldFor
from walkon.types.ids import EventId, PersonId, PlaceId
from walkon.types.people import Person, Place

MUTE_FOR = timedelta(hours=2)
REASONS_SHOWN = 3
CASE = "case:"
"""How the outbox keys of messages begin that show a report to moderators."""
PRESSES = (Press.LET_STAY, Press.REMOVE, Press.REMOVE_AND_MUTE)


async def report(house: House, asked: Asked, clip: Clip, reason: str = "") -> Reply:
    """Ask the moderators for a look. Whoever reports is named to nobody; the same person asking again changes nothing."""
    speaker = Speaker(house.words, asked.person.locale)
    words = " ".join(reason.split())[:REASON_LIMIT]

    async def step(tx: Transaction) -> bool:
        now = house.clock.now()
        await check_pace(tx, asked.person.id, now)
        if await reports.report(tx, clip.id, clip.place.id, asked.person, words, now):
            for place in await _lookers(tx, house, clip):
                await _owe(tx, clip, place, to_ms(now))
            return await _hide_if_due(tx, house, asked.event, clip, now)
        return False

    try:
        hidden = await house.database.write(step)
    except ReportsUsedUp as error:
        return _told(speaker, "card.report.enough", moment=moment(speaker, error.until, house.clock.now()))
    house.database.announce()
    body = (speaker.text("card.report.hidden"),) if hidden else ()
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text("card.report.thanks"), body=body), private=True, confidential=True)


async def _hide_if_due(tx: Transaction, house: House, event: EventId, clip: Clip, now: datetime) -> bool:
    """Take the clip out of sight once enough people report it, until a moderator has looked; whether it is out of sight now."""
    current = await tables.get(tx, clip.id)
    if current is None or await weight(tx, clip.id, clip.asker.id, now) < house.report_threshold:
        return False
    if not await end_hidden(tx, current, now):
        return current.held is HeldFor.REPORTS
    itself = Person(id=PersonId(f"{clip.place.platform}:0"), name="walkon")
    case = Case(deed=Deed.HIDE, person=clip.asker, place=clip.place.id, by=itself, clip=clip.id)
    await write(tx, house.keys, EventId(f"{event}:hide"), case, now)
    return True


async def decide(house: House, pressed: Pressed, clip: Clip, deed: Press) -> Reply:
    """Keep the clip, or take it down and perhaps mute its maker, if whoever pressed may judge it; the same press twice is one."""
    speaker = Speaker(house.words, pressed.person.locale)
    objection = await objection_to_judging(house, pressed, clip)
    if objection is not None:
        return _told(speaker, f"card.mod.{objection}")
    if await house.database.read(lambda tx: _was_decided(tx, pressed.event, clip)):
        return Reply(card=await review_card(house, speaker, clip), private=True, confidential=True)
    if deed is Press.LET_STAY:
        await _keep(house, pressed.event, clip, pressed.person)
        return _told(speaker, "card.reported.done_kept", clip=clip.id)
    removed = await remove(house, pressed.event, clip, pressed.person, speaker.say("card.reported.rule"))
    if deed is Press.REMOVE_AND_MUTE and clip.asker.id not in house.operators:
        case = Case(deed=Deed.MUTE, person=clip.asker, place=clip.place.id, by=pressed.person, length=MUTE_FOR, clip=clip.id)
        await carry_out(house, EventId(f"{pressed.event}:mute"), case)
    reach = await reach_of(house, removed.clips)
    head = speaker.text("card.takedown.head", clip=clip.id)
    card = Card(tone=Tone.QUIET, head=head, body=reach_lines(speaker, reach, len(removed.clips) - 1))
    return Reply(card=card, private=True, confidential=True)


async def objection_to_judging(house: House, asked: Pressed, clip: Clip) -> str | None:
    """Why this person may not judge that clip here, None where they may. Nobody judges a clip of their own, by whatever account."""
    here = asked.place.id == clip.place.id and not asked.place.elsewhere
    role = role_of(asked.person.id, house.operators, moderator=asked.moderator and here)
    objection = objection_to(Permission.JUDGE_CLIP_HERE, role)
    if objection is not None:
        return str(objection)
    own = await house.database.read(lambda tx: accounts_of(tx, asked.person.id))
    return "own_case" if clip.asker.id in own else None


async def review_card(house: House, speaker: Speaker, clip: Clip) -> Card:
    """What moderators see of a reported clip, and what was decided about it."""
    async with house.database.reading() as tx:
        review = await reports.review_of(tx, clip.id)
        made, removed = await tables.record_of(tx, clip.asker.id)
        remixes = len(await tables.descendants(tx, [clip.id]))
    reach = await reach_of(house, [clip.id])
    if review is None:
        return Card(tone=Tone.QUIET, head=speaker.text("card.reported.none"), clip=clip.id)
    key = "card.reported.head_one" if review.people == 1 else "card.reported.head"
    head = speaker.text(key, n=review.people, moment=moment(speaker, review.first, house.clock.now()))
    if review.state is not ReviewState.OPEN:
        return Card(tone=Tone.QUIET, head=head, body=_decided(house, speaker, review, reach, remixes), clip=clip.id)
    body = (
        *(speaker.text("card.reported.reason", reason=reason) for reason in review.reasons[:REASONS_SHOWN]),
        speaker.text("card.reported.maker", who=clip.asker.name, made=made, removed=removed),
        speaker.text("card.reported.copies", posts=reach.posts, remixes=remixes),
    )
    buttons = tuple(Button(label=speaker.say(f"button.judge_{press}"), token=str(Token(press, clip.id))) for press in PRESSES)
    return Card(tone=Tone.WAIT, head=head, video=_veiled(speaker, clip), words=clip.prompt, body=body, buttons=buttons, clip=clip.id)


async def waiting_card(house: House, speaker: Speaker, place: PlaceId | None) -> Card:
    """The report that waits longest for a moderator of that place, ready to be decided, and how many wait behind it."""
    waiting, count = await house.database.read(lambda tx: reports.open_reviews(tx, place))
    first = await house.database.read(lambda tx: tables.get(tx, waiting[0].clip)) if waiting else None
    if first is None:
        return Card(tone=Tone.QUIET, head=speaker.text("card.reported.empty"))
    card = await review_card(house, speaker, first)
    return replace(card, body=(*card.body, speaker.text("card.reported.more", n=count - 1))) if count > 1 else card


async def keep(desk: Desk) -> Reply:
    """Decide by command that a reported clip stays, and say why. Raises BadOption."""
    house, words = desk.ctx.house, desk.reason.split()
    clip = await named(house, desk, words)
    review = await house.database.read(lambda tx: reports.review_of(tx, clip.id)) if clip else None
    if clip is None or review is None or review.state is not ReviewState.OPEN:
        return desk.say("not_reported")
    if clip.place.id != desk.ctx.invocation.place.id and desk.role is not Role.OPERATOR:
        return desk.say("elsewhere", clip=clip.id)
    if clip.asker.id in await house.database.read(lambda tx: accounts_of(tx, desk.by.id)):
        return desk.say("own_case")
    await _keep(house, desk.ctx.invocation.event, clip, desk.by, " ".join(words))
    return _told(desk.speaker, "card.reported.done_kept", clip=clip.id)


async def _keep(house: House, event: EventId, clip: Clip, by: Person, reason: str = "") -> None:
    case = Case(deed=Deed.KEEP, person=clip.asker, place=clip.place.id, by=by, reason=reason, clip=clip.id)

    async def step(tx: Transaction) -> None:
        now = house.clock.now()
        if await moderation.entry_of(tx, event):
            return
        reporters = await reports.reporters(tx, clip.id)
        await reports.decide(tx, clip.id, ReviewState.KEPT, by, now)
        entry = await write(tx, house.keys, event, case, now)
        current = await tables.get(tx, clip.id)
        if current and current.held is HeldFor.REPORTS:
            await end_review(tx, clip.id, now)
        for person in reporters:
            await verdicts.owe(tx, entry.seq, verdicts.Told(person=person, part=verdicts.Part.REPORTER), to_ms(now))
        await outbox.touch(tx, clip.id, to_ms(now), urgent=True, kind=OutboxKind.CASE)

    await house.database.write(step)
    house.database.announce()


async def _was_decided(tx: Transaction, event: EventId, clip: Clip) -> bool:
    """Whether somebody decided before, and not by this very press, which is finished where it was cut short."""
    review = await reports.review_of(tx, clip.id)
    return review is not None and review.state is not ReviewState.OPEN and await moderation.entry_of(tx, event) is None


async def _lookers(tx: Transaction, house: House, clip: Clip) -> Sequence[Place]:
    """Where the report is shown: where the place's moderators want it, else to the operators of its platform, alone."""
    channel = await reports.channel_of(tx, clip.place.id)
    if channel is not None:
        return [channel]
    people = [Person(id=PersonId(operator), name=operator) for operator in sorted(house.operators)]
    return [Place.alone_with(person) for person in people if person.platform is clip.place.platform]


async def _owe(tx: Transaction, clip: Clip, place: Place, now_ms: int) -> None:
    where = msgspec.json.encode(place).decode()
    key = f"{CASE}{clip.id}:{place.channel}"
    await outbox.put(tx, NewRow(key=key, kind=OutboxKind.CASE, platform=place.platform, subject=clip.id, place=where, urgent=True), now_ms)
    await outbox.touch(tx, clip.id, now_ms, urgent=True, kind=OutboxKind.CASE)


def _decided(house: House, speaker: Speaker, review: Review, reach: Reach, remixes: int) -> tuple[Text, ...]:
    by = review.by.name if review.by else ""
    when = moment(speaker, review.decided_at or review.first, house.clock.now())
    line = speaker.text(f"card.reported.{review.state}", by=by, moment=when)
    return (line, *reach_lines(speaker, reach, remixes)) if review.state is ReviewState.REMOVED else (line,)


def _veiled(speaker: Speaker, clip: Clip) -> Video | None:
    """The clip under a spoiler: whoever judges decides when to look."""
    film = clip.finished or clip.withheld
    return replace(video_of(speaker, clip, film), spoiler=True) if film else None


def _told(speaker: Speaker, key: str, **values: object) -> Reply:
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True, confidential=True)


async def set_channel(desk: Desk) -> Reply:
    """From now on reports of this place are shown where this was said."""
    asked, house = desk.ctx.invocation, desk.ctx.house
    if asked.place.private or asked.place.elsewhere:
        return desk.say("channel_private")
    case = Case(deed=Deed.CHANNEL, person=desk.by, place=asked.place.id, by=desk.by, reason=asked.place.channel)

    async def step(tx: Transaction) -> None:
        if await moderation.entry_of(tx, asked.event) is None:
            await reports.set_channel(tx, asked.place)
            await write(tx, house.keys, asked.event, case, house.clock.now())

    await house.database.write(step)
    return desk.say("channel")
