"""redis-py and a stream, nothing else: what a queue cannot be faster than, one job at a time."""

from harness import AT_ONCE, JOBS, PAYLOAD, Driver, main, many
from redis.asyncio import Redis


class Raw(Driver):
    async def open(self) -> None:
        self.redis = Redis(host=self.host, port=self.port, max_connections=2 * AT_ONCE)
        await self.redis.xgroup_create("jobs", "workers", id="0", mkstream=True)

    async def submit(self, number: int) -> None:
        await self.redis.xadd("jobs", {"job": PAYLOAD})

    async def work_off(self) -> None:
        async def one(number: int) -> None:
            found = await self.redis.xreadgroup("workers", f"w{number % AT_ONCE}", {"jobs": ">"}, count=1)
            entry = found[0][1][0][0]
            await self.redis.xack("jobs", "workers", entry)
            await self.redis.xdel("jobs", entry)

        await many(JOBS, one)


if __name__ == "__main__":
    main(Raw)
