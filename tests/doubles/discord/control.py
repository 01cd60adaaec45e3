"""The double as a process of its own, driven over HTTP: POST /control/VERB with a JSON object, GET /control/state."""

import hashlib
from typing import Any

from aiohttp import web

from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.faults import How
from tests.doubles.discord.world import Interaction, Message, User


class Control:
    """Verbs for tests of whole process trees. People are named; a name is the same person every time."""

    def __init__(self, double: DiscordDouble) -> None:
        self._double = double
        self._people: dict[str, User] = {}

    def add_routes(self, app: web.Application) -> None:
        """Serve the verbs."""
        app.router.add_get("/control/state", self._state)
        for verb in ("slash", "press", "fail", "drop", "refuse", "later", "delete"):
            app.router.add_post(f"/control/{verb}", getattr(self, f"_{verb}"))

    async def _slash(self, request: web.Request) -> web.Response:
        """{name, options, user, wait}"""
        asked = await request.json()
        person = self._person(asked.get("user", "Ana"))
        interaction = await self._double.slash(asked["name"], asked.get("options"), user=person, wait=asked.get("wait", True))
        return web.json_response(interaction_facts(interaction))

    async def _press(self, request: web.Request) -> web.Response:
        """{message, token, user}"""
        asked = await request.json()
        message = self._double.world.messages[asked["message"]]
        interaction = await self._double.press(message, asked["token"], user=self._person(asked.get("user", "Ana")))
        return web.json_response(interaction_facts(interaction))

    async def _fail(self, request: web.Request) -> web.Response:
        """{operation, how, times, status, code, retry_after_s}"""
        asked = await request.json()
        self._double.fail_next(asked.pop("operation"), How(asked.pop("how")), **asked)
        return web.json_response({})

    async def _drop(self, request: web.Request) -> web.Response:
        """{resume, politely}"""
        asked = await request.json()
        await self._double.gateway.drop(resume=asked.get("resume", True), politely=asked.get("politely", True))
        return web.json_response({})

    async def _refuse(self, request: web.Request) -> web.Response:
        """{times}"""
        self._double.gateway.refuse((await request.json())["times"])
        return web.json_response({})

    async def _later(self, request: web.Request) -> web.Response:
        """{seconds}"""
        self._double.world.clock.later((await request.json())["seconds"])
        return web.json_response({})

    async def _delete(self, request: web.Request) -> web.Response:
        """{message}"""
        self._double.world.messages[(await request.json())["message"]].deleted = True
        return web.json_response({})

    async def _state(self, _: web.Request) -> web.Response:
        double = self._double
        gateway = {"identified": double.gateway.identified, "resumed": double.gateway.resumed, "connected": double.gateway.connected}
        messages = [message_facts(message) for message in double.world.messages.values()]
        interactions = [interaction_facts(interaction) for interaction in double.world.interactions.values()]
        return web.json_response({"gateway": gateway, "messages": messages, "interactions": interactions, "violations": double.violations})

    def _person(self, name: str) -> User:
        if name not in self._people:
            self._people[name] = self._double.ana if name == "Ana" else self._double.user(name)
        return self._people[name]


def interaction_facts(interaction: Interaction) -> dict[str, Any]:
    """What became of an interaction."""
    message = interaction.message if interaction.answered and not interaction.modal else None
    facts = {"id": interaction.id, "answered_after_s": interaction.answered_after_s, "deferred": interaction.deferred}
    return {**facts, "user": interaction.user.name, "message": message.id if message else None}


def message_facts(message: Message) -> dict[str, Any]:
    """A message as a reader sees it now. files: with their SHA-256. clips_ever: how many different files hung there in all."""
    files = [{"name": file.name, "sha256": hashlib.sha256(file.data).hexdigest(), "bytes": len(file.data)} for file in message.files]
    ever = {file.data for revision in message.revisions for file in revision.files}
    state = {"deleted": message.deleted, "ephemeral": message.ephemeral, "text": message.text, "buttons": message.buttons}
    history = {"revisions": len(message.revisions), "clips_ever": len(ever), "notified": sorted(message.notified)}
    return {"id": message.id, "channel": message.channel.id, "reference": message.reference, "files": files, **state, **history}
