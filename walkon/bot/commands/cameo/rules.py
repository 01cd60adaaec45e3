"""`/sora cameo rules`: subjects that are refused, what is lent, whether clips may leave their chat, when it ends."""

from dataclasses import replace
from datetime import datetime

from walkon.bot import agreeing
from walkon.bot.cards import Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import BadOption, Reply
from walkon.bot.commands.cameo.said import Said
from walkon.bot.moments import moment
from walkon.consent import enrolment_tables as enrolments
from walkon.consent.likeness import Likeness, Part, Topic
from walkon.moderation.mutes import read_duration

_SWITCHES = {"on": True, "off": False, "yes": True, "no": False}
ALLOWED = "no|ok politics, advertising, romance, violence, swimwear, religion; face on|off; voice on|off; travel yes|no; ends 90d"


async def rules(said: Said) -> Reply:
    """Without words, what holds now. With them, pairs: `no politics`, `ok romance`, `voice off`, `travel yes`, `ends 90d`."""
    likeness = await said.likeness()
    if likeness is None:
        return said.told("card.cameo.none", root=said.house.command_root)
    now, words = said.house.clock.now(), said.what.lower().split()
    if len(words) % 2:
        raise BadOption("rules", said.what, ALLOWED)
    changed = likeness
    for first, second in zip(words[::2], words[1::2], strict=True):
        changed = _changed(changed, first, second, now)
    if not changed.parts:
        return said.told("card.cameo.something", root=said.house.command_root)
    if Part.VOICE in changed.parts - likeness.parts and not await _gave_voice(said, likeness):
        return said.told("card.cameo.no_voice", root=said.house.command_root)
    if changed != likeness:
        await agreeing.change_rules(said.house, changed)
    return said.shown(_card(said.speaker, said, changed, changed=changed != likeness))


def _changed(likeness: Likeness, first: str, second: str, now: datetime) -> Likeness:
    if first in ("no", "ok") and second in frozenset(Topic):
        topic = {Topic(second)}
        return replace(likeness, refused=likeness.refused | topic if first == "no" else likeness.refused - topic)
    if first in frozenset(Part) and second in _SWITCHES:
        part = {Part(first)}
        return replace(likeness, parts=likeness.parts | part if _SWITCHES[second] else likeness.parts - part)
    if first == "travel" and second in _SWITCHES:
        return replace(likeness, may_travel=_SWITCHES[second])
    length = read_duration(second) if first == "ends" else None
    if length is None:
        raise BadOption("rules", f"{first} {second}", ALLOWED)
    return replace(likeness, ends_at=now + length)


async def _gave_voice(said: Said, likeness: Likeness) -> bool:
    enrolment = await said.house.database.read(lambda tx: enrolments.accepted_of(tx, likeness.owner))
    return enrolment is not None and enrolment.has_voice


def _card(speaker: Speaker, said: Said, likeness: Likeness, *, changed: bool) -> Card:
    refused = ", ".join(speaker.say(f"topic.{topic}") for topic in sorted(likeness.refused))
    parts = ", ".join(speaker.say(f"part.{part}") for part in sorted(likeness.parts))
    ends = moment(speaker, likeness.lapses_at, said.house.clock.now())
    lines: list[Text] = [
        speaker.text("card.cameo.refuses", topics=refused) if refused else speaker.text("card.cameo.refuses_none"),
        speaker.text("card.cameo.lends", parts=parts),
        speaker.text("card.cameo.travels" if likeness.may_travel else "card.cameo.stays"),
        speaker.text("card.cameo.ends", moment=ends),
        speaker.text("card.cameo.rules_how", root=said.house.command_root),
    ]
    return Card(tone=Tone.QUIET, head=speaker.text("card.cameo.saved" if changed else "card.cameo.rules"), body=tuple(lines))
