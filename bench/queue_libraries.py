"""Job queues on one redis-server, one after the other in every round: bare streams, saq, docket, streaq, arq, taskiq and walkon.

`python -m bench --only queue_libraries`. Each library is in an environment of its own below .cache, made on the first run, since they
pin clients that do not go together.
"""

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.drivers.harness import Server
from bench.rig.report import Goal, Report, Row

NAME = "queue_libraries"
ROUNDS = 3
ROOT = Path(__file__).parent.parent
DRIVERS = Path(__file__).parent / "drivers"
ENVIRONMENTS = ROOT / ".cache" / "queue-libraries"
PORT = 16_411
ONE_RUN_S, GROWING_S = 180, 900

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "raw": ("redis==8.1.0",),
    "saq": ("saq[redis]==0.26.4", "typing_extensions"),
    "docket": ("pydocket==0.27.0",),
    "streaq": ("streaq==7.2.0",),
    "arq": ("arq==0.28.0",),
    "taskiq": ("taskiq==0.13.0", "taskiq-redis==1.2.4"),
}
"""Each with hiredis, which all of them use where it is there."""

BARE, LIBRARIES, OURS = "raw", ("saq", "docket", "streaq", "arq", "taskiq"), ("walkon", "walkon in batches")

SUBMIT = "walkon: submissions, 50 at once, beside bare XADD"
WORK = "walkon in batches: claims and completions beside the bare loop of one job a time"
LIFE = "walkon: processor time of the server for a job's life"
BYTES = "walkon: memory a job in line beside a bare stream entry"
JOBS_GROWTH = "walkon: processor time of a claim with 1,000,000 jobs in line beside 1,000"
PEOPLE_GROWTH = "walkon: processor time of a claim with 100,000 people in line beside 1,000"
GOALS = (
    Goal(what=SUBMIT, least=0.6),
    Goal(what=WORK, least=2.0),
    Goal(what=LIFE, most=200),
    Goal(what=BYTES, most=2.5),
    Goal(what=JOBS_GROWTH, most=1.3),
    Goal(what=PEOPLE_GROWTH, most=1.3),
)

Figures = Mapping[str, float]


def run() -> Report:
    """A few minutes; the first time some more, to get the libraries."""
    missing = [name for name, packages in PACKAGES.items() if not _ready(name, packages)]
    # What is held to a goal comes right after what it is held against: on a machine with other work, minutes are far apart.
    names = [name for name in (BARE, *reversed(OURS), *LIBRARIES) if name not in missing]
    with _server() as port:
        rounds = [{name: found for name in names if (found := _measured(name, port))} for _ in range(ROUNDS)]
        growth = _grown(port)
    return Report(rows=tuple(_rows(rounds, names, growth)), notes=tuple(_notes(missing)))


def _rows(rounds: Sequence[Mapping[str, Figures]], names: Sequence[str], growth: Figures) -> Iterator[Row]:
    def beside_bare(name: str, key: str) -> float:
        return _median(rounds, name, lambda each, found: found[key] / each[BARE][key])

    for name in names:
        yield Row(
            what=f"{name}: submission one by one, median", value=_median(rounds, name, lambda _, found: found["single_ms"]), unit="ms"
        )
        yield Row(what=f"{name}: submissions, 50 at once, beside bare XADD", value=beside_bare(name, "together_per_s"), unit="x")
        yield Row(what=f"{name}: worked off, 50 slots, beside the bare loop", value=beside_bare(name, "work_per_s"), unit="x")
        yield Row(what=f"{name}: memory a job in line beside a bare stream entry", value=beside_bare(name, "bytes"), unit="x")
        life_us = _median(rounds, name, lambda _, found: found["life_us"])
        yield Row(what=f"{name}: processor time of the server for a job's life", value=life_us, unit="µs")
    yield Row(what=WORK, value=beside_bare(OURS[1], "work_per_s"), unit="x")
    both = _median(rounds, OURS[1], lambda each, found: each[BARE]["work_both_us"] / found["work_both_us"])
    yield Row(what="the same by the processor time of client and server together, whatever else the machine does", value=both, unit="x")
    yield Row(what=JOBS_GROWTH, value=round(growth["jobs"], 3), unit="x")
    yield Row(what=PEOPLE_GROWTH, value=round(growth["people"], 3), unit="x")


def _notes(missing: Sequence[str]) -> Iterator[str]:
    yield "One redis-server with an append-only file, written every second; jobs of 370 bytes; medians of the rounds' own ratios."
    yield (
        "Bare streams do XADD, XREADGROUP, XACK and XDEL and nothing else. The libraries' workers also keep results and watch over"
        " their jobs; walkon also keeps turns, leases, tokens, bounds and results. Read the work column as an order of magnitude."
    )
    yield "walkon sends calls that wait at the same moment together, which is what 50 at once gains by; taskiq never deletes its jobs."
    if missing:
        yield f"Not measured, since it could not be installed here: {', '.join(missing)}."


def _median(rounds: Sequence[Mapping[str, Figures]], name: str, value: Callable[[Mapping[str, Figures], Figures], float]) -> float:
    return round(median(value(each, each[name]) for each in rounds if name in each), 3)


def _ready(name: str, packages: Sequence[str]) -> bool:
    """Makes the environment unless it is there; False where the packages cannot be had."""
    folder = ENVIRONMENTS / name
    mark = folder / "installed"
    wanted = " ".join((*packages, "hiredis"))
    if mark.exists() and mark.read_text() == wanted:
        return True
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages, "hiredis"]
    if subprocess.run(pip, stdout=sys.stderr, check=False).returncode:
        return False
    mark.write_text(wanted)
    return True


@contextmanager
def _server() -> Iterator[int]:
    program = shutil.which("redis-server")
    if not program:
        raise SystemExit("redis-server is missing: apt install redis-server")
    with TemporaryDirectory() as folder:
        # Without rewrites, which a million jobs would set off in the middle of something.
        rewrites = ("--auto-aof-rewrite-percentage", "0")
        settings = ("--bind", "127.0.0.1", "--appendonly", "yes", "--save", "", "--dir", folder, *rewrites)
        server = subprocess.Popen([program, "--port", str(PORT), *settings], stdout=subprocess.DEVNULL)
        try:
            _wait_for(Server("127.0.0.1", PORT))
            yield PORT
        finally:
            server.terminate()
            server.wait()


def _wait_for(server: Server) -> None:
    while True:
        try:
            server.ask("PING")
            return
        except OSError:
            continue


def _measured(name: str, port: int) -> Figures | None:
    """What one driver found, None if it did not come to an end."""
    print(f"  {name}", file=sys.stderr, flush=True)
    ours = name in OURS
    python = sys.executable if ours else str(ENVIRONMENTS / name / "bin" / "python")
    driver = DRIVERS / f"drive_{'walkon' if ours else name}.py"
    words = [python, str(driver), "127.0.0.1", str(port), *(["batch" if name == OURS[1] else "one"] if ours else [])]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=ONE_RUN_S, check=False, env=_environment())
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return None
    found: Figures = json.loads(done.stdout)
    return found


def _grown(port: int) -> Figures:
    print("  a million jobs", file=sys.stderr, flush=True)
    words = [sys.executable, str(DRIVERS / "grow_walkon.py"), "127.0.0.1", str(port)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=GROWING_S, check=True, env=_environment())
    found: Figures = json.loads(done.stdout)
    return found


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
