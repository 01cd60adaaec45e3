"""A proxy on loopback that loses answers: the server has acted, the client never hears of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

GREETINGS = (b"HELLO", b"CLIENT", b"SELECT", b"AUTH")

PIECE = 1 << 20


class CuttingProxy:
    """Closes the connection instead of passing on the answer to every nth call."""

    def __init__(self, port: int, *, every: int) -> None:
        self.server_port = port
        self.every = every
        self.calls = self.cuts = 0
        self.port = 0
        self._connections: set[asyncio.Task[None]] = set()

    async def _serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        self._connections.add(asyncio.current_task())
        server, calls = await asyncio.open_connection("127.0.0.1", self.server_port)
        cut = asyncio.Event()
        passing = asyncio.create_task(self._pass_on(server, answers, cut))
        try:
            while call := await client.read(PIECE):
                if self._is_cut(call):
                    cut.set()
                calls.write(call)
        finally:
            calls.close()
            passing.cancel()
            answers.close()

    async def _pass_on(self, server: asyncio.StreamReader, answers: asyncio.StreamWriter, cut: asyncio.Event) -> None:
        while piece := await server.read(PIECE):
            if cut.is_set():
                answers.close()
                return
            answers.write(piece)

    def _is_cut(self, call: bytes) -> bool:
        if any(greeting in call for greeting in GREETINGS):
            return False
        self.calls += 1
        cut = self.calls % self.every == 0
        self.cuts += cut
        return cut

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["CuttingProxy"]:
        listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            listening.close()
            for connection in self._connections:
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            await listening.wait_closed()
