"""What Discord delivers becomes a command or a press, and is answered within Discord's three seconds."""

import asyncio
import io
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import aiohttp
import discord
import structlog

from walkon.bot.cards import Form
from walkon.bot.command import Invocation, Pressed, RawValue, Reply
from walkon.bot.files import Attachment
from walkon.bot.platforms.discord.cards import pinged, veiled
from walkon.bot.platforms.discord.faults import ALREADY_ANSWERED
from walkon.bot.platforms.discord.forms import Submitted, fits, modal, submitted
from walkon.bot.platforms.discord.mentions import named
from walkon.bot.platforms.discord.messages import Kept, Messages, Standing
from walkon.bot.port import Handler
from walkon.bot.tokens import read_token
from walkon.types.errors import WalkonError
from walkon.types.ids import EventId, PersonId, PlaceId
from walkon.types.people import Locale, Person, Place

log = structlog.get_logger(__name__)

DEFER_AFTER_S = 1.5
"""Half of Discord's three seconds: a command that takes longer is answered "thinking" and edited when it is ready."""

PATIENCE_S = 15.0
"""An answer that Discord has not taken by then is left to the outbox, which waits a little longer before it steps in."""

_USER, _ATTACHMENT = 6, 11
_MESSAGE_MENU = 3
MAX_CHOICE = 100
"""Characters of a suggestion's name and value (docs: interactions/application-commands)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Hears interactions and answers them.

    public: commands whose answer everybody sees; that cannot change any more after "thinking". menus: commands by their entry in the
    menu of messages. running: the answers under way,
    kept so that closing can wait for them.
    """

    handler: Handler
    messages: Messages
    public: frozenset[str]
    menus: Mapping[str, str] = field(default_factory=dict)
    running: set[asyncio.Task[Any]] = field(default_factory=set)

    async def hear(self, interaction: discord.Interaction) -> None:
        """Answer a command, a press, or somebody still typing; anything else is not ours."""
        if interaction.type is discord.InteractionType.autocomplete:
            await self._suggest(interaction)
            return
        work = self._work(interaction)
        if work is None:
            return
        task = asyncio.ensure_future(work)
        self._keep(task)
        if current := asyncio.current_task():
            self._keep(current)
        try:
            reply, message_id = await self._answer(interaction, task)
        except (WalkonError, discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            log.warning("answer_not_delivered", interaction=interaction.id, reason=f"{type(error).__name__} {error}")
            return
        if reply.post and message_id:
            standing = replace(_standing(interaction, self._now()), message_id=str(message_id))
            await self.handler.answered(reply.post, reply.revision, standing.write())

    async def _suggest(self, interaction: discord.Interaction) -> None:
        data = cast("dict[str, Any]", interaction.data or {})
        focused = next((option for option in (_sub_command(data) or {}).get("options", ()) if option.get("focused")), None)
        if focused is None or interaction.channel_id is None:
            return
        found = await self.handler.suggest(invocation_of(interaction, data, self._now()), focused["name"])
        choices = [discord.app_commands.Choice(name=one.label[:MAX_CHOICE], value=one.value[:MAX_CHOICE]) for one in found]
        try:
            async with asyncio.timeout(PATIENCE_S):
                await interaction.response.autocomplete(choices)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            # Usually too late: whoever typed has typed on, and that is another question.
            log.info("suggestions_not_delivered", reason=type(error).__name__)

    async def settle(self, within_s: float) -> None:
        """Let answers under way finish, then stop what is left."""
        waiting = self.running - {asyncio.current_task()}
        if not waiting:
            return
        _, late = await asyncio.wait(waiting, timeout=within_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def _now(self) -> float:
        return self.messages.clock.now().timestamp()

    def _data(self, interaction: discord.Interaction) -> dict[str, Any]:
        """What the interaction carries, the seal taken off its token."""
        data = cast("dict[str, Any]", interaction.data or {})
        sealed = data.get("custom_id")
        return data if sealed is None else {**data, "custom_id": self.messages.layout.seal.taken_off(str(sealed))}

    def _work(self, interaction: discord.Interaction) -> Coroutine[Any, Any, Reply] | None:
        data = self._data(interaction)
        if interaction.channel_id is None:
            return None
        if interaction.type is discord.InteractionType.component:
            return self.handler.press(pressed_by(interaction, data, self._now()))
        if command := self.menus.get(str(data.get("name"))) if data.get("type") == _MESSAGE_MENU else None:
            return self._command(interaction, invocation_of_menu(interaction, command, data, self._now()))
        if interaction.type is discord.InteractionType.application_command and _sub_command(data):
            return self._command(interaction, invocation_of(interaction, data, self._now()))
        if interaction.type is discord.InteractionType.modal_submit and (form := submitted(data)):
            return self._command(interaction, invocation_of_form(interaction, form, self._now()))
        return None

    async def _command(self, interaction: discord.Interaction, invocation: Invocation) -> Reply:
        return await self.handler.command(await named(interaction, invocation))

    async def _answer(self, interaction: discord.Interaction, task: "asyncio.Task[Reply]") -> tuple[Reply, int | None]:
        done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_S)
        if done and (task.result().card.video is None or _hangs_already(interaction, task.result())):
            async with asyncio.timeout(PATIENCE_S):
                return task.result(), await self._at_once(interaction, task.result())
        private = task.result().private if done else _usually_private(interaction, self._data(interaction), self.public)
        changes = done and task.result().instead and _is_private(interaction)
        async with asyncio.timeout(PATIENCE_S):
            await self._defer(interaction, private=private, anew=not changes)
        await asyncio.wait({task})
        async with asyncio.timeout(PATIENCE_S):
            return task.result(), await self._later(interaction, task.result(), private=private)

    async def _defer(self, interaction: discord.Interaction, *, private: bool, anew: bool) -> None:
        """Say that an answer comes, anew: in a message of its own, else in the one whose button was pressed."""
        try:
            await interaction.response.defer(ephemeral=private, thinking=anew)
        except discord.HTTPException as error:
            if error.code != ALREADY_ANSWERED:
                raise

    async def _at_once(self, interaction: discord.Interaction, reply: Reply) -> int | None:
        if reply.form and fits(reply.form):
            await self._open(interaction, reply.form)
            return None
        view = self._view(interaction, reply)
        pings = pinged(reply.card, private=reply.private)
        try:
            if reply.instead and _is_private(interaction):
                hung = interaction.message.attachments if interaction.message and reply.card.video else []
                kept = cast("list[discord.Attachment]", [Kept(str(one.id)) for one in hung])
                changed = await interaction.response.edit_message(view=view, attachments=kept, allowed_mentions=pings)
                return changed.message_id if changed else None
            files = _handed(reply)
            response = await interaction.response.send_message(view=view, files=files, ephemeral=reply.private, allowed_mentions=pings)
        except discord.HTTPException as error:
            # The library sends again where Discord took the answer and then failed to say so.
            if error.code != ALREADY_ANSWERED:
                raise
            return (await interaction.original_response()).id
        return response.message_id

    async def _open(self, interaction: discord.Interaction, form: Form) -> None:
        try:
            await interaction.response.send_modal(modal(form, self.messages.layout.seal))
        except discord.HTTPException as error:
            if error.code != ALREADY_ANSWERED:
                raise

    async def _later(self, interaction: discord.Interaction, reply: Reply, *, private: bool) -> int | None:
        view, pings = self._view(interaction, reply), pinged(reply.card, private=reply.private)
        if reply.private and not private:
            # What was announced to all cannot become private: it goes, and the answer comes as a message of its own.
            await interaction.delete_original_response()
            sent = await interaction.followup.send(view=view, files=_handed(reply), ephemeral=True, allowed_mentions=pings, wait=True)
            return sent.id
        hung = [*await self.messages.upload(_standing(interaction, self._now()), reply.card), *_handed(reply)]
        return (await interaction.edit_original_response(view=view, attachments=hung, allowed_mentions=pings)).id

    def _view(self, interaction: discord.Interaction, reply: Reply) -> discord.ui.LayoutView:
        place = _place(interaction)
        locale = Locale.of(str(interaction.locale)) if reply.private else place.locale
        return self.messages.layout.view(veiled(reply.card) if place.veiled else reply.card, locale, private=reply.private)


def _handed(reply: Reply) -> list[discord.File]:
    handout = reply.card.handout if reply.private else None
    return [discord.File(io.BytesIO(handout.content), filename=handout.name)] if handout else []


def _hangs_already(interaction: discord.Interaction, reply: Reply) -> bool:
    """Whether the message that the reply changes shows a film already: a private answer is about one clip as long as it stands."""
    return bool(reply.instead and _is_private(interaction) and interaction.message and interaction.message.attachments)


def _is_private(interaction: discord.Interaction) -> bool:
    """Whether the message whose button was pressed is for this person alone."""
    message = interaction.message
    return message is not None and (message.flags.ephemeral or interaction.guild_id is None)


def invocation_of(interaction: discord.Interaction, data: dict[str, Any], at: float) -> Invocation:
    """The sub-command that somebody used. data: the interaction's own. at: Unix seconds now."""
    sub = _sub_command(data) or {}
    options = {option["name"]: _value(option, data) for option in sub.get("options", ())}
    return Invocation(command=sub["name"], options=options, moderator=_may_mute(interaction), **_happened(interaction, at))


def invocation_of_menu(interaction: discord.Interaction, command: str, data: dict[str, Any], at: float) -> Invocation:
    """The command that somebody chose in the menu of a message."""
    about = str(data["target_id"])
    return Invocation(command=command, options={}, about=about, moderator=_may_mute(interaction), **_happened(interaction, at))


def invocation_of_form(interaction: discord.Interaction, form: Submitted, at: float) -> Invocation:
    """The command that a form stands for. at: Unix seconds now."""
    options: dict[str, RawValue] = {"clip": form.token.clip, "words": form.text}
    return Invocation(command=form.token.deed, options=options, moderator=_may_mute(interaction), **_happened(interaction, at))


def pressed_by(interaction: discord.Interaction, data: dict[str, Any], at: float) -> Pressed:
    """The button that somebody pressed, on however old a message."""
    moderator = interaction.permissions.manage_messages or _may_mute(interaction)
    return Pressed(token=str(data.get("custom_id", "")), moderator=moderator, **_happened(interaction, at))


def _may_mute(interaction: discord.Interaction) -> bool:
    # A mute binds the whole server, so only rights that no single channel can grant count for it.
    rights = interaction.permissions
    may = rights.moderate_members or rights.manage_guild or rights.administrator
    return interaction.guild_id is not None and may


def _sub_command(data: dict[str, Any]) -> dict[str, Any] | None:
    first = next(iter(data.get("options") or ()), None)
    return first if first and first.get("type") == discord.AppCommandOptionType.subcommand.value else None


def _value(option: dict[str, Any], data: dict[str, Any]) -> RawValue:
    if option["type"] == _USER:
        return _resolved_person(str(option["value"]), data["resolved"])
    if option["type"] != _ATTACHMENT:
        return cast("RawValue", option["value"])
    file = data["resolved"]["attachments"][option["value"]]
    return Attachment(name=file["filename"], content_type=file.get("content_type", ""), size=file["size"], url=file["url"])


def _resolved_person(id: str, resolved: dict[str, Any]) -> Person:
    """The account, under the name that people see there."""
    user, member = resolved["users"][id], resolved.get("members", {}).get(id, {})
    return Person(id=PersonId(f"discord:{id}"), name=member.get("nick") or user.get("global_name") or user["username"])


def _happened(interaction: discord.Interaction, at: float) -> dict[str, Any]:
    user = interaction.user
    person = Person(id=PersonId(f"discord:{user.id}"), name=user.display_name, locale=Locale.of(str(interaction.locale)))
    return {
        "event": EventId(f"discord:{interaction.id}"),
        "person": person,
        "place": _place(interaction),
        "at": datetime.fromtimestamp(at, UTC),
        "upload_limit": interaction.filesize_limit,
        "roles": _roles(user),
        "lacks": _lacks(interaction),
        "reply": _standing(interaction, at).write(),
    }


def _lacks(interaction: discord.Interaction) -> tuple[str, ...]:
    """What the bot needs in this channel of a server it is a member of, and has not. Elsewhere it answers by the interaction alone."""
    if interaction.guild_id is None or not interaction.is_guild_integration():
        return ()
    rights = interaction.app_permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    needed = {
        "view_channel": rights.view_channel,
        "send_messages_in_threads" if in_thread else "send_messages": rights.send_messages_in_threads
        if in_thread
        else rights.send_messages,
        "attach_files": rights.attach_files,
    }
    return tuple(right for right, held in needed.items() if not held and not rights.administrator)


def _is_for_adults(interaction: discord.Interaction) -> bool:
    channel = interaction.channel
    return isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel) and channel.is_nsfw()


def _roles(user: discord.User | discord.Member) -> frozenset[str]:
    """Names and numbers of the roles that a member has; nobody has any in a private chat."""
    roles = user.roles if isinstance(user, discord.Member) else []
    return frozenset(word for role in roles for word in (role.name, str(role.id)))


def _place(interaction: discord.Interaction) -> Place:
    channel = str(interaction.channel_id)
    thread = channel if isinstance(interaction.channel, discord.Thread) else None
    if interaction.guild_id is None:
        return Place(id=PlaceId(f"discord:dm-{channel}"), channel=channel, locale=Locale.of(str(interaction.locale)), private=True)
    locale = Locale.of(str(interaction.guild_locale or interaction.locale))
    veil = _is_for_adults(interaction)
    return Place(id=PlaceId(f"discord:{interaction.guild_id}"), channel=channel, thread=thread, locale=locale, veiled=veil)


def _standing(interaction: discord.Interaction, at: float) -> Standing:
    ids = {"channel_id": str(interaction.channel_id), "application_id": str(interaction.application_id)}
    return Standing(**ids, token=interaction.token, at=at)


def _usually_private(interaction: discord.Interaction, data: dict[str, Any], public: frozenset[str]) -> bool:
    if interaction.type is discord.InteractionType.component:
        token = read_token(str(data.get("custom_id", "")))
        return token is None or not token.deed.public
    if interaction.type is discord.InteractionType.modal_submit:
        form = submitted(data)
        return form is None or form.token.deed not in public
    return (_sub_command(data) or {}).get("name") not in public
