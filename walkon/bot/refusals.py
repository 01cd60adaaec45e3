"""Errors about people in clips, in words: to whoever asked, in private, and without a word about anybody's answer."""

from walkon.bot.cards import Text
from walkon.bot.clip_card import Speaker
from walkon.bot.house import House
from walkon.bot.moments import moment
from walkon.bot.naming import NobodyOfThatName
from walkon.consent.asking import NotEnrolled, TooManyAsks, TopicRefused
from walkon.types.errors import WalkonError


def about_people(house: House, speaker: Speaker, error: WalkonError) -> Text | None:
    """The sentence for an error of that kind, None for any other."""
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
