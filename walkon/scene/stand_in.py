"""The stand-in: a scene as somebody may look at it who has not agreed to be in it. Nothing in it is of anybody."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from walkon.scene.mentions import SOMEONE, mentions_in
from walkon.types.people import Locale
from walkon.types.scene import Scene, Shot

LEAST_LETTERS = 3
"""Of a word that is part of a name; shorter ones are in every other sentence."""

_NOTHING = r"(?!)"


def stand_in(scene: Scene, names: Iterable[str] = ()) -> Scene:
    """The scene with neutral figures for everybody, built on no other clip; in place of a name stands the word for anybody.

    names: what the people in it are called, beside the mentions in its words.
    """
    anybody = SOMEONE[Locale.of(scene.language)]
    called = sorted(set(_parts([*names, *mentions_in(scene.prompt)])), key=len, reverse=True)
    pattern = re.compile("|".join(map(_whole, called)) or _NOTHING, re.IGNORECASE)

    def nameless(text: str) -> str:
        return pattern.sub(anybody, text)

    shots = tuple(_nameless(shot, nameless) for shot in scene.starring({}).shots)
    style = nameless(scene.style) if scene.style else None
    return replace(scene, prompt=nameless(scene.prompt), shots=shots, style=style, built_on=None)


def _nameless(shot: Shot, nameless: Callable[[str], str]) -> Shot:
    return replace(
        shot,
        subjects=tuple(replace(subject, label=nameless(subject.label)) for subject in shot.subjects),
        lines=tuple(replace(line, text=nameless(line.text)) for line in shot.lines),
        title=nameless(shot.title) if shot.title else None,
    )


def _parts(names: Iterable[str]) -> Iterator[str]:
    """Each name, whole and by its words: whoever is `@"Léa Martin"` is spoken to as Léa."""
    for name in names:
        plain = name.strip('@<>!" ')
        words = [word for word in re.split(r"[\s._-]+", plain) if len(word) >= LEAST_LETTERS]
        yield from (one for one in (plain, *words) if one)


def _whole(name: str) -> str:
    return rf"(?<!\w)@?{re.escape(name)}(?!\w)"
