"""Asks whether the person may be heard, finds the command, reads its options, runs it, and lets whatever goes wrong be said in words."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from difflib import get_close_matches
from time import monotonic

import structlog

from walkon.bot import agreeing, answering, answers, enrolling, reacting
from walkon.bot.cards import Card
from walkon.bot.checks import CHECKS, not_muted_now
from walkon.bot.clip_card import Speaker
from walkon.bot.command import (
    UNASKED_FILE,
    Asked,
    Command,
    Context,
    Invocation,
    Left,
    OptionKind,
    Pressed,
    RawValue,
    Reacted,
    Reply,
    Suggestion,
)
from walkon.bot.files import Attachment
from walkon.bot.house import House
from walkon.bot.port import Awaiting, Shelf, message_name
from walkon.bot.refusals import broken, in_private, refusal
from walkon.bot.shelf import carried, shelf
from walkon.bot.suggesting import suggest
from walkon.bot.tokens import Deed, LineDeed, OwnDeed, OwnToken, read_line_token, read_personal_token, read_token
from walkon.bot.withdrawal import stop_asked_by
from walkon.scene.parser import EmptyPrompt
from walkon.store import outbox
from walkon.store.outbox import OutboxKind
from walkon.store.text import keepable
from walkon.telemetry import Metrics
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, PersonId
from walkon.types.people import Platform

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
            reply, accepted = await self._heard(invocation, lambda: self._run(speaker, invocation))
        except WalkonError as error:
            reply, accepted = refusal(self._house, speaker, error), False
        except Exception as error:
            reply, accepted = broken(speaker, invocation.command, error), False
        platform = invocation.place.platform
        self._metrics.requested(platform, self._known(invocation.command), accepted=accepted)
        self._metrics.answered(platform, monotonic() - started)
        return reply

    async def _heard(self, asked: Asked, answer: Callable[[], Awaitable[Reply]]) -> tuple[Reply, bool]:
        """The answer and True, or what speaks against giving one and False."""
        against = await self._against(asked)
        if against is None:
            reply = await answer()
            # Whoever was muted while this was being promised: the mute did not find it yet, so it is stopped here.
            against = await not_muted_now(self._house, asked) if reply.post else None
            if against is None:
                return reply, True
            await stop_asked_by(self._house, asked.event)
        return Reply(card=against, private=True, confidential=True), False

    async def _against(self, asked: Asked) -> Card | None:
        if self._is_own_right(asked):
            return None
        for check in CHECKS:
            against = await check(self._house, asked)
            if against is not None:
                return against
        return None

    def _is_own_right(self, asked: Asked) -> bool:
        """Answering for oneself, taking back and looking at what one agreed to: nobody is silenced in that."""
        if isinstance(asked, Pressed):
            if _asks_for_a_second_look(asked.token):
                return True
            token = read_personal_token(asked.token)
            return token is not None and not (isinstance(token, OwnToken) and token.deed is OwnDeed.ENROL)
        command = self._commands.get(asked.command) if isinstance(asked, Invocation) else None
        options = asked.options if isinstance(asked, Invocation) else {}
        return command is not None and command.own_right is not None and command.own_right(options)

    def _known(self, name: str) -> str:
        return name if name in self._commands else "unknown"

    async def _run(self, speaker: Speaker, invocation: Invocation) -> Reply:
        command = self._commands.get(invocation.command)
        if command is None:
            return self._unknown(speaker, invocation.command)
        if isinstance(invocation.options.get(UNASKED_FILE), Attachment) and all(option.name != UNASKED_FILE for option in command.options):
            return in_private(speaker, "refusal.file")
        values: dict[str, object] = {}
        given = {**await self._shown(command, invocation), **invocation.options}
        for option in command.options:
            raw = given.get(option.name)
            if raw is not None and raw != "":
                values[option.name] = option.read(keepable(raw) if isinstance(raw, str) else raw)
            elif option.required and option.name != "prompt":
                return in_private(speaker, "refusal.missing", option=option.name)
            elif option.required:
                raise EmptyPrompt
        return await command.run(Context(house=self._house, invocation=invocation, values=values))

    async def _shown(self, command: Command, invocation: Invocation) -> Mapping[str, RawValue]:
        """The clip that the message shows which the command is about."""
        option = next((one for one in command.options if one.kind is OptionKind.CLIP), None)
        about = invocation.about
        if option is None or about is None:
            return {}
        row = await self._house.database.glance(lambda tx: outbox.at(tx, invocation.place.platform, about))
        return {option.name: row.subject} if row and row.kind is OutboxKind.CARD else {}

    def _unknown(self, speaker: Speaker, name: str) -> Reply:
        near = get_close_matches(name, self._commands, n=1)
        root = self._house.command_root
        if near:
            return in_private(speaker, "refusal.command", name=name[:40], root=root, guess=near[0])
        return in_private(speaker, "refusal.command_none", name=name[:40], root=root)

    async def press(self, pressed: Pressed) -> Reply:
        """Do what the button says; never raises but CancelledError."""
        speaker = Speaker(self._house.words, pressed.person.locale)
        try:
            reply, _ = await self._heard(pressed, lambda: answers.press(self._house, pressed))
            return reply
        except WalkonError as error:
            return refusal(self._house, speaker, error)
        except Exception as error:
            return broken(speaker, "press", error)

    async def suggest(self, asked: Invocation, option: str) -> Sequence[Suggestion]:
        """What the option may be; never raises but CancelledError."""
        command = self._commands.get(asked.command)
        wanted = next((one for one in command.options if one.name == option), None) if command else None
        try:
            return [] if wanted is None or await self._against(asked) else await suggest(self._house, asked, wanted)
        except Exception as error:
            broken(Speaker(self._house.words, asked.person.locale), "suggest", error)
            return []

    async def browse(self, asked: Invocation) -> Shelf:
        """What the person may carry into another chat; never raises but CancelledError."""
        speaker = Speaker(self._house.words, asked.person.locale)
        try:
            against = await self._against(asked)
            return Shelf(refused=against) if against else await shelf(self._house, asked)
        except Exception as error:
            return Shelf(refused=broken(speaker, "browse", error).card)

    async def carried(self, asked: Invocation, clip: ClipId, ref: str) -> None:
        """Keep the clip up to date where they carried it."""
        await carried(self._house, asked, clip, ref)

    async def answered(self, post: str, revision: int, ref: str) -> None:
        """Note where the first answer stands."""
        await self._house.database.write(lambda tx: outbox.acknowledge(tx, post, revision, ref, message=message_name(ref)))
        self._house.database.announce()

    def means(self, platform: Platform, emoji: str) -> bool:
        """Whether a reaction with it can mean anything there."""
        return reacting.means(platform, emoji)

    async def reacted(self, reacted: Reacted) -> None:
        """Do what a reaction means; never raises but CancelledError. A refusal is silent: a reaction asks for no words."""
        try:
            await self._react(reacted)
        except WalkonError as error:
            log.info("reaction_without_effect", reason=type(error).__name__)
        except Exception as error:
            log.error("command_broke", what="reaction", exc_info=error)

    async def _react(self, reacted: Reacted) -> None:
        row = await reacting.subject_of(self._house, reacted)
        if row is None:
            return
        # An answer to a question is a person's own right: a mute does not take it away.
        if row.kind is OutboxKind.ASK:
            await reacting.react(self._house, reacted, row)
            return
        # So is taking back what one liked.
        if reacted.added and await self._against(reacted) is not None:
            return
        await reacting.react(self._house, reacted, row)
        if await not_muted_now(self._house, reacted) is not None:
            await stop_asked_by(self._house, reacted.event)

    async def awaiting(self, platform: Platform) -> Sequence[Awaiting]:
        """The messages whose reactions are to be read back at start."""
        return await reacting.awaiting(self._house, platform)

    async def read_back(self, awaiting: Awaiting, standing: Sequence[Reacted]) -> None:
        """What was reacted while walkon was away; what was heard already is the same event again. Never raises but CancelledError."""
        try:
            await reacting.read_back(self._house, awaiting, standing)
        except Exception as error:
            log.error("command_broke", what="reactions", exc_info=error)
        for one in standing:
            await self.reacted(one)

    async def asking(self, person: PersonId) -> int:
        """How many questions wait for their answer; none where that cannot be told now. Never raises but CancelledError."""
        try:
            return len(await answering.open_to(self._house, person))
        except Exception as error:
            log.error("command_broke", what="asking", exc_info=error)
            return 0

    async def film(self, person: PersonId, about: str) -> bytes | None:
        """An enrolment's film, for an operator alone and while it is kept. Never raises but CancelledError."""
        try:
            return await enrolling.film(self._house, person, about)
        except Exception as error:
            log.error("command_broke", what="film", exc_info=error)
            return None

    async def left(self, left: Left) -> None:
        """Whatever somebody agreed to in a place ends when they leave it. Never raises but CancelledError."""
        try:
            await agreeing.leave(self._house, left.person.id, left.place.id)
        except Exception as error:
            log.error("command_broke", what="leaving", exc_info=error)


def _asks_for_a_second_look(token: str) -> bool:
    line, clip = read_line_token(token), read_token(token)
    return (line is not None and line.deed is LineDeed.APPEAL) or (clip is not None and clip.deed is Deed.SECOND_LOOK)
