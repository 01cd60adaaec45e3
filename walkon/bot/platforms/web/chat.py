"""The conversation over WebSocket: reads what pages send, asks the handler, keeps the answer."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
import structlog
from aiohttp import ClientConnectionResetError, WSCloseCode, WSMsgType
from aiohttp.web import Request, WebSocketResponse

from walkon.bot.command import Command, Invocation, OptionKind, Pressed, RawValue, Reply
from walkon.bot.platforms.web import frames
from walkon.bot.platforms.web.cards import card_json, film_of
from walkon.bot.platforms.web.films import Films
from walkon.bot.platforms.web.handouts import Handouts
from walkon.bot.platforms.web.lobby import CHANNEL, Lobby
from walkon.bot.platforms.web.session import Session, Sessions, read_name
from walkon.bot.platforms.web.tables import Message, NewMessage
from walkon.bot.platforms.web.typed import Typed, read_typed
from walkon.bot.platforms.web.visitor import Visitor
from walkon.bot.port import Handler
from walkon.bot.words import Words
from walkon.scene.mentions import mentions_in
from walkon.store.text import keepable
from walkon.types.clock import Clock, from_ms, to_ms
from walkon.types.ids import EventId, PersonId, PlaceId
from walkon.types.people import Locale, Person, Place

log = structlog.get_logger(__name__)

ABOUT_ONESELF, DEED_NAME = "cameo", "deed"
"""The command that shows people what concerns their likeness, and its first word."""
PLACE = PlaceId("web:local")
UPLOAD_LIMIT = 100 * 2**20
"""Bytes of a clip: nobody limits the page, this keeps a phone's browser comfortable."""
MOST_MENTIONS = 8
"""Different names that are looked up for one command."""
HEARTBEAT_S = 20.0
GOODBYE_S = 1.0
COUNT_GAP_S = 0.5
"""Between two looks at how many questions wait for one person: a render changes its message often, and no question with it."""


def lobby_place(locale: Locale) -> Place:
    """The page's one place, speaking the asker's language."""
    return Place(id=PLACE, channel=CHANNEL, locale=locale)


def message_ref(message: Message) -> str:
    """The platform's name for a message that stands."""
    return f'{{"seq":{message.seq}}}'


@dataclass(kw_only=True)
class Chat:
    """Every open page, and the one handler that answers them. root: first word of typed commands."""

    lobby: Lobby
    sessions: Sessions
    commands: Sequence[Command]
    words: Words
    clock: Clock
    root: str
    handler: Handler
    films: Films
    handouts: Handouts
    _visitors: set[Visitor] = field(default_factory=set)

    async def talk(self, request: Request, session: Session) -> WebSocketResponse:
        """Serve one page until it goes."""
        socket = WebSocketResponse(timeout=GOODBYE_S, heartbeat=HEARTBEAT_S, max_msg_size=frames.FRAME_LIMIT)
        await socket.prepare(request)
        visitor = Visitor(socket, session)
        self._visitors.add(visitor)
        tasks = [asyncio.create_task(self._deliver(visitor)), asyncio.create_task(self._count(visitor))]
        try:
            await self._listen(visitor)
        finally:
            self._visitors.discard(visitor)
            self.lobby.leave(visitor)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return socket

    async def _deliver(self, visitor: Visitor) -> None:
        with suppress(ClientConnectionResetError, ConnectionError):
            await visitor.deliver()

    async def _count(self, visitor: Visitor) -> None:
        """Tell the page how many questions wait for an answer, whenever anything was said or shown that may have changed it."""
        while True:
            await visitor.stirred.wait()
            visitor.stirred.clear()
            visitor.asking(await self.handler.asking(visitor.session.account))
            await asyncio.sleep(COUNT_GAP_S)

    async def _listen(self, visitor: Visitor) -> None:
        async for message in visitor.socket:
            frame = frames.read(message.data) if message.type is WSMsgType.TEXT else None
            if frame is None:
                visitor.send(frames.Refused("frame"))
                continue
            try:
                await self._take(visitor, frame)
            except Exception as error:
                log.error("page_message_broke", kind=type(frame).__name__, exc_info=error)
                visitor.send(frames.Refused("broken", getattr(frame, "id", None)))
            visitor.stirred.set()

    async def _take(self, visitor: Visitor, frame: frames.FromPage) -> None:
        match frame:
            case frames.Hello():
                visitor.locale = Locale.of(frame.locale)
                await self._welcome(visitor, frame.since)
            case frames.Say():
                await self._say(visitor, frame)
            case frames.Press():
                await self._press(visitor, frame)
            case frames.Look():
                await self._look(visitor, frame)
            case frames.Name():
                await self._name(visitor, frame.name)
            case frames.Earlier():
                messages, more = await self.lobby.before(visitor, frame.before)
                visitor.send(frames.Older(messages=tuple(map(frames.view, messages)), earlier=more))

    async def _welcome(self, visitor: Visitor, since: int) -> None:
        snapshot = await self.lobby.join(visitor, since)
        visitor.send(
            frames.Welcome(
                me=visitor.me,
                root=self.root,
                commands=self._command_views(visitor.locale),
                fresh=snapshot.fresh,
                earlier=snapshot.earlier,
                messages=tuple(map(frames.view, snapshot.messages)),
                revision=snapshot.revision,
            )
        )

    def _command_views(self, locale: Locale) -> tuple[frames.CommandView, ...]:
        return tuple(
            frames.CommandView(
                name=command.name,
                help=self._say_help(locale, f"command.{command.name}"),
                options=tuple(
                    frames.OptionView(
                        name=option.name, help=self._say_help(locale, f"option.{option.name}"), rest=option.rest, choices=option.choices
                    )
                    for option in command.options
                ),
            )
            for command in self.commands
        )

    def _say_help(self, locale: Locale, key: str) -> str:
        return self.words.say(locale, key) if self.words.has(key) else ""

    async def _say(self, visitor: Visitor, say: frames.Say) -> None:
        person = visitor.session.person(visitor.locale)
        said, _ = await self.lobby.add(
            NewMessage(
                key=frames.SAID + say.id.lower(),
                channel=CHANNEL,
                person_id=person.id,
                author=person.name,
                text=keepable(say.text),
                visible_to=person.id if self._confides(say.text) else None,
                locale=visitor.locale,
                answered=False,
                at_ms=to_ms(self.clock.now()),
            )
        )
        if said.person_id not in visitor.people:
            visitor.send(frames.Refused("id", say.id))
            return
        await self.answer(said)
        visitor.send(frames.Done(say.id))

    async def answer(self, said: Message) -> None:
        """Have a message answered, once: one that is answered already stays as it is."""
        if said.answered:
            return
        typed = read_typed(said.text or "", self.root, self.commands)
        person = Person(id=PersonId(said.person_id or ""), name=said.author or "", locale=said.locale)
        id = said.key.removeprefix(frames.SAID)
        options = {**await self._with_people(typed), **self._with_film(typed, person)}
        reply = await self.handler.command(
            Invocation(
                event=EventId(f"web:{id}"),
                command=typed.command,
                options=options,
                mentions=await self._mentioned(options),
                person=person,
                place=lobby_place(said.locale),
                at=from_ms(said.at_ms),
                upload_limit=UPLOAD_LIMIT,
                reply=message_ref(said),
            )
        )
        await self._keep(reply, person, id, answers=said.key)

    def _with_film(self, typed: Typed, person: Person) -> Mapping[str, RawValue]:
        """The film that this account has just sent, for a command that takes one."""
        command = self._command(typed)
        option = next((one for one in command.options if one.kind is OptionKind.ATTACHMENT), None) if command else None
        film = self.films.of(person.id) if option else None
        return {option.name: film} if option and film else {}

    def _command(self, typed: Typed) -> Command | None:
        return next((command for command in self.commands if command.name == typed.command), None)

    def _confides(self, text: str) -> bool:
        """Whether the words are nobody else's business: what concerns one's own likeness."""
        command = self._command(read_typed(text, self.root, self.commands))
        return command is not None and command.own_right is not None

    async def _with_people(self, typed: Typed) -> Mapping[str, RawValue]:
        """The options, with the accounts of those who were named as they are called here."""
        options = dict(typed.options)
        command = next((command for command in self.commands if command.name == typed.command), None)
        for option in command.options if command else ():
            called = str(options.get(option.name, ""))
            if option.kind is OptionKind.PERSON and called.startswith("@"):
                person = await self.lobby.person(called[1:].strip('"'))
                options |= {option.name: person} if person else {}
        return options

    async def _mentioned(self, options: Mapping[str, RawValue]) -> Mapping[str, Person]:
        """The people named in the words, as far as exactly one account here is called so."""
        written = {token for words in options.values() if isinstance(words, str) for token in mentions_in(words) if token[0] == "@"}
        people = {token: await self.lobby.person(token[1:].strip('"')) for token in sorted(written)[:MOST_MENTIONS]}
        return {token: person for token, person in people.items() if person}

    async def _keep(self, reply: Reply, person: Person, id: str, *, answers: str | None = None) -> None:
        message, is_new = await self.lobby.add(
            NewMessage(
                key=reply.post or f"answer:{id}",
                channel=CHANNEL,
                visible_to=person.id if reply.private else None,
                card=self._card(reply, person),
                locale=person.locale,
                at_ms=to_ms(self.clock.now()),
            ),
            answers=answers,
        )
        # Where the post stands already, delivery may have shown a newer card: only delivery may say what it shows then.
        if is_new and reply.post is not None:
            await self.handler.answered(reply.post, reply.revision, message_ref(message))

    def _card(self, reply: Reply, person: Person) -> str:
        handout = reply.card.handout if reply.private else None
        return card_json(reply.card, handout=self.handouts.put(person.id, handout) if handout else None)

    async def film(self, seq: int, people: Sequence[str]) -> bytes | None:
        """The film of a message that is addressed to one of these accounts, if there is one for them."""
        message = await self.lobby.addressed(seq, people)
        about = film_of(message.card) if message and message.card else None
        return await self.handler.film(PersonId(message.visible_to or ""), about) if message and about else None

    async def _press(self, visitor: Visitor, press: frames.Press) -> None:
        person = visitor.session.person(visitor.locale)
        pressed = Pressed(
            event=EventId(f"web:{press.id.lower()}"),
            token=press.token,
            person=person,
            place=lobby_place(visitor.locale),
            at=self.clock.now(),
            upload_limit=UPLOAD_LIMIT,
        )
        reply = await self.handler.press(pressed)
        if press.aside and reply.private and reply.post is None:
            self._show(visitor, press.id, reply, person)
        else:
            await self._keep(reply, person, press.id.lower())
        visitor.send(frames.Done(press.id))

    async def _look(self, visitor: Visitor, look: frames.Look) -> None:
        person = visitor.session.person(visitor.locale)
        asked = Invocation(
            event=EventId(f"web:{look.id.lower()}"),
            command=ABOUT_ONESELF,
            options={DEED_NAME: look.deed},
            person=person,
            place=lobby_place(visitor.locale),
            at=self.clock.now(),
            upload_limit=UPLOAD_LIMIT,
        )
        self._show(visitor, look.id, await self.handler.command(asked), person)
        visitor.send(frames.Done(look.id))

    def _show(self, visitor: Visitor, id: str, reply: Reply, person: Person) -> None:
        visitor.send(frames.Shown(id, msgspec.Raw(self._card(reply, person).encode())))

    async def _name(self, visitor: Visitor, text: str) -> None:
        name = read_name(text)
        if name is None:
            visitor.send(frames.Refused("name"))
            return
        renamed = await self.sessions.rename(visitor.session, name)
        for other in [other for other in self._visitors if other.session.id == renamed.id]:
            other.session = renamed
            await self._welcome(other, 0)

    async def catch_up(self) -> None:
        """Answer what was said before the server stopped."""
        for said in await self.lobby.unanswered():
            await self.answer(said)

    async def close(self) -> None:
        """Say goodbye to every page; each tries again by itself."""
        await asyncio.gather(*(visitor.socket.close(code=WSCloseCode.GOING_AWAY) for visitor in list(self._visitors)))
