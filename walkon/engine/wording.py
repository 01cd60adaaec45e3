"""Writes a shot in the words of a model family: what is seen, what is said, what is heard."""

import re
from dataclasses import replace

from walkon.engine.families.row import Dialect
from walkon.scene.alt_text import alt_text
from walkon.types.people import Locale
from walkon.types.scene import Line, Scene, Shot

_QUOTED = re.compile(r"[“\"«]\s*([^”\"»]+?)\s*[”\"»]")


def words_for(scene: Scene, index: int, dialect: Dialect) -> str:
    """The prompt for one shot. A scene of one shot keeps its author's words; of several, each is told from what was understood."""
    shot = scene.shots[index] if scene.shots else Shot()
    alone = len(scene.shots) <= 1
    seen = scene.prompt if alone else _told(scene, shot)
    parts = [_spoken_in(seen, shot, dialect) if alone else seen]
    if not alone or not _QUOTED.search(scene.prompt):
        parts += [_said(line, shot, dialect) for line in shot.lines]
    parts += [_heard(shot, dialect), f"Style: {scene.style}." if scene.style else ""]
    return " ".join(part for part in parts if part).strip()


def _told(scene: Scene, shot: Shot) -> str:
    """What is seen in a shot, in English sentences."""
    alone = replace(scene, shots=(replace(shot, lines=(), sounds=()),), style=None)
    # The first sentence names the clip's length, which is no business of the model.
    return alt_text(alone, scene.seconds, Locale.EN).partition(". ")[2]


def _spoken_in(text: str, shot: Shot, dialect: Dialect) -> str:
    if dialect is Dialect.QUOTED or not shot.lines:
        return text
    return _QUOTED.sub((lambda found: f"<S>{found[1]}<E>") if dialect is Dialect.TAGGED else "", text)


def _said(line: Line, shot: Shot, dialect: Dialect) -> str:
    speaker = shot.subject(line.speaker)
    who = f"The {speaker.noun}" if speaker else "A voice"
    match dialect:
        case Dialect.TAGGED:
            return f"{who} says: <S>{line.text}<E>."
        case Dialect.QUOTED:
            return f'{who} says, "{line.text}"'
        case Dialect.SILENT:
            return f"{who} is talking."


def _heard(shot: Shot, dialect: Dialect) -> str:
    if not shot.sounds or dialect is Dialect.SILENT:
        return ""
    named = f"The sound of {', '.join(sound.replace('_', ' ') for sound in shot.sounds)}."
    return f"<AUDCAP>{named}<ENDAUDCAP>" if dialect is Dialect.TAGGED else named
