"""Liking a clip: by the button or a heart under it, counted once for each person, and shown calmly."""

from collections.abc import Collection
from dataclasses import dataclass

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Invocation, Pressed, Reacted, Reply
from walkon.bot.house import House
from walkon.library import likes, tables
from walkon.library.clips import ClipState
from walkon.library.likes import Opinion
from walkon.store import outbox, reactions
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.types.clock import to_ms
from walkon.types.ids import ClipId, EventId, PersonId
from walkon.types.people import Platform

HEART = "❤️"
"""The one Discord reaction that likes, as Discord writes it."""

_LOVING = {Platform.DISCORD: frozenset("❤"), Platform.TELEGRAM: frozenset("❤🔥🥰👏"), Platform.WEB: frozenset("❤")}
HEARTS = frozenset[str]().union(*_LOVING.values())

REFRESH_MS = 15_000
"""A message follows its likes at most so often: four of the about 20 edits a minute that a Telegram group bears."""


def loving(platform: Platform) -> Collection[str]:
    """The reactions that like, without variation selectors."""
    return _LOVING[platform]


async def turn(house: House, asked: Invocation | Pressed, id: ClipId) -> Reply:
    """Like a finished clip, or take the like back; say in private which it was."""
    said = _opinion(house, asked.person.id, id, asked.event)

    async def turned(tx: Transaction) -> bool:
        if not await _may_be_liked(tx, id):
            return False
        liked = await likes.turn(tx, said)
        await _follow(tx, said)
        return liked

    liked = await house.database.write(turned)
    house.database.announce()
    speaker = Speaker(house.words, asked.person.locale)
    head = speaker.text("card.like.given" if liked else "card.like.taken_back", clip=id)
    return Reply(card=Card(tone=Tone.QUIET, head=head), private=True, passing=True)


async def react(house: House, reacted: Reacted, id: ClipId) -> None:
    """A heart likes; taken away, it takes the like back, unless another one stands. Put again and read back it is the same heart."""
    heart = _Heart(reacted.message, reacted.emoji, _opinion(house, reacted.person.id, id, reacted.event))
    change = _put if reacted.added else _take_away
    if await house.database.write(lambda tx: change(tx, heart)):
        house.database.announce()


async def take_back_unless(house: House, id: ClipId, message: str, still: Collection[tuple[PersonId, str]]) -> None:
    """End the likes that were given by hearts which do not stand under the message any more. still: who put which, as it is now."""

    async def ended(tx: Transaction) -> bool:
        noticed = await reactions.under(tx, message, HEARTS)
        gone = [(account, emoji) for account, emoji in noticed if (account, emoji) not in still]
        events = [EventId(f"gone:{message}:{account}:{emoji}") for account, emoji in gone]
        hearts = [_Heart(message, emoji, _opinion(house, account, id, event)) for (account, emoji), event in zip(gone, events, strict=True)]
        return any([await _take_away(tx, heart) for heart in hearts])

    if await house.database.write(ended):
        house.database.announce()


@dataclass(frozen=True, slots=True)
class _Heart:
    """A reaction that likes. message: as `port.message_name` names it. said: what it says of the clip which the message shows."""

    message: str
    emoji: str
    said: Opinion


async def _put(tx: Transaction, heart: _Heart) -> bool:
    """Whether it was noticed only now."""
    known = (heart.said.account, heart.emoji) in await reactions.under(tx, heart.message, HEARTS)
    if known or not await _may_be_liked(tx, heart.said.clip):
        return False
    await reactions.put(tx, heart.message, heart.said.account, heart.emoji)
    await likes.like(tx, heart.said)
    await _follow(tx, heart.said)
    return True


async def _take_away(tx: Transaction, heart: _Heart) -> bool:
    """Whether it had been noticed."""
    standing = [*await reactions.under(tx, heart.message, HEARTS)]
    if (heart.said.account, heart.emoji) not in standing:
        return False
    standing.remove((heart.said.account, heart.emoji))
    await reactions.remove(tx, heart.message, heart.said.account, heart.emoji)
    theirs = await accounts_of(tx, heart.said.account)
    if not any(account in theirs for account, _ in standing):
        await likes.unlike(tx, heart.said)
        await _follow(tx, heart.said)
    return True


async def forget(tx: Transaction, account: PersonId, now_ms: int) -> None:
    """The account likes nothing and reacted to nothing; the counts follow."""
    for clip in await likes.forget(tx, account):
        await outbox.touch_calmly(tx, clip, now_ms, every_ms=REFRESH_MS)
    await reactions.forget(tx, account)


async def _may_be_liked(tx: Transaction, id: ClipId) -> bool:
    clip = await tables.get(tx, id)
    return clip is not None and clip.state is ClipState.FINISHED


async def _follow(tx: Transaction, said: Opinion) -> None:
    await outbox.touch_calmly(tx, said.clip, said.at_ms, every_ms=REFRESH_MS)


def _opinion(house: House, account: PersonId, clip: ClipId, event: EventId) -> Opinion:
    return Opinion(clip=clip, account=account, event=event, at_ms=to_ms(house.clock.now()))
