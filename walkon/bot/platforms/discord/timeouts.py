"""Discord's timeout beside a mute of ours: set and lifted, where the bot and whoever asks both have the right to it there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import discord

from walkon.bot.platforms.discord.faults import MISSING_ACCESS, MISSING_PERMISSIONS, UNKNOWN_GUILD, UNKNOWN_MEMBER, UNKNOWN_USER
from walkon.moderation.restrictions import Restricted, Restriction
from walkon.types.ids import PersonId

AUDIT_CHARS = 512
"""Of a reason in the audit log, as it is sent: percent-encoded (docs: resources/audit-log)."""

SAME_S = 1.0
"""Two ends this near are one end: Discord keeps milliseconds."""

_REFUSALS = {MISSING_PERMISSIONS: Restricted.OUT_OF_REACH, MISSING_ACCESS: Restricted.BOT_MAY_NOT, UNKNOWN_GUILD: Restricted.GONE}
_REFUSALS |= {UNKNOWN_MEMBER: Restricted.GONE, UNKNOWN_USER: Restricted.GONE}


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in a server. height: of their highest role. owner: nobody is above them."""

    rights: discord.Permissions
    height: int
    owner: bool

    @property
    def may_time_out(self) -> bool:
        """Whether their roles give the right, in the whole server."""
        return self.owner or self.rights.administrator or self.rights.moderate_members

    def above(self, other: "Standing") -> bool:
        """Whether Discord lets them act on the other (docs: topics/permissions, permission hierarchy)."""
        return not other.owner and (self.owner or self.height > other.height)


async def restrict(client: discord.Client, wanted: Restriction) -> Restricted:
    """Set or lift a timeout. Raises discord.py's errors for what another try may mend."""
    try:
        return await _restrict(client, wanted)
    except discord.HTTPException as error:
        refused = _REFUSALS.get(error.code)
        if refused is None or error.status == 429:
            raise
        return refused


async def _restrict(client: discord.Client, wanted: Restriction) -> Restricted:
    guild_id, account = int(wanted.place.partition(":")[2]), int(wanted.person.account)
    guild: dict[str, Any] = dict(await client.http.get_guild(guild_id, with_counts=False))
    member: dict[str, Any] = dict(await client.http.get_member(guild_id, account))
    objection = await _objection(client, guild, member, wanted.by.id)
    if objection is not None:
        return objection
    stands = _until(member)
    if wanted.lifts and not _same(stands, wanted.until):
        return Restricted.NOTHING
    if not wanted.lifts and stands and wanted.until and stands > wanted.until and not _same(stands, wanted.until):
        return Restricted.LONGER
    until = None if wanted.lifts or wanted.until is None else wanted.until.isoformat()
    await client.http.edit_member(guild_id, account, reason=fitted(wanted.why), communication_disabled_until=until)
    return Restricted.LIFTED if wanted.lifts else Restricted.DONE


async def _objection(client: discord.Client, guild: dict[str, Any], member: dict[str, Any], by: PersonId) -> Restricted | None:
    mine: dict[str, Any] = dict(await client.http.get_member(int(guild["id"]), int(client.application_id or 0)))
    bot, whom = standing(guild, mine), standing(guild, member)
    if not bot.may_time_out:
        return Restricted.BOT_MAY_NOT
    platform, _, account = by.partition(":")
    if platform != "discord":
        return Restricted.ASKER_MAY_NOT
    try:
        asker = standing(guild, dict(await client.http.get_member(int(guild["id"]), int(account))))
    except discord.NotFound:
        return Restricted.ASKER_MAY_NOT
    if not asker.may_time_out:
        return Restricted.ASKER_MAY_NOT
    return None if bot.above(whom) and asker.above(whom) and not whom.rights.administrator else Restricted.OUT_OF_REACH


def standing(guild: dict[str, Any], member: dict[str, Any]) -> Standing:
    """What a member is, from the server's own list of roles; everybody has the one that bears its number."""
    held = [role for role in guild["roles"] if role["id"] in member["roles"] or role["id"] == guild["id"]]
    rights = 0
    for role in held:
        rights |= int(role["permissions"])
    height = max((int(role["position"]) for role in held), default=0)
    return Standing(discord.Permissions(rights), height, member["user"]["id"] == guild["owner_id"])


def fitted(why: str) -> str:
    """As much of a reason as the audit log takes."""
    kept = why
    while len(quote(kept, safe="/ ")) > AUDIT_CHARS:
        kept = kept[:-1]
    return kept


def _until(member: dict[str, Any]) -> datetime | None:
    text = member.get("communication_disabled_until")
    until = datetime.fromisoformat(text) if text else None
    return until if until and until > datetime.now(UTC) else None


def _same(stands: datetime | None, until: datetime | None) -> bool:
    return stands is not None and until is not None and abs((stands - until).total_seconds()) < SAME_S
