"""Parts become players: acts laid out in time, mounts under riders, balls on their ways, contacts collected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from walkon.engine.drawing import art, chance
from walkon.engine.drawing.balls import BallPath, fallen
from walkon.engine.drawing.figures import ALIVE, Figure
from walkon.engine.drawing.games import REACTIONS, ball_path, basket_game
from walkon.engine.drawing.motion.moves import contacts_of
from walkon.engine.drawing.motion.state import Act, Contact, State
from walkon.engine.drawing.parts import BACK_ROW, GOAL, Company, Part
from walkon.engine.drawing.players import (
    Emission,
    Emits,
    Held,
    Player,
    chained,
    dipping,
    emissions_of,
    lifted,
    rider_track,
    still,
    track_of,
)
from walkon.engine.drawing.poses import Pose
from walkon.engine.drawing.scenery import place_of
from walkon.engine.drawing.timing import Take, TakeKind
from walkon.scene.places import WEIGHTLESS
from walkon.scene.verbs import AIR_AND_WATER, BALL_GAME, FALLS, RIDES, STUNTS, TRAVEL, Verb
from walkon.types.scene import Action, Mood

TOOLS: Mapping[Verb, str] = {
    Verb.COOK: "🍳",
    Verb.PAINT: "🖌️",
    Verb.BUILD: "🔨",
    Verb.REPAIR: "🔧",
    Verb.CLEAN: "🧹",
    Verb.READ: "📖",
    Verb.WRITE: "✏️",
    Verb.CONJURE: "🪄",
    Verb.DRINK: "🥤",
    Verb.EAT: "🍪",
    Verb.SING: "🎤",
    Verb.WORK: "💻",
    Verb.PLANT: "🌱",
}
"""What a hand takes up where the prompt named nothing."""
CARRIED = (Pose.IDLE, Pose.WALK, Pose.RUN, Pose.FLY, Pose.SWIM, Pose.RIDE, Pose.STAND_RIDE)
SEAT_SHARE, BOARD_SHARE, CABIN_SHARE = 0.60, 0.62, 0.50
DECK_SHARE = 0.10
AFT_SHARE = 0.36
"""How far behind the mast the crew of a sailing boat stands, as a share of the boat's height."""


@dataclass(frozen=True, slots=True)
class Met:
    """A contact on the take's clock."""

    at_s: float
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a take's bodies do. hero: id of the player the camera cares for."""

    players: tuple[Player, ...]
    meetings: tuple[Met, ...]
    hero: str | None

    def player(self, id: str | None) -> Player | None:
        """The player of that id."""
        return next((player for player in self.players if player.id == id), None)


class Scripting:
    """Writes the script of one take."""

    def __init__(self, cast: Company, take: Take, *, seed: int, beat_s: float, half_u: float) -> None:
        self._cast, self._take, self._seed, self._beat_s, self._half_u = cast, take, seed, beat_s, half_u
        self._rate = 0.5 if take.shot.slow_motion else 0.62 if take.shot.mood is Mood.SAD else 1.0
        self._weightless = place_of(take.shot.place) in WEIGHTLESS
        self._meetings: list[Met] = []
        self._acts: dict[str, tuple[Act, ...]] = {}
        self._cues: dict[str, list[float]] = {}

    def write(self) -> Script:
        """The script."""
        players: list[Player] = []
        if self._cast.basket:
            players += self._basket()
        for part in self._cast.parts.values():
            if part.ball and self._cast.basket:
                continue
            player = self._player(part)
            if player is not None:
                players.append(player)
        return Script(players=tuple(sorted(players, key=lambda player: player.order)), meetings=tuple(self._meetings), hero=self._hero())

    def _hero(self) -> str | None:
        speaker = next((part.id for part in self._cast.parts.values() if part.speaks), None)
        if speaker:
            return speaker
        flyers = [part.id for part in self._cast.parts.values() if any(verb in (Verb.LAUNCH, Verb.LAND) for verb, _ in part.verbs)]
        busy = [id for id in self._cast.row if self._cast.parts[id].verbs]
        return next(iter([*flyers, *busy, *self._cast.row, *self._cast.parts]), None)

    def _player(self, part: Part) -> Player | None:
        riders = [other for other in self._cast.parts.values() if other.mount == part.id]
        if riders:
            return self._mount(part, riders[0])
        if part.absent or any(other.held == part.id for other in self._cast.parts.values()):
            return None
        if part.mount:
            return self._rider(part)
        if part.ball:
            return self._ball(part)
        if part.hoop:
            return self._hoop(part.x) if not self._cast.basket else None
        if not part.verbs and part.id not in self._cast.row:
            return self._thing(part)
        acts = self._write_acts(part)
        return self._dressed(part, acts, track_of(acts), order=self._order(part))

    def _order(self, part: Part) -> int:
        """Behind scenery for who hides, behind its thing for who jumps out of it, at the back for a crowd."""
        if any(verb is Verb.HIDE for verb, _ in part.verbs):
            return 2
        if part.depth <= BACK_ROW:
            return 4
        return 7 if any(verb is Verb.APPEAR and action.object for verb, action in part.verbs) else 10

    def _dressed(self, part: Part, acts: tuple[Act, ...], track: Callable[[float], State], order: int = 10) -> Player:
        return Player(
            id=part.id,
            figure=part.figure,
            half=part.width / 2,
            track=track,
            order=order + (1 if part.depth > 0 else 0),
            depth=part.depth,
            acts=acts,
            emissions=(*emissions_of(acts), *self._music(part, acts)),
            held=self._held(part),
            shadow=not self._weightless,
            becomes=self._becomes(part, acts),
            board=self._board(part),
        )

    def _thing(self, part: Part) -> Player:
        drift = Act(verb=Verb.IDLE, start_s=0.0, end_s=self._take.seconds, x=part.x, phase=self._phase(part), whole=True, weightless=True)
        up = 0.85 if part.figure.emoji == "🌈" else 1.55
        track = still(part.x, up) if part.airborne else still(part.x)
        if part.stirs:
            own = track_of((drift,))
            track = lifted(own, up - 0.5)
        if self._weightless and not part.behind:
            track = track_of((drift,))
        order = 1 if part.airborne else 3 if part.behind else 8
        return Player(
            id=part.id,
            figure=part.figure,
            half=part.width / 2,
            track=track,
            order=order,
            depth=part.depth,
            emissions=self._suffered(part),
            shadow=not (part.airborne or self._weightless),
            edged=not (part.behind or part.airborne),
        )

    def _suffered(self, part: Part) -> tuple[Emission, ...]:
        """A thing somebody sets on fire burns; who did it only shouts."""
        verbs = [verb for other in self._cast.parts.values() for verb, action in other.verbs if action.object == part.id]
        return (Emission(kind=Emits.FIRE, start_s=0.4, end_s=self._take.seconds),) if Verb.BURN in verbs else ()

    def _phase(self, part: Part) -> float:
        return chance.share(self._seed, "phase", part.id)

    def _write_acts(self, part: Part, verbs: list[tuple[Verb, Action]] | None = None) -> tuple[Act, ...]:
        wanted = self._spoken(part) if self._take.kind is TakeKind.SPEECH else part.verbs
        script = (verbs if verbs is not None else wanted) or [(Verb.IDLE, Action(verb="idle", subject=part.id))]
        script = [(Verb.SHOUT if verb is Verb.BURN and action.object else verb, action) for verb, action in script]
        starts = self._starts(part, script)
        acts = [self._act(part, verb, action, starts[index], starts[index + 1]) for index, (verb, action) in enumerate(script)]
        if starts[0] > 0:
            acts.insert(0, self._act(part, Verb.IDLE, script[0][1], 0.0, starts[0]))
        linked = chained(acts)
        self._acts[part.id] = linked
        for act in linked:
            self._collect(act, contacts_of(act))
        return linked

    def _spoken(self, part: Part) -> list[tuple[Verb, Action]]:
        rides = [(verb, action) for verb, action in part.verbs if verb in RIDES and part.mount]
        if rides:
            return rides
        if not part.speaks or self._take.line is None:
            return []
        loud = self._take.shot.lines[self._take.line].text.rstrip().endswith("!")
        verb = Verb.SHOUT if loud else Verb.TALK
        return [(verb, Action(verb=verb.value, subject=part.id))]

    def _starts(self, part: Part, script: list[tuple[Verb, Action]]) -> list[float]:
        """When each verb begins, and the end: equal shares, a reaction after what it reacts to."""
        length = self._take.seconds
        told = self._cues.get(part.id) or part.starts
        if told and len(told) == len(script):
            return [*told, length]
        first = 0.0
        if script[0][0] in REACTIONS and self._someone_else_acts(part):
            first = min(length - 0.8, 0.55 * length)
        step = (length - first) / len(script)
        return [first + step * index for index in range(len(script))] + [length]

    def _someone_else_acts(self, part: Part) -> bool:
        busy = STUNTS | FALLS | BALL_GAME
        return any(other.id != part.id and any(verb in busy for verb, _ in other.verbs) for other in self._cast.parts.values())

    def _act(self, part: Part, verb: Verb, action: Action, start_s: float, end_s: float) -> Act:
        other = self._cast.part(action.object)
        goal = other.x if other is not None and not other.airborne and other.id != part.held and not other.ball else None
        facing = part.facing
        if goal is not None and verb not in (Verb.CHASE, Verb.FLEE, Verb.FOLLOW):
            facing = 1 if goal >= part.x else -1
        if verb is Verb.FLEE and not part.leads and start_s > 0:
            facing = -1 if (goal or 0.0) >= part.x else 1
        if goal is not None and verb in (Verb.FIGHT, Verb.HUG, Verb.KISS) and other is not None:
            goal -= max(0.0, (other.width + part.width) / 2 - 0.95) * facing
        if verb is Verb.BOUNCE and part.subject.kind not in ALIVE and goal is None:
            goal = part.x
        if goal is not None and verb is Verb.BUMP and other is not None:
            goal -= (other.width + part.width) * 0.4 * facing
        if goal is not None and verb in TRAVEL and other is not None:
            goal += (0.2 - other.width / 2) * facing if other.width > 1.2 else 0.0
        return Act(
            verb=verb,
            start_s=start_s,
            end_s=end_s,
            x=part.x,
            facing=facing,
            height=part.figure.height,
            whole=not part.figure.doll,
            phase=self._phase(part),
            beat_s=self._beat_s,
            goal=goal,
            leads=part.leads,
            rate=self._rate,
            weightless=self._weightless,
            mounted=part.mount is not None,
            flies=not part.figure.doll and self._is_winged(part),
            slides=part.slides,
            dribbles=verb is Verb.PLAY and (self._cast.basket or (other is not None and other.ball)),
        )

    def _is_winged(self, part: Part) -> bool:
        ridden = any(other.mount == part.id for other in self._cast.parts.values())
        return part.figure.emoji in art.WINGED or (ridden and part.figure.emoji == "🐉")

    def _collect(self, act: Act, contacts: tuple[Contact, ...]) -> None:
        for contact in contacts:
            at = act.start_s + contact.at_s / self._rate
            if at <= self._take.seconds - 0.02:
                self._meetings.append(Met(at, replace(contact, seconds=contact.seconds / self._rate)))

    def _held(self, part: Part) -> Held | None:
        thing = self._cast.part(part.held)
        tossed = any(verb is Verb.COOK for verb, _ in part.verbs) and self._take.kind is not TakeKind.SPEECH
        full = part.figure.emoji in art.HELD_IN_ART and not tossed
        if thing is None or full or not (part.figure.doll or part.subject.kind in ALIVE):
            return self._tool(part)
        emoji = thing.subject.emoji or art.GENERIC
        low = any(verb in (Verb.READ, Verb.PLAY, Verb.HUG) for verb, _ in part.verbs)
        height = min((0.5 if low else 0.34) * part.figure.height, thing.figure.height * 0.85)
        return Held(emoji=emoji, height=height, low=low, angle=0.0 if low else -12.0, tossed=tossed)

    def _tool(self, part: Part) -> Held | None:
        """A tool of the trade where nothing was named: a pan to cook, a brush to paint."""
        if not part.figure.doll or part.figure.emoji in art.HELD_IN_ART or self._take.kind is TakeKind.SPEECH:
            return None
        found = next((TOOLS[verb] for verb, _ in part.verbs if verb in TOOLS), None)
        return Held(emoji=found, height=0.34 * part.figure.height, low=found in ("📖", "💻")) if found else None

    def _music(self, part: Part, acts: tuple[Act, ...]) -> tuple[Emission, ...]:
        thing = self._cast.part(part.held)
        if thing is None or thing.subject.emoji not in art.INSTRUMENTS:
            return ()
        return tuple(Emission(kind=Emits.NOTES, start_s=act.start_s, end_s=act.end_s) for act in acts if act.verb is Verb.PLAY)

    def _board(self, part: Part) -> Verb | None:
        if not part.figure.doll or part.mount:
            return None
        return next((verb for verb, _ in part.verbs if verb in (Verb.SURF, Verb.SKI, Verb.SKATE)), None)

    def _becomes(self, part: Part, acts: tuple[Act, ...]) -> tuple[Figure, float] | None:
        for act, (verb, action) in zip(acts, part.verbs, strict=False):
            other = self._cast.part(action.object)
            if verb is Verb.TRANSFORM and other is not None:
                return other.figure, act.start_s + (0.4 * act.seconds + 0.4) / self._rate
        return None

    def _mount(self, part: Part, rider: Part) -> Player:
        part.x, part.facing = rider.x, rider.facing
        verb = next((verb for verb, _ in rider.verbs if verb in RIDES or verb in AIR_AND_WATER), None)
        if verb is None and self._take.kind is TakeKind.SPEECH:
            verb = Verb.IDLE
        if verb is None:
            board = part.subject.emoji in art.BOARDS
            verb = Verb.SKATE if board else Verb.RIDE if part.subject.kind in ALIVE else Verb.DRIVE
        acts = self._write_acts(part, [(verb, Action(verb=verb.value, subject=part.id))])
        if self._take.kind is TakeKind.SPEECH:
            return self._dressed(part, acts, track_of(acts))
        stunts = tuple(self._act(rider, v, a, 0.0, self._take.seconds) for v, a in rider.verbs[:1])
        return self._dressed(part, acts, dipping(track_of(acts), stunts))

    def _rider(self, part: Part) -> Player:
        mount = self._cast.parts[part.mount or ""]
        beneath = self._acts.get(mount.id)
        if beneath is None:
            self._mount(mount, part)
            self._meetings = [met for met in self._meetings if met.contact not in self._carried(mount)]
            beneath = self._acts[mount.id]
        acts = self._write_acts(part)
        board = mount.subject.emoji in art.BOARDS
        seat = self._seat(part, mount, board)
        aft = -AFT_SHARE * mount.figure.height if mount.subject.emoji in art.SAILS else 0.0
        track = rider_track(dipping(track_of(beneath), acts), acts, seat=seat, aft=aft, pose_of=_riding(board))
        open_air = board or mount.subject.emoji in art.OPEN_MOUNTS or mount.subject.kind in ALIVE
        return replace(self._dressed(part, acts, track, order=14 if open_air else 9), shadow=False, depth=mount.depth)

    def _carried(self, mount: Part) -> set[Contact]:
        """Contacts a mount already made when it is written a second time."""
        return {contact for act in self._acts[mount.id] for contact in contacts_of(act)}

    def _seat(self, part: Part, mount: Part, board: bool) -> float:
        height = mount.figure.height
        if board:
            return BOARD_SHARE * height
        legs = 0.165 * part.figure.height if part.figure.doll else 0.0
        open_air = mount.subject.emoji in art.OPEN_MOUNTS or mount.subject.kind in ALIVE
        if mount.subject.emoji in art.SAILS:
            return DECK_SHARE * height
        return max(0.05, (SEAT_SHARE if open_air else CABIN_SHARE) * height - legs)

    def _ball(self, part: Part) -> Player:
        thrower = next(
            (other for other in self._cast.parts.values() if any(verb in BALL_GAME | {Verb.PLAY} for verb, _ in other.verbs)), None
        )
        if thrower is None:
            return self._thing(part)
        nets = [other.x + 0.3 for other in self._cast.parts.values() if other.subject.noun == GOAL]
        others = nets or [self._cast.parts[id].x for id in self._cast.row if id != thrower.id]
        path = ball_path(thrower, seconds=self._take.seconds, beat_s=self._beat_s, receiver_x=others[0] if others else None)
        if nets:
            path = fallen(path, self._take.seconds)
        self._meetings += [Met(contact.at_s, contact) for contact in path.contacts if contact.at_s < self._take.seconds - 0.02]
        return self._flying(part, path)

    def _hoop(self, x: float) -> Player:
        figure = next(part.figure for part in self._cast.parts.values())
        return Player(id="hoop!", figure=replace(figure, doll=False), track=still(x), order=6, hoop=True, shadow=False)

    def _basket(self) -> list[Player]:
        game = basket_game(self._cast, seconds=self._take.seconds, beat_s=self._beat_s)
        if game is None:
            return []
        self._cues = game.starts
        self._meetings += [Met(contact.at_s, contact) for contact in game.path.contacts if contact.at_s < self._take.seconds - 0.02]
        return [self._hoop(game.hoop_x), self._flying(game.ball, game.path)]

    def _flying(self, ball: Part, path: BallPath) -> Player:
        return Player(id=ball.id, figure=ball.figure, track=path.track, order=15, ball=True)


def _riding(board: bool) -> Callable[[State], State]:
    def posed(state: State) -> State:
        return replace(state, pose=Pose.STAND_RIDE if board else Pose.RIDE) if state.pose in CARRIED else state

    return posed
