"""Whom the words of a request mean: people the platform knows, handles of likenesses, and whoever asks."""

from collections.abc import Mapping
from dataclasses import dataclass

from walkon.bot.command import Context
from walkon.consent import tables
from walkon.consent.handles import BadHandle, read_handle
from walkon.scene.mentions import ME, mentions_in
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.errors import WalkonError
from walkon.types.ids import PersonId
from walkon.types.scene import MAX_PROMPT

ONLY_WORDS = frozenset({"@everyone", "@here", "@channel", "@all"})
"""What chats use to call everybody: never one person, so only a word."""


@dataclass(eq=False)
class NobodyOfThatName(WalkonError):
    """A mention that means nobody who could be asked here."""

    written: str


async def people_in(ctx: Context, words: str) -> Mapping[str, PersonId]:
    """The person behind each mention as it is written, and behind "me" where whoever asks lends a likeness.

    Raises NobodyOfThatName for a mention of nobody known; whether somebody of that name lends a likeness elsewhere is not told.
    """
    asked = ctx.invocation
    written = [token for token in mentions_in(words[:MAX_PROMPT]) if token.lower() not in ONLY_WORDS]

    async def step(tx: Transaction) -> dict[str, PersonId]:
        found = {token: person.id for token, person in asked.mentions.items()}
        for token in written:
            if token not in found:
                found[token] = await _by_handle(tx, token)
        if await tables.likeness_of(tx, await person_of(tx, asked.person.id)):
            found[ME] = asked.person.id
        return found

    return await ctx.house.database.read(step)


async def _by_handle(tx: Transaction, token: str) -> PersonId:
    try:
        likeness = await tables.likeness_called(tx, read_handle(token))
    except BadHandle:
        likeness = None
    if likeness is None:
        raise NobodyOfThatName(token)
    return likeness.owner
