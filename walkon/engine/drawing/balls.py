"""Balls: dribbled, thrown, met by a rim or a net, bouncing away smaller each time. Solved once, then looked up."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from walkon.engine.drawing.motion.state import BALL_GRAVITY, Contact, Puff, State

HOOP_HEIGHT = 2.05
FLIGHT_S = 0.86
RELEASE_HEIGHT = 1.55
RESTITUTION = 0.72


@dataclass(frozen=True, slots=True)
class Flight:
    """A free flight from a moment and place with a speed; lasts until the next one starts."""

    start_s: float
    x: float
    y: float
    vx: float
    vy: float

    def at(self, t: float) -> tuple[float, float]:
        """The place at `t`."""
        u = max(0.0, t - self.start_s)
        return self.x + self.vx * u, max(0.0, self.y + self.vy * u - BALL_GRAVITY * u * u / 2)


def bounces(start: Flight, until_s: float, floor: float = 0.0) -> tuple[Flight, ...]:
    """The flight and its bounces on the floor, until it lies still or time is up."""
    flights = [start]
    while len(flights) < 14:
        last = flights[-1]
        root = math.sqrt(max(0.0, last.vy**2 + 2 * BALL_GRAVITY * (last.y - floor)))
        lands = last.start_s + (last.vy + root) / BALL_GRAVITY
        x = last.x + last.vx * (lands - last.start_s)
        speed = root * RESTITUTION
        if lands >= until_s:
            break
        if speed < 0.5:
            flights.append(Flight(lands, x, floor, last.vx * 0.4, 0.0))
            break
        flights.append(Flight(lands, x, floor, last.vx * 0.86, speed))
    return tuple(flights)


@dataclass(frozen=True, slots=True, kw_only=True)
class BallPath:
    """A ball's whole way. held: where it is before the first flight, by time."""

    held: Callable[[float], tuple[float, float]]
    flights: tuple[Flight, ...]
    radius: float
    contacts: tuple[Contact, ...] = ()
    stops_s: float | None = None

    def track(self, t: float) -> State:
        """The ball at `t`: squashed for a moment where it meets the floor, turning as it goes."""
        if not self.flights or t < self.flights[0].start_s:
            x, y = self.held(t)
            return State(x=x, y=y, turn=0.0)
        when = t if self.stops_s is None else min(t, self.stops_s)
        flight = next(flight for flight in reversed(self.flights) if flight.start_s <= when)
        x, y = flight.at(when)
        since = when - flight.start_s
        squash = 0.28 * math.exp(-20 * since) if flight.y <= 0.01 and flight.vy > 0 else 0.0
        turn = math.degrees((x - self.flights[0].x) / self.radius)
        return State(x=x, y=y, turn=turn, sx=1 + squash, sy=1 - squash, belly=True)


def _floor_contacts(flights: tuple[Flight, ...]) -> list[Contact]:
    return [
        Contact(
            at_s=flight.start_s,
            effect="dribble",
            x=flight.x,
            puff=Puff.DUST if flight.vy > 1.8 else Puff.NONE,
            gain=min(1.0, 0.25 + flight.vy / 6),
        )
        for flight in flights
        if flight.y <= 0.01 and flight.vy > 0.3
    ]


def dribbled(x: float, beat_s: float, until_s: float) -> tuple[Callable[[float], tuple[float, float]], list[Contact]]:
    """A ball that meets the floor on every beat until `until_s`."""

    def held(t: float) -> tuple[float, float]:
        u = (t / beat_s) % 1.0
        return x, 0.52 * 4 * u * (1 - u)

    beats = range(1, int(until_s / beat_s) + 1)
    return held, [Contact(at_s=beat * beat_s, effect="dribble", x=x, gain=0.8) for beat in beats if beat * beat_s < until_s - 0.2]


def basket(x: float, hoop_x: float, *, release_s: float, until_s: float, beat_s: float, scores: bool) -> BallPath:
    """A throw at the hoop: off the back of the rim, or through the net."""
    held, found = dribbled(x + 0.42, beat_s, release_s - 0.5)
    side = 1 if hoop_x > x else -1
    start_x = x + 0.25 * side
    target = hoop_x + (0.0 if scores else 0.20 * side)
    vx = (target - start_x) / FLIGHT_S
    vy = (HOOP_HEIGHT + (0.05 if scores else 0.12) - RELEASE_HEIGHT) / FLIGHT_S + BALL_GRAVITY * FLIGHT_S / 2
    shot = Flight(release_s, start_x, RELEASE_HEIGHT, vx, vy)
    meets = release_s + FLIGHT_S
    y = shot.at(meets)[1]
    after = Flight(meets, target, y, 0.1 * side, -1.2) if scores else Flight(meets, target, y, -1.15 * side, 3.3)
    flights = (shot, *bounces(after, until_s))
    found.append(
        Contact(
            at_s=meets, effect="swish" if scores else "rim", x=target, y=HOOP_HEIGHT, puff=Puff.SPARKS if scores else Puff.STARS, jolt_px=4
        )
    )
    lifted = _lifted(held, x + 0.42, start_x, release_s)
    return BallPath(held=lifted, flights=flights, radius=0.21, contacts=(*found, *_floor_contacts(flights)))


def _lifted(
    held: Callable[[float], tuple[float, float]], x: float, start_x: float, release_s: float
) -> Callable[[float], tuple[float, float]]:
    """The last half second before the release: from the floor up over the head."""

    def place(t: float) -> tuple[float, float]:
        u = (t - (release_s - 0.5)) / 0.5
        if u <= 0:
            return held(t)
        u = min(1.0, u)
        low = held(release_s - 0.5)
        share = u * u * (3 - 2 * u)
        return low[0] + (start_x - low[0]) * share, low[1] + (RELEASE_HEIGHT - low[1]) * share

    return place


def thrown(x: float, facing: int, *, height: float, release_s: float, until_s: float, low: bool = False) -> BallPath:
    """A thing thrown, or kicked where `low`, that flies in an arc and bounces away."""
    hand = (x + 0.35 * facing, 0.0) if low else (x - 0.3 * facing, 0.62 * height)
    from_y = 0.0 if low else 0.72 * height
    flight = Flight(release_s, x + 0.4 * facing, from_y, (1.5 if low else 1.6) * facing, 4.4 if low else 4.0)
    flights = bounces(flight, until_s)
    return BallPath(held=lambda t: hand, flights=flights, radius=0.25, contacts=tuple(_floor_contacts(flights)))


def passed(x: float, target_x: float, *, height: float, release_s: float, low: bool = False) -> BallPath:
    """A thing thrown or kicked to somebody, who keeps it."""
    side = 1 if target_x > x else -1
    hand = (x + 0.35 * side, 0.0) if low else (x - 0.3 * side, 0.62 * height)
    start_y, end_y = (0.0 if low else 0.72 * height), 0.5
    end_x = target_x - 0.3 * side
    vx = (end_x - x - 0.4 * side) / FLIGHT_S
    vy = (end_y - start_y) / FLIGHT_S + BALL_GRAVITY * FLIGHT_S / 2
    met = release_s + FLIGHT_S
    flight = Flight(release_s, x + 0.4 * side, start_y, vx, vy)
    contact = Contact(at_s=met, effect="pop", x=end_x, y=end_y)
    return BallPath(held=lambda t: hand, flights=(flight,), radius=0.25, contacts=(contact,), stops_s=met)


def fallen(path: BallPath, until_s: float) -> BallPath:
    """The way of a ball that a net stops: from where it was stopped it drops and lies."""
    if path.stops_s is None or not path.flights:
        return path
    x, y = path.flights[-1].at(path.stops_s)
    drop = bounces(Flight(path.stops_s, x, y, 0.0, -0.5), until_s)
    net = Contact(at_s=path.stops_s, effect="swish", x=x, y=y, puff=Puff.SPARKS, jolt_px=3)
    return replace(path, flights=(*path.flights, *drop), stops_s=None, contacts=(net, *_floor_contacts(drop)))


def caught(x: float, facing: int, *, height: float, at_s: float) -> BallPath:
    """A thing that comes flying in and ends in the hands."""
    end = (x + 0.25 * facing, 0.42 * height)
    vx = -2.6 * facing
    vy = (end[1] - 1.2) / at_s + BALL_GRAVITY * at_s / 2
    flight = Flight(0.0, end[0] - vx * at_s, 1.2, vx, vy)
    return BallPath(held=lambda t: end, flights=(flight,), radius=0.25, stops_s=at_s)


def dribble_only(x: float, *, beat_s: float, until_s: float) -> BallPath:
    """A ball dribbled to the end."""
    held, found = dribbled(x + 0.42, beat_s, until_s)
    return BallPath(held=held, flights=(), radius=0.21, contacts=tuple(found))
