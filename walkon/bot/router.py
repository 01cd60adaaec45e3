"""Finds the command, reads its options, runs it, and turns whatever goes wrong into words."""

import secrets
from collections.abc import Mapping
from difflib import get_close_matches
from time import monotonic

import structlog

from walkon.bot import answers
from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import BadOption, Command, Context, Invocation, Pressed, Reply
from walkon.bot.house import House
from walkon.queue.port import QueueFull
from walkon.scene.parser import EmptyPrompt, PromptTooLong
from walkon.store import outbox
from walkon.telemetry import Metrics
from walkon.types.errors import WalkonError

log = structlog.get_logger(__name__)


class Router:
    """The `Handler` that every platform calls."""

    def __init__(self, house: House, commands: Mapping[str, Command], metrics: Metrics) -> None:
        self._house = house
        self._commands = commands
        self._metrics = metrics

    async def command(self, invocation: Invocation) -> Reply:
        """Run the command; never raises but CancelledError."""
        started = monotonic()
        speaker = Speaker(self._house.words, invocation.person.locale)
        try:
            reply, accepted = await self._run(speaker, invocation), True
        except WalkonError as error:
            reply, accepted = self._refusal(speaker, error), False
        except Exception as error:
            reply, accepted = self._fault(speaker, invocation.command, error), False
        platform = invocation.place.platform
        self._metrics.requested(platform, self._known(invocation.command), accepted=accepted)
        self._metrics.answered(platform, monotonic() - started)
        return reply

    def _known(self, name: str) -> str:
        return name if name in self._commands else "unknown"

    async def _run(self, speaker: Speaker, invocation: Invocation) -> Reply:
        command = self._commands.get(invocation.command)
        if command is None:
            return self._unknown(speaker, invocation.command)
        values: dict[str, object] = {}
        for option in command.options:
            raw = invocation.options.get(option.name)
            if raw is not None and raw != "":
                values[option.name] = option.read(raw)
            elif option.required and option.name != "prompt":
                return _private(speaker, "refusal.missing", option=option.name)
            elif option.required:
                raise EmptyPrompt
        return await command.run(Context(house=self._house, invocation=invocation, values=values))

    def _unknown(self, speaker: Speaker, name: str) -> Reply:
        near = get_close_matches(name, self._commands, n=1)
        root = self._house.command_root
        if near:
            return _private(speaker, "refusal.command", name=name[:40], root=root, guess=near[0])
        return _private(speaker, "refusal.command_none", name=name[:40], root=root)

    def _refusal(self, speaker: Speaker, error: WalkonError) -> Reply:
        match error:
            case EmptyPrompt():
                return _private(speaker, "refusal.empty", starter=speaker.say("starter.1"))
            case PromptTooLong():
                return _private(speaker, "refusal.long", length=error.length, limit=error.limit)
            case BadOption():
                return _private(speaker, "refusal.option", value=error.value[:60], option=error.option, allowed=error.allowed)
            case QueueFull():
                return _private(speaker, "refusal.full", limit=error.limit, wait=speaker.wait(error.retry_after_s * 1000))
            case _:
                return self._fault(speaker, type(error).__name__, error)

    def _fault(self, speaker: Speaker, what: str, error: Exception) -> Reply:
        code = secrets.token_hex(3)
        log.error("command_broke", code=code, what=what, exc_info=error)
        return Reply(card=Card(tone=Tone.BAD, head=speaker.text("refusal.broken", code=code)), private=True)

    async def press(self, pressed: Pressed) -> Reply:
        """Do what the button says; never raises but CancelledError."""
        speaker = Speaker(self._house.words, pressed.person.locale)
        try:
            return await answers.press(self._house, pressed)
        except WalkonError as error:
            return self._refusal(speaker, error)
        except Exception as error:
            return self._fault(speaker, "press", error)

    async def answered(self, post: str, revision: int, ref: str) -> None:
        """Note where the first answer stands."""
        async with self._house.database.transaction() as tx:
            await outbox.acknowledge(tx, post, revision, ref)
        self._house.database.announce()


def _private(speaker: Speaker, key: str, **values: object) -> Reply:
    return Reply(card=Card(tone=Tone.WAIT, head=speaker.text(key, **values)), private=True)
