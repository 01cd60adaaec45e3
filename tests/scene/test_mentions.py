"""People in a prompt: each mention is one figure that says whom it stands for, and looks like anybody."""

import pytest

from walkon.scene.alt_text import alt_text
from walkon.scene.codec import decode, encode
from walkon.scene.mentions import ME, mentions_in
from walkon.scene.parser import parse
from walkon.types.ids import PersonId
from walkon.types.people import Locale
from walkon.types.scene import Kind, Scene

LEA, TOM, ANA = PersonId("discord:1"), PersonId("telegram:2"), PersonId("web:Ana")


def doers(scene: Scene) -> list[tuple[str, PersonId | None]]:
    shot = scene.shots[0]
    return [(action.verb, subject.person) for action in shot.actions if (subject := shot.subject(action.subject))]


@pytest.mark.parametrize("written", ["<@1>", "<@!1>", "@lea", '@"Léa B"', "@lea.b"])
def test_a_mention_of_any_platform_is_a_figure_that_stands_for_the_person(written: str) -> None:
    scene = parse(f"{written} surfs while a dog runs", people={written: LEA})
    assert doers(scene) == [("surf", LEA), ("run", None)]
    assert scene.people == (LEA,)


def test_discord_writes_one_mention_in_two_ways() -> None:
    assert parse("<@!1> jumps and <@1> waves", people={"<@1>": LEA}).people == (LEA,)


def test_two_people_are_two_figures_and_one_person_mentioned_twice_is_one() -> None:
    scene = parse("@lea and @tom dance, then @lea jumps", people={"@lea": LEA, "@tom": TOM})
    assert scene.people == (LEA, TOM)
    assert [subject.person for subject in scene.shots[0].subjects] == [LEA, TOM]


def test_words_of_a_prompt_may_mean_somebody_without_an_at_sign() -> None:
    assert doers(parse("Jean Paul juggles", people={"Jean Paul": TOM})) == [("hold", TOM)]


@pytest.mark.parametrize(("words", "locale"), [("I jump", Locale.EN), ("me, dancing", Locale.EN), ("je saute", Locale.FR)])
def test_whoever_asks_may_say_me(words: str, locale: Locale) -> None:
    assert parse(words, people={ME: ANA}, locale=locale).people == (ANA,)


def test_me_is_nobody_where_whoever_asks_has_lent_no_likeness() -> None:
    assert parse("a cat looks at me").people == ()


def test_a_mention_of_nobody_known_is_a_figure_all_the_same() -> None:
    assert doers(parse("@nobody runs")) == [("run", None)]


def test_a_name_in_spoken_words_puts_nobody_into_the_picture() -> None:
    scene = parse('a cat says "hello @lea"', people={"@lea": LEA})
    assert scene.people == ()
    assert scene.shots[0].lines[0].text == "hello @lea"
    assert mentions_in('@tom says "hello @lea" to <@5>, mail a@b.com') == ("@tom", "<@5>")


def test_a_name_between_single_quotes_is_said_as_it_was_written() -> None:
    assert parse("a cat says 'hello @lea'", people={"@lea": LEA}).shots[0].lines[0].text == "hello @lea"


def test_what_is_not_staged_of_a_mention_is_told_as_written() -> None:
    assert parse("a beach without @lea", people={"@lea": LEA}).not_staged == ("@lea",)


def test_without_a_grant_the_scene_is_that_of_the_same_request_without_the_person() -> None:
    words = '@lea surfs a giant wave, "wow" says @lea'
    assert parse(words, people={"@lea": LEA}).starring({}) == parse(words)


def test_a_stand_in_has_neither_name_nor_looks_of_its_own() -> None:
    subject = parse("@lea surfs", people={"@lea": LEA}).shots[0].subjects[0]
    assert (subject.kind, subject.noun, subject.label, subject.known) == (Kind.PERSON, "person", "someone", True)
    assert "lea" not in alt_text(parse("@lea surfs", people={"@lea": LEA}), 6, Locale.EN).lower()


def test_only_whose_yes_holds_is_named() -> None:
    scene = parse("@lea and @tom dance", people={"@lea": LEA, "@tom": TOM}).starring({LEA: "léa"})
    assert [(subject.label, subject.person) for subject in scene.shots[0].subjects] == [("léa", LEA), ("someone", None)]
    assert alt_text(scene, 6, Locale.EN).lower() == "6-second clip. léa and a person dance."


def test_a_scene_keeps_its_people_on_the_way_through_the_store() -> None:
    scene = parse("@lea dances", people={"@lea": LEA})
    assert decode(encode(scene)) == scene
