"""arq with its own worker."""

from arq import create_pool
from arq.connections import RedisSettings
from arq.worker import Worker, func
from harness import AT_ONCE, PAYLOAD, Driver, main


class Arq(Driver):
    async def open(self) -> None:
        self.settings = RedisSettings(host=self.host, port=self.port)
        self.pool = await create_pool(self.settings)

    async def submit(self, number: int) -> None:
        await self.pool.enqueue_job("noop", PAYLOAD)

    async def work_off(self) -> None:
        async def noop(context: object, payload: str) -> None:
            self.count()

        functions = [func(noop, name="noop")]
        worker = Worker(functions=functions, redis_settings=self.settings, max_jobs=AT_ONCE, poll_delay=0.01, handle_signals=False)
        await self.run(worker.async_run())


if __name__ == "__main__":
    main(Arq)
