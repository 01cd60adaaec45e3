"""Runs the benchmarks of this folder: `python -m bench [--json] [--only NAME] [--write]`; exit code 1 where a goal is missed."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.rig.machine import Machine
from bench.rig.report import Benchmark, load
from bench.rig.tables import Measured, as_json, as_text, write

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main(arguments: Sequence[str] | None = None, benchmarks: Sequence[Benchmark] | None = None, document: Path = DOCUMENT) -> int:
    """Measure, print, judge. benchmarks: instead of the folder's."""
    known = load() if benchmarks is None else benchmarks
    chosen = _options(known).parse_args(arguments)
    found = [_measured(each) for each in known if not chosen.only or each.name in chosen.only]
    print(json.dumps(as_json(found), ensure_ascii=False) if chosen.json else as_text(found))
    if chosen.write:
        write(document, found)
    missed = [(each.benchmark.name, goal) for each in found for goal in each.benchmark.missed(each.report)]
    for name, goal in missed:
        print(f"missed: {name}, {goal.what} {goal}", file=sys.stderr)
    return 1 if missed else 0


def _options(known: Sequence[Benchmark]) -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m bench", description="Measures what walkon promises; exit code 1 where a goal is missed."
    )
    options.add_argument("--json", action="store_true", help="one JSON list on standard output instead of the table")
    options.add_argument("--only", action="append", choices=[each.name for each in known], help="only this one; may be given again")
    options.add_argument("--write", action="store_true", help="also put the tables into docs/benchmarks.md")
    return options


def _measured(benchmark: Benchmark) -> Measured:
    print(f"measuring {benchmark.name} …", file=sys.stderr, flush=True)
    machine = Machine.now()
    return Measured(benchmark=benchmark, report=benchmark.run(), machine=machine)


if __name__ == "__main__":
    sys.exit(main())
