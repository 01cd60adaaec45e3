"""What cannot start says why in one line, and harms nothing."""

import shutil
import sqlite3

import pytest

from tests.faults.conftest import Host, Visitor

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]


async def test_a_second_walkon_on_the_same_directory_is_one_line_and_leaves_the_first_alone(host: Host) -> None:
    first = await host.start()
    second = await host.start(page=False)
    assert await second.process.wait() == 2
    assert second.log.read_text().count("\n") == 1
    assert f"process {first.process.pid}" in second.log.read_text()
    async with Visitor(first.address, "Ana") as ana:
        await ana.say("/sora help")
        await ana.until(lambda page: page.cards())
    assert await first.stop() == 0


@pytest.mark.parametrize("verb", ["up", "worker", "bot"])
async def test_a_read_only_directory_is_one_line(host: Host, verb: str) -> None:
    # /sys takes no files from anybody, not even from root, whom no permission bit stops.
    walkon = await host.start(verb, page=False, WALKON_WALKON__DATA_DIR="/sys/walkon")
    assert await walkon.process.wait() == 2
    assert walkon.log.read_text().count("\n") == 1 and "data_dir" in walkon.log.read_text()


async def test_a_damaged_store_is_one_line_and_stays_as_it_was(host: Host) -> None:
    await (await host.start()).stop()
    shutil.copy("/bin/true", host.data / "store.db")
    before = (host.data / "store.db").read_bytes()
    walkon = await host.start(page=False)
    assert await walkon.process.wait() == 2
    assert walkon.log.read_text().count("\n") == 1 and "store.db" in walkon.log.read_text()
    assert (host.data / "store.db").read_bytes() == before


async def test_a_queue_of_a_newer_release_is_one_line(host: Host) -> None:
    await (await host.start()).stop()
    with sqlite3.connect(host.data / "queue.db") as queue:
        queue.execute("PRAGMA user_version = 999")
    queue.close()
    walkon = await host.start(page=False)
    assert await walkon.process.wait() == 2
    assert walkon.log.read_text().count("\n") == 1 and "queue.db" in walkon.log.read_text()


async def test_a_port_that_is_taken_is_one_line(host: Host) -> None:
    first = await host.start()
    port = first.address.rstrip("/").rpartition(":")[2]
    other = Host(host.folder / "other")
    other.folder.mkdir()
    second = await other.start(page=False, WALKON_WEB__PORT=port)
    assert await second.process.wait() == 2
    assert second.log.read_text().count("\n") == 1 and f"port {port}" in second.log.read_text()
    await first.stop()
