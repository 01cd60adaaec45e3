"""Shots and lines on the clip's clock: speech gets its own shot, cuts fall on beats, the length fits what is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from walkon.engine.drawing.motion.moves import move_of, verb_of
from walkon.engine.performance import Speech
from walkon.scene.verbs import ROCKETS, STUNTS, Verb
from walkon.types.scene import FPS, MAX_SECONDS, Scene, Shot

LEAST_SHOT_S = 1.6
LEAD_S, TAIL_S = 0.15, 0.45
"""Silence before and after a line within its shot."""
MASTER_S = 1.7
QUIET = frozenset({Verb.IDLE, Verb.TALK, Verb.SHOUT, Verb.WAIT, Verb.SING})
"""Verbs that a speaking shot already shows."""
ANNOUNCED = STUNTS | ROCKETS | {Verb.THROW, Verb.SHOOT, Verb.DIVE, Verb.CONJURE, Verb.FLY, Verb.VANISH}
OUTCRIES = frozenset(
    "oops ouch wow ow yes no phew surprise tada boo yay hooray help whoa ah oh oups aïe ouf oui non bravo hourra zut mince pardon".split()
)
"""First words of lines that answer to what has just happened."""
SpeechBook = Mapping[tuple[int, int], Speech]
"""Speeches by (index of shot, index of line)."""


class TakeKind(Enum):
    """What a take is for."""

    ACTION = auto()
    SPEECH = auto()
    TITLE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One uncut stretch of film. line: index in the shot's lines for speech. said: the line comes after the action."""

    shot: Shot
    shot_index: int
    kind: TakeKind
    line: int | None = None
    start_s: float = 0.0
    end_s: float = 0.0

    @property
    def seconds(self) -> float:
        """Length."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The takes in order, the clip's exact length, and what had to be left out, as words."""

    takes: tuple[Take, ...]
    seconds: float
    dropped: tuple[str, ...] = ()


@dataclass(slots=True)
class _Slot:
    shot: Shot
    index: int
    kind: TakeKind
    least_s: float
    weight: float
    line: int | None = None
    at_s: float | None = field(default=None)


def by_line(scene: Scene, speeches: SpeechBook | Sequence[Speech]) -> SpeechBook:
    """Speeches by (shot, line); a plain sequence is taken in the order of the lines."""
    if isinstance(speeches, Mapping):
        return speeches
    keys = [(index, line) for index, shot in enumerate(scene.shots) for line in range(len(shot.lines))]
    return dict(zip(keys, speeches, strict=False))


def plan(scene: Scene, speeches: SpeechBook, beat_s: float) -> Plan:
    """Place every shot and line. Never raises: what does not fit into 20 seconds is named in `dropped`."""
    slots = [slot for index, shot in enumerate(scene.shots) for slot in _slots(index, shot, speeches)]
    if not slots:
        slots = [_Slot(Shot(title=scene.prompt.strip() or "…"), 0, TakeKind.TITLE, LEAST_SHOT_S, 1.0)]
    slots, dropped = _that_fit(slots, scene)
    windows = _windows(slots, scene)
    lengths = [length for group, window in windows for length in _lengths(group, window)]
    total = round(min(float(MAX_SECONDS), max(sum(lengths), scene.seconds)) * FPS) / FPS
    cuts = _cuts(slots, lengths, total, beat_s)
    takes = tuple(
        Take(shot=slot.shot, shot_index=slot.index, kind=slot.kind, line=slot.line, start_s=start, end_s=end)
        for slot, start, end in zip(slots, [0.0, *cuts], [*cuts, total], strict=True)
    )
    return Plan(takes=takes, seconds=total, dropped=dropped)


def _slots(index: int, shot: Shot, speeches: SpeechBook) -> list[_Slot]:
    lines = [line for line in range(len(shot.lines)) if (index, line) in speeches]
    spoken = [_speech_slot(index, shot, line, speeches[index, line]) for line in lines]
    if not shot.subjects and not shot.lines and shot.title:
        return [_Slot(shot, index, TakeKind.TITLE, LEAST_SHOT_S, 2.0, at_s=shot.start_s)]
    if spoken and not _has_action(shot):
        spoken[0].at_s = shot.start_s
        return spoken
    action = _Slot(shot, index, TakeKind.ACTION, _least(shot), _weight(shot))
    before = [slot for slot in spoken if _announces(shot, slot)]
    ordered = [*before, action, *(slot for slot in spoken if slot not in before)]
    ordered[0].at_s = shot.start_s
    return ordered


def _speech_slot(index: int, shot: Shot, line: int, speech: Speech) -> _Slot:
    return _Slot(shot, index, TakeKind.SPEECH, max(LEAST_SHOT_S, LEAD_S + speech.seconds + TAIL_S), 0.35, line)


def _has_action(shot: Shot) -> bool:
    living = [subject for subject in shot.subjects if any(line.speaker != subject.id for line in shot.lines)]
    return any(action.verb not in QUIET for action in shot.actions) or len(living) > 0 or not shot.subjects


def _least(shot: Shot) -> float:
    verbs = [verb_of(action.verb) for action in shot.actions]
    return max([LEAST_SHOT_S, *(move_of(verb).least_s for verb in verbs)])


def _weight(shot: Shot) -> float:
    if not any(action.verb not in QUIET for action in shot.actions) and shot.lines:
        return 0.3
    return 1.0 + 0.5 * min(3, len(shot.actions))


def _announces(shot: Shot, slot: _Slot) -> bool:
    """Whether a line of at most four words comes before the stunt it announces; an outcry comes after it."""
    words = shot.lines[slot.line or 0].text.split()
    if words and words[0].strip(" ,.!?…").lower() in OUTCRIES:
        return False
    return len(words) <= 4 and any(action.verb in ANNOUNCED for action in shot.actions)


def _that_fit(slots: list[_Slot], scene: Scene) -> tuple[list[_Slot], tuple[str, ...]]:
    """Drop from the end what cannot be shown: shots below 1.6 s, lines beyond 20 s."""
    dropped: list[str] = []
    while len(slots) > 1:
        need = sum(slot.least_s for slot in slots)
        talks = any(slot.kind is TakeKind.SPEECH for slot in slots)
        limit = MAX_SECONDS if talks else max(scene.seconds, LEAST_SHOT_S)
        if need <= limit + 1e-6:
            break
        if _relaxed(slots, limit):
            break
        gone = slots.pop()
        dropped.append(_words_of(gone))
    return slots, tuple(reversed([words for words in dropped if words]))


def _relaxed(slots: list[_Slot], limit: float) -> bool:
    """Shorten actions towards the least shot where that is enough."""
    wished = sum(slot.least_s for slot in slots)
    floor = sum(slot.least_s if slot.kind is TakeKind.SPEECH else LEAST_SHOT_S for slot in slots)
    if floor > limit + 1e-6:
        return False
    give = (wished - limit) / max(1e-6, wished - floor)
    for slot in slots:
        if slot.kind is not TakeKind.SPEECH:
            slot.least_s -= (slot.least_s - LEAST_SHOT_S) * give
    return True


def _words_of(slot: _Slot) -> str:
    if slot.line is not None:
        return f"“{slot.shot.lines[slot.line].text[:60]}”"
    names = [subject.label for subject in slot.shot.subjects[:2]]
    return " ".join(names)


def _windows(slots: list[_Slot], scene: Scene) -> list[tuple[list[_Slot], float]]:
    """Groups of slots and the seconds they share: one for the whole scene, or one for each time code."""
    if not any(slot.at_s is not None for slot in slots):
        return [(slots, max(scene.seconds, sum(slot.least_s for slot in slots)))]
    groups: list[list[_Slot]] = []
    for slot in slots:
        if slot.at_s is not None or not groups:
            groups.append([])
        groups[-1].append(slot)
    ends = [group[0].at_s for group in groups[1:]] + [max(scene.seconds, groups[-1][0].shot.end_s or 0.0)]
    begun, sized = 0.0, []
    for group, end in zip(groups, ends, strict=True):
        need = sum(slot.least_s for slot in group)
        window = max((end or 0.0) - begun, need if any(slot.kind is TakeKind.SPEECH for slot in group) else 0.5)
        sized.append((group, window))
        begun += window
    return sized


def _lengths(group: list[_Slot], window: float) -> list[float]:
    """Every slot's least, and the rest by weight; where even the least is too long, all shrink."""
    need = sum(slot.least_s for slot in group)
    spare = window - need
    if spare < 0:
        return [slot.least_s * window / need for slot in group]
    weights = sum(slot.weight for slot in group)
    return [slot.least_s + spare * slot.weight / weights for slot in group]


def _cuts(slots: list[_Slot], lengths: list[float], total: float, beat_s: float) -> list[float]:
    """The cuts between slots: at their time code, else on the nearest beat that leaves both sides long enough."""
    cuts: list[float] = []
    at = 0.0
    for index in range(len(slots) - 1):
        ideal = sum(lengths[: index + 1])
        rest = sum(slot.least_s for slot in slots[index + 1 :])
        low, high = at + min(slots[index].least_s, lengths[index]), max(at + 0.5, total - rest)
        following = slots[index + 1].at_s
        exact = following is not None and abs(following - ideal) < 0.3
        cut = ideal if exact else _on_beat(ideal, beat_s, low, high)
        at = round(cut * FPS) / FPS
        cuts.append(at)
    return cuts


def _on_beat(ideal: float, beat_s: float, low: float, high: float) -> float:
    beats = [round(ideal / beat_s) * beat_s + step * beat_s for step in (0, 1, -1)]
    allowed = [beat for beat in sorted(beats, key=lambda beat: abs(beat - ideal)) if low - 1e-6 <= beat <= high + 1e-6]
    return allowed[0] if allowed else min(max(ideal, low), max(low, high))
