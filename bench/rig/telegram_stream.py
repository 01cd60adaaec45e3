"""What a busy bot hears on Telegram where groups made it an administrator, all of it lying ready to be fetched."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from tests.doubles.telegram.double import TelegramDouble
from tests.doubles.telegram.world import Chat, Message, User, Version
from tests.waiting import until

MIX: Mapping[str, int] = {
    "messages between people": 72,
    "reactions to them": 18,
    "commands for other bots": 5,
    "presses of Details": 3,
    "/help": 1,
    "/queue": 1,
}
"""Updates in a hundred."""

EMOJI = ("❤", "🤣", "😭", "👍", "👀", "🎉", "💯", "🔥", "💔", "🙏")
"""What people react with; three of ten would mean something under a message of walkon's."""

CHATTER = ("did you see the match last night?", "no way 😂", "on my way, ten minutes", "https://example.org/a-recipe looks good", "👍")
GROUPS, PEOPLE = 40, 600
PATIENCE_S = 120.0
OTHERS = 1_000_000
"""Messages of others have numbers from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Groups and their people; what the bot was asked."""

    telegram: TelegramDouble
    groups: Sequence[Chat]
    people: Sequence[User]
    numbers: "count[int]" = field(default_factory=lambda: count(OTHERS))

    @classmethod
    def gathered(cls, telegram: TelegramDouble) -> "Crowd":
        """The same people for every bot."""
        groups = [telegram.group(f"group {number}") for number in range(GROUPS)]
        return cls(telegram=telegram, groups=groups, people=[telegram.user(f"person {number}") for number in range(PEOPLE)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Updates that are ready. answered: whether all that ask for an answer have one."""

    updates: Sequence[dict[str, Any]]
    asked: Sequence[Callable[[], object]]

    def answered(self) -> bool:
        return all(done() for done in self.asked)


def prepared(crowd: Crowd, card: Message, count: int, seed: int) -> Stream:
    """That many updates in random order. card: a message of the bot with a Details button."""
    chance = Random(seed)
    made = [_HAPPENS[kind](crowd, card, chance) for kind in _kinds(chance, count)]
    return Stream(updates=[update for update, _ in made], asked=[done for _, done in made if done])


async def pour(crowd: Crowd, stream: Stream) -> None:
    """Let the bot have it all; returns once it took everything and answered what is to be answered."""
    crowd.telegram.hand_over(stream.updates)
    await until(lambda: crowd.telegram.unconfirmed == 0 and stream.answered(), PATIENCE_S)


Happened = tuple[dict[str, Any], Callable[[], object] | None]


def _kinds(chance: Random, count: int) -> Iterator[str]:
    kinds = [kind for kind, share in MIX.items() for _ in range(share * count // 100)]
    chance.shuffle(kinds)
    yield from kinds


def _message(crowd: Crowd, chance: Random, text: str, chat: Chat | None = None) -> Message:
    user = chance.choice(crowd.people)
    return Message(
        id=next(crowd.numbers),
        chat=chat or chance.choice(crowd.groups),
        sender=user,
        versions=[Version(text=text, entities=_entities(text), markup=None)],
    )


def _entities(text: str) -> list[dict[str, Any]]:
    kind = "bot_command" if text.startswith("/") else "url" if text.startswith("https:") else None
    return [{"type": kind, "offset": 0, "length": len(text.split()[0])}] if kind else []


def _says(crowd: Crowd, card: Message, chance: Random) -> Happened:
    return {"message": _message(crowd, chance, chance.choice(CHATTER)).json()}, None


def _reacts(crowd: Crowd, card: Message, chance: Random) -> Happened:
    about = {"chat": chance.choice(crowd.groups).json(), "message_id": OTHERS + chance.randrange(OTHERS), "date": 1_700_000_000}
    kinds = [{"type": "emoji", "emoji": chance.choice(EMOJI)}]
    return {"message_reaction": {**about, "user": chance.choice(crowd.people).json(), "old_reaction": [], "new_reaction": kinds}}, None


def _asks_others(crowd: Crowd, card: Message, chance: Random) -> Happened:
    return {"message": _message(crowd, chance, "/weather@another_bot Paris").json()}, None


def _presses(crowd: Crowd, card: Message, chance: Random) -> Happened:
    id, answers = f"bench{next(crowd.numbers)}", crowd.telegram.world.callbacks
    answers[id] = None
    query = {"id": id, "from": chance.choice(crowd.people).json(), "chat_instance": "1", "data": card.buttons["Details"]}
    return {"callback_query": {**query, "message": card.json()}}, lambda: answers[id] is not None


def _asks(text: str) -> Callable[[Crowd, Message, Random], Happened]:
    def asks(crowd: Crowd, card: Message, chance: Random) -> Happened:
        user = chance.choice(crowd.people)
        chat = crowd.telegram.private(user)
        version = Version(text=text, entities=_entities(text), markup=None)
        message = Message(id=next(chat.ids), chat=chat, sender=user, versions=[version])
        chat.messages.append(message)
        return {"message": message.json()}, lambda: crowd.telegram.replies(message)

    return asks


_HAPPENS: Mapping[str, Callable[[Crowd, Message, Random], Happened]] = dict(
    zip(MIX, (_says, _reacts, _asks_others, _presses, _asks("/help"), _asks("/queue")), strict=True)
)
