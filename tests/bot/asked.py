"""People who put each other into clips, on the real store and queue: what they say, press and react, and what they read."""

from dataclasses import dataclass, replace

from tests.doubles.chat import Chat
from tests.town import Town
from walkon.bot.ask_card import Question
from walkon.bot.cards import Card, plain
from walkon.bot.command import Reacted, Reply
from walkon.bot.delivery import Delivery
from walkon.bot.notices import question_of
from walkon.consent import tables as consent
from walkon.consent.asking import Ask
from walkon.consent.likeness import Likeness, Part
from walkon.library.clips import Clip
from walkon.telemetry import build_metrics
from walkon.types.ids import EventId, LikenessId, new_long_id
from walkon.types.people import Place


@dataclass
class Asked:
    """A town in which some lend a likeness."""

    town: Town

    async def lends(self, name: str, **rules: object) -> Likeness:
        """That person lends face and voice."""
        now = self.town.clock.now()
        facts: dict[str, object] = {"parts": frozenset(Part), "enrolled_at": now, "used_at": now, **rules}
        owner = self.town.person(name).id
        likeness = Likeness(id=LikenessId(new_long_id()), owner=owner, handle=name.lower(), name=name, **facts)  # type: ignore[arg-type]
        await self.town.house.database.write(lambda tx: self.town.house.decider.enrol(tx, likeness, now))
        return likeness

    async def prompts(self, name: str, words: str, *mentioned: str, place: Place | None = None, **options: object) -> Reply:
        """Somebody asks for a clip with people in it."""
        said = self.town.said(name, "prompt", place=place, prompt=words, **options)  # type: ignore[arg-type]
        people = {f"@{one}": self.town.person(one) for one in mentioned}
        return await self.town.router.command(replace(said, mentions=people))

    async def asks(self, clip: Clip) -> list[Ask]:
        """Every question about a clip."""
        return list(await self.town.house.database.read(lambda tx: consent.asks_of(tx, clip.id)))

    async def question(self, ask: Ask) -> Question:
        """What is told about it."""
        question = await question_of(self.town.house, ask.id)
        assert question
        return question

    async def presses(self, name: str, deed: str, ask: Ask, terms: str = "") -> Reply:
        """Somebody presses a button under a question."""
        return await self.town.press(name, f"w1:ask-{deed}:{ask.id}:{terms}")

    def reaction(self, name: str, emoji: str, message: str, *, added: bool = True) -> Reacted:
        """Somebody's reaction under a message."""
        return Reacted(
            event=EventId(f"web:reaction:{message}:{name}:{emoji}"),
            emoji=emoji,
            added=added,
            message=message,
            person=self.town.person(name),
            place=self.town.place(),
            at=self.town.clock.now(),
            upload_limit=20_000_000,
        )

    def delivery(self, chat: Chat) -> Delivery:
        """What brings messages into that chat."""
        return Delivery(chat, self.town.house, build_metrics())


def read(card: Card) -> str:
    """Everything a card says."""
    return "\n".join([plain(card.head), card.words or "", *map(plain, card.body), card.small or ""])
