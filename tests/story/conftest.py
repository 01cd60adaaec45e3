"""One house, one worker with the real engine, and a chat to talk in."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.cards import Card, plain
from walkon.bot.delivery import Delivery
from walkon.engine.backends.animatic import AnimaticBackend
from walkon.engine.finishing import Finishing
from walkon.engine.port import RenderBackend
from walkon.engine.render import Studio
from walkon.engine.worker import Worker
from walkon.library import tables
from walkon.provenance.certificates import now, own_credentials
from walkon.store.media import MediaStore
from walkon.telemetry import build_metrics
from walkon.types.ids import ClipId


class Evening:
    """People in a chat with walkon."""

    def __init__(self, town: Town, media: MediaStore) -> None:
        self.town = town
        self.media = media
        self.chat = Chat()

    async def types(self, name: str, command: str, **options: object) -> Card:
        """Somebody types a command; what is answered, as everybody in the chat or only they see it."""
        reply = await self.town.say(name, command, **options)  # type: ignore[arg-type]
        if reply.post:
            ref = await self.chat.show_first(reply.post, reply.card)
            await self.town.router.answered(reply.post, reply.revision, ref)
        return reply.card

    async def clip_of(self, words: str) -> Card:
        """The finished clip of these words, once it is there."""
        await until(lambda: any(card.words == words for card in self.chat.clips()), 60)
        return next(card for card in self.chat.clips() if card.words == words)

    async def film_of(self, card: Card) -> str:
        """The digest of a clip's picture and sound, whoever signed it when."""
        async with self.town.house.database.reading() as tx:
            clip = await tables.get(tx, ClipId(str(card.clip)))
        assert clip and clip.finished
        return clip.finished.film

    async def films(self) -> set[str]:
        """The digests of all finished clips."""
        return {await self.film_of(card) for card in self.chat.clips()}

    def shows(self, words: str) -> str:
        """The first line of the message about these words, as it stands."""
        return plain(next(card for card in self.chat.messages.values() if card.words == words).head)


@pytest.fixture
def film_maker() -> RenderBackend:
    """What makes the clips of an evening."""
    return AnimaticBackend()


@pytest.fixture
async def evening(town: Town, tmp_path: Path, film_maker: RenderBackend) -> AsyncIterator[Evening]:
    media = MediaStore(tmp_path / "media")
    house = town.house
    finishing = Finishing(lambda: own_credentials(tmp_path / "keys" / "signing", now()))
    studio = Studio(
        queue=house.queue,
        database=house.database,
        media=media,
        backend=film_maker,
        finishing=finishing,
        clock=house.clock,
        scratch=tmp_path / "scratch",
    )
    made = Evening(town, media)
    working = asyncio.create_task(Worker(studio, build_metrics(), lease_s=30).run())
    delivering = asyncio.create_task(Delivery(made.chat, house, build_metrics()).run())
    yield made
    for task in (working, delivering):
        task.cancel()
    await asyncio.gather(working, delivering, return_exceptions=True)
    await finishing.close()
