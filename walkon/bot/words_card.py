"""What is said about words that are not made into a clip: which words, why, and what would pass."""

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.safety.text import Label, Verdict


def refused_words(speaker: Speaker, verdict: Verdict) -> Card:
    """The refusal. Only the person's own words are quoted, and none of a wish that is refused without a reason."""
    if verdict.category is None:
        key = "disguised"
    else:
        key = "unsure" if verdict.label is Label.REVIEW and verdict.words else str(verdict.category)
    return Card(tone=Tone.WAIT, head=speaker.text(f"refusal.words.{key}", words=verdict.words))
