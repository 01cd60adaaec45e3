"""Turns a prompt into a `Scene`, in English and French, by word lists and rules; the same prompt always gives the same scene."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from walkon.scene.cast import LIVING, Cast, Modifiers
from walkon.scene.draft import Deed, Draft
from walkon.scene.mentions import SOMEONE, Mentions, mask_mentions, neutral
from walkon.scene.normalise import MAX_READ, clean, is_visible, language_of, straight, unmask
from walkon.scene.options import Written, take_options
from walkon.scene.quotes import Masked, mask_quotes
from walkon.scene.reader import Reader
from walkon.scene.setting import Setting, camera_of, settle
from walkon.scene.shots import pieces_of
from walkon.scene.storyboard import Note, Panel, clamp_s, fit, needed_s, shots_cap, split_at_then, trim, trim_lines
from walkon.scene.tagging import terms_of
from walkon.scene.tokens import QUOTE_FIRST, QUOTE_LAST, tokens_of
from walkon.scene.verbs import Verb
from walkon.scene.words import Category, Word
from walkon.types.errors import WalkonError
from walkon.types.ids import PersonId
from walkon.types.people import Locale
from walkon.types.scene import MAX_PROMPT, Action, Aspect, Camera, Kind, Line, Mood, Scene, Shot, Subject, TimeOfDay, Weather

MAX_UNKNOWN, MAX_TITLE = 40, 140
"""Words listed as unknown; characters of a title card."""


class EmptyPrompt(WalkonError):
    """Nothing in the prompt could be seen when printed."""


@dataclass(eq=False)
class PromptTooLong(WalkonError):
    """The prompt has `length` characters, more than `limit`."""

    length: int
    limit: int

    def __str__(self) -> str:
        return f"prompt of {self.length} characters, limit {self.limit}"


@dataclass(slots=True)
class _Reading:
    """Everything learned on the way from prompt to scene."""

    prompt: str
    mentions: Mentions
    masked: Masked
    written: Written
    language: Locale
    cast: Cast = field(default_factory=Cast)
    drafts: list[Draft] = field(default_factory=list)
    not_staged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    notes: set[Note] = field(default_factory=set)


def parse(
    prompt: str,
    *,
    seconds: float | None = None,
    aspect: Aspect | None = None,
    seed: int = 0,
    style: str | None = None,
    locale: Locale = Locale.EN,
    people: Mapping[str, PersonId] = MappingProxyType({}),
) -> Scene:
    """The scene that `prompt` tells of, in at most 12 shots of at most 6 actors.

    seconds, aspect: None leaves them to the prompt's own words ("9:16", "6 seconds"), else to what its shots and lines need;
    seconds are clamped to 2 to 20. locale: decides the language where the words do not. people: whom a mention means, as it is
    written in the prompt (`scene/mentions.py`); a mention of nobody known is a figure all the same.
    Raises EmptyPrompt, and PromptTooLong beyond 10,000 characters; no other text makes it fail.
    """
    if len(prompt) > MAX_PROMPT:
        raise PromptTooLong(len(prompt), MAX_PROMPT)
    cleaned = clean(prompt)
    if not is_visible(cleaned):
        raise EmptyPrompt
    reading = _prepare(cleaned, locale, people)
    wished = seconds if seconds is not None else reading.written.seconds
    _read(reading, wished)
    _finish(reading)
    length, shots = _timed(reading, wished)
    return Scene(
        prompt=cleaned,
        shots=shots,
        language=reading.language.value,
        seconds=length,
        aspect=aspect or reading.written.aspect or Aspect.WIDE,
        seed=seed,
        style=style,
        not_staged=_all_not_staged(reading),
        unknown=tuple(dict.fromkeys(reading.unknown))[:MAX_UNKNOWN],
        notes=tuple(sorted(note.value for note in reading.notes)),
    )


def _prepare(cleaned: str, locale: Locale, people: Mapping[str, PersonId]) -> _Reading:
    mentions = mask_mentions(straight(cleaned), {straight(clean(word)): person for word, person in people.items()})
    text = mentions.text
    head = text if len(text) <= MAX_READ else text[:MAX_READ].rpartition(" ")[0] or text[:MAX_READ]
    masked = mask_quotes(head)
    masked = Masked(masked.text, tuple(mentions.restore(quote) for quote in masked.quotes))
    written = take_options(masked.text)
    words = tokens_of(unmask(written.text)) or [token for quote in masked.quotes for token in tokens_of(quote)]
    reading = _Reading(cleaned, mentions, Masked(written.text, masked.quotes), written, language_of(words, locale))
    if len(head) < len(text):
        reading.notes.add(Note.PROMPT_CUT)
        reading.not_staged += [f"“{quote}”" for quote in mask_quotes(text).quotes if quote not in masked.quotes]
    return reading


def _read(reading: _Reading, seconds: float | None) -> None:
    pieces = pieces_of(reading.masked)
    panels: list[Panel] = []
    for piece in pieces:
        panels += split_at_then(Panel(piece, terms_of(piece.text, tokens_of(piece.text), reading.language)))
    cap = shots_cap(clamp_s(seconds) if seconds is not None else None, timed=any(piece.start_s is not None for piece in pieces))
    kept, cut = fit(panels, cap)
    if cut:
        reading.notes.add(Note.SHOTS_CUT)
        reading.not_staged += [phrase for panel in cut if (phrase := _phrase(panel))]
    for panel in kept:
        reading.cast.splits.clear()
        draft = Reader(reading.cast, reading.masked.quotes, reading.language).read(panel.terms)
        draft.words, draft.start_s, draft.end_s = _phrase(panel), panel.piece.start_s, panel.piece.end_s
        for earlier in reading.drafts:
            for first, other in reading.cast.splits:
                earlier.share(first, other)
        reading.drafts.append(draft)


def _phrase(panel: Panel) -> str:
    words = " ".join(unmask(panel.piece.text).split()) or " ".join(term.label for term in panel.terms if term.label and not term.stop)
    return words.strip(" ,.;:!?")[:MAX_TITLE]


def _finish(reading: _Reading) -> None:
    """Drops shots that say nothing, brings in a lone figure where nobody was named, trims what does not fit."""
    telling = [draft for draft in reading.drafts if not draft.is_bare]
    for draft in reading.drafts:
        reading.unknown += draft.unknown
        if draft.is_bare and telling and draft.words:
            reading.not_staged.append(draft.words)
    reading.drafts = telling
    if not any(draft.subjects for draft in telling):
        reading.notes.add(Note.NO_SUBJECT)
        if telling:
            _add_lone_figure(reading)
    for before, draft in itertools.pairwise(telling):
        if not draft.subjects and (draft.place is None or draft.speeches or draft.orphans):
            draft.subjects = [id for id in before.subjects if reading.cast.is_living(id)][:2] or before.subjects[:2]
    reading.notes |= trim_lines(telling)
    for draft in telling:
        reading.notes |= trim(draft, reading.cast)
        reading.not_staged += draft.not_staged


def _add_lone_figure(reading: _Reading) -> None:
    mood = next((draft.mood for draft in reading.drafts if draft.mood), None)
    sad = mood is Mood.SAD
    word = Word(Category.NOUN, "person", Kind.PERSON, "🙍" if sad else "🧑")
    said = Modifiers(size=0.7 if sad else 1.0)
    for draft in reading.drafts:
        id = reading.cast.introduce(word, SOMEONE[reading.language], said, here=draft.subjects)
        draft.show(id)
        verbs = draft.orphans or [(Verb.WALK.value, "")]
        draft.deeds = [Deed(verb=verb, subject=id, word=label) for verb, label in verbs if not draft.speeches or draft.orphans]
        for speech in draft.speeches:
            speech.speaker = id


def _timed(reading: _Reading, wished: float | None) -> tuple[float, tuple[Shot, ...]]:
    coded = max((draft.end_s or draft.start_s or 0.0 for draft in reading.drafts), default=0.0)
    length = clamp_s(wished) if wished is not None else clamp_s(coded) if coded else needed_s(reading.drafts)
    scale = min(1.0, length / coded) if coded else 1.0
    shots, setting = [], Setting()
    for draft in reading.drafts:
        setting = settle(draft, setting, reading.cast)
        shots.append(_shot(draft, setting, reading, scale))
    return length, tuple(shots) or (_title_card(reading.prompt),)


def _title_card(prompt: str) -> Shot:
    title = re.sub(r"\s+", " ", prompt)
    return Shot(title=title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…")


def _shot(draft: Draft, setting: Setting, reading: _Reading, scale: float) -> Shot:
    return Shot(
        subjects=tuple(neutral(_subject(reading.cast.members[id]), reading.mentions, reading.language) for id in draft.subjects),
        actions=tuple(
            Action(verb=deed.verb, subject=deed.subject, object=deed.object, mount=deed.mount, style=deed.style) for deed in draft.deeds
        ),
        relations=tuple(draft.relations),
        lines=tuple(
            Line(speaker=speech.speaker, text=speech.text, language=language_of(tokens_of(straight(speech.text)), reading.language).value)
            for speech in draft.speeches
        ),
        place=setting.place or "field",
        place_said=setting.place_said,
        time=setting.time or TimeOfDay.DAY,
        time_said=setting.time_said,
        weather=setting.weather or Weather.CLEAR,
        mood=setting.mood or Mood.NEUTRAL,
        camera=camera_of(draft, setting, reading.cast) if draft.subjects else draft.camera or Camera.HOLD,
        slow_motion=draft.slow_motion,
        sounds=tuple(draft.sounds),
        particles=tuple(draft.particles),
        start_s=draft.start_s if draft.start_s is None else round(draft.start_s * scale, 3),
        end_s=draft.end_s if draft.end_s is None else round(draft.end_s * scale, 3),
    )


def _subject(member: Subject) -> Subject:
    return replace(member, count=max(1, min(6, member.count)), known=member.known or member.kind not in (*LIVING, Kind.PROP))


def _all_not_staged(reading: _Reading) -> tuple[str, ...]:
    """What was left out, and any quote that nobody speaks."""
    spoken = {speech.text for draft in reading.drafts for speech in draft.speeches}
    known = {re.sub(f"[{QUOTE_FIRST}-{QUOTE_LAST}]", "", phrase) for phrase in reading.not_staged}
    lost = [f"“{quote}”" for quote in reading.masked.quotes if quote not in spoken and f"“{quote}”" not in known]
    return tuple(dict.fromkeys(reading.mentions.restore(phrase) for phrase in [*reading.not_staged, *lost]))
