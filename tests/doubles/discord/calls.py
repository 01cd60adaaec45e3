"""What each call of the API does. A function is named after its operation."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.doubles.discord import rules
from tests.doubles.discord.payloads import (
    answer_json,
    application_json,
    asked_json,
    command_json,
    direct_json,
    gateway_json,
    me_json,
    member_in_json,
    message_json,
    thread_json,
    user_json,
    whole_guild_json,
)
from tests.doubles.discord.refusal import Refusal, unknown
from tests.doubles.discord.world import (
    ANSWER_WITHIN_S,
    NONCE_KEPT_S,
    TOKEN_LIVES_S,
    Channel,
    File,
    Interaction,
    Message,
    Revision,
    World,
    pings_of,
)

MODERATE_MEMBERS, ADMINISTRATOR = 1 << 40, 1 << 3
LONGEST_TIMEOUT_S = 28 * 24 * 3600
THINKING, SAYING, CHANGING, SUGGESTING, ASKING = 5, 4, 7, 8, 9


@dataclass
class Call:
    """A request, read. files: name and content by the name of their part. faults: what breaks a documented rule. reason: for the
    server's own log.
    """

    params: dict[str, str]
    query: dict[str, str]
    body: Any
    files: dict[str, tuple[str, bytes]]
    world: World
    base: str
    reason: str = ""
    faults: list[str] = field(default_factory=list)

    def told(self, message: Message) -> tuple[int, Any]:
        """The answer that shows the message."""
        return 200, message_json(message, self.world.me, self.base)


async def get_my_user(call: Call) -> tuple[int, Any]:
    return 200, me_json(call.world.me)


async def get_my_oauth2_application(call: Call) -> tuple[int, Any]:
    return 200, application_json(call.world.me)


async def get_bot_gateway(call: Call) -> tuple[int, Any]:
    return 200, gateway_json(f"ws{call.base.removeprefix('http')}/gateway")


async def bulk_set_application_commands(call: Call) -> tuple[int, Any]:
    guild = call.params.get("guild_id")
    if guild and guild not in call.world.guilds:
        raise Refusal(403, 50001, "Missing Access")
    call.world.commands[guild] = call.body
    me, clock = call.world.me, call.world.clock
    return 200, [command_json(command, me.id, clock.snowflake(), guild) for command in call.body]


bulk_set_guild_application_commands = bulk_set_application_commands


async def create_interaction_response(call: Call) -> tuple[int, Any]:
    world = call.world
    interaction = world.interactions.get(call.params["interaction_token"])
    now = world.clock.waited_s()
    if interaction is None or interaction.id != call.params["interaction_id"] or now - interaction.at > ANSWER_WITHIN_S:
        raise unknown("interaction")
    if interaction.answered:
        raise Refusal(400, 40060, "Interaction has already been acknowledged.")
    data = call.body.get("data") or {}
    if call.body["type"] == SUGGESTING:
        interaction.choices = data["choices"]
        interaction.answered_after_s = now - interaction.at
        return (200, asked_json(interaction)) if call.query.get("with_response") in ("1", "true") else (204, None)
    if call.body["type"] == ASKING:
        return _asked(call, interaction, data)
    if call.body["type"] == CHANGING:
        return _changed(call, interaction, data)
    interaction.deferred = call.body["type"] == THINKING
    if interaction.deferred:
        call.faults += rules.deferral_faults(data.get("flags", 0))
        data = {"flags": data.get("flags", 0) | rules.LOADING, "allowed_mentions": {"parse": []}}
    revision = _revision(call, data, None, interaction.upload_limit)
    interaction.original = world.post(interaction.channel, revision, interaction=interaction)
    interaction.answered_after_s = now - interaction.at
    return (200, answer_json(interaction, world.me, call.base)) if call.query.get("with_response") in ("1", "true") else (204, None)


def _changed(call: Call, interaction: Interaction, data: dict[str, Any]) -> tuple[int, Any]:
    """The message whose button was pressed shows something else."""
    if interaction.pressed is None:
        raise Refusal(400, 50035, "Invalid Form Body")
    message = interaction.pressed
    message.revisions.append(_revision(call, data, message.now, interaction.upload_limit))
    interaction.original, interaction.answered_after_s = message, call.world.clock.waited_s() - interaction.at
    return (200, answer_json(interaction, call.world.me, call.base)) if call.query.get("with_response") in ("1", "true") else (204, None)


def _asked(call: Call, interaction: Interaction, modal: dict[str, Any]) -> tuple[int, Any]:
    call.faults += rules.modal_faults(modal, interaction.kind)
    interaction.modal = modal
    interaction.answered_after_s = call.world.clock.waited_s() - interaction.at
    return (200, asked_json(interaction)) if call.query.get("with_response") in ("1", "true") else (204, None)


async def get_original_webhook_message(call: Call) -> tuple[int, Any]:
    return call.told(_original(_by_token(call)))


async def update_original_webhook_message(call: Call) -> tuple[int, Any]:
    interaction = _by_token(call)
    return _edited(call, _original(interaction), interaction.upload_limit)


async def delete_original_webhook_message(call: Call) -> tuple[int, Any]:
    _original(_by_token(call)).deleted = True
    return 204, None


async def update_webhook_message(call: Call) -> tuple[int, Any]:
    interaction = _by_token(call)
    message = call.world.messages.get(call.params["message_id"])
    if message is None or message.deleted or message.interaction is not interaction:
        raise unknown("message")
    return _edited(call, message, interaction.upload_limit)


async def execute_webhook(call: Call) -> tuple[int, Any]:
    interaction = _by_token(call)
    revision = _revision(call, call.body, None, interaction.upload_limit)
    message = call.world.post(interaction.channel, revision, interaction=interaction)
    interaction.followups.append(message)
    return call.told(message) if call.query.get("wait") in ("1", "true") else (204, None)


async def update_channel(call: Call) -> tuple[int, Any]:
    channel = _open_channel(call)
    if channel.locked:
        raise Refusal(403, 50013, "Missing Permissions")
    channel.archived = call.body["archived"]
    return 200, {**thread_json(channel), "total_message_sent": 1}


async def create_message(call: Call) -> tuple[int, Any]:
    channel = _open_channel(call)
    if channel.archived and channel.locked:
        raise Refusal(400, 50083, "Thread is archived")
    channel.archived = False
    world, nonce = call.world, call.body.get("nonce")
    kept = world.nonces.get((channel.id, nonce)) if nonce and call.body.get("enforce_nonce") else None
    if kept and world.clock.now() - kept[0] < NONCE_KEPT_S:
        if kept[1].deleted:
            raise unknown("message")
        return call.told(kept[1])
    reference = (call.body.get("message_reference") or {}).get("message_id")
    revision = _revision(call, call.body, None, world.upload_limit)
    message = world.post(channel, revision, nonce=nonce, reference=str(reference) if reference else None)
    if nonce:
        world.nonces[channel.id, nonce] = (world.clock.now(), message)
    return call.told(message)


async def update_message(call: Call) -> tuple[int, Any]:
    channel = _open_channel(call)
    message = call.world.messages.get(call.params["message_id"])
    if message is None or message.deleted or message.ephemeral or message.channel is not channel:
        raise unknown("message")
    if channel.archived:
        raise Refusal(400, 50083, "Thread is archived")
    return _edited(call, message, call.world.upload_limit)


async def list_message_reactions_by_emoji(call: Call) -> tuple[int, Any]:
    people = sorted(_message(call).reactions.get(call.params["emoji_name"], []), key=lambda user: int(user.id))
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 25))
    return 200, [user_json(user) for user in people if int(user.id) > after][:limit]


async def add_my_message_reaction(call: Call) -> tuple[int, Any]:
    people = _message(call).reactions.setdefault(call.params["emoji_name"], [])
    if call.world.me not in people:
        people.append(call.world.me)
    return 204, None


async def get_user(call: Call) -> tuple[int, Any]:
    user = call.world.users.get(call.params["user_id"])
    if user is None:
        raise unknown("user")
    return 200, user_json(user)


async def get_guild_member(call: Call) -> tuple[int, Any]:
    guild, user = call.world.guilds.get(call.params["guild_id"]), call.world.users.get(call.params["user_id"])
    if guild is None or user is None or user.id in guild.strangers:
        raise unknown("member")
    return 200, member_in_json(user, guild)


async def get_guild(call: Call) -> tuple[int, Any]:
    guild = call.world.guilds.get(call.params["guild_id"])
    if guild is None:
        raise unknown("guild")
    return 200, whole_guild_json(guild)


async def update_guild_member(call: Call) -> tuple[int, Any]:
    guild, user = call.world.guilds.get(call.params["guild_id"]), call.world.users.get(call.params["user_id"])
    if guild is None or user is None or user.id in guild.strangers:
        raise unknown("member")
    me, until = call.world.me.id, call.body["communication_disabled_until"]
    if not guild.may(me, MODERATE_MEMBERS) or guild.height(me) <= guild.height(user.id) or guild.may(user.id, ADMINISTRATOR):
        raise Refusal(403, 50013, "Missing Permissions")
    if until and datetime.fromisoformat(until).timestamp() > call.world.clock.now() + LONGEST_TIMEOUT_S:
        raise Refusal(400, 50035, "Invalid Form Body")
    guild.audit.append(f"{user.name} {'timeout' if until else 'lifted'}: {call.reason}")
    guild.timeouts.pop(user.id, None)
    if until:
        guild.timeouts[user.id] = until
    return 200, member_in_json(user, guild)


async def create_dm(call: Call) -> tuple[int, Any]:
    user = call.world.users.get(str(call.body["recipient_id"]))
    if user is None:
        raise unknown("user")
    return 200, direct_json(call.world.direct_with(user), user)


def _message(call: Call) -> Message:
    channel = _open_channel(call)
    message = call.world.messages.get(call.params["message_id"])
    if message is None or message.deleted or message.channel is not channel:
        raise unknown("message")
    return message


def _open_channel(call: Call) -> Channel:
    channel = call.world.channels.get(call.params["channel_id"])
    if channel is None:
        raise unknown("channel")
    if channel.closed and channel.type == 1:
        raise Refusal(403, 50007, "Cannot send messages to this user")
    if channel.closed:
        raise Refusal(403, 50013, "Missing Permissions")
    return channel


def _by_token(call: Call) -> Interaction:
    interaction = call.world.interactions.get(call.params["webhook_token"])
    if interaction is None or not interaction.answered or call.params["webhook_id"] != call.world.me.id:
        raise unknown("webhook")
    if call.world.clock.waited_s() - interaction.at > TOKEN_LIVES_S:
        raise Refusal(401, 50027, "Invalid Webhook Token")
    return interaction


def _original(interaction: Interaction) -> Message:
    if interaction.original is None or interaction.original.deleted:
        raise unknown("message")
    return interaction.original


def _edited(call: Call, message: Message, upload_limit: int) -> tuple[int, Any]:
    message.revisions.append(_revision(call, call.body, message.now, upload_limit))
    return call.told(message)


def _revision(call: Call, body: dict[str, Any], before: Revision | None, upload_limit: int) -> Revision:
    files = _files(call, body, before, upload_limit)
    ephemeral = (before.flags if before else body.get("flags", 0)) & rules.EPHEMERAL
    flags = (before.flags & rules.COMPONENTS_V2 if before else 0) | ephemeral | ((body.get("flags") or 0) & ~rules.EPHEMERAL)
    components = body.get("components", before.components if before else []) or []
    content = body.get("content", before.content if before else "") or ""
    whole = {**body, "components": components, "flags": flags, "content": content}
    call.faults += rules.message_faults(whole, {file.name for file in files})
    allowed = body.get("allowed_mentions")
    revision = Revision(components, content, files, flags, allowed, frozenset(), call.world.clock.now())
    pings = pings_of(revision.texts, allowed)
    # Docs, resources/webhook: an edited ephemeral message notifies whatever it names.
    if before and ephemeral:
        pings = pings_of(revision.texts, None)
    return Revision(components, content, files, flags, allowed, pings, revision.at)


def _files(call: Call, body: dict[str, Any], before: Revision | None, upload_limit: int) -> tuple[File, ...]:
    if "attachments" not in body:
        return before.files if before else ()
    kept = {file.id: file for file in before.files} if before else {}
    hung = []
    for attachment in body["attachments"] or ():
        part = call.files.get(f"files[{attachment['id']}]")
        if part is None and str(attachment["id"]) not in kept:
            raise Refusal(400, 50035, "Invalid Form Body")
        if part is None:
            hung.append(kept[str(attachment["id"])])
            continue
        if len(part[1]) > upload_limit:
            raise Refusal(413, 40005, "Request entity too large")
        hung.append(File(call.world.clock.snowflake(), attachment.get("filename") or part[0], part[1], attachment.get("description")))
    call.world.uploads |= {file.id: file.data for file in hung}
    return tuple(hung)
