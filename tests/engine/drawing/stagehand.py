"""Scenes made by hand, voices that are silence with word times, and digests of pictures."""

import hashlib

import numpy as np

from walkon.engine.drawing.direction import Performance, direct
from walkon.engine.drawing.film import Film
from walkon.engine.performance import SAMPLE_RATE, Speech, Word
from walkon.types.scene import Action, Kind, Line, Scene, Shot, Subject

WORD_S = 0.3
CAT = Subject(id="cat", noun="cat", label="cat", kind=Kind.ANIMAL, emoji="🐈")
WOMAN = Subject(id="woman", noun="woman", label="woman", kind=Kind.PERSON, emoji="👩")
PIZZA = Subject(id="pizza", noun="pizza", label="pizza", kind=Kind.FOOD, emoji="🍕")
DOG = Subject(id="dog", noun="dog", label="dog", kind=Kind.ANIMAL, emoji="🐕")
BOARD = Subject(id="skateboard", noun="skateboard", label="skateboard", kind=Kind.VEHICLE, emoji="🛹")


def spoken(line: Line) -> Speech:
    """A line of silence, 0.3 s a word, mouth open all the while."""
    words = line.text.split()
    seconds = WORD_S * len(words)
    return Speech(
        line=line,
        pcm=np.zeros(round(seconds * SAMPLE_RATE), np.float32),
        words=tuple(Word(text=word, start_s=WORD_S * index, end_s=WORD_S * (index + 1)) for index, word in enumerate(words)),
        mouth=(0.8,) * round(seconds * 24),
        voice="tones",
    )


def speeches(scene: Scene) -> dict[tuple[int, int], Speech]:
    """All lines of a scene, spoken."""
    return {(index, number): spoken(line) for index, shot in enumerate(scene.shots) for number, line in enumerate(shot.lines)}


def performed(scene: Scene) -> tuple[Performance, Film]:
    """A scene, directed and ready to draw."""
    performance = direct(scene, speeches(scene))
    return performance, Film(scene, performance)


def picture(film: Film, index: int) -> np.ndarray:
    """One frame."""
    width, height = film.size
    into = np.zeros((height, width, 4), np.uint8)
    film.draw(index, into)
    return into


def digest(film: Film, *indices: int) -> str:
    """What some frames look like, as one string."""
    total = hashlib.sha256()
    for index in indices:
        total.update(picture(film, index).tobytes())
    return total.hexdigest()


def one_shot(*subjects: Subject, verbs: str = "", seconds: float = 2, **shot: object) -> Scene:
    """A scene of one shot in which the first subject does `verbs`."""
    actions = tuple(Action(verb=verb, subject=subjects[0].id) for verb in verbs.split())
    return Scene(prompt="test", seconds=seconds, shots=(Shot(subjects=subjects, actions=actions, **shot),))  # type: ignore[arg-type]
