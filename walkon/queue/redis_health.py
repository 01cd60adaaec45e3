"""Whether a server may be trusted with a queue: what `walkon doctor` asks it."""

from walkon.queue.redis_client import RedisClient

LOOPBACK = frozenset({"127.0.0.1", "-127.0.0.1", "::1", "-::1", "localhost"})
"""Addresses in `bind` that nobody reaches from outside; a dash says that the address may be missing."""


async def complaints(url: str) -> list[str]:
    """What is wrong with the server's settings, one finished line each with its mend; empty for nothing.

    url: as for `RedisClient`. Raises QueueUnusable if the server cannot be asked, or does not let this user see its settings.
    """
    client = RedisClient(url)
    try:
        (answer,) = await client.ask(("CONFIG", "GET", "appendonly", "maxmemory-policy", "requirepass", "protected-mode", "bind"))
    finally:
        await client.close()
    said = [part.decode() for part in (answer if isinstance(answer, list) else [each for pair in answer.items() for each in pair])]
    return judge(client.name, dict(zip(said[::2], said[1::2], strict=True)))


def judge(name: str, settings: dict[str, str]) -> list[str]:
    """The same for settings as the server tells them. name: its address."""
    found = []
    if settings["appendonly"] != "yes":
        found.append(f"the queue at {name} forgets its jobs when it is killed. Set appendonly yes on the server")
    if settings["maxmemory-policy"] != "noeviction":
        found.append(f"the queue at {name} drops jobs when its memory is full. Set maxmemory-policy noeviction on the server")
    outside = not set(settings["bind"].split()) <= LOOPBACK or not settings["bind"]
    if not settings["requirepass"] and settings["protected-mode"] == "no" and outside:
        found.append(f"the queue at {name} can be reached from outside without a password. Set requirepass on the server")
    return found
