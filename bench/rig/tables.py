"""Reports as text for the terminal, as JSON, and as tables in a document."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.rig.machine import Machine
from bench.rig.report import Benchmark, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A benchmark with what it found, and where."""

    benchmark: Benchmark
    report: Report
    machine: Machine


def as_text(found: Sequence[Measured]) -> str:
    """One table, the notes under each benchmark."""
    lines = [f"{'figure':<58} {'value':>9} {'unit':<7} {'goal':<8} met"]
    for each in found:
        lines += ["", f"{each.benchmark.name}: {each.benchmark.about}"]
        lines += [f"  {what:<56} {value:>9} {unit:<7} {goal:<8} {met}" for what, value, unit, goal, met in _cells(each)]
        lines += [f"  {note}" for note in _notes(each)]
    return "\n".join(lines)


def as_json(found: Sequence[Measured]) -> list[dict[str, Any]]:
    """The same, for programs."""
    return [
        {
            "name": each.benchmark.name,
            "rows": [asdict(row) for row in each.report.rows],
            "notes": list(each.report.notes),
            "goals": [asdict(goal) for goal in each.benchmark.goals],
            "missed": [goal.what for goal in each.benchmark.missed(each.report)],
            "machine": asdict(each.machine),
        }
        for each in found
    ]


def write(document: Path, found: Sequence[Measured]) -> None:
    """Put each table between the markers of its benchmark. Raises LookupError where the document has none."""
    text = document.read_text()
    for each in found:
        begin, end = markers(each.benchmark.name)
        place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not place.search(text):
            raise LookupError(f"{document.name} has no {begin} … {end}")
        table = f"{begin}\n{_as_markdown(each)}\n{end}"
        text = place.sub(lambda _, table=table: table, text)  # type: ignore[misc]
    document.write_text(text)


def markers(name: str) -> tuple[str, str]:
    """What stands before and after the table of a benchmark."""
    return f"<!-- measured: {name} -->", f"<!-- /measured: {name} -->"


def _as_markdown(each: Measured) -> str:
    rows = "\n".join(f"| {' | '.join(cells)} |" for cells in _cells(each))
    notes = "".join(f"\n- {note}" for note in _notes(each))
    return f"Measured {each.machine}.\n\n| figure | value | unit | goal | met |\n| --- | ---: | --- | --- | --- |\n{rows}\n{notes}".rstrip()


def _cells(each: Measured) -> list[tuple[str, str, str, str, str]]:
    cells = []
    for row in each.report.rows:
        goal = each.benchmark.goal(row.what)
        met = ("yes" if goal.met_by(row.value) else "NO") if goal else ""
        cells.append((row.what, _number(row.value), row.unit, str(goal) if goal else "", met))
    measured = {row.what for row in each.report.rows}
    return cells + [(goal.what, "none", "", str(goal), "NO") for goal in each.benchmark.goals if goal.what not in measured]


def _notes(each: Measured) -> tuple[str, ...]:
    nothing = (f"No goal: {each.benchmark.no_goal}",) if each.benchmark.no_goal else ()
    return (*each.report.notes, *nothing)


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"
