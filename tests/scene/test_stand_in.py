"""What somebody who is asked may look at: nobody's figure, nobody's name, whatever the words are."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.scene.parser import parse
from walkon.scene.stand_in import stand_in
from walkon.types.ids import PersonId
from walkon.types.scene import BuiltOn, Manner, Scene

LEA = PersonId("web:Léa")


def everything(scene: Scene) -> str:
    """All of a scene that can be read or heard in its film."""
    told = [scene.prompt, scene.style or ""]
    for shot in scene.shots:
        told += [shot.title or "", *(subject.label for subject in shot.subjects), *(line.text for line in shot.lines)]
    return "\n".join(told).casefold()


def test_a_figure_stands_for_nobody() -> None:
    scene = stand_in(parse("@lea surfs", people={"@lea": LEA}))
    assert scene.people == ()
    assert [subject.label for subject in scene.shots[0].subjects] == ["someone"]


@pytest.mark.parametrize(
    "words",
    [
        '@"Léa Martin" says "I am Léa Martin"',
        '@"Léa Martin" shouts "LÉA, over here"',
        'a dog says "hello @léa" to @"Léa Martin"',
        '@"Léa Martin" dances, style of a poster that says Martin',
    ],
)
def test_a_name_is_neither_read_nor_heard(words: str) -> None:
    scene = stand_in(parse(words, people={'@"Léa Martin"': LEA}))
    assert "léa" not in everything(scene)
    assert "martin" not in everything(scene)


def test_what_somebody_is_called_elsewhere_is_left_out_too() -> None:
    scene = stand_in(parse('@lea_b says "Léa is my name"', people={"@lea_b": LEA}), ["Léa"])
    assert scene.shots[0].lines[0].text == "someone is my name"


def test_french_words_have_a_french_anybody() -> None:
    scene = stand_in(parse("@léa dit « Léa arrive »", people={"@léa": LEA}))
    assert scene.shots[0].lines[0].text == "quelqu'un arrive"


def test_a_part_of_another_word_is_no_name() -> None:
    scene = stand_in(parse('@ana says "a banana and an anatomy"', people={"@ana": LEA}))
    assert scene.shots[0].lines[0].text == "a banana and an anatomy"


def test_the_clip_it_goes_on_from_is_left_alone() -> None:
    scene = replace(parse("@lea surfs", people={"@lea": LEA}), built_on=BuiltOn(clip="7KQ2M9", manner=Manner.EXTEND))
    assert stand_in(scene).built_on is None


def test_all_else_stays_as_it_is() -> None:
    scene = parse("a cat chases @lea on the beach at night, then it rains 7s 9:16", people={"@lea": LEA}, seed=5)
    shown = stand_in(scene)
    assert (shown.seconds, shown.aspect, shown.seed, len(shown.shots)) == (scene.seconds, scene.aspect, scene.seed, len(scene.shots))
    assert [shot.actions for shot in shown.shots] == [shot.actions for shot in scene.shots]


@given(name=st.text(min_size=1, max_size=30))
def test_any_name_at_all_can_be_left_out(name: str) -> None:
    shown = stand_in(parse("@lea surfs", people={"@lea": LEA}), [name])
    assert shown.people == ()
    assert "lea" not in everything(shown)
