"""Checks of the chats: whether Discord and Telegram take their tokens."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from walkon.config import Config, Secret, TelegramSection
from walkon.doctor.finding import ANSWER_TIMEOUT_S, Finding, Level


async def tokens(config: Config) -> list[Finding]:
    """Whether each configured token is taken by its platform; both are asked at once."""
    asked = []
    if config.discord:
        token = config.discord.token
        request = Request(f"{config.discord.api_url}/users/@me", {"Authorization": f"Bot {token.reveal()}"})
        asked.append(_platform("Discord", token, request, mend="Copy a fresh one: Developer Portal → Bot → Reset Token."))
    if config.telegram:
        token = config.telegram.token
        request = Request(f"{config.telegram.api_url}/bot{token.reveal()}/getMe", {})
        asked.append(_platform("Telegram", token, request, mend="Ask @BotFather for a fresh one: /token."))
        asked += [_webhook(config.telegram)] if config.telegram.webhook_url else []
    return list(await asyncio.gather(*asked))


async def _webhook(telegram: TelegramSection) -> Finding:
    """Whether Telegram reaches us, as far as it says so itself."""
    import aiohttp

    check, front = "telegram webhook", "Look at what stands in front of [telegram] webhook_host and webhook_port."
    url = f"{telegram.api_url}/bot{telegram.token.reveal()}/getWebhookInfo"
    try:
        limit = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(url) as answer:
            known = (await answer.json(content_type=None)).get("result", {})
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return Finding(check=check, level=Level.LOOK, what=f"Telegram says nothing of the webhook ({type(error).__name__})", mend=front)
    if known.get("url") != telegram.webhook_url:
        return Finding(check=check, level=Level.OK, what="the webhook is set when the bot starts")
    if trouble := known.get("last_error_message"):
        waiting = known.get("pending_update_count", 0)
        return Finding(check=check, level=Level.LOOK, what=f"Telegram last could not post: {trouble} ({waiting} updates wait)", mend=front)
    return Finding(check=check, level=Level.OK, what="Telegram posts to the webhook")


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask a platform. Both parts may hold its token: never to be shown."""

    url: str
    headers: Mapping[str, str]


async def _platform(name: str, token: Secret, request: Request, *, mend: str) -> Finding:
    import aiohttp

    check, setting = name.lower(), f"[{name.lower()}]"
    elsewhere = f"Look at the network and at {setting} api_url, then try again."
    try:
        limit = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(request.url, headers=request.headers) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return Finding(check=check, level=Level.STOP, what=f"{name} cannot be reached ({type(error).__name__})", mend=elsewhere)
    # Telegram says 404 to a token that has not even the form of one (core.telegram.org/bots/api, Making requests).
    if status in (401, 403, 404):
        return Finding(check=check, level=Level.STOP, what=f"{setting} token was refused by {name} (ends {token})", mend=mend)
    if status != 200:
        return Finding(check=check, level=Level.STOP, what=f"{name} answered {status}", mend=elsewhere)
    return Finding(check=check, level=Level.OK, what=f"{name} takes the token (ends {token})")
