"""A second look: asked for once about each case, decided by somebody who had no part in it, told to whoever asked."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from walkon.bot.cards import Button, Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Pressed, Reply
from walkon.bot.house import House
from walkon.bot.moderating import verdicts
from walkon.bot.moderating.reports import waiting_card
from walkon.bot.moderating.takedowns import remove
from walkon.bot.moments import moment
from walkon.bot.mute_cards import log_line
from walkon.bot.tokens import LineDeed, LineToken
from walkon.bot.withdrawal import carry_out
from walkon.library import tables
from walkon.library.clips import Clip
from walkon.moderation import appeal_tables, report_tables
from walkon.moderation import tables as moderation
from walkon.moderation.appeals import OPEN_TO_APPEAL, Appeal, AppealState, has_part
from walkon.moderation.mutes import Case, Deed, Entry
from walkon.moderation.permissions import Permission, objection_to, role_of
from walkon.moderation.proof import write
from walkon.store import outbox
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.store.outbox import NewRow, OutboxKind
from walkon.types.clock import to_ms
from walkon.types.ids import ClipId, EventId, PersonId, PlaceId
from walkon.types.people import Person, Place, Platform

_OUTCOMES = {LineDeed.UPHOLD: (AppealState.UPHELD, Deed.UPHOLD), LineDeed.OVERTURN: (AppealState.OVERTURNED, Deed.OVERTURN)}


async def ask_about_clip(house: House, pressed: Pressed, clip: Clip) -> Reply:
    """Ask for a second look at why a clip was taken down."""
    entry = await house.database.read(lambda tx: moderation.last_about(tx, clip.id, Deed.TAKEDOWN))
    return await ask(house, pressed, entry.seq) if entry else _said(house, pressed, "press.stale")


async def ask(house: House, pressed: Pressed, seq: int) -> Reply:
    """Ask for a second look at that line of the log: whom it is about may, or who reported the clip that was kept."""
    entry = await house.database.read(lambda tx: moderation.line(tx, seq))
    if entry is None or entry.deed not in OPEN_TO_APPEAL:
        return _said(house, pressed, "press.stale")
    if not await house.database.read(lambda tx: _concerned(tx, pressed.person.id, entry)):
        return _said(house, pressed, "press.not_yours", who=entry.person.name or "?")
    now = house.clock.now()

    async def step(tx: Transaction) -> bool:
        appeal = Appeal(line=seq, person=pressed.person, at=now)
        if not await appeal_tables.put(tx, appeal, entry.place):
            return False
        case = Case(deed=Deed.APPEAL, person=pressed.person, place=entry.place, by=pressed.person, reason=f"#{seq}", clip=entry.clip)
        await write(tx, house.keys, pressed.event, case, now)
        for place in await _lookers(tx, house, entry, pressed.person):
            await _owe(tx, seq, place, to_ms(now))
        return True

    new = await house.database.write(step)
    house.database.announce()
    return _said(house, pressed, "card.appeal.asked" if new else "card.appeal.once")


async def decide(house: House, pressed: Pressed, token: LineToken) -> Reply:
    """Uphold or overturn, if whoever pressed may judge there and has no part in it; the same press twice is one."""
    async with house.database.reading() as tx:
        entry, appeal = await moderation.line(tx, token.seq), await appeal_tables.of_line(tx, token.seq)
        accounts = await accounts_of(tx, pressed.person.id)
    if entry is None or appeal is None:
        return _said(house, pressed, "press.stale")
    objection = _objection(house, pressed, entry)
    if objection is not None or has_part(accounts, entry, appeal):
        return _said(house, pressed, f"card.mod.{objection or 'own_case'}")
    state, deed = _OUTCOMES[token.deed]
    if appeal.state is AppealState.OPEN:
        if state is AppealState.OVERTURNED:
            await _overturn(house, pressed, entry)
        await _close(house, pressed, entry, state, deed)
    card = await appeal_card(house, Speaker(house.words, pressed.person.locale), token.seq)
    return Reply(card=card, private=True, confidential=True) if card else _said(house, pressed, "press.stale")


async def appeal_card(house: House, speaker: Speaker, seq: int) -> Card | None:
    """What those see who may decide: the case as the log tells it, and what became of it. None where nothing is known."""
    async with house.database.reading() as tx:
        entry, appeal = await moderation.line(tx, seq), await appeal_tables.of_line(tx, seq)
        clip = await tables.get(tx, entry.clip) if entry and entry.clip else None
    if entry is None or appeal is None:
        return None
    head = speaker.text("card.appeal.head", who=appeal.person.name)
    lines: tuple[Text, ...] = ((log_line(speaker, entry),),)
    words = clip.prompt if clip and clip.prompt else None
    if appeal.state is not AppealState.OPEN:
        when = moment(speaker, appeal.decided_at or appeal.at, house.clock.now())
        decided = speaker.text(f"card.appeal.{appeal.state}", by=appeal.by.name if appeal.by else "", moment=when)
        return Card(tone=Tone.QUIET, head=head, body=(*lines, decided))
    lines = (*lines, speaker.text("card.appeal.who_may", by=entry.by.name))
    buttons = tuple(Button(label=speaker.say(f"button.{deed}"), token=str(LineToken(deed, seq))) for deed in _OUTCOMES)
    return Card(tone=Tone.WAIT, head=head, words=words, body=lines, buttons=buttons)


async def queue_card(house: House, speaker: Speaker, place: PlaceId | None) -> Card:
    """What waits longest for a moderator of that place: reports first, then second looks."""
    second = await house.database.read(lambda tx: appeal_tables.open_in(tx, place))
    card = await waiting_card(house, speaker, place)
    if not second:
        return card
    if not card.buttons:
        return await appeal_card(house, speaker, second[0].line) or card
    return replace(card, body=(*card.body, speaker.text("card.appeal.more", n=len(second))))


async def may_be_made_again(house: House, clip: Clip, person: PersonId) -> bool:
    """Whether a second look decided for its maker."""
    async with house.database.reading() as tx:
        entry = await moderation.last_about(tx, clip.id, Deed.TAKEDOWN)
        appeal = await appeal_tables.of_line(tx, entry.seq) if entry else None
        mine = clip.asker.id in await accounts_of(tx, person)
    return mine and appeal is not None and appeal.state is AppealState.OVERTURNED and bool(clip.scene)


def _objection(house: House, pressed: Pressed, entry: Entry) -> str | None:
    here = pressed.moderator and entry.place in (None, pressed.place.id) and not pressed.place.elsewhere
    role = role_of(pressed.person.id, house.operators, moderator=here)
    everywhere = entry.place is None
    found = objection_to(Permission.MUTE_EVERYWHERE if everywhere else Permission.JUDGE_CLIP_HERE, role)
    return None if found is None else str(found)


async def _concerned(tx: Transaction, person: PersonId, entry: Entry) -> bool:
    accounts = set(await accounts_of(tx, person))
    if entry.deed is not Deed.KEEP or entry.clip is None:
        return entry.person.id in accounts
    reported = await report_tables.reporters(tx, entry.clip, judged=True)
    return any(one.id in accounts for one in reported)


async def _overturn(house: House, pressed: Pressed, entry: Entry) -> None:
    """Undo what was decided, as far as it can be: a film that was deleted is gone, and its maker may make it again."""
    event = EventId(f"{pressed.event}:undone")
    if entry.deed in (Deed.MUTE, Deed.BAN):
        mutes = await house.database.read(lambda tx: moderation.mutes_of(tx, entry.person.id, entry.place))
        if any(mute.place == entry.place and mute.at == entry.at for mute in mutes):
            await carry_out(house, event, Case(deed=Deed.UNMUTE, person=entry.person, place=entry.place, by=pressed.person))
    elif entry.deed is Deed.KEEP and entry.clip:
        clip = await _clip(house, entry.clip)
        if clip:
            await remove(house, event, clip, pressed.person, Speaker(house.words, clip.place.locale).say("card.reported.rule"))


async def _close(house: House, pressed: Pressed, entry: Entry, state: AppealState, deed: Deed) -> None:
    now = house.clock.now()

    async def step(tx: Transaction) -> None:
        appeal = await appeal_tables.of_line(tx, entry.seq)
        if appeal is None or not await appeal_tables.decide(tx, entry.seq, state, pressed.person, now):
            return
        case = Case(deed=deed, person=entry.person, place=entry.place, by=pressed.person, reason=f"#{entry.seq}", clip=entry.clip)
        await write(tx, house.keys, pressed.event, case, now)
        if appeal.person.id.rpartition(":")[2] != "0":
            told = verdicts.Told(person=appeal.person, part=verdicts.Part.APPELLANT)
            await verdicts.owe(tx, entry.seq, told, to_ms(now))
        await outbox.touch(tx, _subject(entry.seq), to_ms(now), urgent=True, kind=OutboxKind.APPEAL)

    await house.database.write(step)
    house.database.announce()


async def _lookers(tx: Transaction, house: House, entry: Entry, appellant: Person) -> Sequence[Place]:
    """Where it is shown: in the moderators' channel, and to every operator of the platform who has no part in it, alone."""
    platform = Platform((entry.place or entry.person.id).partition(":")[0])
    channel = await report_tables.channel_of(tx, entry.place) if entry.place else None
    involved = {entry.by.id, entry.person.id, appellant.id}
    people = [Person(id=PersonId(id), name=id.partition(":")[2]) for id in sorted(house.operators - involved)]
    alone = [Place.alone_with(person) for person in people if person.platform is platform]
    return [*([channel] if channel else []), *alone]


async def _owe(tx: Transaction, seq: int, place: Place, now_ms: int) -> None:
    where = msgspec.json.encode(place).decode()
    key = f"appeal:{seq}:{place.channel}"
    row = NewRow(key=key, kind=OutboxKind.APPEAL, platform=place.platform, subject=_subject(seq), place=where, urgent=True)
    await outbox.put(tx, row, now_ms)


def _subject(seq: int) -> str:
    return f"line-{seq}"


async def _clip(house: House, id: ClipId) -> Clip | None:
    return await house.database.read(lambda tx: tables.get(tx, id))


def _said(house: House, pressed: Pressed, key: str, **values: object) -> Reply:
    speaker = Speaker(house.words, pressed.person.locale)
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True, confidential=True)
