"""Tells in words what a clip shows, from its scene and never from its pixels."""

from dataclasses import dataclass, replace
from enum import IntEnum

from walkon.scene import grammar
from walkon.scene.verbs import Verb
from walkon.scene.words import Category, lexicon
from walkon.types.people import Locale
from walkon.types.scene import Action, Scene, Shot, Subject, TimeOfDay, Weather

WANTED, MOST = 300, 1_024
"""Characters: a description within the first is read in one breath; the second is the least that any chat takes."""

_MUTUAL = frozenset({Verb.MEET, Verb.FIGHT, Verb.HUG, Verb.KISS})


class Weight(IntEnum):
    """How dear a sentence is; the lightest go first."""

    DETAIL = 0
    ACTION = 1
    LINE = 2
    OPENING = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a description."""

    weight: Weight
    text: str


def alt_text(scene: Scene, seconds: float, locale: Locale, *, draft: bool = False) -> str:
    """The description of a clip of `scene`, at most 1,024 characters and cut only between sentences.

    seconds: of the finished clip. draft: a preview that a better clip may follow.
    """
    teller = _Teller(locale)
    sentences = [Sentence(Weight.OPENING, _opening(scene, seconds, locale, draft=draft))]
    for number, shot in enumerate(scene.shots):
        sentences += teller.shot(shot, later=number > 0)
    return _cut(sentences)


def _opening(scene: Scene, seconds: float, locale: Locale, *, draft: bool) -> str:
    length = f"{round(seconds, 1):g}"
    style = " ".join((scene.style or "").split())[:60]
    if locale is Locale.FR:
        length = length.replace(".", ",")
        return f"{'Ébauche : clip' if draft else 'Clip'} {style + ' ' if style else ''}de {length} secondes."
    return f"{'Draft: ' if draft else ''}{length}-second {style + ' ' if style else ''}clip."


def _cut(sentences: list[Sentence]) -> str:
    kept = list(sentences)
    for weight, limit in ((Weight.DETAIL, WANTED), (Weight.ACTION, MOST), (Weight.LINE, MOST)):
        for sentence in reversed(sentences):
            if len(_joined(kept)) > limit and sentence.weight is weight:
                kept.remove(sentence)
    return _joined(kept)[:MOST]


def _joined(sentences: list[Sentence]) -> str:
    return " ".join(sentence.text for sentence in sentences)


class _Teller:
    """Remembers who was introduced: `a cat` once, then `the cat`."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._met: set[str] = set()
        self._where = ""

    def shot(self, shot: Shot, *, later: bool) -> list[Sentence]:
        where = self._setting(shot)
        told = [self._sentence(f"“{shot.title}”", Weight.ACTION)] if shot.title else []
        told += self._deeds(shot, where, later=later)
        told += [self._line(shot, number) for number in range(len(shot.lines))]
        told += [self._sentence(grammar.phrase("particle", key, self._locale), Weight.DETAIL) for key in shot.particles]
        if shot.sounds:
            names = [lexicon().name(Category.SOUND, key, self._locale).singular for key in shot.sounds]
            told.append(
                self._sentence(
                    f"{'Sound: ' if self._locale is Locale.EN else 'Son : '}{grammar.listing(names, self._locale)}", Weight.DETAIL
                )
            )
        return told

    def _sentence(self, text: str, weight: Weight) -> Sentence:
        return Sentence(weight, f"{text[:1].upper()}{text[1:]}.")

    def _setting(self, shot: Shot) -> str:
        """Where and in what light, once for as long as it lasts."""
        parts = [grammar.phrase("place", shot.place, self._locale)] if shot.place_said or shot.place != "field" else []
        if shot.time_said or shot.time is not TimeOfDay.DAY:
            parts.append(grammar.phrase("time", shot.time.value, self._locale))
        if shot.weather is not Weather.CLEAR:
            parts.append(grammar.phrase("weather", shot.weather.value, self._locale))
        where = " ".join(parts)
        changed, self._where = where != self._where, where
        return where if changed else ""

    def _deeds(self, shot: Shot, where: str, *, later: bool) -> list[Sentence]:
        clauses = [self._clause(shot, group) for group in _groups(shot)]
        doing = (
            {action.subject for action in shot.actions}
            | {action.object for action in shot.actions}
            | {action.mount for action in shot.actions}
        )
        seen = [subject for subject in shot.subjects if subject.id not in doing and not _speaks(shot, subject)]
        if seen:
            clauses.append(self._seen(seen))
        if not clauses and where and not shot.lines:
            clauses = ["a view" if self._locale is Locale.EN else "une vue"]
        if clauses and where:
            clauses[0] = f"{clauses[0]} {where}"
        if clauses and later:
            clauses[0] = f"{'then' if self._locale is Locale.EN else 'puis'} {clauses[0]}"
        return [self._sentence(clause, Weight.ACTION) for clause in clauses]

    def _seen(self, subjects: list[Subject]) -> str:
        names = grammar.listing([self._named(subject) for subject in subjects], self._locale)
        if self._locale is Locale.FR:
            return f"on voit {names}"
        return f"there {'is' if subjects[0].count == 1 else 'are'} {names}"

    def _clause(self, shot: Shot, group: list[Action]) -> str:
        first = group[0]
        doers = _together([subject for action in group if (subject := shot.subject(action.subject))])
        said = grammar.verb(first.verb, self._locale)
        many = len(doers) > 1 or doers[0].count > 1
        words = [grammar.listing([self._named(doer) for doer in doers], self._locale), said.many if many else said.one]
        mount = shot.subject(first.mount)
        thing = None if first.verb in _MUTUAL and len(group) > 1 else shot.subject(first.object)
        if thing is not None:
            words.append(grammar.merge(said.before, self._named(thing)))
        if mount is not None:
            words.append(f"{'on' if self._locale is Locale.EN else 'sur'} {self._named(mount)}")
        return " ".join(words)

    def _named(self, subject: Subject) -> str:
        name = grammar.name_of(subject, self._locale)
        if not subject.known and subject.label[:1].isupper():
            return subject.label
        if subject.noun in self._met:
            return grammar.the(name, subject.count, self._locale)
        self._met.add(subject.noun)
        return grammar.some(name, subject.count, self._locale)

    def _line(self, shot: Shot, number: int) -> Sentence:
        line = shot.lines[number]
        speaker = shot.subject(line.speaker)
        if self._locale is Locale.FR:
            who = self._named(speaker) if speaker else "une voix"
            text = f"{who} {'disent' if speaker and speaker.count > 1 else 'dit'} : « {line.text} »"
        else:
            who = self._named(speaker) if speaker else "a voice"
            text = f'{who} {"say" if speaker and speaker.count > 1 else "says"}: "{line.text}"'
        return self._sentence(text, Weight.LINE)


def _speaks(shot: Shot, subject: Subject) -> bool:
    return any(line.speaker == subject.id for line in shot.lines)


def _groups(shot: Shot) -> list[list[Action]]:
    """Actions that one sentence can tell: the same deed done to the same thing, or to each other."""
    groups: dict[tuple[str, str | None, str | None], list[Action]] = {}
    for action in shot.actions:
        if action.verb == Verb.IDLE or shot.subject(action.subject) is None:
            continue
        target = "" if action.verb in _MUTUAL and _answered(shot, action) else action.object
        groups.setdefault((action.verb, target, action.mount), []).append(action)
    return list(groups.values())


def _answered(shot: Shot, action: Action) -> bool:
    return any(other.verb == action.verb and other.subject == action.object and other.object == action.subject for other in shot.actions)


def _together(subjects: list[Subject]) -> list[Subject]:
    """Subjects of one noun counted as one."""
    by_noun: dict[str, Subject] = {}
    for subject in subjects:
        known = by_noun.get(subject.noun)
        by_noun[subject.noun] = subject if known is None else replace(known, count=known.count + subject.count)
    return list(by_noun.values())
