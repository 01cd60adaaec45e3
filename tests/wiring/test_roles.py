"""What a role loads, seen from a fresh interpreter: also what imports by name hide from the linter."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.queue.redis_server import RedisServer
from walkon.config import load
from walkon.wiring.chats import house_of
from walkon.wiring.ground import ground_of

ROOT = Path(__file__).parent.parent.parent
PROBE = """
import asyncio, sys
from contextlib import AsyncExitStack
from pathlib import Path
from walkon.config import load
from walkon.wiring.ground import ground_of
from walkon.wiring.roles import Role, parts_of
config = load(None, {{"WALKON_WALKON__DATA_DIR": {data!r}, "WALKON_CONSENT__KEY_FILE": {keys!r}, "WALKON_WEB__PORT": "0", **{more!r}}})
async def main():
    async with AsyncExitStack() as stack:
        ground = await stack.enter_async_context(ground_of(config))
        await parts_of(ground, frozenset({{Role({role!r})}}), stack)
asyncio.run(main())
print(" ".join(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
WEIGHTS = {"torch", "diffusers", "transformers", "skia", "av", "onnxruntime"}


def modules_of(role: str, data: Path, **more: str) -> set[str]:
    (data / "data").mkdir(exist_ok=True)
    code = PROBE.format(data=str(data / "data"), keys=str(data / "keys"), role=role, more=more)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("role", ["bot", "web", "worker"])
def test_no_role_loads_weights_or_drawing_into_its_own_process(role: str, tmp_path: Path) -> None:
    assert not modules_of(role, tmp_path) & WEIGHTS


def test_the_worker_loads_no_chat_library(tmp_path: Path) -> None:
    assert not modules_of("worker", tmp_path) & {"discord", "telegram", "httpx"}


def test_a_platform_that_is_not_configured_is_not_loaded(tmp_path: Path) -> None:
    assert not modules_of("bot", tmp_path) & {"discord", "telegram"}


def test_the_wheel_carries_everything_that_is_read_at_run_time(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    kept = {str(path.relative_to(ROOT)) for path in (ROOT / "walkon").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert kept <= names


async def test_floods_are_counted_where_the_queue_is_if_that_is_a_server(tmp_path: Path) -> None:
    folders = {"WALKON_WALKON__DATA_DIR": str(tmp_path / "data"), "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys")}
    (tmp_path / "data").mkdir()
    server = RedisServer().start()
    try:
        async with ground_of(load(None, {**folders, "WALKON_QUEUE__URL": server.url()})) as ground:
            house, _ = house_of(ground)
            await house.flood.wait_s("ana", "lobby")
            await house.flood.close()
        with server.admin() as admin:
            assert len(admin.keys("{walkon}:flood:*")) == 2
    finally:
        server.stop()
