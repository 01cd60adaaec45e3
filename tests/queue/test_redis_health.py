"""A server that would lose jobs or let strangers in is named, with the mend."""

import pytest

from tests.queue.redis_server import RedisServer
from walkon.queue.port import QueueUnusable
from walkon.queue.redis_health import complaints, judge


@pytest.fixture
def server():
    started = RedisServer().start()
    yield started
    started.stop()


async def test_a_server_as_it_should_be_gives_no_cause_for_complaint(server):
    assert await complaints(server.url()) == []


@pytest.mark.parametrize(
    ("settings", "mend"),
    [
        ({"appendonly": "no"}, "appendonly yes"),
        ({"maxmemory-policy": "allkeys-lru"}, "maxmemory-policy noeviction"),
    ],
    ids=["no append-only file", "eviction"],
)
async def test_what_is_wrong_is_said_with_its_mend(server, settings, mend):
    with server.admin() as admin:
        for name, value in settings.items():
            admin.config_set(name, value)
    (line,) = await complaints(server.url())
    assert mend in line and server.url() in line


SOUND = {"appendonly": "yes", "maxmemory-policy": "noeviction", "requirepass": "", "protected-mode": "yes", "bind": "127.0.0.1 -::1"}


@pytest.mark.parametrize(
    ("changes", "open_to_strangers"),
    [
        ({"protected-mode": "no"}, False),
        ({"bind": "*"}, False),
        ({"protected-mode": "no", "bind": "* -::*"}, True),
        ({"protected-mode": "no", "bind": "127.0.0.1 192.0.2.7"}, True),
        ({"protected-mode": "no", "bind": ""}, True),
        ({"protected-mode": "no", "bind": "*", "requirepass": "secret"}, False),
    ],
)
def test_a_server_that_strangers_reach_without_password_is_named(changes, open_to_strangers):
    said = judge("redis://host", SOUND | changes)
    assert [("requirepass" in line) for line in said] == ([True] if open_to_strangers else [])


async def test_a_server_that_keeps_its_settings_to_itself_cannot_be_judged(server):
    with server.admin() as admin:
        admin.acl_setuser("guest", enabled=True, passwords=["+guest"], commands=["+@all", "-config"], keys=["*"])
    with pytest.raises(QueueUnusable, match="right to run scripts"):
        await complaints(f"redis://guest:guest@127.0.0.1:{server.port}/0")
