"""The double's own API over HTTP, for tests whose bot is a real process tree. Bodies and answers are JSON; people and chats are
named by their ids, and made by their first use: a negative chat is a group.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tests.doubles.telegram.double import TelegramDouble, dump
from tests.doubles.telegram.world import Chat, User


class Control:
    """The routes under /control."""

    def __init__(self, double: TelegramDouble) -> None:
        self._double = double
        self._users: dict[int, User] = {}

    def routes(self) -> Sequence[web.RouteDef]:
        """All of them."""
        return [
            web.post("/control/say", self._say),
            web.post("/control/press", self._press),
            web.post("/control/fail", self._fail),
            web.post("/control/outage", self._outage),
            web.get("/control/messages", self._messages),
            web.get("/control/state", self._state),
            web.get("/control/file/{file}", self._file),
        ]

    def _user(self, asked: Mapping[str, Any]) -> User:
        id = int(asked.get("user", 501))
        user = User(id=id, first_name=asked.get("name", f"User {id}"), language_code=asked.get("language", "en"))
        return self._users.setdefault(id, user)

    def _chat(self, id: int, user: User) -> Chat:
        if id > 0:
            return self._double.private(user)
        return self._double.world.chats.setdefault(id, Chat(id=id, type="supergroup", title=f"Group {-id}"))

    async def _say(self, request: web.Request) -> web.Response:
        """{user, text, chat?, thread?, name?, language?}: somebody writes; answers with the message id."""
        asked = await request.json()
        user = self._user(asked)
        message = await self._double.say(self._chat(int(asked.get("chat", user.id)), user), user, asked["text"], thread=asked.get("thread"))
        return web.json_response({"chat": message.chat.id, "message_id": message.id})

    async def _press(self, request: web.Request) -> web.Response:
        """{user, chat, message_id, button}: somebody presses a button; answers with what the callback said."""
        asked = await request.json()
        user = self._user(asked)
        message = self._chat(int(asked["chat"]), user).find(int(asked["message_id"]))
        if message is None:
            raise web.HTTPNotFound
        return web.json_response(await self._double.press(message, asked["button"], user))

    async def _fail(self, request: web.Request) -> web.Response:
        """{method, fault, times?, retry_after?}: the next calls of a method fail."""
        asked = await request.json()
        self._double.fail_next(asked["method"], asked["fault"], asked.get("times", 1), asked.get("retry_after", 1))
        return web.json_response({})

    async def _outage(self, request: web.Request) -> web.Response:
        """{on}: everything is torn while it lasts."""
        self._double.outage((await request.json())["on"])
        return web.json_response({})

    async def _messages(self, request: web.Request) -> web.Response:
        """?chat=ID: all that stands there, with its history."""
        chat = self._double.world.chats.get(int(request.query["chat"]))
        return web.json_response([dump(one) for one in self._double.messages(chat)] if chat else [])

    async def _state(self, request: web.Request) -> web.Response:
        """Violations, calls by method, updates not confirmed, pings, failures still to come."""
        methods = [method for method, _ in self._double.calls]
        return web.json_response(
            {
                "violations": self._double.violations,
                "calls": {method: methods.count(method) for method in set(methods)},
                "unconfirmed": self._double.unconfirmed,
                "pings": self._double.world.pings,
                "faults": self._double.faults.pending,
            }
        )

    async def _file(self, request: web.Request) -> web.Response:
        """The bytes of an uploaded file."""
        file = self._double.world.files.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound
        return web.Response(body=file.content)


async def serve(port: int, token: str) -> None:
    """Run until cancelled; the address is printed once it answers."""
    double = TelegramDouble(token)
    await double.start(port, Control(double).routes())
    print(double.url, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await double.close()
