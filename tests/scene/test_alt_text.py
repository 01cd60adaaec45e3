"""How a clip is told in words, in English and French."""

from dataclasses import replace

import pytest

from walkon.scene.alt_text import MOST, WANTED, alt_text
from walkon.scene.parser import parse
from walkon.types.people import Locale
from walkon.types.scene import Line, Shot


@pytest.mark.parametrize(
    ("prompt", "locale", "told"),
    [
        (
            'a cat does a backflip on a skateboard, "watch this!" says the cat',
            Locale.EN,
            '6-second clip. A cat does a backflip on a skateboard. The cat says: "watch this!"',
        ),
        (
            "at sunset two dogs play basketball on the beach",
            Locale.EN,
            "6-second clip. Two dogs play basketball on the beach at sunset.",
        ),
        (
            "at sunset two dogs play basketball on the beach",
            Locale.FR,
            "Clip de 6 secondes. Deux chiens jouent au basket sur la plage au coucher du soleil.",
        ),
        (
            "une grand-mère danse le tango sur la lune, il neige des étoiles",
            Locale.FR,
            "Clip de 6 secondes. Une grand-mère danse le tango sur la lune. Des étoiles tombent.",
        ),
        ("a fox and a bear fight", Locale.FR, "Clip de 6 secondes. Un renard et un ours se battent."),
        ("a bird sits. it flies", Locale.EN, "6-second clip. A bird sits. Then the bird flies."),
        ("un homme joue du piano", Locale.FR, "Clip de 6 secondes. Un homme joue du piano."),
        ("a dog barks at the moon", Locale.EN, "6-second clip. A dog barks at the moon at night. Sound: barking."),
        ("un chat près d'un arbre", Locale.FR, "Clip de 6 secondes. On voit un chat et un arbre."),
        ("@ann sleeps", Locale.EN, "6-second clip. A person sleeps."),
    ],
)
def test_a_clip_is_told_by_who_does_what_where(prompt, locale, told):
    scene = parse(prompt, locale=locale)
    assert alt_text(scene, scene.seconds, locale) == told


def test_a_draft_and_a_style_are_named_and_lengths_are_spelt_for_the_reader():
    scene = parse("a cat sleeps", style="paper")
    assert alt_text(scene, 6.5, Locale.EN, draft=True).startswith("Draft: 6.5-second paper clip. ")
    assert alt_text(scene, 6.5, Locale.FR, draft=True).startswith("Ébauche : clip paper de 6,5 secondes. ")


def test_details_go_first_and_lines_stay_whole():
    scene = parse("a cat sleeps on the beach at night, confetti, thunder")
    lines = tuple(Line(speaker="cat", text=f"line {number} " + "purr " * 30 + "end") for number in range(5))
    told = alt_text(replace(scene, shots=(replace(scene.shots[0], lines=lines),)), 6, Locale.EN)
    assert WANTED < len(told) <= MOST
    assert all(line.text in told for line in lines)
    assert "Confetti" not in told


def test_the_description_is_cut_between_sentences():
    line = Line(speaker=None, text="word " * 40 + "end")
    scene = replace(parse("a cat"), shots=(Shot(lines=(line,) * 9),))
    told = alt_text(scene, 6, Locale.EN)
    assert len(told) <= MOST
    assert told.endswith('end."')
    assert told.count("A voice says") == told.count('end."')


def test_a_title_card_is_told_by_its_words():
    assert "hop hop" in alt_text(replace(parse("a cat"), shots=(Shot(title="hop hop"),)), 2, Locale.EN)
