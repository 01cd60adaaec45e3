"""docket with its own worker."""

from datetime import timedelta

from docket import Docket, Worker
from harness import AT_ONCE, PAYLOAD, Driver, main


class UnderDocket(Driver):
    async def open(self) -> None:
        async def noop(payload: str) -> None:
            self.count()

        self.noop = noop
        self.docket = Docket(name="bench", url=self.url)
        await self.docket.__aenter__()
        self.docket.register(noop)

    async def submit(self, number: int) -> None:
        await self.docket.add(self.noop)(PAYLOAD)

    async def work_off(self) -> None:
        async with Worker(self.docket, concurrency=AT_ONCE, minimum_check_interval=timedelta(milliseconds=10)) as worker:
            await self.run(worker.run_forever())


if __name__ == "__main__":
    main(UnderDocket)
