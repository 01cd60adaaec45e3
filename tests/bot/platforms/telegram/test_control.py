from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from tests.bot.platforms.telegram.conftest import Rig, card
from tests.doubles.telegram.control import Control
from tests.doubles.telegram.double import TelegramDouble
from walkon.bot.cards import Button
from walkon.bot.command import Reply


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    running = TelegramDouble()
    await running.start(0, Control(running).routes())
    yield running
    await running.close()
    assert running.violations == []


@pytest.fixture
async def remote(double: TelegramDouble) -> AsyncIterator[ClientSession]:
    async with ClientSession(double.url) as session:
        yield session


async def test_a_test_in_another_process_can_write_press_break_and_look(rig: Rig, remote: ClientSession) -> None:
    rig.desk.reply = lambda asked: Reply(card=card(buttons=(Button(label="Cancel", token="w1:cancel:7KQ2M9"),)))
    said = await (await remote.post("/control/say", json={"user": 501, "name": "Ana", "text": "/prompt a cat"})).json()
    assert said == {"chat": 501, "message_id": 1}
    await rig.double.until(lambda: rig.double.world.chats[501].from_bot)
    theirs, ours = await (await remote.get("/control/messages", params={"chat": "501"})).json()
    assert (theirs["text"], theirs["from_bot"]) == ("/prompt a cat", False)
    assert (ours["reply_to"], len(ours["history"]), ours["from_bot"]) == (1, 1, True)
    press = {"user": 501, "chat": 501, "message_id": ours["message_id"], "button": "Cancel"}
    assert await (await remote.post("/control/press", json=press)).json() == {"text": "Stopped.", "alert": True}
    await remote.post("/control/fail", json={"method": "editMessageMedia", "fault": "500", "times": 3})
    state = await (await remote.get("/control/state")).json()
    assert (state["violations"], state["pings"], state["faults"]) == ([], [], 3)
    assert state["calls"]["sendMessage"] == 1


async def test_a_test_in_another_process_can_fetch_a_clip_and_cause_an_outage(rig: Rig, remote: ClientSession) -> None:
    await remote.post("/control/say", json={"user": 501, "chat": -7, "text": "/queue"})
    await rig.double.until(lambda: rig.double.world.chats[-7].from_bot)
    await rig.platform.show(rig.post(-7), rig.finished(501))
    *_, clip = await (await remote.get("/control/messages", params={"chat": "-7"})).json()
    assert await (await remote.get(f"/control/file/{clip['video']['file_id']}")).read() == rig.clip_bytes
    await remote.post("/control/outage", json={"on": True})
    assert rig.double.faults.outage
    await remote.post("/control/outage", json={"on": False})
    assert not rig.double.faults.outage
