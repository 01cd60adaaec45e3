"""`python -m tests.doubles.telegram --port 8081`: the double as a process of its own, with the control API."""

import argparse
import asyncio
from contextlib import suppress

from tests.doubles.telegram.control import serve
from tests.doubles.telegram.double import TOKEN

if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--token", default=TOKEN)
    chosen = options.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(chosen.port, chosen.token))
