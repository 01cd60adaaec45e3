"""The three platforms as people meet them: the real adapters in front of the doubles, with one house behind."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from yarl import URL

from tests.bot.platforms.telegram.conftest import QUICK
from tests.bot.platforms.web.conftest import Line, line
from tests.doubles.discord.double import DiscordDouble
from tests.doubles.telegram.double import TOKEN, TelegramDouble, telegram_double
from tests.story.process import Process, running
from tests.town import Town, router_of
from tests.waiting import until
from walkon.bot import commands
from walkon.bot.platforms.discord.cards import Layout
from walkon.bot.platforms.discord.client import DiscordPlatform
from walkon.bot.platforms.telegram.client import Account, TelegramPlatform
from walkon.bot.platforms.web.server import WebPlatform
from walkon.bot.port import ChatPlatform
from walkon.store import outbox
from walkon.store.outbox import OutboxKind
from walkon.types.ids import PersonId, PlaceId
from walkon.types.people import Place, Platform

FOUND = commands.load()


class Stage(Protocol):
    """What people do and see on one platform. People are called by name; a text is everything a message says."""

    @property
    def account(self) -> "dict[str, PersonId]":
        """The accounts by name."""

    @property
    def platform(self) -> ChatPlatform:
        """The real adapter."""

    async def prompts(self, name: str, words: str, *mentioned: str) -> str:
        """Somebody asks for a clip, with `{}` in the words for each mention of somebody else; what they are answered."""

    async def question(self) -> str:
        """The question as it stands in the chat, once it does."""

    async def questions(self, number: int) -> None:
        """That many questions stand in the chat."""

    async def answers(self, name: str, yes: bool) -> None:
        """Somebody answers as one does there: by reaction, or by button where there are none."""

    async def thinks_better_of_it(self, name: str) -> None:
        """Somebody takes their yes back as one does there: by taking the reaction away, or by `/sora cameo` where there are none."""

    async def forges(self, name: str, token: str) -> str:
        """Somebody presses a button of the last question that carries another token of this host's making; what they alone read."""

    async def looks(self, name: str, *, film: bool = False) -> "Looked":
        """Somebody looks at the question alone: what they read, and the film they see. film: one is to come."""

    async def clip(self) -> str:
        """The clip's message as it stands, once it shows a film."""

    async def types(self, name: str, words: str) -> str:
        """Somebody types a `/sora` command; what they read, they alone."""

    async def presses(self, name: str, button: str) -> str:
        """Somebody presses a button of their last private answer; what they read."""

    async def labels(self, name: str) -> list[str]:
        """The buttons of somebody's last private answer."""

    async def gone(self) -> str:
        """The clip's message once it shows no film any more."""

    def slips_away(self, name: str) -> None:
        """Somebody leaves, and nobody says so."""

    async def restarts(self) -> None:
        """The bot's process ends and another begins, and hears what people do."""


@dataclass(frozen=True)
class Looked:
    """What one person sees. film: its bytes, None where there is none."""

    text: str
    film: bytes | None


@dataclass
class OnDiscord:
    """Slash commands and reactions."""

    process: Process
    town: Town
    discord: DiscordDouble
    people: dict[str, Any]
    last: Any = None
    marked: Any = None

    @property
    def platform(self) -> ChatPlatform:
        return self.process.platform

    @property
    def account(self) -> dict[str, PersonId]:
        return {name: PersonId(f"discord:{user.id}") for name, user in self.people.items()}

    async def prompts(self, name: str, words: str, *mentioned: str) -> str:
        written = words.format(*(f"<@{self.people[one].id}>" for one in mentioned))
        return str((await self.discord.slash("prompt", {"prompt": written}, user=self.people[name])).message.text)

    async def question(self) -> str:
        self.marked = await until(lambda: next((one for one in self.discord.messages() if "❌" in one.reactions), None))
        return str(self.marked.text)

    async def questions(self, number: int) -> None:
        await until(lambda: sum("❌" in one.reactions for one in self.discord.messages()) == number)

    async def answers(self, name: str, yes: bool) -> None:
        await self.discord.react(self.marked, "✅" if yes else "❌", user=self.people[name])

    async def thinks_better_of_it(self, name: str) -> None:
        await self.discord.unreact(self.marked, "✅", user=self.people[name])

    async def forges(self, name: str, token: str) -> str:
        # Nobody can put the host's seal on a token; what is tried here is that a sealed one carries no right either.
        pressed = await self.discord.press(self.marked, self.town.house.seal.put_on(token), user=self.people[name])
        assert pressed.message.ephemeral
        return str(pressed.message.text)

    async def looks(self, name: str, *, film: bool = False) -> Looked:
        pressed = await self.discord.press(self.marked, self.marked.buttons["Look first"], user=self.people[name])
        self.last = await until(lambda: next((one for one in [pressed.message] if one.text), None))
        assert self.last.ephemeral
        return Looked(self.last.text, self.last.files[0].data if self.last.files else None)

    async def clip(self) -> str:
        return str((await until(lambda: next((one for one in self.discord.messages() if one.files), None))).text)  # type: ignore[attr-defined]

    async def types(self, name: str, words: str) -> str:
        command, deed, *rest = words.split(maxsplit=2)
        options = {"deed": deed, **({"what": rest[0]} if rest else {})}
        self.last = (await self.discord.slash(command, options, user=self.people[name])).message
        assert self.last.ephemeral
        return str(self.last.text)

    async def presses(self, name: str, button: str) -> str:
        token = next(token for label, token in self.last.buttons.items() if button in label)
        before = len(self.last.revisions)
        pressed = await self.discord.press(self.last, token, user=self.people[name])
        changed = self.last
        await until(
            lambda: len(changed.revisions) > before or (pressed.original and pressed.original is not changed and pressed.message.text)
        )
        self.last = changed if len(changed.revisions) > before else pressed.message
        return str(self.last.text)

    async def labels(self, name: str) -> list[str]:
        return list(self.last.buttons)

    async def gone(self) -> str:
        return str((await until(lambda: next((one for one in self.discord.messages() if _emptied(one)), None))).text)  # type: ignore[attr-defined]

    def slips_away(self, name: str) -> None:
        self.discord.guild.strangers.add(self.people[name].id)

    async def restarts(self) -> None:
        before = self.discord.gateway.identified
        await self.process.restart()
        await until(lambda: self.discord.gateway.identified > before)


def _emptied(message: Any) -> bool:
    return not message.files and any(revision.files for revision in message.revisions)


@dataclass
class OnTelegram:
    """Typed commands in a group that made the bot an administrator, so that it hears reactions."""

    process: Process
    town: Town
    double: TelegramDouble
    people: dict[str, Any]
    club: Any
    marked: Any = None
    last: Any = None

    @property
    def platform(self) -> ChatPlatform:
        return self.process.platform

    @property
    def account(self) -> dict[str, PersonId]:
        return {name: PersonId(f"telegram:{user.id}") for name, user in self.people.items()}

    async def prompts(self, name: str, words: str, *mentioned: str) -> str:
        text = "/prompt " + words.format(*mentioned)
        marks = [
            {"type": "text_mention", "offset": text.index(one), "length": len(one), "user": self.people[one].json()} for one in mentioned
        ]
        [said, *_] = await self.double.message(self.club, self.people[name], text, entities=marks)
        return str(said.text)

    async def question(self) -> str:
        self.marked = await until(lambda: next((one for one in self.club.from_bot if "Approve" in one.buttons), None))
        # Nobody reacts before the answer to the post is back.
        await until(lambda: self.town.house.database.read(lambda tx: outbox.standing(tx, Platform.TELEGRAM, OutboxKind.ASK, limit=1)))
        return str(self.marked.text)

    async def questions(self, number: int) -> None:
        await until(lambda: sum("Approve" in one.buttons for one in self.club.from_bot) == number)

    async def answers(self, name: str, yes: bool) -> None:
        self.double.react(self.marked, "👍" if yes else "👎", user=self.people[name])

    async def thinks_better_of_it(self, name: str) -> None:
        self.double.react(self.marked, user=self.people[name])

    async def forges(self, name: str, token: str) -> str:
        sealed = self.town.house.seal.put_on(token)
        return str((await self.double.press(self.marked, sealed, self.people[name])).get("text", ""))

    async def looks(self, name: str, *, film: bool = False) -> Looked:
        user, link = self.people[name], self.marked.buttons["Look first"]
        [self.last] = await self.double.message(self.double.private(user), user, f"/start {link.partition('=')[2]}")
        await until(lambda: not film or self.last.video)
        return Looked(self.last.text, self.last.video)

    async def clip(self) -> str:
        return str((await until(lambda: next((one for one in self.club.from_bot if one.video), None))).text)  # type: ignore[attr-defined]

    async def types(self, name: str, words: str) -> str:
        user = self.people[name]
        [self.last] = await self.double.message(self.double.private(user), user, f"/{words}")
        return str(self.last.text)

    async def presses(self, name: str, button: str) -> str:
        label = next(label for label in self.last.buttons if button in label)
        before, private = len(self.last.versions), self.double.private(self.people[name])
        standing = len(private.from_bot)
        answered = await self.double.press(self.last, label, self.people[name])
        if answered.get("text"):
            return str(answered["text"])
        await until(lambda: len(self.last.versions) > before or len(private.from_bot) > standing)
        self.last = private.from_bot[-1]
        return str(self.last.text)

    async def labels(self, name: str) -> list[str]:
        return list(self.last.buttons)

    async def gone(self) -> str:
        return str((await until(lambda: next((one for one in self.club.from_bot if _replaced(one)), None))).text)  # type: ignore[attr-defined]

    def slips_away(self, name: str) -> None:
        self.double.slip_away(self.club, self.people[name], told=False)

    async def restarts(self) -> None:
        await self.process.restart()


def _replaced(message: Any) -> bool:
    return not message.video and any(version.video for version in message.versions)


@dataclass
class OnThePage:
    """Two browsers, and buttons."""

    process: Process
    sessions: dict[str, aiohttp.ClientSession]
    connected: AsyncExitStack
    lines: dict[str, Line] = field(default_factory=dict)
    last: int = 0
    """The message of the last private answer."""
    ids: int = 0

    @property
    def platform(self) -> ChatPlatform:
        return self.process.platform

    @property
    def account(self) -> dict[str, PersonId]:
        return {name: PersonId(f"web:{name}") for name in self.sessions}

    def _id(self) -> str:
        self.ids += 1
        return f"00000000-0000-4000-8000-{self.ids:012d}"

    async def _cards(self, name: str) -> list[dict[str, Any]]:
        welcome = await self.lines[name].hello()
        return [message for message in welcome["messages"] if message.get("card")]  # type: ignore[union-attr]

    async def _found(self, name: str, fits: Any) -> dict[str, Any]:
        async def look() -> Any:
            return next((message for message in reversed(await self._cards(name)) if fits(message)), None)

        return await until(look)  # type: ignore[return-value]

    async def prompts(self, name: str, words: str, *mentioned: str) -> str:
        for one in mentioned:
            await self.lines[one].say(self._id(), "/sora help")
        await self.lines[name].say(self._id(), words.format(*(f"@{one}" for one in mentioned)))
        return said(next(one for one in reversed(await self._cards(name)) if "may Ana put you" not in said(one)))

    async def question(self) -> str:
        return said(await self._found("Lea", lambda message: "may Ana put you" in said(message)))

    async def questions(self, number: int) -> None:
        async def standing() -> bool:
            return sum("may Ana put you" in said(message) for message in await self._cards("Ana")) == number

        await until(standing)

    async def thinks_better_of_it(self, name: str) -> None:
        await self.types(name, "cameo appearances")
        await self.presses(name, "Take down")
        await self.presses(name, "Take back")

    async def forges(self, name: str, token: str) -> str:
        press = self._id()
        await self.lines[name].send(type="press", id=press, token=token)
        await self.lines[name].until("done", id=press)
        return said(next(message for message in reversed(await self._cards(name)) if message.get("private")))

    async def answers(self, name: str, yes: bool) -> None:
        asked = await self._found(name, lambda message: "may Ana put you" in said(message))
        await self._press(name, asked, "Approve" if yes else "Refuse")

    async def looks(self, name: str, *, film: bool = False) -> Looked:
        question = await self._found(name, lambda message: "may Ana put you" in said(message))
        seen = await self._answered(name, lambda: self._press(name, question, "Look first"))
        if "video" not in seen["card"]:
            return Looked(said(seen), None)
        async with self.sessions[name].get(seen["card"]["video"]["src"]) as response:
            return Looked(said(seen), await response.read())

    async def _press(self, name: str, message: dict[str, Any], label: str) -> None:
        token = next(button["token"] for button in message["card"]["buttons"] if label in button["label"])
        press = self._id()
        await self.lines[name].send(type="press", id=press, token=token)
        await self.lines[name].until("done", id=press)

    async def clip(self) -> str:
        return said(await self._found("Ana", lambda message: "video" in message["card"]))

    async def types(self, name: str, words: str) -> str:
        return said(await self._answered(name, lambda: self.lines[name].say(self._id(), f"/sora {words}")))

    async def presses(self, name: str, button: str) -> str:
        asked = next(message for message in await self._cards(name) if message["seq"] == self.last)
        return said(await self._answered(name, lambda: self._press(name, asked, button)))

    async def _answered(self, name: str, deed: Callable[[], Awaitable[None]]) -> dict[str, Any]:
        """What that person reads once they have done it, most often alone; a question to them may come at any moment, for all to see."""
        before = {message["seq"] for message in await self._cards(name)}
        await deed()
        new = [message for message in await self._cards(name) if message["seq"] not in before]
        answer = next((message for message in reversed(new) if message.get("private")), new[0])
        self.last = answer["seq"]
        return answer

    async def labels(self, name: str) -> list[str]:
        read = next(message for message in await self._cards(name) if message["seq"] == self.last)
        return [button["label"] for button in read["card"].get("buttons", ())]

    async def gone(self) -> str:
        return said(await self._found("Ana", lambda message: "taken down" in said(message)))

    def slips_away(self, name: str) -> None:
        raise AssertionError("a page is not left")

    async def restarts(self) -> None:
        await self.connected.aclose()
        await self.process.restart()
        await self.connect()

    async def connect(self) -> None:
        """Every browser opens its line."""
        for name, session in self.sessions.items():
            self.lines[name] = await self.connected.enter_async_context(line(session))
            await self.lines[name].hello()


def said(message: dict[str, Any]) -> str:
    """Everything a card on the page says."""
    card = message["card"]
    lines = [card["head"], [card.get("words", "")], *card.get("body", [])]
    return "\n".join("".join(part if isinstance(part, str) else part["name"] for part in line) for line in lines)


@asynccontextmanager
async def on_discord(town: Town, folder: Path) -> AsyncIterator[Stage]:
    """A server with Ana, Lea and Eve."""
    async with DiscordDouble() as discord:

        async def make() -> ChatPlatform:
            return DiscordPlatform(
                token=discord.token,
                api_url=discord.api_url,
                root="sora",
                dev_guild=None,
                commands=FOUND,
                layout=Layout(town.house.words, town.house.seal),
                media=town.house.media,
                state_dir=folder,
            )

        async with running(town, folder, make) as process:
            yield OnDiscord(process, town, discord, {"Ana": discord.ana, "Lea": discord.user("Lea"), "Eve": discord.user("Eve")})
        assert not discord.violations, "\n".join(discord.violations)


@asynccontextmanager
async def on_telegram(town: Town, folder: Path, *, inline: bool = False) -> AsyncIterator[Stage]:
    """A group with Ana, Lea and Eve. inline: clips can be carried into other chats."""
    async with telegram_double() as double:
        storage = double.group("Storage").id if inline else None
        if storage:
            town.house = replace(town.house, storage=Place(id=PlaceId(f"telegram:{storage}"), channel=str(storage)))
            town.router = router_of(town.house)

        async def make() -> ChatPlatform:
            return TelegramPlatform(
                Account(token=TOKEN, api_url=double.url, storage_chat=storage),
                root="sora",
                commands=FOUND,
                words=town.house.words,
                media=town.house.media,
                database=town.house.database,
                timeouts=QUICK,
                seal=town.house.seal,
            )

        async with running(town, folder, make) as process:
            yield OnTelegram(process, town, double, {name: double.user(name) for name in ("Ana", "Lea", "Eve")}, double.group())


@asynccontextmanager
async def on_the_page(town: Town, folder: Path) -> AsyncIterator[Stage]:
    """Three browsers with a name."""
    ports: list[int] = [0]

    async def healthy() -> dict[str, object]:
        return {"ready": True}

    async def make() -> ChatPlatform:
        platform = WebPlatform(
            host="127.0.0.1",
            port=ports[-1],
            public_url=None,
            login=None,
            database=town.house.database,
            media=town.house.media,
            commands=FOUND,
            words=town.house.words,
            health=healthy,
            exposition=lambda: b"",
        )
        await platform.check()
        ports.append(URL(platform.address).port or 0)
        return platform

    async with running(town, folder, make) as process, AsyncExitStack() as sessions, AsyncExitStack() as connected:
        address = f"http://127.0.0.1:{ports[-1]}"
        browsers = {name: await sessions.enter_async_context(_browser(address)) for name in ("Ana", "Lea", "Eve")}
        stage = OnThePage(process, browsers, connected)
        await stage.connect()
        for name, chat in stage.lines.items():
            await chat.name(name)
        yield stage


@asynccontextmanager
async def _browser(address: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get("/"):
            pass
        yield session
