"""streaq with its own worker: one instance to submit, another to work."""

from harness import AT_ONCE, PAYLOAD, Driver, main
from streaq import Worker


class Streaq(Driver):
    def worker(self) -> Worker:
        worker = Worker(redis_url=self.url, concurrency=AT_ONCE, handle_signals=False)

        @worker.task(name="noop")
        async def noop(payload: str) -> None:
            self.count()

        self.noop = noop
        return worker

    async def open(self) -> None:
        self.submitting = self.worker()
        await self.submitting.__aenter__()

    async def submit(self, number: int) -> None:
        await self.noop.enqueue(PAYLOAD)

    async def work_off(self) -> None:
        await self.run(self.worker().run_async())


if __name__ == "__main__":
    main(Streaq)
