import pytest

from tests.engine.drawing.stagehand import CAT, DOG, PIZZA, WOMAN, performed, picture
from walkon.engine.drawing.balls import Flight, bounces
from walkon.engine.drawing.motion.hops import Hop
from walkon.engine.drawing.motion.leaps import flip_of, flip_starts
from walkon.engine.drawing.motion.moves import MOVES, contacts_of, state_of
from walkon.engine.drawing.motion.state import GRAVITY, Act
from walkon.scene.verbs import AIR_AND_WATER, FALLS, ROCKETS, Verb
from walkon.types.scene import Action, Scene, Shot, Subject

SECONDS = 3.0


def act(verb: Verb, **told: object) -> Act:
    return Act(verb=verb, start_s=0.0, end_s=SECONDS, **told)  # type: ignore[arg-type]


def test_every_verb_of_the_vocabulary_is_staged() -> None:
    assert set(MOVES) == set(Verb)


@pytest.mark.parametrize("verb", sorted(set(Verb) - {Verb.IDLE, Verb.WAIT}))
@pytest.mark.parametrize("whole", [True, False])
def test_a_verb_moves_a_body_otherwise_than_idling(verb: Verb, whole: bool) -> None:
    times = [0.4, 1.1, 1.9, 2.7]
    told = [state_of(act(verb, whole=whole), t) for t in times]
    idle = [state_of(act(Verb.IDLE, whole=whole), t) for t in times]
    assert told != idle


@pytest.mark.parametrize("verb", sorted(Verb))
@pytest.mark.parametrize("subject", [WOMAN, CAT, PIZZA], ids=lambda subject: subject.noun)
def test_every_verb_is_drawn_for_a_person_an_animal_and_a_thing(verb: Verb, subject: Subject) -> None:
    action = Action(verb=verb.value, subject=subject.id, object="dog")
    scene = Scene(prompt=verb.value, seconds=2, shots=(Shot(subjects=(subject, DOG), actions=(action,), place="moon"),))
    performance, film = performed(scene)
    assert performance.shots[0].script.player(subject.id) is not None
    assert picture(film, 26)[..., 3].min() == 255


@pytest.mark.parametrize("height", [0.3, 0.75, 1.2])
def test_the_apex_of_a_hop_obeys_gravity(height: float) -> None:
    hop = Hop(height=height)
    apex = max(hop.height_at(hop.wind_up_s + step * hop.air_s / 400) for step in range(401))
    assert apex == pytest.approx(hop.speed**2 / (2 * GRAVITY), rel=1e-3)
    assert apex == pytest.approx(height, rel=1e-3)


def test_a_jumping_body_reaches_the_height_its_size_allows() -> None:
    jump = act(Verb.JUMP, height=1.0)
    apex = max(state_of(jump, step / 240).y for step in range(240))
    assert apex == pytest.approx(0.35 + 0.4 * 1.0, rel=0.01)


def test_feet_are_on_the_ground_before_and_after_a_jump() -> None:
    jump = act(Verb.JUMP, goal=1.0)
    assert state_of(jump, 0.0).y == 0
    assert state_of(jump, SECONDS).y == 0


@pytest.mark.parametrize("verb", sorted(set(Verb) - AIR_AND_WATER - FALLS - ROCKETS - {Verb.CLIMB, Verb.VANISH, Verb.EXPLODE}))
def test_nobody_sinks_into_the_floor_or_hovers_for_long(verb: Verb) -> None:
    heights = [state_of(act(verb, height=1.3), step / 24).y for step in range(int(SECONDS * 24))]
    assert min(heights) >= 0
    assert min(heights) <= 0.12


def test_a_backflip_turns_once_against_the_way_it_faces() -> None:
    flip = act(Verb.BACKFLIP, facing=1)
    turns = [state_of(flip, step / 240).turn for step in range(int(SECONDS * 240))]
    assert min(turns) == pytest.approx(-360, abs=3)
    assert max(turns) <= 0


def test_a_landing_squashes_the_body_within_a_frame_of_contact() -> None:
    flip = act(Verb.BACKFLIP)
    lands = flip_starts(flip) + flip_of(flip).lands_s
    assert state_of(flip, lands + 1 / 24).sy < 0.92
    assert state_of(flip, lands - 1 / 24).sy > 1.05


@pytest.mark.parametrize("verb", sorted(Verb))
def test_contacts_lie_within_their_act(verb: Verb) -> None:
    assert all(0 <= contact.at_s <= SECONDS for contact in contacts_of(act(verb, whole=True)))


def test_a_ball_loses_height_at_every_bounce_and_comes_to_rest() -> None:
    flights = bounces(Flight(0.0, 0.0, 2.0, 0.5, 0.0), until_s=20)
    speeds = [flight.vy for flight in flights[1:]]
    assert speeds == sorted(speeds, reverse=True)
    assert flights[-1].vy == 0


def test_a_walker_stops_before_what_he_walks_up_to() -> None:
    walk = Act(verb=Verb.WALK, start_s=0, end_s=9, x=-2, goal=1.5)
    assert state_of(walk, 9).x == pytest.approx(1.5 - 0.85)


def test_those_who_meet_do_not_walk_through_each_other() -> None:
    one = Act(verb=Verb.MEET, start_s=0, end_s=9, x=-2, goal=2, facing=1)
    other = Act(verb=Verb.MEET, start_s=0, end_s=9, x=2, goal=-2, facing=-1)
    assert state_of(other, 9).x - state_of(one, 9).x > 1
