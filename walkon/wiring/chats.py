"""Builds what hears and answers: the house behind the commands, and the platforms on which they are said."""

import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING

from walkon.config import Backend, Config
from walkon.gates import judge_of
from walkon.queue.lanes import lane_of
from walkon.readiness import readiness, try_token
from walkon.safekeeping import decider_of, enrolments_of, watch_of
from walkon.store.duty import Duty
from walkon.supervising import Part
from walkon.telemetry import exposition
from walkon.types.clock import SystemClock
from walkon.types.ids import PlaceId
from walkon.types.people import Place, Platform
from walkon.wiring.ground import Ground

if TYPE_CHECKING:
    from walkon.bot.house import House
    from walkon.bot.port import ChatPlatform
    from walkon.bot.router import Router


FIRST_PACES: Mapping[Backend, float] = {Backend.ANIMATIC: 400.0, Backend.DIFFUSERS: 30_000.0, Backend.OPENAI_VIDEOS: 12_000.0}
"""Milliseconds of work for a second of clip before any was measured: the preview's by bench/animatic, the other a guess."""


async def chat_parts(ground: Ground, stack: AsyncExitStack, *, chats: bool, page: bool) -> dict[str, Part]:
    """What the bot does, by name. chats: on Discord and Telegram. page: on the local page. Raises SetupError for a refused token."""
    from walkon.bot.delivery import Delivery
    from walkon.bot.presence import keep_looking
    from walkon.bot.reconcile import keep_reconciling
    from walkon.consent.enrolling import keep_sweeping
    from walkon.library.tables import greatest_token

    house, router = house_of(ground)
    if house.flood:
        stack.push_async_callback(house.flood.close)
    await ground.queue.raise_token(await ground.database.read(greatest_token))
    parts: dict[str, Part] = {
        "reconcile": lambda: keep_reconciling(house),
        "enrolments": lambda: keep_sweeping(house.enrolments),
        "witness": watch_of(ground.config, ground.database, ground.keys).run,
    }
    for platform in _platforms(ground, house, chats=chats, page=page):
        house.files.sources[platform.platform] = platform
        stack.push_async_callback(platform.close)
        await try_token(ground.config, platform)
        if address := getattr(platform, "address", None):
            _announce(address)
        name = platform.platform
        receiving: Part = partial(platform.serve, router)
        looking: Part = partial(keep_looking, platform, house)
        if ground.database.shared and name is not Platform.WEB:
            # A token has one connection or one poll at a time; pages are as many as there are.
            duty = Duty(ground.database, SystemClock(), name)
            parts[f"{name} duty"], receiving, looking = duty.keep, duty.guarding(receiving), duty.guarding(looking)
        parts[f"{name} receiving"] = receiving
        if name is not Platform.WEB:
            parts[f"{name} presence"] = looking
        parts[f"{name} delivery"] = Delivery(platform, house, ground.metrics).run
    return parts


def house_of(ground: Ground) -> "tuple[House, Router]":
    """What every command is given, and what finds the command."""
    from walkon.bot import commands
    from walkon.bot.flood import Flood
    from walkon.bot.house import House
    from walkon.bot.platforms.web.tables import forget as forget_on_the_page
    from walkon.bot.router import Router
    from walkon.bot.words import Words
    from walkon.consent.casting import Caster

    found = {command.name: command for command in commands.load()}
    decider = decider_of(ground.keys)
    house = House(
        database=ground.database,
        queue=ground.queue,
        media=ground.media,
        caster=Caster(record=decider.record, open_for=timedelta(seconds=ground.config.consent.request_ttl_s), chance=SystemRandom().random),
        decider=decider,
        keys=ground.keys,
        enrolments=enrolments_of(ground.database, ground.keys, decider),
        words=Words.load(),
        clock=SystemClock(),
        lane=lane_of(ground.config.engine.backend, model=ground.config.engine.asked_model),
        drawn=ground.config.engine.backend is Backend.ANIMATIC,
        classified=bool(ground.config.moderation.classifier),
        first_pace=FIRST_PACES[ground.config.engine.backend],
        command_root=ground.config.discord.command if ground.config.discord else "sora",
        command_names=tuple(found),
        operators=frozenset(ground.config.walkon.operators),
        judge=judge_of(ground.config),
        storage=_storage(ground.config),
        limits=ground.config.limits,
        allow=ground.config.allow,
        guardians=ground.config.guardians,
        flood=Flood(ground.config.queue.url if ground.config.queue_on_redis else None),
        report_threshold=ground.config.moderation.report_threshold,
        erasers=(forget_on_the_page,),
    )
    return house, Router(house, found, ground.metrics)


def _storage(config: Config) -> Place | None:
    chat = config.telegram.storage_chat if config.telegram else None
    return Place(id=PlaceId(f"telegram:{chat}"), channel=str(chat), locale=config.walkon.language) if chat else None


def _platforms(ground: Ground, house: "House", *, chats: bool, page: bool) -> "list[ChatPlatform]":
    from walkon.bot import commands, quota

    config = ground.config
    # A moderator's own limits must be known before they ask for a clip; otherwise only their deeds need it.
    asks = quota.MODERATOR in config.limits.role
    found = [replace(command, moderates=command.moderates or (asks and command.public)) for command in commands.load()]
    platforms: list[ChatPlatform] = []
    if chats and config.discord:
        from walkon.bot.platforms.discord.cards import Layout
        from walkon.bot.platforms.discord.client import DiscordPlatform

        discord = config.discord
        platforms.append(
            DiscordPlatform(
                token=discord.token.reveal(),
                api_url=discord.api_url,
                root=discord.command,
                dev_guild=str(discord.dev_guild) if discord.dev_guild else None,
                commands=found,
                layout=Layout(house.words, house.seal),
                media=ground.media,
                state_dir=config.walkon.data_dir,
            )
        )
    if chats and config.telegram:
        from walkon.bot.platforms.telegram.client import TelegramPlatform, account_of

        platforms.append(
            TelegramPlatform(
                account_of(config.telegram),
                root=house.command_root,
                commands=found,
                words=house.words,
                media=ground.media,
                database=ground.database,
                seal=house.seal,
            )
        )
    if page:
        platforms.append(_page(ground, house))
    return platforms


def _page(ground: Ground, house: "House") -> "ChatPlatform":
    from walkon.bot import commands
    from walkon.bot.platforms.web.server import WebPlatform

    web = ground.config.web
    return WebPlatform(
        host=web.host,
        port=web.port,
        public_url=web.public_url,
        login=web.login.reveal() if web.login else None,
        database=ground.database,
        media=ground.media,
        commands=commands.load(),
        words=house.words,
        health=lambda: readiness(ground.config, ground.database, ground.counts),
        exposition=lambda: exposition(ground.metrics),
        root=house.command_root,
    )


def _announce(address: str) -> None:
    print(f"walkon is at {address}", file=sys.stdout, flush=True)
