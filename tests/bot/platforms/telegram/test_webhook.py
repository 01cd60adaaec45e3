"""Receiving by webhook: only what carries the secret is heard, nothing that was said is lost, whichever way it comes."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import aiohttp
import pytest

from tests.bot.platforms.telegram.conftest import Rig, bot_for
from tests.bot.platforms.telegram.test_receiving import held_for
from tests.queue.redis_server import free_port
from tests.waiting import until
from walkon.bot.command import Invocation, Reply
from walkon.bot.platforms.telegram.webhook import MAX_BYTES, SECRET_HEADER, Hook
from walkon.bot.port import PlatformDown
from walkon.types.errors import SetupError

SECRET = "test-secret_0123456789"


@pytest.fixture
def hook() -> Hook:
    port = free_port()
    return Hook(url=f"http://127.0.0.1:{port}/telegram", secret=SECRET, port=port)


@asynccontextmanager
async def hooked(rig: Rig, hook: Hook) -> AsyncIterator[Rig]:
    """The rig with a bot that is posted to, once Telegram knows where."""
    with suppress(PlatformDown):
        await rig.stop()
    rig.platform = bot_for(rig.double, rig.media, rig.database, hook=hook)
    rig.start()
    await rig.double.until(lambda: rig.double.world.hook is not None or (rig.server and rig.server.done()))
    yield rig
    await rig.stop()


async def post(hook: Hook, body: bytes, secret: str | None = SECRET, path: str = "") -> int:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with aiohttp.ClientSession() as session, session.post(path or hook.url, data=io.BytesIO(body), headers=headers) as answer:
        return answer.status


def said(text: str, update: int = 1) -> bytes:
    """An update as Telegram posts it."""
    chat, ana = {"id": 501, "type": "private", "first_name": "Ana"}, {"id": 501, "is_bot": False, "first_name": "Ana"}
    message = {"message_id": update, "date": 1_700_000_000, "chat": chat, "from": ana, "text": text}
    return json.dumps({"update_id": update, "message": message}).encode()


async def test_what_is_said_is_posted_and_answered(rig: Rig, hook: Hook) -> None:
    async with hooked(rig, hook):
        ana = rig.double.user("Ana")
        [reply] = await rig.double.message(rig.double.private(ana), ana, "/prompt a cat")
        assert reply.text.startswith("Got it.")
        assert rig.double.count("getUpdates") == 0 or not rig.double.polling
        assert rig.double.world.hook.secret == SECRET


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "0", "\u00e9" * 8])
async def test_without_the_secret_nothing_is_heard(rig: Rig, hook: Hook, secret: str | None) -> None:
    async with hooked(rig, hook):
        assert await post(hook, said("/prompt a cat"), secret) == 403
        assert await post(hook, said("/prompt a dog", 2)) == 200
        assert [asked.options["prompt"] for asked in rig.desk.asked] == ["a dog"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'{"message": 5}', b"\xff\xfe"])
async def test_what_is_no_update_is_refused(rig: Rig, hook: Hook, body: bytes) -> None:
    async with hooked(rig, hook):
        assert await post(hook, body) == 400
    assert rig.desk.asked == []


async def test_a_post_too_large_for_an_update_is_refused(rig: Rig, hook: Hook) -> None:
    async with hooked(rig, hook):
        assert await post(hook, b" " * (MAX_BYTES + 1)) == 413


async def test_there_is_nothing_else_behind_the_address(rig: Rig, hook: Hook) -> None:
    async with hooked(rig, hook), aiohttp.ClientSession() as session:
        assert await post(hook, said("/help"), path=f"{hook.url}/more") == 404
        async with session.get(hook.url) as answer:
            assert answer.status == 405


async def test_an_update_is_forgotten_by_telegram_only_once_it_was_handled(rig: Rig, hook: Hook) -> None:
    gate = held_for(rig, "Ana")
    async with hooked(rig, hook):
        ana = rig.double.user("Ana")
        await rig.double.say(rig.double.private(ana), ana, "/prompt a cat")
        await until(lambda: rig.desk.asked)
        assert rig.double.unconfirmed == 1
        gate.set()
        await rig.double.until(lambda: rig.double.unconfirmed == 0)


async def test_an_update_that_is_posted_again_is_handled_once(rig: Rig, hook: Hook) -> None:
    gate = held_for(rig, "Ana")
    async with hooked(rig, hook):
        both = [asyncio.create_task(post(hook, said("/prompt a cat"))) for _ in range(2)]
        await until(lambda: rig.desk.asked)
        gate.set()
        assert await asyncio.gather(*both) == [200, 200]
        assert await post(hook, said("/prompt a cat")) == 200
    assert len(rig.desk.asked) == 1


async def test_one_that_breaks_does_not_come_for_ever(rig: Rig, hook: Hook) -> None:
    async def breaks(asked: Invocation) -> Reply:
        raise ValueError("cat")

    rig.desk.on_command = breaks
    async with hooked(rig, hook):
        assert await post(hook, said("/prompt a cat")) == 200


async def test_what_was_said_while_nobody_listened_comes_after_a_restart_and_by_either_way(rig: Rig, hook: Hook) -> None:
    ana = rig.double.user("Ana")
    chat = rig.double.private(ana)
    async with hooked(rig, hook):
        await rig.double.message(chat, ana, "/prompt by webhook")
    await rig.double.say(chat, ana, "/prompt while away")
    async with hooked(rig, hook):
        await rig.double.until(lambda: rig.double.unconfirmed == 0)
    await rig.double.say(chat, ana, "/prompt before the change")
    rig.platform = bot_for(rig.double, rig.media, rig.database)
    rig.start()
    await rig.double.until(lambda: rig.double.unconfirmed == 0)
    assert rig.double.world.hook is None
    assert [asked.options["prompt"] for asked in rig.desk.asked] == ["by webhook", "while away", "before the change"]


async def test_a_webhook_that_somebody_else_took_away_is_set_again(rig: Rig, hook: Hook) -> None:
    async with hooked(rig, replace(hook, look_every_s=0.01)):
        rig.double.world.hook = None
        await rig.double.until(lambda: rig.double.world.hook is not None)


async def test_a_taken_port_is_told_with_its_key(rig: Rig, hook: Hook) -> None:
    async with hooked(rig, hook):
        second = bot_for(rig.double, rig.media, rig.database, hook=hook)
        with pytest.raises(SetupError, match=r"\[telegram\] webhook_port: port [0-9]+ on 127.0.0.1: .+ Choose another port."):
            await second.serve(rig.desk)
        await second.close()


async def test_the_secret_stands_in_no_log(rig: Rig, hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with hooked(rig, replace(hook, look_every_s=0.01)):
        rig.double.fail_next("getWebhookInfo", "500")
        await rig.double.until(lambda: rig.losses and rig.double.count("setWebhook") == 2)
        await post(hook, said("/help"), "wrong")
    assert SECRET not in caplog.text + repr(hook)
