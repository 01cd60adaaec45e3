"""Telegram's errors in the port's terms."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from walkon.bot.port import MessageGone, NotAllowed, PlatformDown, Throttled, TooLarge
from walkon.store.media import MediaMissing
from walkon.types.errors import WalkonError
from walkon.types.people import Platform

# What the Bot API says in words only (its error codes are all 400); lower case, seen in tdlib/telegram-bot-api, Client.cpp.
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid", "message to delete not found")
_UNCHANGED = "message is not modified"
_LARGE = ("too large", "too big", "entity too large")


class Unchanged(WalkonError):
    """The message shows exactly this already."""


@contextmanager
def told_apart() -> Iterator[None]:
    """Raise what the library raises as an error of the port, without the library's text where that could hold the token.

    A moved chat (`ChatMigrated`) passes through: the caller follows it.
    """
    try:
        yield
    except ChatMigrated:
        raise
    except MediaMissing as error:
        raise NotAllowed(reason="the clip's file is not in the media store") from error
    except TelegramError as error:
        raise _meaning(error) from None


def _meaning(error: TelegramError) -> WalkonError:
    words = error.message.lower()
    match error:
        case RetryAfter():
            wait = error.retry_after
            return Throttled(retry_after_s=wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
        case InvalidToken():
            return _down("it refuses the token")
        case Forbidden():
            return NotAllowed(reason=error.message)
        case BadRequest():
            return _refusal(error.message, words)
        case Conflict():
            return _down("another process receives with the same token")
        case TimedOut():
            return _down("no answer in time")
        case NetworkError() if any(sign in words for sign in _LARGE):
            return TooLarge()
        case NetworkError():
            return _down(_first_line(error.message))
        case _:
            return _down(type(error).__name__)


def _refusal(message: str, words: str) -> WalkonError:
    if _UNCHANGED in words:
        return Unchanged()
    if any(sign in words for sign in _GONE):
        return MessageGone()
    if any(sign in words for sign in _LARGE):
        return TooLarge()
    return NotAllowed(reason=message)


def _down(reason: str) -> PlatformDown:
    return PlatformDown(platform=Platform.TELEGRAM, reason=reason)


def _first_line(message: str) -> str:
    return message.partition("\n")[0][:200]
