"""taskiq on its stream broker for Redis."""

from harness import AT_ONCE, PAYLOAD, Driver, main
from taskiq.api import run_receiver_task
from taskiq_redis import RedisStreamBroker


class Taskiq(Driver):
    async def open(self) -> None:
        self.broker = RedisStreamBroker(url=self.url)

        @self.broker.task
        async def noop(payload: str) -> None:
            self.count()

        self.noop = noop
        await self.broker.startup()

    async def submit(self, number: int) -> None:
        await self.noop.kiq(PAYLOAD)

    async def work_off(self) -> None:
        await self.run(run_receiver_task(self.broker, max_async_tasks=AT_ONCE))


if __name__ == "__main__":
    main(Taskiq)
