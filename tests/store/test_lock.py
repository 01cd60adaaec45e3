"""One process per role: the kernel's lock, so that a killed process leaves none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from walkon.store.lock import RoleLock
from walkon.types.errors import SetupError

HOLD = """
import sys, pathlib
from walkon.store.lock import RoleLock
held = RoleLock.hold(pathlib.Path(sys.argv[1]), "bot")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_of_the_role_is_refused_by_the_firsts_number(tmp_path: Path) -> None:
    held = RoleLock.hold(tmp_path, "bot")
    with pytest.raises(SetupError, match=rf"process {os.getpid()}\).*Stop it"):
        RoleLock.hold(tmp_path, "bot")
    held.release()


def test_another_role_runs_beside_it(tmp_path: Path) -> None:
    held = [RoleLock.hold(tmp_path, role) for role in ("bot", "worker")]
    assert [RoleLock.holder(tmp_path, role) for role in ("bot", "worker")] == [os.getpid()] * 2
    for lock in held:
        lock.release()


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline() == b"held\n"
        assert RoleLock.holder(tmp_path, "bot") == other.pid
        other.kill()
    RoleLock.hold(tmp_path, "bot").release()
    assert RoleLock.holder(tmp_path, "bot") is None


def test_looking_takes_nothing(tmp_path: Path) -> None:
    assert RoleLock.holder(tmp_path, "bot") is None
    RoleLock.hold(tmp_path, "bot").release()


def test_an_unfit_directory_is_named_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupError, match="data_dir"):
        RoleLock.hold(tmp_path / "file" / "data", "bot")
