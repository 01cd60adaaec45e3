"""What is told, each in private, to those whom a moderator's decision is about: the maker, who reported, who asked for a second look."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from walkon.bot.cards import Button, Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.house import House
from walkon.bot.tokens import Deed as Press
from walkon.bot.tokens import LineDeed, LineToken, Token
from walkon.library import tables
from walkon.library.clips import Clip
from walkon.moderation import appeal_tables
from walkon.moderation import tables as moderation
from walkon.moderation.appeals import AppealState
from walkon.moderation.mutes import Deed, Entry
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.store.outbox import NewRow, OutboxKind, Row
from walkon.types.people import Person, Place


class Part(StrEnum):
    """What somebody has to do with a decision."""

    MAKER = "maker"
    REPORTER = "reporter"
    APPELLANT = "appellant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who is told, as the outbox keeps it."""

    person: Person
    part: Part


async def owe(tx: Transaction, seq: int, told: Told, now_ms: int) -> None:
    """Owe somebody a word about line `seq` of the log; the same twice is one."""
    place = Place.alone_with(told.person)
    row = NewRow(
        key=f"verdict:{seq}:{told.part}:{told.person.id}"[:120],
        kind=OutboxKind.VERDICT,
        platform=place.platform,
        subject=f"line-{seq}",
        place=msgspec.json.encode(place).decode(),
        reply=msgspec.json.encode(told).decode(),
        urgent=True,
    )
    await outbox.put(tx, row, now_ms)


async def card(house: House, speaker: Speaker, row: Row) -> Card | None:
    """What the message says; None where the line is not known any more."""
    told, seq = msgspec.json.decode(row.reply, type=Told), int(row.subject.rpartition("-")[2])
    async with house.database.reading() as tx:
        entry, appeal = await moderation.line(tx, seq), await appeal_tables.of_line(tx, seq)
        clip = await tables.get(tx, entry.clip) if entry and entry.clip else None
    if entry is None:
        return None
    if told.part is Part.APPELLANT:
        return _second(speaker, entry, clip, upheld=appeal is None or appeal.state is AppealState.UPHELD)
    second_look = appeal is None
    return _maker(speaker, entry, clip, second_look, house) if told.part is Part.MAKER else _reporter(speaker, entry, second_look)


def appeal_button(speaker: Speaker, seq: int) -> Button:
    """Asks for a second look at that line."""
    return Button(label=speaker.say("button.appeal"), token=str(LineToken(LineDeed.APPEAL, seq)))


def _maker(speaker: Speaker, entry: Entry, clip: Clip | None, second_look: bool, house: House) -> Card:
    body: list[Text] = [speaker.text("card.verdict.rule", rule=entry.reason)] if entry.reason else []
    body.append(speaker.text("card.verdict.passes", root=house.command_root))
    buttons = (appeal_button(speaker, entry.seq),) if second_look else ()
    words = clip.prompt if clip and clip.prompt else None
    head = speaker.text("card.verdict.yours", clip=entry.clip or "")
    return Card(tone=Tone.WAIT, head=head, words=words, body=tuple(body), buttons=buttons)


def _reporter(speaker: Speaker, entry: Entry, second_look: bool) -> Card:
    if entry.deed is Deed.TAKEDOWN:
        return Card(tone=Tone.QUIET, head=speaker.text("card.verdict.removed", clip=entry.clip or ""))
    key = "card.verdict.kept_reason" if entry.reason else "card.verdict.kept"
    buttons = (appeal_button(speaker, entry.seq),) if second_look else ()
    return Card(tone=Tone.QUIET, head=speaker.text(key, clip=entry.clip or "", reason=entry.reason), buttons=buttons)


def _second(speaker: Speaker, entry: Entry, clip: Clip | None, *, upheld: bool) -> Card:
    if upheld:
        return Card(tone=Tone.QUIET, head=speaker.text("card.verdict.upheld"))
    kind = "mute" if entry.deed in (Deed.MUTE, Deed.BAN) else entry.deed.value
    again = entry.deed is Deed.TAKEDOWN and clip is not None and clip.scene
    buttons = (Button(label=speaker.say("button.make_again"), token=str(Token(Press.AGAIN, clip.id))),) if again and clip else ()
    body = (speaker.text(f"card.verdict.overturned_{kind}", clip=entry.clip or ""),)
    return Card(tone=Tone.DONE, head=speaker.text("card.verdict.overturned"), body=body, buttons=buttons)
