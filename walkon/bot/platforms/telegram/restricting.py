"""Telegram's restriction beside a mute of ours: set and lifted in supergroups, where the bot and whoever asks both have the right."""

from datetime import UTC, datetime, timedelta

from telegram import Chat, ChatMember, ChatMemberAdministrator, ChatMemberRestricted, ChatPermissions
from telegram.error import BadRequest, ChatMigrated, Forbidden
from telegram.ext import ExtBot

from walkon.moderation.restrictions import Restricted, Restriction
from walkon.types.people import Platform

SHORTEST = timedelta(seconds=30)
"""What ends sooner has no end at all for Telegram (Bot API, restrictChatMember), so it is not asked for."""

IN_TRANSIT = timedelta(seconds=15)
"""How much later than asked a call may be counted from."""


async def restrict(bot: ExtBot[int], wanted: Restriction) -> Restricted:
    """Set or lift a restriction. Raises the library's errors for what another try may mend."""
    chat = int(wanted.place.partition(":")[2])
    try:
        return await _in(bot, chat, wanted)
    except ChatMigrated as moved:
        return await _in(bot, moved.new_chat_id, wanted)


async def _in(bot: ExtBot[int], chat: int, wanted: Restriction) -> Restricted:
    try:
        if (await bot.get_chat(chat)).type != Chat.SUPERGROUP:
            return Restricted.NO_MEANS
        objection = await _objection(bot, chat, wanted)
        return await _restrict(bot, chat, wanted) if objection is None else objection
    except Forbidden:
        return Restricted.GONE
    except BadRequest as error:
        return Restricted.BOT_MAY_NOT if "rights" in error.message.lower() else Restricted.GONE


async def _objection(bot: ExtBot[int], chat: int, wanted: Restriction) -> Restricted | None:
    if not _may_restrict(await bot.get_chat_member(chat, bot.id)):
        return Restricted.BOT_MAY_NOT
    known = wanted.by.platform is Platform.TELEGRAM
    if not known or not _may_restrict(await bot.get_chat_member(chat, int(wanted.by.account))):
        return Restricted.ASKER_MAY_NOT
    return None


async def _restrict(bot: ExtBot[int], chat: int, wanted: Restriction) -> Restricted:
    account = int(wanted.person.account)
    member = await bot.get_chat_member(chat, account)
    if member.status in (ChatMember.ADMINISTRATOR, ChatMember.OWNER):
        return Restricted.OUT_OF_REACH
    if member.status in (ChatMember.LEFT, ChatMember.BANNED):
        return Restricted.GONE
    stands = member if isinstance(member, ChatMemberRestricted) else None
    if wanted.lifts:
        if stands is None or not _same(stands.until_date, wanted.until):
            return Restricted.NOTHING
        await bot.restrict_chat_member(chat, account, ChatPermissions.all_permissions())
        return Restricted.LIFTED
    if stands and _later(stands.until_date, wanted.until):
        return Restricted.LONGER
    if wanted.until and wanted.until - datetime.now(UTC) < SHORTEST + IN_TRANSIT:
        return Restricted.NOTHING
    await bot.restrict_chat_member(chat, account, ChatPermissions.no_permissions(), until_date=_seconds(wanted.until))
    return Restricted.DONE


def _may_restrict(member: ChatMember) -> bool:
    return member.status == ChatMember.OWNER or (isinstance(member, ChatMemberAdministrator) and member.can_restrict_members)


def _seconds(until: datetime | None) -> int:
    """Telegram's way to say when: 0 for without end."""
    return int(until.timestamp()) if until else 0


def _same(stands: datetime, until: datetime | None) -> bool:
    return int(stands.timestamp()) == _seconds(until)


def _later(stands: datetime, until: datetime | None) -> bool:
    endless = int(stands.timestamp()) == 0
    return until is not None and (endless or int(stands.timestamp()) > _seconds(until))
