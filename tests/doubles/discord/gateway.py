"""Discord's gateway over WebSocket: one session at a time, which survives a drop if it may be resumed."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.doubles.discord.payloads import guild_json, user_json
from tests.doubles.discord.world import World
from tests.waiting import until

HEARTBEAT_MS = 41_250
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, INVALID, HELLO, ACK = 0, 1, 2, 6, 9, 10, 11
AUTHENTICATION_FAILED, DISALLOWED_INTENTS, DROPPED = 4004, 4014, 4000
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15


@dataclass(eq=False)
class Socket:
    """One connection, compressed as the client asked."""

    ws: web.WebSocketResponse
    packer: Any

    async def send(self, op: int, data: Any, t: str | None = None, s: int | None = None) -> None:
        """One payload."""
        text = json.dumps({"op": op, "d": data, "t": t, "s": s})
        if self.ws.closed:
            return
        if self.packer is None:
            await self.ws.send_str(text)
        else:
            await self.ws.send_bytes(self.packer.compress(text.encode()) + self.packer.flush(zlib.Z_SYNC_FLUSH))


@dataclass
class Session:
    """What a client has been told; log: every event, its number being its place."""

    id: str
    socket: Socket | None
    log: list[tuple[str, Any]] = field(default_factory=list)


class Gateway:
    """identified, resumed: how often. violations: what a client sent that Discord would not take."""

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token
        self._session: Session | None = None
        self._sockets: set[Socket] = set()
        self._refusals = 0
        self._close_with: int | None = None
        self._lock = asyncio.Lock()
        self.address = ""
        self.identified = 0
        self.resumed = 0
        self.admits = asyncio.Event()
        self.admits.set()
        self.violations: list[str] = []

    def refuse(self, times: int) -> None:
        """Turn the next connections away."""
        self._refusals += times

    def close_next_with(self, code: int) -> None:
        """Answer the next IDENTIFY with that close code."""
        self._close_with = code

    async def drop(self, *, resume: bool, politely: bool = True) -> None:
        """End the connection, with a close frame or without; where it may not be resumed, the session is forgotten."""
        if not resume:
            self._session = None
        for socket in list(self._sockets):
            if self._session and self._session.socket is socket:
                self._session.socket = None
            if politely:
                await socket.ws.close(code=DROPPED)
            elif socket.ws._req and socket.ws._req.transport:
                socket.ws._req.transport.abort()

    async def dispatch(self, event: str, data: Any) -> None:
        """Tell the session, now or when it is resumed; waits for the first session."""
        while True:
            await until(lambda: self._session)
            async with self._lock:
                if self._session is None:
                    continue
                self._session.log.append((event, data))
                if self._session.socket:
                    await self._session.socket.send(DISPATCH, data, event, len(self._session.log))
                return

    @property
    def connected(self) -> bool:
        """Whether a client listens now."""
        return bool(self._session and self._session.socket)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection."""
        if self._refusals:
            self._refusals -= 1
            return web.Response(status=503)
        await self.admits.wait()
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        compressed = request.query.get("compress") == "zlib-stream"
        socket = Socket(ws, zlib.compressobj() if compressed else None)
        self._sockets.add(socket)
        try:
            await socket.send(HELLO, {"heartbeat_interval": HEARTBEAT_MS})
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    await self._hear(socket, json.loads(message.data))
        finally:
            self._forget(socket)
        return ws

    def _forget(self, socket: Socket) -> None:
        self._sockets.discard(socket)
        if self._session and self._session.socket is socket:
            self._session.socket = None
            if socket.ws.close_code in (1000, 1001):
                self._session = None

    async def _hear(self, socket: Socket, payload: dict[str, Any]) -> None:
        if payload["op"] == HEARTBEAT:
            await socket.send(ACK, None)
        elif payload["op"] == IDENTIFY:
            await self._identify(socket, payload["d"])
        elif payload["op"] == RESUME:
            await self._resume(socket, payload["d"])
        else:
            self.violations.append(f"gateway: op {payload['op']} is not expected")

    async def _identify(self, socket: Socket, data: dict[str, Any]) -> None:
        code, self._close_with = self._close_with, None
        if data["token"] != self._token:
            code = AUTHENTICATION_FAILED
        if data["intents"] & PRIVILEGED:
            code = DISALLOWED_INTENTS
        if code:
            await socket.ws.close(code=code)
            return
        self.identified += 1
        session = Session(self._world.clock.snowflake(), socket)
        me = self._world.me
        guilds = [{"id": guild.id, "unavailable": True} for guild in self._world.guilds.values()]
        about = {"v": 10, "user": user_json(me), "guilds": guilds, "application": {"id": me.id, "flags": 0}}
        async with self._lock:
            self._session = session
            events = [("READY", {**about, "session_id": session.id, "resume_gateway_url": f"{self.address}/gateway"})]
            events += [("GUILD_CREATE", guild_json(guild, me)) for guild in self._world.guilds.values()]
            for event, told in events:
                session.log.append((event, told))
                await socket.send(DISPATCH, told, event, len(session.log))

    async def _resume(self, socket: Socket, data: dict[str, Any]) -> None:
        session = self._session
        if session is None or data["session_id"] != session.id or data["token"] != self._token:
            await socket.send(INVALID, False)
            return
        self.resumed += 1
        async with self._lock:
            session.socket = socket
            for number, (event, told) in list(enumerate(session.log, 1))[data["seq"] :]:
                await socket.send(DISPATCH, told, event, number)
            await socket.send(DISPATCH, {}, "RESUMED", len(session.log))
