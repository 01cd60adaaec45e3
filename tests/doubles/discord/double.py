"""A local Discord: a test drives its people, the real library talks to it over HTTP and WebSocket."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.doubles.discord.faults import Fault, Faults, How
from tests.doubles.discord.gateway import Gateway
from tests.doubles.discord.payloads import (
    file_json,
    interaction_json,
    member_json,
    message_json,
    reaction_json,
    resolved_json,
    submission_json,
)
from tests.doubles.discord.rest import BASE, Heard, Rest
from tests.doubles.discord.world import Channel, File, Interaction, Message, User, World
from tests.waiting import until

TOKEN = "MTA.double.token-that-opens-nothing"
COMMAND, PRESS, TYPING, FORM = 2, 3, 4, 5
_OPTION_TYPES: dict[type, int] = {str: 3, int: 4, bool: 5, User: 6, File: 11}


class DiscordDouble:
    """`async with DiscordDouble() as discord`. guild, channel, ana: something to begin with. strict: see `Clock`."""

    def __init__(self, *, token: str = TOKEN, port: int = 0, strict: bool = False) -> None:
        self.token = token
        self.world = World(strict=strict)
        self.faults = Faults()
        self.rest = Rest(self.world, token, self.faults)
        self.gateway = Gateway(self.world, token)
        self.guild = self.world.guild()
        self.channel = self.guild.channel
        self.ana = self.user("Ana")
        self._port = port
        self._runner: web.AppRunner | None = None
        self.more_routes: list[Callable[[web.Application], None]] = []

    async def __aenter__(self) -> "DiscordDouble":
        app = web.Application(client_max_size=200 * 1024 * 1024)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/files/{id}/{name}", self._file)
        app.router.add_route("*", BASE + "/{path:.*}", self.rest.handle)
        for add in self.more_routes:
            add(app)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.rest.address = f"http://127.0.0.1:{self._port}"
        self.gateway.address = f"ws://127.0.0.1:{self._port}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.rest.let_go()
        if self._runner:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What `[discord] api_url` is set to."""
        return f"{self.rest.address}{BASE}"

    @property
    def violations(self) -> list[str]:
        """Everything that broke Discord's description or documentation, in requests and in the double's own answers."""
        return self.rest.violations + self.gateway.violations

    def heard(self, operation: str) -> list[Heard]:
        """The requests of that operation that arrived whole."""
        return [heard for heard in self.rest.heard if heard.operation == operation]

    def user(self, name: str, *, locale: str = "en-US", permissions: int = 1 << 31) -> User:
        """A new person."""
        made = User(self.world.clock.snowflake(), name, locale, permissions)
        self.world.users[made.id] = made
        return made

    def bot(self, name: str) -> User:
        """Another bot."""
        made = User(self.world.clock.snowflake(), name, bot=True)
        self.world.users[made.id] = made
        return made

    def file(self, name: str, data: bytes) -> File:
        """A file that somebody attaches to a command."""
        made = File(self.world.clock.snowflake(), name, data, None)
        self.world.uploads[made.id] = data
        return made

    async def react(self, message: Message, emoji: str, *, user: User, heard: bool = True) -> None:
        """Somebody puts a reaction under a message. heard: false while nobody listens, so that the event is lost."""
        message.reactions.setdefault(emoji, []).append(user)
        more: dict[str, Any] = {"message_author_id": self.world.me.id}
        more |= {"member": member_json(user)} if message.channel.guild_id else {}
        if heard:
            await self.gateway.dispatch("MESSAGE_REACTION_ADD", {**reaction_json(message, emoji, user), **more})

    async def unreact(self, message: Message, emoji: str, *, user: User, heard: bool = True) -> None:
        """Somebody takes their reaction away."""
        message.reactions[emoji].remove(user)
        if heard:
            await self.gateway.dispatch("MESSAGE_REACTION_REMOVE", reaction_json(message, emoji, user))

    def messages(self, channel: Channel | None = None) -> list[Message]:
        """What stands in the channel, oldest first."""
        return self.world.standing(channel or self.channel)

    def clips(self, channel: Channel | None = None) -> list[bytes]:
        """Every clip that stands in the channel."""
        return [file.data for message in self.messages(channel) for file in message.files]

    async def slash(
        self,
        name: str,
        options: dict[str, Any] | None = None,
        *,
        user: User | None = None,
        channel: Channel | None = None,
        wait: bool = True,
    ) -> Interaction:
        """Somebody uses `/sora NAME`; returns when the whole answer is there, unless told not to wait."""
        people = [value for value in (options or {}).values() if isinstance(value, User)]
        files = [value for value in (options or {}).values() if isinstance(value, File)]
        given = [
            {"name": key, "type": _OPTION_TYPES[type(value)], "value": value.id if isinstance(value, User | File) else value}
            for key, value in (options or {}).items()
        ]
        data: dict[str, Any] = {"id": "1", "name": "sora", "type": 1, "options": [{"name": name, "type": 1, "options": given}]}
        resolved = resolved_json(people) if people else {}
        resolved |= {"attachments": {file.id: file_json(file, self.rest.address) for file in files}} if files else {}
        data |= {"resolved": resolved} if resolved else {}
        return await self._interact(COMMAND, user or self.ana, channel or self.channel, data, {}, wait)

    async def menu(self, entry: str, message: Message, *, user: User | None = None, wait: bool = True) -> Interaction:
        """Somebody chooses an entry in the menu of a message."""
        shown = {"messages": {message.id: message_json(message, self.world.me, self.rest.address)}}
        data = {"id": "2", "name": entry, "type": 3, "target_id": message.id, "resolved": shown}
        return await self._interact(COMMAND, user or self.ana, message.channel, data, {}, wait)

    async def typing(self, name: str, options: dict[str, Any], focused: str, *, user: User | None = None) -> dict[str, str]:
        """Somebody is typing the option `focused` of `/sora NAME`: the suggestions, values by what is shown."""
        asked = await self.types(name, options, focused, user=user)
        return {choice["name"]: choice["value"] for choice in asked.choices}

    async def types(
        self,
        name: str,
        options: dict[str, Any],
        focused: str,
        *,
        user: User | None = None,
        channel: Channel | None = None,
        wait: bool = True,
    ) -> Interaction:
        """The same, as the interaction that it is."""
        given = [{"name": key, "type": _OPTION_TYPES[type(value)], "value": value} for key, value in options.items()]
        marked = [{**option, "focused": True} if option["name"] == focused else option for option in given]
        data = {"id": "1", "name": "sora", "type": 1, "options": [{"name": name, "type": 1, "options": marked}]}
        return await self._interact(TYPING, user or self.ana, channel or self.channel, data, {}, wait)

    async def press(self, message: Message, custom_id: str, *, user: User | None = None, wait: bool = True) -> Interaction:
        """Somebody presses a button of the message."""
        shown = {"message": message_json(message, self.world.me, self.rest.address)}
        data = {"custom_id": custom_id, "component_type": 2}
        return await self._interact(PRESS, user or self.ana, message.channel, data, shown, wait, pressed=message)

    async def submit(self, opened: Interaction, text: str, *, wait: bool = True) -> Interaction:
        """Whoever opened the form sends it with `text` in its input."""
        assert opened.modal
        return await self._interact(FORM, opened.user, opened.channel, submission_json(opened.modal, text), {}, wait)

    async def _interact(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: dict[str, Any],
        more: dict[str, Any],
        wait: bool,
        pressed: Message | None = None,
    ) -> Interaction:
        interaction = self.world.interaction(kind, user, channel)
        interaction.pressed = pressed
        guild = self.world.guilds[channel.guild_id] if channel.guild_id else None
        await self.gateway.dispatch("INTERACTION_CREATE", {**interaction_json(interaction, guild, self.world.me, data), **more})
        if wait:
            await until(lambda: interaction.whole)
        return interaction

    def fail_next(self, operation: str, how: How, *, times: int = 1, status: int = 500, code: int = 0, retry_after_s: float = 0.05) -> None:
        """Let the next requests of that operation (`create_message`; `*` is any) go wrong."""
        self.faults.plan(operation, Fault(how, status, code, retry_after_s), times)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.world.uploads[request.match_info["id"]], content_type="application/octet-stream")
