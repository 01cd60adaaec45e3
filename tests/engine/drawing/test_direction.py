from dataclasses import replace
from itertools import pairwise

import pytest

from tests.engine.drawing.stagehand import CAT, DOG, PIZZA, WOMAN, one_shot, performed
from walkon.engine.drawing.direction import Performance
from walkon.engine.drawing.timing import TakeKind
from walkon.types.scene import FPS, Action, Kind, Line, Scene, Shot, Subject

BALL = Subject(id="ball", noun="basketball", label="ball", kind=Kind.PROP, emoji="🏀")


def kinds(performance: Performance) -> list[TakeKind]:
    return [part.take.kind for part in performance.shots]


def test_a_line_that_announces_a_stunt_comes_before_it(flip_scene: Scene) -> None:
    assert kinds(performed(flip_scene)[0]) == [TakeKind.SPEECH, TakeKind.ACTION]


def test_an_outcry_comes_after_what_it_answers_to(flip_scene: Scene) -> None:
    shot = replace(flip_scene.shots[0], lines=(Line(speaker="cat", text="oops"),))
    assert kinds(performed(replace(flip_scene, shots=(shot,)))[0]) == [TakeKind.ACTION, TakeKind.SPEECH]


def test_another_line_comes_after_the_action(flip_scene: Scene) -> None:
    shot = replace(flip_scene.shots[0], lines=(Line(speaker="cat", text="that was the best jump of my whole life"),))
    assert kinds(performed(replace(flip_scene, shots=(shot,)))[0]) == [TakeKind.ACTION, TakeKind.SPEECH]


def test_two_speakers_get_a_master_and_a_shot_for_each_line() -> None:
    lines = (Line(speaker="cat", text="hello there"), Line(speaker="dog", text="who are you"))
    scene = Scene(prompt="talk", seconds=8, shots=(Shot(subjects=(CAT, DOG), lines=lines),))
    assert kinds(performed(scene)[0]) == [TakeKind.ACTION, TakeKind.SPEECH, TakeKind.SPEECH]


def test_shots_follow_each_other_without_gaps_on_whole_frames(flip_scene: Scene) -> None:
    performance, _ = performed(flip_scene)
    ends = [0.0, *(part.time.end_s for part in performance.shots)]
    assert [part.time.start_s for part in performance.shots] == ends[:-1]
    assert ends[-1] == performance.seconds
    assert all(end * FPS == pytest.approx(round(end * FPS)) for end in ends)


def test_cuts_fall_on_beats(flip_scene: Scene) -> None:
    performance, _ = performed(flip_scene)
    cut = performance.shots[1].time.start_s
    assert abs(cut / performance.beat_s - round(cut / performance.beat_s)) * performance.beat_s <= 0.5 / FPS + 1e-6


def test_a_time_code_is_kept_to_the_frame() -> None:
    shots = (Shot(subjects=(CAT,), start_s=0.0, end_s=3.0), Shot(subjects=(DOG,), start_s=3.0, end_s=6.0))
    performance, _ = performed(Scene(prompt="codes", seconds=6, shots=shots))
    assert performance.shots[1].time.start_s == 3.0


def test_speech_that_does_not_fit_makes_the_clip_longer() -> None:
    line = Line(speaker="woman", text=" ".join(["word"] * 30))
    performance, _ = performed(Scene(prompt="long", seconds=4, shots=(Shot(subjects=(WOMAN,), lines=(line,)),)))
    assert 9 < performance.seconds < 10.5


def test_a_line_beyond_twenty_seconds_is_dropped_and_owned_up_to() -> None:
    lines = tuple(Line(speaker="woman", text=f"{name} " + " ".join(["word"] * 29)) for name in ("one", "two", "three"))
    performance, _ = performed(Scene(prompt="too long", seconds=6, shots=(Shot(subjects=(WOMAN,), lines=lines),)))
    assert performance.seconds <= 20
    assert len(performance.soundtrack.speeches) == 2
    assert any("three" in owed for owed in performance.not_staged)


def test_shots_shorter_than_can_be_seen_are_dropped_and_owned_up_to() -> None:
    shots = tuple(Shot(subjects=(replace(CAT, label=f"cat {index}"),)) for index in range(6))
    performance, _ = performed(Scene(prompt="many", seconds=4, shots=shots))
    assert len(performance.shots) == 2
    assert "cat 5" in performance.not_staged


def test_captions_tell_who_speaks_and_when(flip_scene: Scene) -> None:
    performance, _ = performed(flip_scene)
    (caption,) = performance.captions
    (cue,) = performance.soundtrack.speeches
    assert (caption.text, caption.speaker) == ("watch this!", "cat")
    assert caption.start_s == cue.at_s
    assert caption.end_s == pytest.approx(cue.at_s + cue.speech.seconds)


def test_speeches_may_come_in_the_order_of_the_lines(flip_scene: Scene) -> None:
    from tests.engine.drawing.stagehand import speeches
    from walkon.engine.drawing.direction import direct

    by_key = speeches(flip_scene)
    assert direct(flip_scene, list(by_key.values())).captions == direct(flip_scene, by_key).captions


def test_the_landing_is_heard_in_the_frame_in_which_the_feet_touch_down(flip_scene: Scene) -> None:
    performance, _ = performed(flip_scene)
    part = performance.shots[-1]
    (thud,) = [cue for cue in performance.soundtrack.effects if cue.name == "thud"]
    rider, board = part.script.player("cat"), part.script.player("skateboard")
    assert rider is not None
    assert board is not None
    heard = round((thud.at_s - part.time.start_s) * FPS)
    above = [rider.track(index / FPS).y for index in range(heard - 6, heard + 2)]
    seat = rider.track(0.0).y
    assert all(height > seat + 0.05 for height in above[:5])
    assert above[-1] <= seat + 0.02


def test_the_rim_rings_in_the_frame_in_which_the_ball_meets_it() -> None:
    actions = (Action(verb="play", subject="dog", object="ball"), Action(verb="miss", subject="dog", object="ball"))
    performance, _ = performed(Scene(prompt="game", seconds=6, shots=(Shot(subjects=(DOG, BALL), actions=actions),)))
    (rim,) = [cue for cue in performance.soundtrack.effects if cue.name == "rim"]
    ball = performance.shots[0].script.player("ball")
    assert ball is not None
    before, at, after = (ball.track(rim.at_s + step / FPS) for step in (-1, 0, 1))
    assert before.x < at.x
    assert after.x < at.x
    assert at.y == pytest.approx(2.05, abs=0.2)


def test_a_missed_ball_bounces_lower_each_time() -> None:
    actions = (Action(verb="miss", subject="dog", object="ball"),)
    performance, _ = performed(Scene(prompt="game", seconds=8, shots=(Shot(subjects=(DOG, BALL), actions=actions),)))
    rim = next(cue.at_s for cue in performance.soundtrack.effects if cue.name == "rim")
    bounces = [cue.at_s for cue in performance.soundtrack.effects if cue.name == "dribble" and cue.at_s > rim]
    ball = performance.shots[0].script.player("ball")
    assert ball is not None
    tops = [ball.track((one + other) / 2).y for one, other in pairwise(bounces)]
    assert len(tops) >= 2
    assert tops == sorted(tops, reverse=True)


def test_what_flees_runs_in_front_of_what_hunts() -> None:
    boy = Subject(id="boy", noun="boy", label="boy", kind=Kind.PERSON, emoji="👦")
    scene = Scene(
        prompt="run", seconds=4, shots=(Shot(subjects=(PIZZA, boy), actions=(Action(verb="flee", subject="pizza", object="boy"),)),)
    )
    script = performed(scene)[0].shots[0].script
    pizza, hunter = script.player("pizza"), script.player("boy")
    assert pizza is not None
    assert hunter is not None
    assert pizza.figure.doll
    for t in (0.0, 2.0, 3.9):
        assert pizza.track(t).x > hunter.track(t).x + 1
        assert pizza.track(t).facing == hunter.track(t).facing == 1


def test_a_whole_animal_becomes_a_doll_to_speak_and_stays_whole_to_flip(flip_scene: Scene) -> None:
    speaking, flipping = performed(flip_scene)[0].shots
    assert speaking.script.player("cat").figure.doll  # type: ignore[union-attr]
    assert not flipping.script.player("cat").figure.doll  # type: ignore[union-attr]


def test_a_rider_stays_on_the_mount() -> None:
    horse = Subject(id="horse", noun="horse", label="horse", kind=Kind.ANIMAL, emoji="🐎")
    scene = Scene(
        prompt="ride", seconds=4, shots=(Shot(subjects=(WOMAN, horse), actions=(Action(verb="ride", subject="woman", mount="horse"),)),)
    )
    script = performed(scene)[0].shots[0].script
    rider, mount = script.player("woman"), script.player("horse")
    assert rider is not None
    assert mount is not None
    assert rider.order > mount.order
    for t in (0.0, 1.3, 3.5):
        assert rider.track(t).x == mount.track(t).x
        assert rider.track(t).y > 0.5


def test_beds_follow_place_and_weather_for_the_whole_shot() -> None:
    from walkon.types.scene import Weather

    performance, _ = performed(one_shot(CAT, verbs="walk", seconds=5, place="beach", weather=Weather.RAIN))
    beds = {cue.name: cue.seconds for cue in performance.soundtrack.effects if cue.seconds == 5}
    assert beds == {"waves": 5, "rain": 5}


def test_sounds_asked_for_are_heard_as_themselves_and_an_unknown_one_is_owed() -> None:
    performance, _ = performed(one_shot(DOG, seconds=4, sounds=("bark", "scream", "kazoo")))
    assert {"bark", "scream"} <= {cue.name for cue in performance.soundtrack.effects}
    assert "kazoo" in performance.not_staged
    assert "[bark]" in [caption.text for caption in performance.captions]


def test_every_effect_named_is_one_the_sound_room_makes(flip_scene: Scene) -> None:
    from walkon.engine.sound.ambience import PLACE_BEDS
    from walkon.engine.sound.effects import NAMES
    from walkon.scene.effects import Sound

    heard = {cue.name for cue in performed(flip_scene)[0].soundtrack.effects}
    assert heard | (set(Sound) - {Sound.MUSIC}) | set(PLACE_BEDS.values()) <= NAMES


def test_plurals_stand_apart_and_never_more_than_six() -> None:
    crowd = replace(WOMAN, count=6)
    script = performed(Scene(prompt="crowd", seconds=3, shots=(Shot(subjects=(crowd, DOG)),)))[0].shots[0].script
    places = sorted(player.track(0.0).x for player in script.players)
    assert len(places) <= 7
    assert all(other - one > 0.25 for one, other in pairwise(places))
