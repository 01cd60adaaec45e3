"""A moderator takes a clip down, by its id or by a link to a post of it, and reads what of it could be reached."""

import re
from collections.abc import Sequence

from walkon.bot.cards import Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import BadOption, Called, Reply
from walkon.bot.house import House
from walkon.bot.moderating import verdicts
from walkon.bot.moderating.desk import CLIP, PERSON, Desk, confidential
from walkon.bot.takedown import Reach, Removal, after_takedown, reach_of, record_takedown
from walkon.library import tables
from walkon.library.clips import Clip, RemovedBy
from walkon.moderation import report_tables as reports
from walkon.moderation import tables as moderation
from walkon.moderation.mutes import Case, Deed
from walkon.moderation.permissions import Role
from walkon.moderation.proof import write
from walkon.moderation.reports import ReviewState
from walkon.store import outbox
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.store.outbox import OutboxKind
from walkon.types.clock import to_ms
from walkon.types.ids import ClipId, EventId, read_clip_id
from walkon.types.people import Person, Platform

PLACES_SHOWN = 10

_DISCORD_LINK = re.compile(r"https://(?:\w+\.)?discord(?:app)?\.com/channels/(?:\d+|@me)/\d+/(\d+)/?")
# A message of a supergroup; the Bot API writes its chat with -100 before the number (core.telegram.org/api/links).
_TELEGRAM_LINK = re.compile(r"https://t\.me/c/(\d+)/(?:\d+/)?(\d+)/?")


async def takedown(desk: Desk) -> Reply:
    """Take a clip down; said again it tells how far that has come. Raises BadOption."""
    house = desk.ctx.house
    words = desk.reason.split()
    clip = await named(house, desk, words)
    if clip is None:
        raise BadOption(CLIP.name, words[0] if words else "…", "7KQ2M9, https://…")
    if clip.place.id != desk.ctx.invocation.place.id and desk.role is not Role.OPERATOR:
        return desk.say("elsewhere", clip=clip.id)
    own = await house.database.read(lambda tx: accounts_of(tx, desk.by.id))
    if clip.asker.id in own:
        return desk.say("own_case")
    removal = await remove(house, desk.ctx.invocation.event, clip, desk.by, " ".join(words))
    reach = await reach_of(house, removal.clips)
    lines = reach_lines(desk.speaker, reach, len(removal.clips) - 1)
    return confidential(Card(tone=Tone.QUIET, head=desk.speaker.text("card.takedown.head", clip=clip.id), body=lines))


async def remove(house: House, event: EventId, clip: Clip, by: Person, rule: str) -> Removal:
    """Take the clip down, write who did it, and close its reports, all in one; the same event twice is one deed."""
    case = Case(deed=Deed.TAKEDOWN, person=clip.asker, place=clip.place.id, by=by, reason=rule, clip=clip.id)
    now = house.clock.now()

    async def step(tx: Transaction) -> Removal:
        removal = await record_takedown(tx, [clip.id], RemovedBy.MODERATOR, now, rule=rule)
        if await moderation.entry_of(tx, event) is None:
            reporters = await reports.reporters(tx, clip.id)
            await reports.decide(tx, clip.id, ReviewState.REMOVED, by, now)
            entry = await write(tx, house.keys, event, case, now, running=len(removal.stopped), waiting=removal.made_from)
            await _tell(tx, entry.seq, clip, reporters, to_ms(now))
            await outbox.touch(tx, clip.id, to_ms(now), urgent=True, kind=OutboxKind.CASE)
        return removal

    removal = await house.database.write(step)
    await after_takedown(house, removal)
    return removal


async def _tell(tx: Transaction, seq: int, clip: Clip, reporters: Sequence[Person], now_ms: int) -> None:
    """The maker and everybody who asked for a look read what was decided, each alone."""
    await verdicts.owe(tx, seq, verdicts.Told(person=clip.asker, part=verdicts.Part.MAKER), now_ms)
    for person in reporters:
        await verdicts.owe(tx, seq, verdicts.Told(person=person, part=verdicts.Part.REPORTER), now_ms)


def reach_lines(speaker: Speaker, reach: Reach, remixes: int, *, refused: bool = True) -> tuple[Text, ...]:
    """What was reached, what is still under way, and what nobody can reach, each place by name. refused: the film may not come back."""
    lines = [speaker.text("card.takedown.reached", gone=reach.gone, posts=reach.posts, remixes=remixes)]
    if reach.pending:
        lines.append(speaker.text("card.takedown.pending", n=reach.pending))
    if reach.out_of_reach:
        places = ", ".join(f"{place.id} {place.channel}" for place in reach.out_of_reach[:PLACES_SHOWN])
        lines.append(speaker.text("card.takedown.out_of_reach", n=len(reach.out_of_reach), places=places))
    files = "card.takedown.files" if refused else "card.delete.files"
    lines += [speaker.text(files), speaker.text("card.takedown.unseen")]
    return tuple(lines)


async def named(house: House, desk: Desk, words: list[str]) -> Clip | None:
    """The clip that was meant. Its id or link may be the first of the words, which it is taken from then."""
    id = desk.ctx.get(CLIP)
    whom = desk.ctx.get(PERSON)
    if id is None and isinstance(whom, Called):
        id = read_clip_id(whom.name)  # six digits look like an account's number where they are typed
    if id is None and words:
        id = read_clip_id(words[0]) or await _of_link(house, words[0])
        if id is not None:
            del words[0]
    return await house.database.read(lambda tx: tables.get(tx, id)) if id else None


async def _of_link(house: House, link: str) -> ClipId | None:
    discord, telegram = _DISCORD_LINK.fullmatch(link), _TELEGRAM_LINK.fullmatch(link)
    if discord:
        platform, message = Platform.DISCORD, discord[1]
    elif telegram:
        platform, message = Platform.TELEGRAM, f"-100{telegram[1]}/{telegram[2]}"
    else:
        return None
    row = await house.database.read(lambda tx: outbox.at(tx, platform, message))
    return ClipId(row.subject) if row and row.kind is OutboxKind.CARD else None
