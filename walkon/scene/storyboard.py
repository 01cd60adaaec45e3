"""Fits what was read into a clip: how many shots, actors, deeds and words it can hold, and what is left out."""

from dataclasses import dataclass, replace
from enum import StrEnum

from walkon.scene.cast import CROWD, LIVING, Cast
from walkon.scene.draft import Deed, Draft
from walkon.scene.shots import Cut, Piece
from walkon.scene.tagging import Term
from walkon.scene.words import Category
from walkon.types.scene import MAX_SECONDS, MIN_SECONDS

SHORTEST_SHOT_S = 1.6
MAX_SHOTS, MAX_TIMED_SHOTS = 8, 12
MAX_ACTORS, MAX_THINGS, MAX_DEEDS = 6, 6, 3
"""Actors (counted one by one) and other things in a shot; deeds of an actor in a shot."""

USUAL_SECONDS = 6.0
LETTERS_A_SECOND, PAUSE_S = 14.0, 0.45
"""Pace of the drawn preview's voices and the rest after a line; measured on the English voice at usual speed."""


class Note(StrEnum):
    """What the author should know about the scene as a whole; `Scene.notes` holds these."""

    NO_SUBJECT = "no_subject"
    SHOTS_CUT = "shots_cut"
    ACTORS_CUT = "actors_cut"
    DEEDS_CUT = "deeds_cut"
    LINES_CUT = "lines_cut"
    PROMPT_CUT = "prompt_cut"


@dataclass(frozen=True, slots=True)
class Panel:
    """A shot before it is read: its text and its terms."""

    piece: Piece
    terms: list[Term]


def split_at_then(panel: Panel) -> list[Panel]:
    """A panel for each part that `then` begins, where both sides of it do something."""
    parts: list[list[Term]] = [[]]
    for place, term in enumerate(panel.terms):
        if term.is_(Category.THEN):
            rest = panel.terms[place + 1 :]
            if any(other.is_verb for other in parts[-1]) and any(other.is_verb for other in rest):
                parts.append([])
            continue
        parts[-1].append(term)
    if panel.piece.start_s is not None:
        return [Panel(panel.piece, [term for part in parts for term in part])]
    return [Panel(panel.piece if at == 0 else replace(panel.piece, text="", cut=Cut.THEN), part) for at, part in enumerate(parts)]


def shots_cap(seconds: float | None, *, timed: bool) -> int:
    """How many shots fit; seconds None: as long as it takes."""
    most = MAX_TIMED_SHOTS if timed else MAX_SHOTS
    return most if seconds is None else max(1, min(most, int(seconds / SHORTEST_SHOT_S)))


def fit(panels: list[Panel], cap: int) -> tuple[list[Panel], list[Panel]]:
    """The panels to stage, and those that must go: first `then` is undone, then sentences share a shot, then the end is cut."""
    kept = list(panels)
    for cut in (Cut.THEN, Cut.SENTENCE):
        at = len(kept) - 1
        while at > 0 and len(kept) > cap:
            if kept[at].piece.cut is cut:
                kept[at - 1 : at + 1] = [_merged(kept[at - 1], kept[at])]
                at -= 1 if cut is Cut.SENTENCE else 0
            at -= 1
    return kept[:cap], kept[cap:]


def _merged(first: Panel, second: Panel) -> Panel:
    stop = Term(".", ".", stop=True)
    text = f"{first.piece.text} {second.piece.text}".strip()
    return Panel(replace(first.piece, text=text), [*first.terms, stop, *second.terms])


def trim(draft: Draft, cast: Cast) -> set[Note]:
    """Takes out of the shot what it cannot hold, and names it in the draft's `not_staged`."""
    notes = _trim_subjects(draft, cast) | _trim_deeds(draft)
    kept = set(draft.subjects)
    draft.deeds = [deed for deed in draft.deeds if deed.subject in kept]
    for deed in draft.deeds:
        deed.object = deed.object if deed.object in kept else None
        deed.mount = deed.mount if deed.mount in kept else None
    draft.relations = list(
        dict.fromkeys(
            relation for relation in draft.relations if {relation.subject, relation.object} <= kept and relation.subject != relation.object
        )
    )
    for speech in draft.speeches:
        speech.speaker = speech.speaker if speech.speaker in kept else None
    return notes


def _trim_subjects(draft: Draft, cast: Cast) -> set[Note]:
    acting = {deed.subject for deed in draft.deeds}
    kept: list[str] = []
    actors = things = 0
    notes: set[Note] = set()
    for id in draft.subjects:
        member = cast.members[id]
        is_actor = member.kind in LIVING or id in acting
        room = MAX_ACTORS - actors if is_actor else int(things < MAX_THINGS)
        if room <= 0:
            draft.not_staged.append(member.label)
            notes.add(Note.ACTORS_CUT)
            continue
        if is_actor and member.count > room:
            cast.change(id, count=room)
            if member.noun != CROWD:
                notes.add(Note.ACTORS_CUT)
        actors += cast.members[id].count if is_actor else 0
        things += 0 if is_actor else 1
        kept.append(id)
    draft.subjects = kept
    return notes


def _trim_deeds(draft: Draft) -> set[Note]:
    done: dict[str, int] = {}
    kept: list[Deed] = []
    again = []
    for deed in draft.deeds:
        if any(other.verb == deed.verb and other.subject == deed.subject and deed.object in (None, other.object) for other in kept):
            again.append(deed)
            continue
        done[deed.subject] = done.get(deed.subject, 0) + 1
        if done[deed.subject] <= MAX_DEEDS:
            kept.append(deed)
        else:
            draft.not_staged.append(deed.word)
    cut = len(kept) + len(again) < len(draft.deeds)
    draft.deeds = kept
    return {Note.DEEDS_CUT} if cut else set()


def trim_lines(drafts: list[Draft]) -> set[Note]:
    """Drops lines, the last first, that a clip of the greatest length has no time for."""
    spoken, notes = 0.0, set[Note]()
    for draft in drafts:
        kept = []
        for speech in draft.speeches:
            length = speech_s(speech.text)
            if spoken + length > MAX_SECONDS:
                draft.not_staged.append(f"“{speech.text}”")
                notes.add(Note.LINES_CUT)
                continue
            spoken += length
            kept.append(speech)
        draft.speeches = kept
    return notes


def speech_s(text: str) -> float:
    """How long a line takes to say, in seconds, with its pause."""
    return PAUSE_S + len(text) / LETTERS_A_SECOND


def needed_s(drafts: list[Draft]) -> float:
    """The length that shots and lines need, at least the usual one, in whole halves of a second."""
    total = 0.0
    for draft in drafts:
        words = sum(speech_s(speech.text) for speech in draft.speeches)
        total += max(2.0, words + (SHORTEST_SHOT_S if draft.deeds and draft.speeches else 0.0))
    return clamp_s(max(USUAL_SECONDS, -(-total * 2 // 1) / 2))


def clamp_s(seconds: float) -> float:
    """A length that a clip may have."""
    return min(float(MAX_SECONDS), max(float(MIN_SECONDS), seconds))
