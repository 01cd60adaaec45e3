"""What goes wrong at Discord, in the port's words."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from walkon.bot.port import MessageGone, NotAllowed, PlatformDown, Throttled, TokenRefused, TooLarge
from walkon.types.errors import WalkonError
from walkon.types.people import Platform

LONGEST_WAIT_S = 5.0
"""A shorter wait after a 429 is left to the library; a longer one goes back to the outbox, which has other things to send."""

ALREADY_ANSWERED = 40060
TOKEN_EXPIRED = 50027
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
UNKNOWN_GUILD, UNKNOWN_MEMBER, UNKNOWN_USER = 10004, 10007, 10013
THREAD_ARCHIVED = 50083
MISSING_ACCESS, MISSING_PERMISSIONS = 50001, 50013
TOO_LARGE = 40005
"""Error codes: Discord docs, topics/opcodes-and-status-codes."""


@contextmanager
def port_errors() -> Iterator[None]:
    """Whatever discord.py or the network raises inside comes out as an error of the port."""
    try:
        yield
    except discord.LoginFailure as error:
        raise TokenRefused(Platform.DISCORD) from error
    except discord.RateLimited as error:
        raise Throttled(error.retry_after) from error
    except discord.HTTPException as error:
        raise _refusal(error) from error
    except (aiohttp.ClientError, OSError, discord.GatewayNotFound, RuntimeError) as error:
        # RuntimeError: the library's own, for a session that was closed meanwhile. TimeoutError is an OSError.
        raise PlatformDown(Platform.DISCORD, f"{type(error).__name__} {error}".strip()) from error


def token_is_void(error: discord.HTTPException) -> bool:
    """Whether Discord no longer takes the interaction's token, so that the bot's own must do."""
    return error.code in (TOKEN_EXPIRED, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION)


def is_too_large(error: discord.HTTPException) -> bool:
    """Whether what was to hang on the message is more than Discord takes."""
    return error.status == 413 or error.code == TOO_LARGE


def patient_trace() -> aiohttp.TraceConfig:
    """Makes every request of the library raise Throttled at a 429 that asks for more than LONGEST_WAIT_S.

    The library itself would sleep, for messages of interactions without any bound.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_refuse_long_wait)
    return trace


async def _refuse_long_wait(_: aiohttp.ClientSession, __: object, ended: aiohttp.TraceRequestEndParams) -> None:
    response = ended.response
    if response.status != 429 or response.content_type != "application/json":
        return
    wait_s = float((await response.json()).get("retry_after", 0))
    if wait_s > LONGEST_WAIT_S:
        raise Throttled(wait_s)


def _refusal(error: discord.HTTPException) -> WalkonError:
    reason = f"{error.status} {error.code} {error.text}".strip()
    if error.status == 429:
        return Throttled(float(error.response.headers.get("Retry-After", 60)))
    if is_too_large(error):
        return TooLarge()
    if error.status == 403:
        return NotAllowed(reason)
    if error.code in (UNKNOWN_MESSAGE, UNKNOWN_CHANNEL):
        return MessageGone()
    return PlatformDown(Platform.DISCORD, reason)
