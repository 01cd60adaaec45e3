"""The double's things in Discord's JSON."""

from datetime import UTC, datetime
from typing import Any

from tests.doubles.discord.rules import BUTTON, CONTAINER, FILE, GALLERY
from tests.doubles.discord.world import Channel, File, Guild, Interaction, Message, User

EVERYTHING = str((1 << 50) - 1)


def iso(at: float) -> str:
    """A moment as Discord writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat()


def user_json(user: User) -> dict[str, Any]:
    """A user as others see it."""
    named = {"id": user.id, "username": user.name.lower().replace(" ", "_"), "global_name": user.name, "discriminator": "0"}
    return {**named, "avatar": None, "public_flags": 0, "flags": 0, "primary_guild": None, "bot": user.bot}


def me_json(user: User) -> dict[str, Any]:
    """The bot's own account."""
    return {**user_json(user), "mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}


def application_json(user: User) -> dict[str, Any]:
    """The application behind the bot."""
    texts = {"name": "walkon", "description": "", "verify_key": "0" * 64, "flags_new": "0"}
    rest = {"icon": None, "type": None, "flags": 0, "max_participants": None, "tags": [], "redirect_uris": []}
    hooks = {"interactions_endpoint_url": None, "role_connections_verification_url": None, "event_webhooks_url": None}
    counts = {"approximate_guild_count": 1, "approximate_user_install_count": 0, "approximate_user_authorization_count": 0}
    more = {"bot_public": True, "bot_require_code_grant": False, "rpc_origins": [], "explicit_content_filter": 0, "team": None}
    events = {"event_webhooks_status": 1, "event_webhooks_types": [], "eligible_oauth2_scopes": []}
    owner = {**user_json(user), "id": "1", "bot": False}
    return {"id": user.id, **texts, **rest, **hooks, **counts, **more, **events, "owner": owner, "bot": user_json(user)}


def gateway_json(url: str) -> dict[str, Any]:
    """Where the gateway is."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return {"url": url, "shards": 1, "session_start_limit": limit}


def command_json(command: dict[str, Any], application: str, id: str, guild: str | None) -> dict[str, Any]:
    """A command as Discord keeps it."""
    placed = {"guild_id": guild} if guild else {}
    described = {"description": command.get("description", "")}
    return {
        **command,
        **described,
        **placed,
        "id": id,
        "application_id": application,
        "version": id,
        "default_member_permissions": None,
        "nsfw": False,
    }


def file_json(file: File, base: str) -> dict[str, Any]:
    """An attachment."""
    url = f"{base}/files/{file.id}/{file.name}"
    described = {"description": file.description} if file.description is not None else {}
    return {"id": file.id, "filename": file.name, "size": len(file.data), "url": url, "proxy_url": url, **described}


def message_json(message: Message, me: User, base: str) -> dict[str, Any]:
    """A message as it is now. base: address that files are served below."""
    now = message.now
    files = [file_json(file, base) for file in now.files]
    edited = iso(now.at) if len(message.revisions) > 1 else None
    reference = {"type": 0, "channel_id": message.channel.id, "message_id": message.reference} if message.reference else None
    optional = {"message_reference": reference, "nonce": message.nonce}
    return {
        "id": message.id,
        "channel_id": message.channel.id,
        "type": 19 if reference else 20 if message.interaction else 0,
        "author": user_json(me),
        "application_id": me.id,
        **({"webhook_id": me.id} if message.interaction else {}),
        "content": now.content,
        "components": components_json(now.components, files),
        "attachments": files,
        "flags": now.flags,
        "timestamp": iso(message.revisions[0].at),
        "edited_timestamp": edited,
        **{"mentions": [], "mention_roles": [], "embeds": [], "pinned": False, "mention_everyone": False, "tts": False},
        **{name: value for name, value in optional.items() if value},
    }


def components_json(components: list[dict[str, Any]], files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Components with what Discord adds: ids, and addresses in place of names of attachments."""
    urls = {f"attachment://{file['filename']}": file for file in files}
    count = iter(range(1, 1000))

    def answered(component: dict[str, Any]) -> dict[str, Any]:
        made = {**component, "id": next(count)}
        if component["type"] == CONTAINER:
            made |= {"accent_color": component.get("accent_color"), "spoiler": bool(component.get("spoiler"))}
        if component["type"] == GALLERY:
            made["items"] = [_item(item, urls) for item in component["items"]]
        if component["type"] == FILE:
            made |= _file(component, urls)
        if component["type"] == BUTTON and made.get("emoji"):
            made["emoji"] = {"name": made["emoji"]["name"]}
        if "components" in component:
            made["components"] = [answered(part) for part in component["components"]]
        return made

    return [answered(component) for component in components]


def _file(component: dict[str, Any], urls: dict[str, dict[str, Any]]) -> dict[str, Any]:
    file = urls[component["file"]["url"]]
    media = {"id": file["id"], "url": file["url"], "proxy_url": file["proxy_url"]}
    return {"file": media, "name": file["filename"], "size": file["size"], "spoiler": bool(component.get("spoiler"))}


def _item(item: dict[str, Any], urls: dict[str, dict[str, Any]]) -> dict[str, Any]:
    file = urls.get(item["media"]["url"], {"id": "0", "url": item["media"]["url"], "proxy_url": item["media"]["url"]})
    media = {"id": file["id"], "url": file["url"], "proxy_url": file["proxy_url"], "content_type": "video/mp4"}
    return {"media": media, "description": item.get("description"), "spoiler": bool(item.get("spoiler"))}


def answer_json(interaction: Interaction, me: User, base: str) -> dict[str, Any]:
    """What the first answer to an interaction returns."""
    original = interaction.message
    about = {"id": interaction.id, "type": interaction.kind, "response_message_id": original.id, "channel_id": interaction.channel.id}
    flags = {"response_message_loading": interaction.deferred, "response_message_ephemeral": original.ephemeral}
    answered: dict[str, Any] = {"interaction": {**about, **flags}}
    kind = 7 if original is interaction.pressed else 4
    return answered if interaction.deferred else {**answered, "resource": {"type": kind, "message": message_json(original, me, base)}}


def asked_json(interaction: Interaction) -> dict[str, Any]:
    """What a form as first answer returns: there is no message."""
    return {"interaction": {"id": interaction.id, "type": interaction.kind, "channel_id": interaction.channel.id}}


def submission_json(modal: dict[str, Any], text: str) -> dict[str, Any]:
    """The data of a form that somebody sent with `text` in its one input."""
    [label] = modal["components"]
    box = {"type": 4, "id": 2, "custom_id": label["component"]["custom_id"], "value": text}
    return {"custom_id": modal["custom_id"], "components": [{"type": 18, "id": 1, "component": box}]}


def thread_json(channel: Channel) -> dict[str, Any]:
    """A thread as whoever changes it is told."""
    stamped = {"archived": channel.archived, "auto_archive_duration": 1440, "archive_timestamp": iso(0), "locked": channel.locked}
    counted = {"message_count": 0, "member_count": 1, "owner_id": "1", "flags": 0}
    return {"id": channel.id, "type": 11, "guild_id": channel.guild_id, "name": channel.name, **counted, "thread_metadata": stamped}


def channel_json(channel: Channel) -> dict[str, Any]:
    """A channel as the gateway gives it."""
    if channel.type == 1:
        return {"id": channel.id, "type": 1, "last_message_id": None, "recipients": [], "flags": 0}
    made = {"id": channel.id, "type": channel.type, "name": channel.name, "position": 0, "permission_overwrites": [], "flags": 0}
    if channel.type == 11:
        stamped = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": iso(0), "locked": False}
        made |= {"parent_id": channel.parent, "owner_id": "1", "message_count": 0, "member_count": 1, "thread_metadata": stamped}
    return {**made, "guild_id": channel.guild_id, "topic": None, "nsfw": channel.adult, "rate_limit_per_user": 0, "last_message_id": None}


def direct_json(channel: Channel, user: User) -> dict[str, Any]:
    """A person's own chat with the bot."""
    return {"id": channel.id, "type": 1, "last_message_id": None, "recipients": [user_json(user)], "flags": 0}


def reaction_json(message: Message, emoji: str, user: User) -> dict[str, Any]:
    """MESSAGE_REACTION_ADD and MESSAGE_REACTION_REMOVE; only the first tells more of a server's member than the number."""
    about = {"user_id": user.id, "channel_id": message.channel.id, "message_id": message.id, "type": 0, "burst": False}
    where = {"guild_id": message.channel.guild_id} if message.channel.guild_id else {}
    return {**about, **where, "emoji": {"id": None, "name": emoji}}


def guild_json(guild: Guild, me: User) -> dict[str, Any]:
    """A server as GUILD_CREATE gives it: only what a client cannot do without."""
    everyone = {"id": guild.id, "name": "@everyone", "permissions": EVERYTHING, "position": 0, "color": 0, "colors": {"primary_color": 0}}
    role = {**everyone, "hoist": False, "managed": False, "mentionable": False, "flags": 0}
    texts = {"id": guild.id, "name": guild.name, "preferred_locale": guild.locale, "owner_id": "1", "icon": None}
    levels = {"verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0}
    lists = {"roles": [role], "emojis": [], "stickers": [], "features": [], "threads": [], "presences": [], "voice_states": []}
    more = {"member_count": 1, "premium_tier": 0, "afk_timeout": 60, "system_channel_flags": 0, "unavailable": False, "large": False}
    channels = [channel_json(channel) for channel in guild.channels if channel.type == 0]
    lists["roles"] += [role_json(str(int(guild.id) + n), f"role {n}", 0, n) for n in range(1, guild.more_roles + 1)]
    return {**texts, **levels, **lists, **more, "channels": channels, "members": [member_json(me)]}


def role_json(id: str, name: str, permissions: int, position: int) -> dict[str, Any]:
    """A role of a server."""
    colours = {"color": 0, "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
    signs = {"hoist": False, "managed": False, "mentionable": False, "icon": None, "unicode_emoji": None, "flags": 0}
    return {"id": id, "name": name, "permissions": str(permissions), "position": position, **colours, **signs}


def whole_guild_json(guild: Guild) -> dict[str, Any]:
    """A server as whoever asks for it is told."""
    named = ("icon", "description", "home_header", "splash", "discovery_splash", "banner", "application_id", "afk_channel_id")
    more = ("system_channel_id", "widget_channel_id", "max_presences", "vanity_url_code", "rules_channel_id", "safety_alerts_channel_id")
    numbers = ("system_channel_flags", "verification_level", "default_message_notifications", "mfa_level", "explicit_content_filter")
    counts = ("max_members", "max_stage_video_channel_users", "max_video_channel_users", "premium_tier", "premium_subscription_count")
    off = dict.fromkeys((*named, *more, "public_updates_channel_id", "incidents_data"))
    zero = dict.fromkeys((*numbers, *counts, "nsfw_level"), 0)
    flags = dict.fromkeys(("widget_enabled", "premium_progress_bar_enabled", "nsfw"), False)
    roles = [role_json(guild.id, "@everyone", 0, 0)]
    roles += [role_json(role.id, "role", role.permissions, role.position) for held in guild.roles.values() for role in held]
    lists = {"features": [], "emojis": [], "stickers": [], "roles": roles}
    kept = {"id": guild.id, "name": guild.name, "owner_id": guild.owner, "region": "", "preferred_locale": guild.locale}
    return {**off, **zero, **flags, **lists, **kept, "afk_timeout": 60}


def member_in_json(user: User, guild: Guild) -> dict[str, Any]:
    """Somebody in a server, as whoever asks for them is told."""
    member = {key: value for key, value in member_json(user).items() if key != "permissions"}
    roles = [role.id for role in guild.roles.get(user.id, ())]
    return {**member, "roles": roles, "banner": None, "communication_disabled_until": guild.timeouts.get(user.id)}


def member_json(user: User) -> dict[str, Any]:
    """Somebody in a server."""
    flags = {"deaf": False, "mute": False, "flags": 0, "pending": False}
    joined = {"roles": [], "nick": user.nick, "avatar": None, "joined_at": iso(0), "premium_since": None}
    return {"user": user_json(user), "permissions": str(user.permissions), **joined, **flags}


def resolved_json(people: list[User]) -> dict[str, Any]:
    """The people named in a command's options: their accounts, and what they are in that server."""
    members = {user.id: {key: value for key, value in member_json(user).items() if key not in ("user", "deaf", "mute")} for user in people}
    return {"users": {user.id: user_json(user) for user in people}, "members": members}


def interaction_json(interaction: Interaction, guild: Guild | None, me: User, data: dict[str, Any]) -> dict[str, Any]:
    """INTERACTION_CREATE."""
    user, limit = interaction.user, interaction.upload_limit
    who: dict[str, Any] = {"member": member_json(user)} if guild else {"user": user_json(user)}
    where: dict[str, Any] = {"guild_id": guild.id, "guild_locale": guild.locale} if guild else {}
    ids = {"id": interaction.id, "application_id": me.id, "token": interaction.token, "channel_id": interaction.channel.id}
    rights = EVERYTHING if interaction.channel.rights is None else str(interaction.channel.rights)
    rest = {"version": 1, "locale": user.locale, "app_permissions": rights, "attachment_size_limit": limit, "entitlements": []}
    owners = {"authorizing_integration_owners": {"0": guild.id if guild else "0"}, "context": 0 if guild else 1}
    return {**ids, **rest, **owners, **who, **where, "type": interaction.kind, "channel": channel_json(interaction.channel), "data": data}
