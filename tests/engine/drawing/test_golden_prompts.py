import numpy as np
import pytest

from tests.engine.drawing.stagehand import performed, picture
from walkon.engine.drawing.direction import Performance
from walkon.engine.drawing.film import Film
from walkon.engine.drawing.timing import TakeKind
from walkon.scene.parser import parse
from walkon.types.scene import Aspect

PROMPTS = {
    "flip": 'a cat does a backflip on a skateboard, "watch this!" says the cat',
    "basket": "at sunset two dogs play basketball on the beach, one misses and the ball bounces off the rim",
    "rocket": "a rocket launches from a snowy forest at night",
    "tango": "une grand-mère danse le tango sur la lune, il neige des étoiles",
    "honey": 'a fox and a bear meet in the forest. "Have you seen my honey?" asks the bear. The fox laughs and says "I ate it all!"',
    "lonely": "loneliness in a big city",
    "ride": 'a girl rides a horse through a field at sunset, "faster!" shouts the girl',
    "title": "quickly, beautifully, forever",
    "pizza": "a slice of pizza runs away from a hungry boy",
    "plans": "Plan 1 : une fusée décolle. Plan 2 : elle atterrit sur Mars. Plan 3 : un extraterrestre dit « bonjour »",
    "codes": "[0:00-0:03] a city street at night [0:03-0:06] a black cat jumps over a dog",
    "emoji": "🦄🌈🍕",
    "arabic": "مرحبا بالعالم",
    "endless": "word " * 2_000,
}


def staged(name: str, seconds: float = 6, aspect: Aspect = Aspect.WIDE) -> tuple[Performance, Film]:
    return performed(parse(PROMPTS[name], seconds=seconds, aspect=aspect, seed=7))


@pytest.mark.parametrize("name", sorted(PROMPTS))
def test_a_golden_prompt_changes_between_its_first_and_its_last_still(name: str) -> None:
    _, film = staged(name)
    first, last = (picture(film, round(share * (film.frame_count - 1))) for share in (0.08, 0.92))
    assert first[..., 3].min() == 255
    assert (np.abs(first.astype(int) - last.astype(int)).max(axis=2) > 24).mean() > 0.005


@pytest.mark.parametrize("aspect", list(Aspect))
@pytest.mark.parametrize("name", ["flip", "ride", "honey", "rocket", "emoji"])
def test_a_golden_prompt_draws_in_every_shape(name: str, aspect: Aspect) -> None:
    _, film = staged(name, aspect=aspect)
    for share in (0.1, 0.5, 0.9):
        assert picture(film, round(share * (film.frame_count - 1)))[..., 3].min() == 255


def test_the_fox_and_the_bear_get_a_master_and_a_shot_each() -> None:
    performance, _ = staged("honey", 9)
    lines = [part.take.shot.lines[part.take.line].text for part in performance.shots if part.take.line is not None]
    assert performance.shots[0].take.kind is TakeKind.ACTION
    assert lines == ["Have you seen my honey?", "I ate it all!"]


def test_the_prompt_without_subject_is_a_title_card() -> None:
    assert staged("title", 4)[0].shots[0].take.kind is TakeKind.TITLE


def test_the_rocket_lands_on_mars_before_the_alien_speaks() -> None:
    performance, _ = staged("plans", 9)
    assert [part.take.shot.place for part in performance.shots][-2:] == ["mars", "mars"]
    rocket = performance.shots[1].script.player("rocket")
    assert rocket is not None
    assert rocket.track(0.0).y > 1 > rocket.track(performance.shots[1].take.seconds).y


def test_ten_thousand_characters_still_make_a_short_clip() -> None:
    performance, film = staged("endless", 4)
    assert performance.seconds <= 20
    assert len(performance.shots) <= 12
    assert film.frame_count == round(performance.seconds * 24)
