"""saq with its own worker."""

from harness import AT_ONCE, PAYLOAD, Driver, main
from saq import Queue, Worker


class Saq(Driver):
    async def open(self) -> None:
        self.queue = Queue.from_url(self.url)
        await self.queue.connect()

    async def submit(self, number: int) -> None:
        await self.queue.enqueue("noop", payload=PAYLOAD)

    async def work_off(self) -> None:
        async def noop(context: object, *, payload: str) -> None:
            self.count()

        worker = Worker(self.queue, functions=[("noop", noop)], concurrency=AT_ONCE)
        await self.run(worker.start())


if __name__ == "__main__":
    main(Saq)
