"""Health and metrics of a process that serves no page."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from walkon.types.errors import SetupError

Health = Callable[[], Awaitable[Mapping[str, object]]]


def routes(health: Health, exposition: Callable[[], bytes]) -> list[web.RouteDef]:
    """`/healthz`: this process answers. `/readyz`: a clip would arrive, 200 or 503. `/metrics`: Prometheus text."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        state = await health()
        return web.json_response(dict(state), status=200 if state.get("ready") else 503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=exposition(), content_type="text/plain", charset="utf-8")

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


async def serve_health(host: str, port: int, health: Health, exposition: Callable[[], bytes]) -> None:
    """Serve until cancelled. Raises SetupError where the port is taken."""
    app = web.Application()
    app.add_routes(routes(health, exposition))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise SetupError(f"[health] port {port} on {host}: {error.strerror}. Choose another port.") from error
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
