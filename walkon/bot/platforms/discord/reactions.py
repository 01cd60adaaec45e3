"""Raw reactions: those that happen, whatever message they are on, and those that happened while walkon was away."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import discord
import structlog

from walkon.bot.command import Reacted
from walkon.bot.platforms.discord.messages import Standing
from walkon.bot.port import Awaiting, Handler
from walkon.types.ids import EventId, PersonId, PlaceId
from walkon.types.people import Locale, Person, Place, Platform

log = structlog.get_logger(__name__)

UPLOAD_LIMIT = 10 * 2**20
"""Bytes of a file in an answer to a reaction: an interaction says how much is allowed, a reaction does not, so the least of all."""

PAGE = 100
"""People whose reactions Discord lists in one answer."""

MOST_READ_BACK = 1_000
"""People whose reactions are read back from one message and emoji."""

_VARIATION = "\ufe0f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """Hears reactions for one connection. now: Unix seconds."""

    client: discord.Client
    handler: Handler
    now: Callable[[], float]

    async def hear(self, payload: discord.RawReactionActionEvent) -> None:
        """Tell the handler, unless a bot reacted, the emoji means nothing, or Discord says that somebody else wrote the message.

        Nearly every reaction of a busy server ends here, before anything is put together for it.
        """
        user = self.client.user
        member = payload.member
        if user is None or payload.user_id == user.id or (member is not None and member.bot):
            return
        if payload.message_author_id not in (None, user.id):
            return
        emoji = (payload.emoji.name or "").replace(_VARIATION, "")
        if not self.handler.means(Platform.DISCORD, emoji):
            return
        place = self._place(payload.guild_id, payload.channel_id)
        name = member.display_name if member else str(payload.user_id)
        person = Person(id=PersonId(f"discord:{payload.user_id}"), name=name, locale=place.locale)
        await self.handler.reacted(self._reacted(person, place, str(payload.message_id), emoji, payload.event_type == "REACTION_ADD"))

    async def read_back(self) -> None:
        """Hand over what stands under the messages that the handler waits for. What cannot be read is left for the next start."""
        for awaiting in await self.handler.awaiting(Platform.DISCORD):
            try:
                standing = [one for emoji in awaiting.emoji for one in await self._standing(awaiting, emoji)]
            except (discord.HTTPException, OSError) as error:
                log.info("reactions_not_read_back", reason=f"{type(error).__name__} {error}")
                continue
            if len(standing) < MOST_READ_BACK:
                await self.handler.read_back(awaiting, standing)
                continue
            # Not all were read, so nothing is known of who is missing.
            for one in standing:
                await self.handler.reacted(one)

    async def _standing(self, awaiting: Awaiting, emoji: str) -> list[Reacted]:
        where = Standing.read(awaiting.ref)
        found: list[dict[str, Any]] = []
        while where.message_id and len(found) < MOST_READ_BACK:
            after = int(found[-1]["id"]) if found else None
            page = await self.client.http.get_reaction_users(int(where.channel_id), int(where.message_id), emoji, PAGE, after)
            found += cast("list[dict[str, Any]]", page)
            if len(page) < PAGE:
                break
        return [self._stands(awaiting.place, str(where.message_id), emoji, user) for user in found if not user.get("bot")]

    def _stands(self, place: Place, message: str, emoji: str, user: dict[str, Any]) -> Reacted:
        name = user.get("global_name") or user["username"]
        person = Person(id=PersonId(f"discord:{user['id']}"), name=name, locale=place.locale)
        return self._reacted(person, place, message, emoji, True)

    def _reacted(self, person: Person, place: Place, message: str, emoji: str, added: bool) -> Reacted:
        plain, at = emoji.replace(_VARIATION, ""), self.now()
        answer = Standing(channel_id=place.channel, application_id=str(self.client.application_id), token=None, at=at)
        return Reacted(
            event=EventId(f"discord:reaction:{message}:{person.account}:{plain}"),
            emoji=plain,
            added=added,
            message=message,
            person=person,
            place=place,
            at=datetime.fromtimestamp(at, UTC),
            upload_limit=UPLOAD_LIMIT,
            reply=answer.write(),
        )

    def _place(self, guild_id: int | None, channel_id: int) -> Place:
        channel = str(channel_id)
        if guild_id is None:
            return Place(id=PlaceId(f"discord:dm-{channel}"), channel=channel, private=True)
        guild = self.client.get_guild(guild_id)
        locale = Locale.of(str(guild.preferred_locale)) if guild else Locale.EN
        return Place(id=PlaceId(f"discord:{guild_id}"), channel=channel, locale=locale)
