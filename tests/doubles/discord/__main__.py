"""`python -m tests.doubles.discord [--port N]`: prints one JSON line with the addresses, then serves until it is ended."""

import argparse
import asyncio
import contextlib
import json

from tests.doubles.discord.control import Control
from tests.doubles.discord.double import TOKEN, DiscordDouble


async def serve(port: int, token: str) -> None:
    """Serve until cancelled."""
    double = DiscordDouble(token=token, port=port, strict=True)
    double.more_routes.append(Control(double).add_routes)
    async with double:
        addresses = {"api_url": double.api_url, "control": f"{double.rest.address}/control", "token": token}
        print(json.dumps(addresses), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.port, given.token))
