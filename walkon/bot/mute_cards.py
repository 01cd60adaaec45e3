"""What is said about mutes: to who is muted, to who mutes, and as lines of the moderators' log."""

from collections.abc import Sequence
from datetime import datetime

from walkon.bot.cards import Button, Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.moments import moment, span
from walkon.bot.tokens import UndoToken
from walkon.moderation.mutes import Deed, Entry, Mute
from walkon.types.people import Person


def muted_card(speaker: Speaker, mute: Mute, now: datetime) -> Card:
    """What a muted person reads instead of any answer."""
    where = "everywhere" if mute.place is None else "here"
    if mute.until is None:
        head = speaker.text(f"refusal.muted.{where}_endless")
    else:
        head = speaker.text(f"refusal.muted.{where}", moment=moment(speaker, mute.until, now))
    body = (speaker.text("refusal.muted.reason", reason=mute.reason),) if mute.reason else ()
    return Card(tone=Tone.WAIT, head=head, body=body)


def deed_card(speaker: Speaker, entry: Entry, now: datetime) -> Card:
    """What the moderator reads when it is done."""
    where = "everywhere" if entry.place is None else "here"
    until = moment(speaker, entry.until, now) if entry.until else ""
    length = span(speaker, entry.until - entry.at) if entry.until else ""
    head = speaker.text(f"card.mod.{entry.deed}_{where}", who=entry.person.name, span=length, moment=until)
    held_back = entry.deed in (Deed.MUTE, Deed.BAN)
    body = [_stopped(speaker, entry)] if held_back else []
    if entry.reason and held_back:
        body.append(speaker.text("card.mod.reads", who=entry.person.name))
    undo = (Button(label=speaker.say("button.undo"), token=str(UndoToken(entry.seq))),) if held_back else ()
    return Card(tone=Tone.QUIET, head=head, body=tuple(body), buttons=undo)


def _stopped(speaker: Speaker, entry: Entry) -> Text:
    if entry.running + entry.waiting == 0:
        return speaker.text("card.mod.stopped_none")
    return speaker.text("card.mod.stopped", running=entry.running, waiting=entry.waiting)


def log_card(speaker: Speaker, entries: Sequence[Entry]) -> Card:
    """The newest lines of the log."""
    if not entries:
        return Card(tone=Tone.QUIET, head=speaker.text("card.mod.log_empty"))
    lines = tuple((_line(speaker, entry),) for entry in entries)
    return Card(tone=Tone.QUIET, head=speaker.text("card.mod.log", n=len(entries)), body=lines)


def _line(speaker: Speaker, entry: Entry) -> str:
    parts = [f"{entry.at:%Y-%m-%dT%H:%M:%SZ}", str(entry.deed), entry.place or speaker.say("card.mod.everywhere")]
    on_nobody = entry.deed in (Deed.LIMITS, Deed.CHANNEL)
    parts.append(speaker.say("card.mod.by" if on_nobody else "card.mod.by_on", by=_called(entry.by), who=_called(entry.person)))
    if entry.clip:
        parts.append(speaker.say("card.mod.clip", clip=entry.clip))
    if entry.until:
        parts.append(speaker.say("card.mod.span", span=span(speaker, entry.until - entry.at)))
    if entry.reason:
        parts.append(speaker.say("card.mod.quote", reason=entry.reason))
    if entry.deed in (Deed.MUTE, Deed.BAN, Deed.TAKEDOWN):
        parts.append(speaker.say("card.mod.counts", running=entry.running, waiting=entry.waiting))
    return " · ".join((*parts, f"#{entry.seq}"))


def _called(person: Person) -> str:
    return f"{person.name} ({person.id})"
