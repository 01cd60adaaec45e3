"""Discord's REST API over HTTP: every request and every answer is judged before it counts."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.doubles.discord import calls, rules
from tests.doubles.discord.calls import Call
from tests.doubles.discord.faults import Fault, Faults, How
from tests.doubles.discord.pace import Pace
from tests.doubles.discord.refusal import Refusal
from tests.doubles.discord.spec import Operation, Spec
from tests.doubles.discord.world import World

BASE = "/api/v10"
_WITHOUT_TOKEN = frozenset({"create_interaction_response", "execute_webhook"})


@dataclass(frozen=True)
class Heard:
    """A request that came in. at: Unix seconds of the double."""

    operation: str
    query: dict[str, str]
    body: Any
    at: float


class Rest:
    """violations: every line the judges said; tests want it empty. pace: the rate limits, where they are kept."""

    def __init__(self, world: World, token: str, faults: Faults) -> None:
        self._world = world
        self._token = token
        self._faults = faults
        self._spec = Spec()
        self._over = asyncio.Event()
        self.address = ""
        self.violations: list[str] = []
        self.heard: list[Heard] = []
        self.pace: Pace | None = None

    def let_go(self) -> None:
        """End the requests that are never answered."""
        self._over.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request to the API."""
        found = self._spec.find(request.method, request.path.removeprefix(BASE))
        if found is None:
            self.violations.append(f"unknown call {request.method} {request.path}")
            return _json(404, {"code": 0, "message": "404: Not Found"})
        operation, params = found
        fault = self._faults.take(operation.name)
        if fault and fault.how in (How.RESET_MID_UPLOAD, How.TIMEOUT):
            return await self._break(request, fault)
        call = await self._read(request, operation, params)
        turn = self.pace.take(operation.name, params) if self.pace else None
        if turn and turn.wait_s > 0:
            return self._answer(operation, 429, Fault(How.THROTTLE, retry_after_s=turn.wait_s).answer()[1] | {"global": turn.everywhere})
        if fault and fault.how in (How.REFUSE, How.THROTTLE):
            return self._answer(operation, *fault.answer())
        try:
            status, body = await self._do(request, operation, call)
        except Refusal as refusal:
            return self._answer(operation, refusal.status, {"code": refusal.code, "message": refusal.message})
        answer = self._answer(operation, status, body)
        answer.headers.update(turn.headers if turn else {})
        return self._answer(operation, *Fault(How.REFUSE).answer()) if fault else answer

    async def _break(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.how is How.RESET_MID_UPLOAD:
            await request.content.read(512)
        else:
            await self._over.wait()
        if request.transport:
            request.transport.abort()
        return web.Response()

    async def _read(self, request: web.Request, operation: Operation, params: dict[str, str]) -> Call:
        kind, body, files = await _body(request)
        self.heard.append(Heard(operation.name, dict(request.query), body, self._world.clock.now()))
        faults = self._spec.request_faults(operation, request.query, kind, body, set(files))
        self.violations += [f"{operation.name}: {fault}" for fault in faults]
        reason = request.headers.get("X-Audit-Log-Reason", "")
        if len(reason) > 512:
            self.violations.append(f"{operation.name}: a reason of {len(reason)} characters")
        given = {"params": params, "query": dict(request.query), "body": body, "files": files}
        return Call(**given, world=self._world, base=self.address, reason=unquote(reason))

    async def _do(self, request: web.Request, operation: Operation, call: Call) -> tuple[int, Any]:
        free = operation.name in _WITHOUT_TOKEN or "webhook" in operation.name
        if not free and request.headers.get("Authorization") != f"Bot {self._token}":
            raise Refusal(401, 0, "401: Unauthorized")
        if operation.name.startswith("bulk_set"):
            self.violations += rules.commands_faults(call.body)
        do: Callable[[Call], Awaitable[tuple[int, Any]]] = getattr(calls, operation.name)
        answer = await do(call)
        self.violations += [f"{operation.name}: {fault}" for fault in call.faults]
        return answer

    def _answer(self, operation: Operation, status: int, body: Any) -> web.Response:
        faults = self._spec.answer_faults(operation, status, body)
        self.violations += [f"own answer to {operation.name}: {fault}" for fault in faults]
        headers = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49", "X-RateLimit-Bucket": operation.name}
        headers |= {"X-RateLimit-Reset": f"{self._world.clock.now() + 1:.3f}", "X-RateLimit-Reset-After": "1.0"}
        if status == 429:
            # Without it the library takes the answer for a ban by the network in front of Discord.
            headers |= {"Via": "1.1 double", "Retry-After": str(body["retry_after"])}
        return _json(status, body, headers)


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    if body is None:
        return web.Response(status=status, headers=headers)
    # The library compares the type with exactly this, so no charset.
    return web.Response(status=status, headers=headers, body=json.dumps(body).encode(), content_type="application/json")


async def _body(request: web.Request) -> tuple[str | None, Any, dict[str, tuple[str, bytes]]]:
    if not request.can_read_body:
        return None, None, {}
    kind = request.content_type
    if kind != "multipart/form-data":
        return kind, await request.json(), {}
    body, files = None, {}
    async for part in await request.multipart():
        if part.name == "payload_json":
            body = json.loads(await part.text())
        else:
            files[part.name] = (part.filename, bytes(await part.read()))
    return kind, body, files
