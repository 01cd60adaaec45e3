import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.engine.drawing.stagehand import BOARD, CAT, WOMAN, digest, one_shot, performed, picture
from walkon.engine.drawing.sprites import sprite_book
from walkon.types.scene import FPS, Aspect, Camera, Kind, Line, Scene, Shot, Subject


def test_the_same_scene_and_seed_give_the_same_pictures(flip_scene: Scene) -> None:
    assert digest(performed(flip_scene)[1], 10, 70, 100) == digest(performed(flip_scene)[1], 10, 70, 100)


def test_another_seed_gives_another_picture(flip_scene: Scene) -> None:
    assert digest(performed(flip_scene)[1], 70) != digest(performed(flip_scene.reseeded(9))[1], 70)


def test_a_frame_reached_out_of_order_is_the_frame_reached_in_order(flip_scene: Scene) -> None:
    walked, sought = performed(flip_scene)[1], performed(flip_scene)[1]
    in_order = {index: picture(walked, index) for index in range(40, 110)}
    for index in (109, 41, 88, 60, 59, 105):
        assert np.array_equal(picture(sought, index), in_order[index]), index


def test_two_processes_with_other_hash_salts_draw_the_same() -> None:
    script = (
        "from tests.engine.drawing.stagehand import *\n"
        "scene = one_shot(CAT, DOG, verbs='dance', place='forest', particles=('confetti',))\n"
        "print(digest(performed(scene)[1], 5, 30))"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": salt, "PYTHONPATH": str(Path(__file__).parents[3]), "PATH": ""},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for salt in ("1", "77")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("seconds", [2, 3.5, 6, 20])
def test_a_clip_has_exactly_its_seconds_in_frames(seconds: float) -> None:
    performance, film = performed(one_shot(CAT, verbs="walk", seconds=seconds))
    assert performance.seconds == seconds
    assert film.frame_count == round(seconds * FPS)


@pytest.mark.parametrize(("aspect", "size"), [(Aspect.WIDE, (854, 480)), (Aspect.TALL, (480, 854)), (Aspect.SQUARE, (480, 480))])
def test_every_shape_of_picture_is_filled_and_opaque(aspect: Aspect, size: tuple[int, int]) -> None:
    _, film = performed(replace(one_shot(WOMAN, verbs="wave"), aspect=aspect))
    drawn = picture(film, 20)
    assert film.size == size
    assert drawn[..., 3].min() == 255
    assert drawn[..., :3].std() > 20


def test_a_frame_outside_the_film_is_refused(flip_scene: Scene) -> None:
    _, film = performed(flip_scene)
    with pytest.raises(IndexError):
        picture(film, film.frame_count)


def test_the_sprites_of_a_shot_are_cut_once_and_then_found(flip_scene: Scene) -> None:
    _, film = performed(flip_scene)
    for index in (0, 24, 60, 100, 143):
        picture(film, index)
    book = sprite_book()
    misses, hits = book.misses, book.hits
    for index in range(50, 120, 2):
        picture(film, index)
    assert book.misses == misses
    assert book.hits >= hits + 60


def test_a_whole_animal_that_rolls_is_drawn_from_one_sprite() -> None:
    _, film = performed(one_shot(CAT, BOARD, verbs="run", seconds=3))
    picture(film, 0)
    misses = sprite_book().misses
    for index in range(1, 72, 3):
        picture(film, index)
    assert sprite_book().misses == misses


@pytest.mark.parametrize(
    "words",
    [
        "مرحبا بالعالم يا أصدقاء",
        "שלום עולם",
        "नमस्ते दुनिया",
        "日本語のタイトル",
        "🍕🦄🚀👩‍🚀",
        "x" * 10_000,
        "word " * 2_000,
        "",
        "\u202e\u200b",
    ],
)
def test_a_title_in_any_script_or_length_draws(words: str) -> None:
    _, film = performed(Scene(prompt=words, seconds=3, shots=(Shot(title=words),)))
    assert picture(film, 60)[..., 3].min() == 255


@pytest.mark.parametrize("words", ["مرحبا بالعالم", "🍕 pizza 🍕", "supercalifragilistic" * 30, "日本語 です"])
def test_a_line_in_any_script_or_length_draws(words: str) -> None:
    shot = Shot(subjects=(WOMAN,), lines=(Line(speaker="woman", text=words),))
    _, film = performed(Scene(prompt=words, seconds=3, shots=(shot,)))
    assert picture(film, 8)[..., 3].min() == 255


def test_an_unknown_noun_wears_its_word_on_paper() -> None:
    gizmo = Subject(id="gizmo", noun="gizmo", label="gizmo", kind=Kind.PROP, emoji="📦", known=False)
    told = picture(performed(one_shot(gizmo))[1], 20)
    untold = picture(performed(one_shot(replace(gizmo, known=True)))[1], 20)
    assert not np.array_equal(told, untold)


def test_a_scene_without_shots_becomes_a_title_card() -> None:
    performance, film = performed(Scene(prompt="quickly, beautifully", seconds=4, shots=()))
    assert performance.seconds == 4
    assert picture(film, 80)[..., :3].std() > 20


def test_the_poster_is_a_frame_of_the_longest_action(flip_scene: Scene) -> None:
    performance, film = performed(flip_scene)
    action = performance.shots[-1]
    assert action.time.start_s * FPS < film.poster_index < action.time.end_s * FPS


def test_painting_ahead_changes_no_picture(flip_scene: Scene) -> None:
    _, plain = performed(flip_scene)
    _, ahead = performed(flip_scene)
    for index in (0, plain.frame_count // 2, plain.frame_count - 1):
        ahead.prepare(plain.frame_count - 1)
        assert digest(plain, index) == digest(ahead, index)


def test_a_zoom_moves_on_twos() -> None:
    performance, _ = performed(one_shot(CAT, seconds=3, camera=Camera.PUSH))
    zooms = [performance.shots[0].camera.view(index / FPS).zoom for index in range(20, 40)]
    assert zooms[0::2] == zooms[1::2]
    assert len(set(zooms)) > 5
