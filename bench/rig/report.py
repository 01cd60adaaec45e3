"""A benchmark, what it promises, and what it found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from statistics import quantiles

import bench


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. what: its name, the same in every run. value: in `unit`, which is `x` for a ratio within the run."""

    what: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the figure `what` must be: at least `least` and at most `most`, in its own unit; None for no bound."""

    what: str
    least: float | None = None
    most: float | None = None

    def met_by(self, value: float) -> bool:
        """Whether the value lies within the bounds."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        bounds = (("≥", self.least), ("≤", self.most))
        return ", ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one run found. notes: sentences without which a figure would mislead."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def value(self, what: str) -> float | None:
        """The figure of that name, None if it was not measured."""
        return next((row.value for row in self.rows if row.what == what), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A module of the folder. about: its first line. no_goal: why nothing is promised, where `goals` is empty."""

    name: str
    about: str
    goals: tuple[Goal, ...]
    run: Callable[[], Report]
    no_goal: str = ""

    def goal(self, what: str) -> Goal | None:
        """The goal of a figure, None if it is only reported."""
        return next((goal for goal in self.goals if goal.what == what), None)

    def missed(self, report: Report) -> tuple[Goal, ...]:
        """Goals that the report does not meet; one whose figure is not there is missed as well."""
        values = ((goal, report.value(goal.what)) for goal in self.goals)
        return tuple(goal for goal, value in values if value is None or not goal.met_by(value))


def load() -> Sequence[Benchmark]:
    """Every benchmark of the folder, by name. A module has NAME, GOALS and `run`, and NO_GOAL where GOALS is empty."""
    names = sorted(module.name for module in iter_modules(bench.__path__) if not module.ispkg and not module.name.startswith("_"))
    modules = [import_module(f"bench.{name}") for name in names]
    return [
        Benchmark(
            name=module.NAME,
            about=(module.__doc__ or "").splitlines()[0],
            goals=module.GOALS,
            run=module.run,
            no_goal=getattr(module, "NO_GOAL", ""),
        )
        for module in modules
    ]


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which that share of at least two values lies."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
