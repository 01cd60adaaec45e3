"""`walkon queue stats --watch`: on a terminal in one place, elsewhere line by line; and what is wrong with a server in one line."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.queue.making import a_job, leased
from tests.queue.redis_server import RedisServer
from tests.waiting import until
from walkon.cli.queue_live import picture
from walkon.queue.port import JobId, JobState, JobView, Progress, QueueStats
from walkon.queue.redis_keys import TAG
from walkon.queue.redis_scripts import SCHEMA_VERSION
from walkon.queue.sqlite import SqliteQueue
from walkon.types.ids import PlaceId

ROOT = Path(__file__).parents[2]


def started(folder: Path, *words: str, out: int = subprocess.PIPE, **settings: str) -> subprocess.Popen[bytes]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("WALKON_")}
    environ |= {"WALKON_WALKON__DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT), "COLUMNS": "100", **settings}
    return subprocess.Popen([sys.executable, "-m", "walkon", "queue", *words], cwd=folder, env=environ, stdout=out, stderr=subprocess.PIPE)


async def test_the_view_on_a_terminal_follows_the_queue_and_leaves_the_screen_as_it_was(tmp_path: Path) -> None:
    queue = await SqliteQueue.open(tmp_path / "data" / "queue.db")
    await queue.submit(a_job("job-one"))
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    shown = bytearray()

    def shows(words: str) -> bool:
        try:
            shown.extend(os.read(ours, 65_536))
        except BlockingIOError:
            return False
        return words in shown.decode(errors="ignore")

    view = started(tmp_path, "stats", "--watch", out=theirs)
    os.close(theirs)
    await until(lambda: shows("1  in line"))
    lease = await leased(queue)
    await queue.heartbeat(lease, Progress(phase="painting", step=3, steps=10, fraction=0.25))
    await until(lambda: shows(" 25 %  job-one  painting 3 of 10"))
    view.send_signal(signal.SIGINT)
    assert view.wait(60) == 0
    assert shown.startswith(b"\x1b[?1049h") and b"\x1b[?1049l" in shown + the_rest(ours)
    os.close(ours)
    assert view.stderr and view.stderr.read() == b""
    view.stderr.close()
    await queue.close()


def the_rest(terminal: int) -> bytes:
    """All that whoever has ended still wrote there; a read gives some of it."""
    text = b""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65_536):
            text += piece
    return text


async def test_programs_get_a_line_of_json_each_time(tmp_path: Path) -> None:
    view = started(tmp_path, "stats", "--watch", "--json")
    assert view.stdout and view.stderr
    lines = [json.loads(view.stdout.readline()) for _ in range(2)]
    view.terminate()
    assert view.wait(60) == 0
    assert [(line["queued"], line["jobs"]) for line in lines] == [(0, []), (0, [])]
    view.stdout.close()
    view.stderr.close()


def test_the_picture_names_what_is_held_and_fits_the_terminal() -> None:
    stats = QueueStats(queued=3, waiting_ms=300_000, paused_places=(PlaceId("discord:1"),), draining=True)
    again = JobView(id=JobId("x" * 90), state=JobState.RUNNING, attempts=2)
    lines = list(picture(stats, [again], width=60))
    assert any("5 min  of work" in line for line in lines)
    assert any("walkon queue drain --off" in line for line in lines)
    assert any("discord:1 is held" in line for line in lines)
    assert len(next(line for line in lines if "xxx" in line)) == 60


def wrong_password(server: RedisServer) -> str:
    with server.admin() as admin:
        admin.config_set("requirepass", "right")
    return f"redis://:wrong-7c1@127.0.0.1:{server.port}/0"


def newer_release(server: RedisServer) -> str:
    with server.admin() as admin:
        admin.set(f"{TAG}:schema", SCHEMA_VERSION + 1)
    return server.url()


def replica(server: RedisServer) -> str:
    with server.admin() as admin:
        admin.replicaof("127.0.0.1", 1)
    return server.url()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(wrong_password, "right user and password"), (newer_release, "newer release of walkon: update"), (replica, "address of the primary")],
)
def test_a_server_that_cannot_be_used_is_one_line_with_the_mend_and_ends_with_2(tmp_path: Path, spoil, said: str) -> None:
    server = RedisServer().start()
    try:
        done = started(tmp_path, "stats", "--json", WALKON_QUEUE__URL=spoil(server))
        out, err = done.communicate(timeout=60)
    finally:
        server.stop()
    assert (done.returncode, out) == (2, b"")
    assert re.fullmatch(rf"the queue at redis://127\.0\.0\.1:\d+/0 .*{said}.*\n", err.decode())
    assert b"wrong-7c1" not in err
