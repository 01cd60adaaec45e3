"""What is said about limits: to whoever reached one, and what is left of each."""

from collections.abc import Sequence
from datetime import datetime

from walkon.bot.cards import Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.moments import moment, next_minute, span, whole_minutes
from walkon.bot.quota import Left
from walkon.config import LimitsSection
from walkon.moderation.limits import LimitReached, PlaceRules, Quota


def limit_card(speaker: Speaker, reason: LimitReached, now: datetime) -> Card:
    """Which limit it was, and when it works again."""
    wait = speaker.say("refusal.limit.wait", wait=speaker.wait(reason.wait_ms)) if reason.wait_ms is not None else ""
    limit = _number(speaker, reason.limit)
    head = speaker.text(f"refusal.limit.{reason.whose}_{reason.quota}", limit=limit, wait=wait)
    return Card(tone=Tone.WAIT, head=head, body=_when(speaker, reason, now))


def _when(speaker: Speaker, reason: LimitReached, now: datetime) -> tuple[Text, ...]:
    if reason.too_much:
        return (speaker.text("refusal.limit.too_much"),)
    if reason.again is None:
        return ()
    sums = reason.quota in (Quota.SECONDS_PER_DAY, Quota.ENERGY_WH_PER_DAY)
    told = {"moment": moment(speaker, next_minute(reason.again), now), "span": span(speaker, whole_minutes(reason.again - now))}
    return (speaker.text("refusal.limit.again_shorter" if sums else "refusal.limit.again", **told),)


def left_lines(speaker: Speaker, left: Sequence[Left]) -> tuple[Text, ...]:
    """A line for each limit: whose it is, what is used of it, and of how much."""
    return tuple(
        speaker.text(
            f"card.settings.{each.quota}",
            whose=speaker.say(f"card.settings.of_{each.whose}"),
            taken=_number(speaker, each.taken),
            limit=_number(speaker, each.limit),
        )
        for each in left
    )


def rule_lines(speaker: Speaker, rules: PlaceRules, host: LimitsSection) -> tuple[Text, ...]:
    """A line for each limit of one place: who is meant, how much, and who said so."""
    lines: list[Text] = []
    for name, own, bound in (("here", rules.person, host.person), ("place", rules.place, host.place)):
        for quota in Quota:
            limit, least = quota.of(own), quota.of(bound)
            if limit is not None or least is not None:
                said = "moderators" if limit is not None and (least is None or limit <= least) else "host"
                number = _number(speaker, min(found for found in (limit, least) if found is not None))
                key = quota.value if name == "here" else f"place_{quota.value}"
                lines.append(speaker.text(f"card.mod.limit_by_{said}", quota=key, limit=number))
    return tuple(lines)


def flood_card(speaker: Speaker, wait_s: float) -> Card:
    """What is answered to more events than anybody can mean."""
    return Card(tone=Tone.WAIT, head=speaker.text("refusal.flood.head", wait=speaker.wait(wait_s * 1000)))


def stranger_card(speaker: Speaker) -> Card:
    """What is answered where this host makes no clips."""
    return Card(tone=Tone.QUIET, head=speaker.text("refusal.stranger.head"))


def _number(speaker: Speaker, value: float) -> str:
    return speaker.words.number(speaker.locale, value, 0 if value == int(value) else 1)
