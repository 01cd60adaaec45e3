"""Tells in words what a clip shows, from its scene and never from its pixels."""

from dataclasses import dataclass, replace
from enum import IntEnum

from walkon.scene import grammar
from walkon.scene.cast import CROWD, LIVING, SPORT_BALLS
from walkon.scene.grammar import Said
from walkon.scene.verbs import Verb
from walkon.scene.words import Category, lexicon
from walkon.types.people import Locale
from walkon.types.scene import Action, Kind, Scene, Shot, Subject, TimeOfDay, Weather

WANTED, MOST = 300, 1_024
"""Characters: a description within the first is read in one breath; the second is the least that any chat takes."""

_MUTUAL = frozenset({Verb.MEET, Verb.FIGHT, Verb.HUG, Verb.KISS})


_ONLY_ONE = frozenset({"sun", "moon", "earth"})
_INSTRUMENTS = frozenset("guitar piano violin trumpet saxophone drum accordion banjo flute harp".split())
_DRIVEN = frozenset({Verb.DRIVE, Verb.SAIL})


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
            names = [
                grammar.phrase("sound", key, self._locale) or lexicon().name(Category.SOUND, key, self._locale).singular
                for key in shot.sounds
            ]
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
        standing = any(subject.noun == shot.place for subject in shot.subjects)
        named = (shot.place_said or shot.place != "field") and not standing
        parts = [grammar.phrase("place", shot.place, self._locale)] if named else []
        if shot.time_said or shot.time is not TimeOfDay.DAY:
            parts.append(grammar.phrase("time", shot.time.value, self._locale))
        if shot.weather is not Weather.CLEAR:
            parts.append(grammar.phrase("weather", shot.weather.value, self._locale))
        where = " ".join(parts)
        changed, self._where = where != self._where, where
        return where if changed else ""

    def _deeds(self, shot: Shot, where: str, *, later: bool) -> list[Sentence]:
        clauses = [self._clause(shot, group) for group in _groups(shot)]
        doing = _told(shot)
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
        said = self._said(shot, first, doers)
        many = len(doers) > 1 or (doers[0].count > 1 and doers[0].noun != CROWD)
        words = [grammar.listing([self._named(doer) for doer in doers], self._locale)]
        if first.verb in _MUTUAL and len(group) > 1:
            words.append(grammar.phrase("mutual", first.verb, self._locale))
        else:
            words += [said.many if many else said.one, self._target(shot.subject(first.object), first, said)]
        words.append(self._carried(shot.subject(first.mount), first))
        words += self._relations(shot, {action.subject for action in group}, group[-1])
        return " ".join(word for word in words if word)

    def _said(self, shot: Shot, action: Action, doers: list[Subject]) -> Said:
        """The verb, or the animal's own where it gives voice."""
        if action.verb in (Verb.SHOUT, Verb.TALK) and doers[0].kind is Kind.ANIMAL and shot.sounds:
            name = lexicon().name(Category.SOUND, shot.sounds[0], self._locale)
            return Said(name.singular, name.plural, "at" if self._locale is Locale.EN else "devant")
        return grammar.verb(action.verb, self._locale)

    def _target(self, thing: Subject | None, action: Action, said: Said) -> str:
        if thing is None or said.before == "-":
            return ""
        if action.verb == Verb.PLAY and (played := self._played(thing)):
            return played
        return grammar.merge(said.before, self._named(thing))

    def _played(self, thing: Subject) -> str:
        """`plays basketball`, `plays the guitar`; French with its own prepositions."""
        name = grammar.name_of(thing, self._locale)
        if thing.noun in SPORT_BALLS and thing.noun != "ball":
            return name.singular if self._locale is Locale.EN else f"au {name.singular}"
        if thing.noun in _INSTRUMENTS:
            return grammar.merge("" if self._locale is Locale.EN else "de", grammar.the(name, 1, self._locale))
        return ""

    def _carried(self, mount: Subject | None, action: Action) -> str:
        if mount is None:
            return ""
        direct = action.verb in _DRIVEN or (action.verb == Verb.RIDE and self._locale is Locale.EN)
        return self._named(mount) if direct else f"{'on' if self._locale is Locale.EN else 'sur'} {self._named(mount)}"

    def _relations(self, shot: Shot, doers: set[str], action: Action) -> list[str]:
        told: list[str] = []
        if [other for other in shot.actions if other.subject in doers and other.verb != Verb.IDLE][-1] is not action:
            return told
        for relation in shot.relations:
            thing = shot.subject(relation.object)
            if (
                relation.subject in doers
                and thing is not None
                and thing.id not in (action.mount, action.object)
                and not _acts(shot, thing.id)
            ):
                told.append(grammar.merge(grammar.phrase("relation", relation.relation.value, self._locale), self._named(thing)))
        return told

    def _named(self, subject: Subject) -> str:
        name = grammar.name_of(subject, self._locale)
        if not subject.known and (subject.person is not None or subject.label[:1].isupper()):
            return subject.label
        count = 1 if subject.noun == CROWD else subject.count
        if subject.noun in self._met or subject.noun in _ONLY_ONE:
            return grammar.the(name, count, self._locale)
        self._met.add(subject.noun)
        return grammar.some(name, count, self._locale, mass=subject.kind not in LIVING)

    def _line(self, shot: Shot, number: int) -> Sentence:
        line = shot.lines[number]
        speaker = shot.subject(line.speaker)
        if self._locale is Locale.FR:
            who = self._named(speaker) if speaker else "une voix"
            text = f"{who} {'disent' if speaker and speaker.count > 1 else 'dit'} : « {line.text} »."
        else:
            who = self._named(speaker) if speaker else "a voice"
            text = f'{who} {"say" if speaker and speaker.count > 1 else "says"}: "{line.text}{"" if line.text[-1:] in ".!?…" else "."}"'
        return Sentence(Weight.LINE, f"{text[:1].upper()}{text[1:]}")


def _acts(shot: Shot, id: str) -> bool:
    return any(action.subject == id and action.verb != Verb.IDLE for action in shot.actions)


def _told(shot: Shot) -> set[str | None]:
    """Ids that sentences about deeds name anyway."""
    deeds = [action for action in shot.actions if action.verb != Verb.IDLE]
    told = {action.subject for action in deeds} | {action.object for action in deeds} | {action.mount for action in deeds}
    return told | {relation.object for relation in shot.relations if relation.subject in told}


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
    """Subjects of one noun counted as one; a named person is like no other."""
    alike: dict[str, Subject] = {}
    for subject in subjects:
        kin = subject.person if subject.person is not None and not subject.known else subject.noun
        known = alike.get(kin)
        alike[kin] = subject if known is None else replace(known, count=known.count + subject.count)
    return list(alike.values())
