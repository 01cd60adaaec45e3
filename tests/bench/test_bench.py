"""The benchmarks are complete and the runner judges honestly. How fast anything is decides nothing here."""

import json
from pathlib import Path

import pytest

from bench.__main__ import DOCUMENT, main
from bench.rig.report import Benchmark, Goal, Report, Row, load, percentile
from bench.rig.tables import markers

ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "bench").glob("*.py") if not path.name.startswith("_"))
RATIO = "beside the bare one"


def benchmark(value: float | None, *, least: float | None = None, most: float | None = None, name: str = "toy") -> Benchmark:
    rows = () if value is None else (Row(what=RATIO, value=value, unit="x"),)
    goals = (Goal(what=RATIO, least=least, most=most),) if least is not None or most is not None else ()
    return Benchmark(name=name, about="A toy.", goals=goals, run=lambda: Report(rows=rows, notes=("A note.",)), no_goal="it is a toy")


def test_every_file_of_the_folder_is_a_benchmark_of_that_name() -> None:
    assert [each.name for each in load()] == MODULES


@pytest.mark.parametrize("each", load(), ids=lambda each: each.name)
def test_every_benchmark_has_a_goal_or_says_why_not_and_tells_what_it_measures(each: Benchmark) -> None:
    assert bool(each.goals) != bool(each.no_goal)
    assert all(goal.least is not None or goal.most is not None for goal in each.goals)
    assert len({goal.what for goal in each.goals}) == len(each.goals)
    assert each.about.endswith(".")


@pytest.mark.parametrize("each", load(), ids=lambda each: each.name)
def test_the_document_has_a_table_with_every_promised_figure_of_a_benchmark(each: Benchmark) -> None:
    begin, end = markers(each.name)
    text = DOCUMENT.read_text()
    assert f"`{each.name}`" in text
    table = text.partition(begin)[2].partition(end)[0]
    assert all(f"| {goal.what} |" in table for goal in each.goals)


@pytest.mark.parametrize(
    ("toy", "code"),
    [
        (benchmark(2.0, least=2.0), 0),
        (benchmark(1.9, least=2.0), 1),
        (benchmark(2.0, most=2.0), 0),
        (benchmark(2.1, most=2.0), 1),
        (benchmark(2.0, least=1.0, most=3.0), 0),
        (benchmark(4.0, least=1.0, most=3.0), 1),
        (benchmark(4.0), 0),
    ],
)
def test_a_missed_goal_is_exit_code_one(toy: Benchmark, code: int) -> None:
    assert main([], [toy]) == code


def test_one_missed_goal_among_many_is_enough_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    toys = [benchmark(2.0, least=1.0, name="swift"), benchmark(0.5, least=1.0, name="slow")]
    assert main([], toys) == 1
    assert f"missed: slow, {RATIO} ≥ 1" in capsys.readouterr().err


def test_a_promised_figure_that_was_not_measured_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], [benchmark(None, least=1.0)]) == 1
    assert RATIO in capsys.readouterr().out


def test_the_table_shows_value_goal_verdict_and_notes(capsys: pytest.CaptureFixture[str]) -> None:
    main([], [benchmark(1.5, least=2.0)])
    table = capsys.readouterr().out
    assert table.count("A note.") == 1
    assert next(line for line in table.splitlines() if RATIO in line).split()[-5:] == ["1.50", "x", "≥", "2", "NO"]


def test_as_json_it_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--json"], [benchmark(1.5, least=2.0)])
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["name"], said["missed"], said["rows"]) == ("toy", [RATIO], [{"what": RATIO, "value": 1.5, "unit": "x"}])
    assert said["machine"]["cores"] >= 1


def test_only_the_named_ones_run() -> None:
    def never() -> Report:
        raise AssertionError("it ran")

    other = Benchmark(name="other", about="Another.", goals=(), run=never, no_goal="it never runs")
    assert main(["--only", "toy"], [benchmark(1.0), other]) == 0


def test_an_unknown_name_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--only", "nothing"], [benchmark(1.0)])
    assert stopped.value.code == 2


def page(tmp_path: Path) -> Path:
    begin, end = markers("toy")
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    return document


def test_nothing_is_written_unless_asked(tmp_path: Path) -> None:
    document = page(tmp_path)
    main([], [benchmark(1.5, least=2.0)], document)
    assert "old" in document.read_text()


def test_when_asked_the_table_takes_the_old_ones_place_and_nothing_else_changes(tmp_path: Path) -> None:
    document = page(tmp_path)
    for value in (1.5, 2.5):
        main(["--write"], [benchmark(value, least=2.0)], document)
    text = document.read_text()
    assert f"| {RATIO} | 2.50 | x | ≥ 2 | yes |" in text
    assert text.startswith("before\n") and text.endswith("after\n")
    assert "old" not in text and "1.50" not in text and text.count(RATIO) == 1


def test_a_document_without_a_place_for_the_table_is_an_error(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text("nothing\n")
    with pytest.raises(LookupError, match="toy"):
        main(["--write"], [benchmark(1.0)], document)


@pytest.mark.parametrize(("percent", "value"), [(50, 50.0), (99, 99.0)])
def test_a_percentile_is_the_value_below_which_that_share_lies(percent: int, value: float) -> None:
    assert percentile([float(number) for number in range(101)], percent) == pytest.approx(value)
