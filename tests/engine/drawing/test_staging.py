"""Who ends up where, and when things meet."""

from tests.engine.drawing.stagehand import performed
from walkon.engine.drawing.camera import Frame
from walkon.engine.drawing.scripts import Script
from walkon.scene.parser import parse
from walkon.scene.verbs import Verb


def script_of(prompt: str) -> Script:
    return performed(parse(prompt, seconds=6, seed=1))[0].shots[0].script


def x_of(script: Script, id: str, t: float) -> float:
    player = script.player(id)
    assert player is not None, [player.id for player in script.players]
    return player.track(t).x


def test_who_slides_into_somebody_hits_once_and_the_other_wobbles() -> None:
    script = script_of("a penguin slides down a hill and bumps into a snowman")
    hit = next(met for met in script.meetings if met.contact.effect == "thud")
    apart = [abs(x_of(script, "snowman", t) - x_of(script, "penguin", t)) for t in (0.0, hit.at_s, hit.at_s + 1)]
    assert apart[1] < apart[0] / 2
    assert apart[1] < apart[2]
    snowman = script.player("snowman")
    assert snowman is not None
    assert abs(snowman.track(hit.at_s - 0.1).turn) < 1 < abs(snowman.track(hit.at_s + 0.15).turn)


def test_who_jumps_out_of_a_cake_starts_in_it_and_lands_beside_it() -> None:
    script = script_of("a dinosaur jumps out of a birthday cake")
    cake = x_of(script, "birthday cake", 0)
    dinosaur = script.player("dinosaur")
    assert dinosaur is not None
    assert dinosaur.track(0.0).alpha == 0
    assert abs(dinosaur.track(0.5).x - cake) < 0.3
    assert abs(dinosaur.track(3.0).x - cake) > 0.7


def test_both_fighters_hold_the_weapon_and_none_lies_about() -> None:
    script = script_of("two pirates fight with swords on a ship")
    assert [player.held is not None for player in script.players] == [True, True]


def test_a_scared_giant_runs_from_the_mouse_and_the_frame_does_not_wait_for_it() -> None:
    performance, _ = performed(parse("a tiny mouse scares a huge elephant", seconds=6, seed=1))
    part = performance.shots[0]
    way = [abs(x_of(part.script, "elephant", t) - x_of(part.script, "mouse", t)) for t in (0.0, 5.5)]
    assert way[1] > way[0] + 2
    assert abs(part.camera.view(0.0).x) < 1.5


def test_a_crowd_stands_behind_and_beside_whoever_it_watches() -> None:
    script = script_of("a frog plays guitar on a stage, crowd applauds")
    frog = script.player("frog")
    crowd = [player for player in script.players if player.id.startswith("crowd")]
    assert frog is not None
    assert all(player.order < frog.order and player.depth < frog.depth for player in crowd)
    assert min(abs(player.track(0).x - frog.track(0).x) for player in crowd) > 0.6


def test_a_ball_kicked_into_the_goal_stays_in_it() -> None:
    script = script_of("a soccer player scores a goal and cheers")
    goal = script.player("goal")
    ball = next(player for player in script.players if player.ball)
    assert goal is not None
    assert abs(ball.track(5.5).x - goal.track(5.5).x) < goal.half


def test_what_is_broken_breaks_when_it_is_hit() -> None:
    script = script_of("a dog destroys a sandcastle on the beach")
    castle = script.player("sandcastle")
    assert castle is not None
    assert abs(castle.track(0.5).turn) < 5
    assert abs(castle.track(5.5).turn) > 45


def test_the_hunter_runs_behind_the_hunted_whatever_else_that_one_does() -> None:
    script = script_of("un facteur court parce qu'un chien le poursuit")
    assert x_of(script, "dog", 3) < x_of(script, "postman", 3) - 1


def test_glasses_are_worn_and_not_held() -> None:
    script = script_of("a grandma dances with sunglasses")
    grandmother = script.player("grandmother")
    assert grandmother is not None
    assert grandmother.held is not None
    assert grandmother.held.worn


def test_the_sky_stays_up_whatever_it_is_said_to_feel() -> None:
    script = script_of("the moon winks at the sun")
    heights = [player.track(t).y for player in script.players for t in (0.0, 2.0, 5.0)]
    assert min(heights) > 0.8
    assert abs(x_of(script, "moon", 1) - x_of(script, "sun", 1)) > 1


def test_a_body_nobody_told_what_to_do_greets() -> None:
    script = script_of("zombie apocalypse in new york")
    zombie = script.player("zombie")
    assert zombie is not None
    assert zombie.acts[0].verb is Verb.WAVE


def test_whoever_is_followed_is_seen_from_the_start() -> None:
    performance, film = performed(parse("three ducks cross the street and cars stop", seconds=6, seed=1))
    part = performance.shots[0]
    unit = Frame.of(film.size).unit_px * part.camera.view(0).zoom
    assert abs(x_of(part.script, "duck", 0) - part.camera.view(0).x) * unit < 0.36 * film.size[0]


def test_a_pancake_is_tossed_and_no_second_one_lies_on_the_floor() -> None:
    script = script_of("a chef flips pancakes in a kitchen")
    (chef,) = script.players
    assert chef.held is not None
    assert chef.held.tossed
