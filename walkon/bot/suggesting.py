"""What somebody may mean who is still typing an option: their own clips, and words they may not think of."""

from collections.abc import Sequence

from walkon.bot.clip_card import Speaker
from walkon.bot.command import Invocation, Option, OptionKind, Suggestion
from walkon.bot.house import House
from walkon.library import tables

MOST = 25
"""Suggestions shown at once (Discord's limit)."""
LOOKED_AT = 100
LABEL_LIMIT = 80
_STOPS = "cancel"


async def suggest(house: House, asked: Invocation, option: Option[object]) -> Sequence[Suggestion]:
    """The best guesses for the option as far as it is typed in `asked`, best first."""
    typed = str(asked.options.get(option.name, "")).strip().casefold()
    if option.kind is OptionKind.CLIP:
        return await _clips(house, asked, typed)
    speaker = Speaker(house.words, asked.person.locale)
    words = [speaker.say(f"suggestion.{option.name}.{key}") for key in option.suggested]
    return [Suggestion(word, word) for word in words if typed in word.casefold()][:MOST]


async def _clips(house: House, asked: Invocation, typed: str) -> Sequence[Suggestion]:
    stops = asked.command == _STOPS
    person, place = asked.person.id, asked.place.id
    own = await house.database.glance(lambda tx: tables.latest_of(tx, person, place, promised_only=stops, limit=LOOKED_AT))
    fit = [clip for clip in own if (stops or clip.finished) and (typed in clip.prompt.casefold() or typed in clip.id.casefold())]
    return [Suggestion(clip.id, f"{clip.id} · {_line(clip.prompt)}") for clip in fit[:MOST]]


def _line(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LABEL_LIMIT else line[: LABEL_LIMIT - 1].rstrip() + "…"
