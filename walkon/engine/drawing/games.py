"""Games: basketball at the hoop as one solved course, and the ways of balls that are thrown, kicked or caught."""

from dataclasses import dataclass

from walkon.engine.drawing import balls
from walkon.engine.drawing.parts import Company, Part
from walkon.scene.verbs import BALL_GAME, Verb
from walkon.types.scene import Action

REACTIONS = frozenset({Verb.LAUGH, Verb.CRY, Verb.CHEER, Verb.CLAP, Verb.WAVE, Verb.BOW})
HOOP_AWAY = 2.5
"""Metres between the shooter and the hoop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """A game's course. starts: when each player's verbs begin, seconds of the take, by id."""

    ball: Part
    path: balls.BallPath
    hoop_x: float
    starts: dict[str, list[float]]


def basket_game(cast: Company, *, seconds: float, beat_s: float) -> Game | None:
    """Dribble on the beat, throw, rim or net; one is glad, the other is not. Rewrites what the team was told; None without a team."""
    team = [cast.parts[id] for id in cast.row]
    ball = next(part for part in cast.parts.values() if part.subject.emoji == "🏀")
    ball.ball = True
    if not team:
        return None
    shooter = next((part for part in team if any(verb in BALL_GAME for verb, _ in part.verbs)), team[0])
    misses = any(verb is Verb.MISS for part in team for verb, _ in part.verbs)
    meets = round((0.42 * seconds + balls.FLIGHT_S) / beat_s) * beat_s
    release = max(0.7, meets - balls.FLIGHT_S)
    hoop_x = shooter.x + HOOP_AWAY
    path = balls.basket(shooter.x, hoop_x, release_s=release, until_s=seconds, beat_s=beat_s, scores=not misses)
    return Game(ball=ball, path=path, hoop_x=hoop_x, starts=_told(team, shooter, release, misses=misses))


def _told(team: list[Part], shooter: Part, release: float, *, misses: bool) -> dict[str, list[float]]:
    met = release + balls.FLIGHT_S + 0.3
    starts: dict[str, list[float]] = {}
    for part in team:
        said = next((verb for verb, _ in part.verbs if verb in REACTIONS), None)
        if part is shooter:
            told = [Verb.PLAY, Verb.THROW, said or (Verb.CRY if misses else Verb.CHEER)]
            starts[part.id] = [0.0, release - 0.8, met]
        else:
            told = [Verb.WAVE, said or (Verb.LAUGH if misses else Verb.CHEER)]
            starts[part.id] = [0.0, met]
        part.verbs = [(verb, Action(verb=verb.value, subject=part.id)) for verb in told]
    return starts


def ball_path(thrower: Part, *, seconds: float, beat_s: float, receiver_x: float | None = None) -> balls.BallPath:
    """The way of a ball whose player throws, kicks, catches or dribbles it; to somebody, where `receiver_x` is given."""
    verb = next(verb for verb, _ in thrower.verbs if verb in BALL_GAME or verb is Verb.PLAY)
    release = min(0.8, max(0.4, seconds * 0.3))
    height = thrower.figure.height
    if verb is Verb.PLAY:
        return balls.dribble_only(thrower.x, beat_s=beat_s, until_s=seconds)
    if verb is Verb.CATCH:
        return balls.caught(thrower.x, thrower.facing, height=height, at_s=0.9)
    if receiver_x is not None:
        return balls.passed(thrower.x, receiver_x, height=height, release_s=release, low=verb is Verb.KICK)
    return balls.thrown(thrower.x, thrower.facing, height=height, release_s=release, until_s=seconds, low=verb is Verb.KICK)
