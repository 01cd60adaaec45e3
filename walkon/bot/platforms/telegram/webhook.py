"""Receiving by webhook: Telegram posts each update to us, and forgets it only once we have handled it.

We listen on loopback; whatever does TLS stands in front. A post without our secret is turned away before its body is read.
Telegram repeats what it got no answer to, so an update that is still at work is not begun a second time.
"""

import asyncio
import hmac
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from telegram import Update
from telegram.constants import WebhookLimit
from telegram.ext import ExtBot

from walkon.bot.platforms.telegram.faults import told_apart
from walkon.bot.platforms.telegram.polling import ALLOWED_UPDATES, FAREWELL_S
from walkon.types.errors import SetupError

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  a header's name (Bot API, setWebhook)
MAX_BYTES = 2**20
"""An update is a few kilobytes: a message has at most 4,096 characters."""
_CATCHES_UP_S = 1.0
"""How often it is looked whether updates still wait at Telegram, after a start."""
REMEMBERED = 10_000
"""Updates handled lately, so that one which Telegram did not hear the answer to is not handled again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where Telegram posts to, and where we listen behind what does TLS. secret: what Telegram shows with every update.

    look_every_s: how often it is looked after whether Telegram still posts there.
    """

    url: str
    secret: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8443
    look_every_s: float = 300.0


class Webhook:
    """Receives updates and has them handled, each once in this process, many at a time. caught_up: none waits at Telegram."""

    def __init__(self, bot: ExtBot[int], handle: Callable[[Update], Awaitable[None]], hook: Hook) -> None:
        self._bot = bot
        self._handle = handle
        self._hook = hook
        self._at_work: dict[int, asyncio.Task[None]] = {}
        self._handled: OrderedDict[int, None] = OrderedDict()
        self.caught_up = False

    async def run(self) -> None:
        """Receive until cancelled. Raises SetupError where the port is taken, PlatformDown where Telegram does not answer."""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=FAREWELL_S)
        await runner.setup()
        try:
            await self._listen(runner)
            with told_apart():
                await self._announce()
                while True:
                    await self._look()
                    await asyncio.sleep(self._hook.look_every_s if self.caught_up else _CATCHES_UP_S)
        finally:
            self.caught_up = False
            # Whatever comes from now on stays with Telegram until we listen again.
            await runner.cleanup()
            await self._settle()

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BYTES)
        app.router.add_post(urlsplit(self._hook.url).path or "/", self._take)
        return app

    async def _listen(self, runner: web.AppRunner) -> None:
        try:
            await web.TCPSite(runner, self._hook.host, self._hook.port).start()
        except OSError as error:
            where = f"port {self._hook.port} on {self._hook.host}"
            raise SetupError(f"[telegram] webhook_port: {where}: {error.strerror}. Choose another port.") from error

    async def _announce(self) -> None:
        await self._bot.set_webhook(
            self._hook.url,
            secret_token=self._hook.secret,
            allowed_updates=list(ALLOWED_UPDATES),
            max_connections=WebhookLimit.MAX_CONNECTIONS_LIMIT,
            drop_pending_updates=False,
        )

    async def _look(self) -> None:
        info = await self._bot.get_webhook_info()
        if info.url != self._hook.url:
            log.warning("telegram_webhook_was_taken_away")
            await self._announce()
        elif info.last_error_message:
            log.warning("telegram_webhook_not_reached", reason=info.last_error_message, waiting=info.pending_update_count)
        self.caught_up = self.caught_up or not (info.pending_update_count or self._at_work)

    async def _take(self, request: web.Request) -> web.Response:
        shown = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), self._hook.secret.encode()):
            return web.Response(status=403)
        try:
            update = Update.de_json(json.loads(await request.read()), self._bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return web.Response(status=400)
        await self._once(update)
        return web.Response()

    async def _once(self, update: Update) -> None:
        id = update.update_id
        if id in self._handled:
            return
        task = self._at_work.get(id)
        if task is None:
            task = self._at_work[id] = asyncio.create_task(self._guarded(update), name=f"telegram update {id}")
            task.add_done_callback(lambda _: self._at_work.pop(id, None))
        # Telegram may give up waiting; the work goes on.
        await asyncio.shield(task)

    async def _guarded(self, update: Update) -> None:
        try:
            await self._handle(update)
        except Exception:
            # One update that cannot be handled must not be posted for ever.
            log.exception("telegram_update_failed", update_id=update.update_id)
        self._handled[update.update_id] = None
        if len(self._handled) > REMEMBERED:
            self._handled.popitem(last=False)

    async def _settle(self) -> None:
        """Let what is at work come to its end; what was not answered is posted again."""
        if self._at_work:
            await asyncio.wait(self._at_work.values(), timeout=FAREWELL_S)
        for task in self._at_work.values():
            task.cancel()
