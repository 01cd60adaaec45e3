"""How a shot is told to a model."""

from walkon.engine.families.row import Dialect
from walkon.engine.wording import words_for
from walkon.scene.parser import parse


def test_one_shot_keeps_its_author_s_words() -> None:
    scene = parse("a rusty robot waters tulips on a balcony", seed=1)
    assert words_for(scene, 0, Dialect.QUOTED) == scene.prompt == words_for(scene, 0, Dialect.SILENT)


def test_speech_is_marked_as_the_model_learned_it() -> None:
    scene = parse('a cat says: "Hello there"', seed=1)
    assert "<S>Hello there<E>" in words_for(scene, 0, Dialect.TAGGED)
    assert '"Hello there"' in words_for(scene, 0, Dialect.QUOTED)
    assert "Hello" not in words_for(scene, 0, Dialect.SILENT)


def test_each_of_several_shots_is_told_in_english_with_its_own_speech() -> None:
    scene = parse("Plan 1 : un chat saute dans la cuisine. Plan 2 : un chien dit : « Bravo ! »", seed=1)
    first, second = (words_for(scene, index, Dialect.TAGGED) for index in (0, 1))
    assert "cat" in first and "kitchen" in first
    assert "<S>" not in first
    assert "dog says: <S>Bravo !<E>" in second.replace("\u00a0", " ").replace("\u202f", " ")
    assert "second" not in first


def test_sounds_are_asked_for_where_the_model_can_make_them() -> None:
    scene = parse("thunder over a castle", seed=1)
    assert "thunder" in scene.shots[0].sounds
    assert "<AUDCAP>The sound of thunder.<ENDAUDCAP>" in words_for(scene, 0, Dialect.TAGGED)
    assert "sound of" not in words_for(scene, 0, Dialect.SILENT)


def test_the_style_comes_last() -> None:
    scene = parse("a fox", seed=1, style="film noir")
    assert words_for(scene, 0, Dialect.SILENT).endswith("Style: film noir.")
