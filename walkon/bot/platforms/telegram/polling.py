"""Long polling that loses nothing: Telegram forgets an update only once everything before it and itself has been handled.

The library's own updater confirms what it has merely queued, so a crash would lose it; this loop keeps the offset at the oldest
update still at work. What is delivered twice after a crash is recognised by its event id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from walkon.bot.platforms.telegram.faults import told_apart

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = (
    Update.MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MESSAGE_REACTION,
    Update.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT,
    Update.CHAT_MEMBER,
)
"""Who leaves is told by a message in a small group, and as a member's change where the bot is an administrator."""
_AT_WORK_S = 0.5
"""How often new updates are looked for while older ones are still being handled."""
FAREWELL_S = 3.0
"""How long what is at work at the end may still take."""


class Polling:
    """Fetches updates and has them handled, each once in this process, many at a time. caught_up: there are no older ones any more."""

    def __init__(self, bot: ExtBot[int], handle: Callable[[Update], Awaitable[None]], *, hold_s: float, retries_s: Sequence[float]) -> None:
        self._bot = bot
        self._handle = handle
        self._hold_s = hold_s
        self._retries_s = retries_s
        self._at_work: dict[int, asyncio.Task[None]] = {}
        self._next = 0
        self.caught_up = False

    async def run(self) -> None:
        """Receive until cancelled. Raises PlatformDown when fetching keeps failing."""
        try:
            while True:
                # Whoever asks without patience is told at once that nothing waits.
                hold_s = self._hold_s if self.caught_up and not self._at_work else 0.0
                updates = await self._fetch(hold_s)
                for update in updates:
                    self._begin(update)
                self.caught_up = self.caught_up or not (updates or self._at_work)
                if self._at_work:
                    await asyncio.wait(self._at_work.values(), timeout=_AT_WORK_S)
        except asyncio.CancelledError:
            await self._leave()
            raise
        finally:
            self.caught_up = False

    @property
    def _offset(self) -> int:
        return min(self._at_work, default=self._next)

    def _begin(self, update: Update) -> None:
        if update.update_id < self._next:
            return
        self._next = update.update_id + 1
        task = asyncio.create_task(self._guarded(update), name=f"telegram update {update.update_id}")
        self._at_work[update.update_id] = task
        task.add_done_callback(lambda _: self._at_work.pop(update.update_id, None))

    async def _guarded(self, update: Update) -> None:
        try:
            await self._handle(update)
        except Exception:
            # One update that cannot be handled must not hold back all that follow it.
            log.exception("telegram_update_failed", update_id=update.update_id)

    async def _fetch(self, hold_s: float) -> tuple[Update, ...]:
        for wait_s in self._retries_s:
            try:
                return await self._ask(hold_s)
            except (Conflict, InvalidToken, RetryAfter):
                break
            except TelegramError as error:
                self.caught_up = False
                log.info("telegram_fetch_failed", error=type(error).__name__)
                await asyncio.sleep(wait_s)
        with told_apart():
            return await self._ask(hold_s)

    async def _ask(self, hold_s: float) -> tuple[Update, ...]:
        return await self._bot.get_updates(
            offset=self._offset, timeout=timedelta(seconds=int(hold_s)), allowed_updates=list(ALLOWED_UPDATES)
        )

    async def _leave(self) -> None:
        """Let what is at work come to its end and confirm it, so that it is not delivered again."""
        if self._at_work:
            await asyncio.wait(self._at_work.values(), timeout=FAREWELL_S)
        for task in self._at_work.values():
            task.cancel()
        try:
            await asyncio.wait_for(self._ask(0), FAREWELL_S)
        except (TelegramError, TimeoutError) as error:
            log.info("telegram_farewell_failed", error=type(error).__name__)
