"""Real walkon processes, and a visitor of the page who speaks the page's own language."""

import asyncio
import json
import os
import signal
import sys
import uuid
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.processes import descendants
from tests.waiting import until

WALKON = (sys.executable, "-m", "walkon")


class Walkon:
    """One process tree."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process = process
        self.log = log
        self.address = ""

    async def wait_for_address(self) -> None:
        assert self.process.stdout
        line = (await asyncio.wait_for(self.process.stdout.readline(), 60)).decode()
        assert line.startswith("walkon is at "), line + self.log.read_text()
        self.address = line.removeprefix("walkon is at ").strip()

    async def kill_tree(self) -> None:
        """kill -9 for the process and everything below it, at once."""
        for pid in (self.process.pid, *descendants(self.process.pid)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 60)


class Host:
    """Starts walkon on one data directory, as often as asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.started: list[Walkon] = []

    async def start(self, *verb: str, page: bool = True, **settings: str) -> Walkon:
        usual = {"WALKON_WALKON__DATA_DIR": str(self.data), "WALKON_WEB__PORT": "0", "WALKON_LIMITS__PERSON__ACTIVE": "1000"}
        own = {"WALKON_CONSENT__KEY_FILE": str(self.folder / "keys")}
        environ = {**os.environ, **usual, **own, **settings}
        log = self.folder / f"{len(self.started)}.log"
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(*WALKON, *(verb or ("up",)), env=environ, stdout=PIPE, stderr=errors)
        walkon = Walkon(process, log)
        self.started.append(walkon)
        if page:
            await walkon.wait_for_address()
        return walkon

    async def close(self) -> None:
        for walkon in self.started:
            if walkon.process.returncode is None:
                await walkon.kill_tree()


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    made = Host(tmp_path)
    yield made
    await made.close()


class Visitor:
    """A browser without a window: keeps the newest state of every message, and every state it was shown in turn.

    looks: otherwise it is told everything as well, and keeps none of it.
    """

    def __init__(self, address: str, name: str, *, looks: bool = True) -> None:
        self.address = address
        self.name = name
        self.looks = looks
        self.messages: dict[int, dict[str, Any]] = {}
        self.history: list[dict[str, Any]] = []
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Visitor":
        async with self._session.get(self.address) as page:
            assert page.status == 200
        self._socket = await self._session.ws_connect(self.address + "ws", headers={"Origin": self.address.rstrip("/")})
        await self._send({"type": "hello", "since": 0, "locale": "en"})
        self._reading = asyncio.create_task(self._read())
        await self._send({"type": "name", "name": self.name})
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._socket.close()
        await self._session.close()

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._socket.send_str(json.dumps(frame))

    async def _read(self) -> None:
        async for frame in self._socket:
            if not self.looks:
                continue
            news = json.loads(frame.data)
            for message in news.get("messages", []) + ([news["message"]] if "message" in news else []):
                self.messages[message["seq"]] = message
                self.history.append(message)

    async def say(self, text: str) -> str:
        id = str(uuid.uuid4())
        await self._send({"type": "say", "id": id, "text": text})
        return id

    async def press(self, token: str) -> None:
        await self._send({"type": "press", "id": str(uuid.uuid4()), "token": token})

    def cards(self) -> list[dict[str, Any]]:
        return [message["card"] for message in self.messages.values() if message.get("card")]

    def clips(self) -> list[dict[str, Any]]:
        """Cards with a video, one for each message."""
        return [card for card in self.cards() if card.get("video")]

    async def until(self, condition: Callable[["Visitor"], object], timeout_s: float = 120) -> None:
        await until(lambda: condition(self), timeout_s)

    async def fetch(self, path: str) -> bytes:
        async with self._session.get(self.address.rstrip("/") + path) as answer:
            assert answer.status == 200, path
            return await answer.read()
