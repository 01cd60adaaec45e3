"""What is said about mutes: to who is muted, to who mutes, and as lines of the moderators' log."""

from collections.abc import Sequence
from datetime import datetime

from walkon.bot.cards import Button, Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.moments import moment, span
from walkon.bot.tokens import LineDeed, LineToken
from walkon.moderation.mutes import Deed, Entry, Mute
from walkon.moderation.restrictions import Restricted, has_means
from walkon.types.ids import PlaceId
from walkon.types.people import Person


def muted_card(speaker: Speaker, mute: Mute, now: datetime, *, appeal: int | None = None) -> Card:
    """What a muted person reads instead of any answer. appeal: the line of the log that they may still ask a second look at."""
    where = "everywhere" if mute.place is None else "here"
    if mute.until is None:
        head = speaker.text(f"refusal.muted.{where}_endless")
    else:
        head = speaker.text(f"refusal.muted.{where}", moment=moment(speaker, mute.until, now))
    body = (speaker.text("refusal.muted.reason", reason=mute.reason),) if mute.reason else ()
    label = speaker.say("button.appeal")
    buttons = (Button(label=label, token=str(LineToken(LineDeed.APPEAL, appeal))),) if appeal else ()
    return Card(tone=Tone.WAIT, head=head, body=body, buttons=buttons)


def deed_card(speaker: Speaker, entry: Entry, now: datetime, *, native: Text | None = None) -> Card:
    """What the moderator reads when it is done. native: what became of the platform's own means, None where they were not asked for."""
    where = "everywhere" if entry.place is None else "here"
    until = moment(speaker, entry.until, now) if entry.until else ""
    length = span(speaker, entry.until - entry.at) if entry.until else ""
    head = speaker.text(f"card.mod.{entry.deed}_{where}", who=entry.person.name, span=length, moment=until)
    held_back = entry.deed in (Deed.MUTE, Deed.BAN)
    body = [_stopped(speaker, entry)] if held_back else []
    if entry.reason and held_back:
        body.append(speaker.text("card.mod.reads", who=entry.person.name))
    if native:
        body.append(native)
    buttons = _second_thoughts(speaker, entry, offers=native is None) if held_back else ()
    return Card(tone=Tone.QUIET, head=head, body=tuple(body), buttons=buttons)


def _second_thoughts(speaker: Speaker, entry: Entry, *, offers: bool) -> tuple[Button, ...]:
    undo = Button(label=speaker.say("button.undo"), token=str(LineToken(LineDeed.UNDO, entry.seq)))
    log = Button(label=speaker.say("button.log"), token=str(LineToken(LineDeed.LOG, entry.seq)))
    if not offers or entry.place is None or not has_means(entry.place):
        return undo, log
    label = speaker.say("button.native", means=means(speaker, entry.place))
    return undo, Button(label=label, token=str(LineToken(LineDeed.NATIVE, entry.seq))), log


def means(speaker: Speaker, place: PlaceId) -> str:
    """What the platform of that place calls it."""
    return speaker.say(f"native.{place.partition(':')[0]}")


def native_line(speaker: Speaker, entry: Entry, became: Restricted | None) -> Text:
    """What became of the platform's own means; None: it has not said so yet."""
    if entry.place is None or not has_means(entry.place):
        return speaker.text("card.native.nowhere")
    return speaker.text(f"card.native.{became or 'asked'}", means=means(speaker, entry.place), who=entry.person.name)


def _stopped(speaker: Speaker, entry: Entry) -> Text:
    if entry.running + entry.waiting == 0:
        return speaker.text("card.mod.stopped_none")
    return speaker.text("card.mod.stopped", running=entry.running, waiting=entry.waiting)


def log_card(speaker: Speaker, entries: Sequence[Entry]) -> Card:
    """The newest lines of the log."""
    if not entries:
        return Card(tone=Tone.QUIET, head=speaker.text("card.mod.log_empty"))
    lines = tuple((log_line(speaker, entry),) for entry in entries)
    return Card(tone=Tone.QUIET, head=speaker.text("card.mod.log", n=len(entries)), body=lines)


def log_line(speaker: Speaker, entry: Entry) -> str:
    """One deed, verb first: when, what, where, by whom on whom, why, how much it stopped, its number."""
    parts = [f"{entry.at:%Y-%m-%dT%H:%M:%SZ}", str(entry.deed), entry.place or speaker.say("card.mod.everywhere")]
    on_nobody = entry.deed in (Deed.LIMITS, Deed.CHANNEL)
    parts.append(speaker.say("card.mod.by" if on_nobody else "card.mod.by_on", by=_called(entry.by), who=_called(entry.person)))
    if entry.clip:
        parts.append(speaker.say("card.mod.clip", clip=entry.clip))
    if entry.until:
        parts.append(speaker.say("card.mod.span", span=span(speaker, entry.until - entry.at)))
    if entry.reason and entry.deed is Deed.RESTRICT and entry.place:
        parts.append(speaker.say(f"card.native.{entry.reason}", means=means(speaker, entry.place), who=entry.person.name))
    elif entry.reason:
        parts.append(speaker.say("card.mod.quote", reason=entry.reason))
    if entry.deed in (Deed.MUTE, Deed.BAN, Deed.TAKEDOWN):
        parts.append(speaker.say("card.mod.counts", running=entry.running, waiting=entry.waiting))
    return " · ".join((*parts, f"#{entry.seq}"))


def _called(person: Person) -> str:
    return f"{person.name} ({person.id})"
