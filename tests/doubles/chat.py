"""A chat system in memory: what stands in it, and faults on demand."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence

from walkon.bot.cards import Card
from walkon.bot.port import Handler, MessageGone, PlatformLimits, Post
from walkon.types.ids import PlaceId
from walkon.types.people import Person, Place, Platform


class Chat:
    """Messages by number; `history` holds every card that was ever shown, in order."""

    platform = Platform.WEB

    def __init__(self, *, min_edit_s: float = 0.0, in_flight: int = 4, notes: bool = True) -> None:
        self.limits = PlatformLimits(min_edit_s=min_edit_s, in_flight=in_flight, notes=notes)
        self.has_caught_up = True
        self.messages: dict[int, Card] = {}
        self.posts: dict[int, Post] = {}
        self.history: list[tuple[str, Card]] = []
        self.faults: deque[Exception] = deque()
        self.faults_after_effect: deque[Exception] = deque()
        self.refuses: Callable[[Post, Card], Exception | None] = lambda post, card: None
        self._nonces: dict[str, int] = {}
        self.changed = asyncio.Event()
        self.reactions: dict[int, tuple[str, ...]] = {}

    async def check(self) -> None:
        return None

    async def serve(self, handler: Handler) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        return None

    async def show(self, post: Post, card: Card) -> str:
        if self.faults:
            raise self.faults.popleft()
        if refusal := self.refuses(post, card):
            raise refusal
        number = self._stand(post)
        self.messages[number] = card
        self.posts[number] = post
        self.history.append((post.key, card))
        self.changed.set()
        if self.faults_after_effect:
            raise self.faults_after_effect.popleft()
        return json.dumps({"message_id": number})

    async def begin_reactions(self, ref: str, emoji: Sequence[str]) -> None:
        self.reactions[int(json.loads(ref)["message_id"])] = tuple(emoji)

    async def is_member(self, person: Person, place: Place) -> bool:
        return True

    def _stand(self, post: Post) -> int:
        if post.ref is not None:
            number = int(json.loads(post.ref)["message_id"])
            if number not in self.messages:
                raise MessageGone
            return number
        return self._nonces.setdefault(f"{post.key}", len(self._nonces) + 1)

    async def show_first(self, key: str, card: Card) -> str:
        """What an adapter does with the first answer."""
        place = Place(id=PlaceId("web:local"), channel="lobby")
        return await self.show(Post(key=key, place=place, reply="{}", ref=None), card)

    def delete(self, number: int) -> None:
        """Somebody deletes a message; a later post of the same key makes a new one."""
        del self.messages[number]
        self._nonces = {key: n for key, n in self._nonces.items() if n != number}
        self._nonces[f"deleted {number}"] = number

    def clips(self) -> list[Card]:
        """The messages that show a clip now."""
        return [card for card in self.messages.values() if card.video]
