"""Typed errors in words, in private: which sentence each becomes. What nobody expected is a code in the log and in the answer."""

import secrets

import structlog

from walkon.bot.cards import Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import BadOption, Reply
from walkon.bot.house import House
from walkon.bot.intake import RightMissing
from walkon.bot.limit_cards import limit_card
from walkon.bot.moments import moment
from walkon.bot.naming import NobodyOfThatName
from walkon.bot.words_card import refused_words
from walkon.consent.asking import NotEnrolled, TooManyAsks, TopicRefused
from walkon.library.clips import ClipTakenDown
from walkon.library.reach import BeyondReach
from walkon.moderation.limits import LimitReached, Whose
from walkon.queue.port import QueueFull
from walkon.safety.text import WordsRefused
from walkon.scene.options import OptionRefused
from walkon.scene.parser import EmptyPrompt, PromptTooLong
from walkon.types.errors import WalkonError

log = structlog.get_logger(__name__)


def refusal(house: House, speaker: Speaker, error: WalkonError) -> Reply:
    """What whoever asked reads of an error."""
    sentence = _about_people(house, speaker, error)
    if sentence is not None:
        return Reply(card=Card(tone=Tone.WAIT, head=sentence), private=True, confidential=True)
    match error:
        case EmptyPrompt():
            return in_private(speaker, "refusal.empty", starter=speaker.say("starter.1"))
        case PromptTooLong():
            return in_private(speaker, "refusal.long", length=error.length, limit=error.limit)
        case BadOption() | OptionRefused():
            return in_private(speaker, "refusal.option", value=error.value[:60], option=error.option, allowed=error.allowed)
        case LimitReached():
            card, young = limit_card(speaker, error, house.clock.now()), error.whose is Whose.GUARDIAN
            return Reply(card=card, private=True, confidential=young)
        case ClipTakenDown():
            return in_private(speaker, "refusal.taken_down", clip=error.clip)
        case WordsRefused():
            return Reply(card=refused_words(speaker, error.verdict), private=True)
        case RightMissing():
            rights = ", ".join(speaker.say(f"right.{right}") for right in error.rights)
            return in_private(speaker, "refusal.rights", rights=rights)
        case QueueFull() | BeyondReach():
            return _no_room(speaker, error)
        case _:
            return broken(speaker, type(error).__name__, error)


def broken(speaker: Speaker, what: str, error: Exception) -> Reply:
    """Something on our side: its code stands in the log, with all that is known of it."""
    code = secrets.token_hex(3)
    log.error("command_broke", code=code, what=what, exc_info=error)
    return Reply(card=Card(tone=Tone.BAD, head=speaker.text("refusal.broken", code=code)), private=True)


def in_private(speaker: Speaker, key: str, **values: object) -> Reply:
    """One sentence that asks for something else."""
    return Reply(card=Card(tone=Tone.WAIT, head=speaker.text(key, **values)), private=True)


def _about_people(house: House, speaker: Speaker, error: WalkonError) -> Text | None:
    """The sentence for an error about people in clips, which says no word about anybody's answer; None for any other."""
    match error:
        case NobodyOfThatName():
            return speaker.text("refusal.nobody", written=error.written[:40])
        case TooManyAsks():
            return speaker.text("refusal.asked_enough", moment=moment(speaker, error.until, house.clock.now()))
        case TopicRefused():
            topics = ", ".join(speaker.say(f"topic.{topic}") for topic in sorted(error.topics))
            return speaker.text("refusal.topic", topics=topics)
        case NotEnrolled():
            return speaker.text("refusal.not_enrolled", root=house.command_root)
        case _:
            return None


def _no_room(speaker: Speaker, error: QueueFull | BeyondReach) -> Reply:
    """In the line, or in the machines' memory."""
    if isinstance(error, QueueFull):
        return in_private(speaker, f"refusal.full.{error.bound}", limit=error.limit, wait=speaker.wait(error.retry_after_s * 1000))
    if not error.longest_s:
        return in_private(speaker, "refusal.reach.none")
    return in_private(speaker, "refusal.reach.shorter", asked=round(error.seconds), limit=int(error.longest_s))
