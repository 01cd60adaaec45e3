"""A Telegram on loopback: the Bot API over HTTP for the bot, a small API of its own for the test.

Everything the bot sends and everything it is answered is checked against the official structure; `violations` must be empty.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any

from aiohttp import ClientError, ClientSession, web

from tests.doubles.telegram.faults import Fault, FaultKind, Faults
from tests.doubles.telegram.methods import ApiError, Call, Hook, Methods
from tests.doubles.telegram.spec import Spec
from tests.doubles.telegram.world import BOT, Chat, Message, StoredFile, User, Version

TOKEN = "123456:AAtest-token_of-the-local-double000"
PATIENCE_S = 60.0
REPEAT_S = 0.02
"""Between two posts of one update; the real server waits longer each time."""
_SNAKE = re.compile(r"(?<!^)(?=[A-Z])")
_BODY_LIMIT = 200_000_000


class TelegramDouble:
    """The server and the people in it."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.violations: list[str] = []
        self.calls: list[tuple[str, Mapping[str, str]]] = []
        self.world = Methods(self.violations)
        self.faraway = Chat(id=-1_002_000_000_000, type="supergroup", title="Where the bot is not")
        self.faults = Faults()
        self.url = ""
        self.tells = asyncio.Event()
        self.tells.set()
        self._spec = Spec()
        self._updates: list[dict[str, Any]] = []
        self._update_ids = count(1000)
        self._user_ids = count(501)
        self._group_ids = count(1)
        self._callback_ids = count(1)
        self._turn = asyncio.Event()
        self._closing = asyncio.Event()
        self._poll = 0
        self._open_polls = 0
        self._runner: web.AppRunner | None = None
        self._posting: asyncio.Task[None] | None = None

    async def start(self, port: int = 0, routes: Sequence[web.RouteDef] = ()) -> None:
        """Listen on loopback; routes: more to serve beside the Bot API."""
        app = web.Application(client_max_size=_BODY_LIMIT)
        app.router.add_routes(routes)
        app.router.add_get("/file/bot{token}/videos/{file}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._posting = asyncio.create_task(self._post_for_ever())

    async def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        if self._posting:
            self._posting.cancel()
            await asyncio.gather(self._posting, return_exceptions=True)
        if self._runner:
            await self._runner.cleanup()

    def user(self, name: str, *, language: str | None = "en", username: str | None = None) -> User:
        """A new person."""
        return User(id=next(self._user_ids), first_name=name, language_code=language, username=username)

    def private(self, user: User) -> Chat:
        """The person's private chat with the bot."""
        return self.world.chats.setdefault(user.id, Chat(id=user.id, type="private", person=user))

    def group(self, title: str = "Film club", *, topics: Sequence[int] = (), admins: Sequence[User] = ()) -> Chat:
        """A new supergroup; with topics, a forum."""
        number = next(self._group_ids)
        chat = Chat(id=-1_001_000_000_000 - number, type="supergroup", title=title, topics=set(topics))
        chat.admins = {one.id for one in admins}
        self.world.chats[chat.id] = chat
        return chat

    def migrate(self, chat: Chat) -> Chat:
        """The group becomes a supergroup with another id; the old one answers only with where it went."""
        target = self.group(chat.title or "")
        chat.moved_to = target.id
        return target

    async def say(self, chat: Chat, user: User, text: str, *, thread: int | None = None, **extra: Any) -> Message:
        """Somebody writes; returns at once. extra: further fields of the Message, or `sender_chat`."""
        sender_chat = extra.pop("sender_chat", None)
        version = Version(text=text, entities=[], markup=None)
        message = Message(
            id=next(chat.ids), chat=chat, sender=user, versions=[version], thread=thread, sender_chat=sender_chat, extra=extra
        )
        chat.messages.append(message)
        shown = message.json()
        if "caption" in extra or not text:
            shown.pop("text")
        self._push({"message": shown})
        return message

    def file(self, content: bytes, name: str = "note.mp4") -> StoredFile:
        """A file that somebody sends."""
        file = StoredFile(file_id=f"sent{len(self.world.files) + 1}", name=name, content=content)
        self.world.files[file.file_id] = file
        return file

    async def film(self, chat: Chat, user: User, content: bytes) -> Message:
        """Somebody sends a round video note, which has no words."""
        file = self.file(content)
        note = {"file_id": file.file_id, "file_unique_id": f"u{file.file_id}", "length": 240, "duration": 8, "file_size": len(content)}
        return await self.say(chat, user, "", video_note=note)

    def react(self, message: Message, *emoji: str, user: User) -> None:
        """Somebody sets their reactions on a message, all of them at once; none takes them away. Only administrators are told."""
        before, message.reactions[user.id] = message.reactions.get(user.id, []), list(emoji)
        kinds = [[{"type": "emoji", "emoji": one} for one in some] for some in (before, emoji)]
        about = {"chat": message.chat.json(), "message_id": message.id, "date": 1_700_000_000, "user": user.json()}
        if message.chat.type != "private":
            self._push({"message_reaction": {**about, "old_reaction": kinds[0], "new_reaction": kinds[1]}})

    async def leave(self, chat: Chat, user: User) -> Message:
        """Somebody leaves the chat."""
        chat.gone.add(user.id)
        return await self.say(chat, user, "", left_chat_member=user.json())

    def slip_away(self, chat: Chat, user: User, *, told: bool) -> None:
        """Somebody leaves a large chat, where no message says so. told: the bot is an administrator, and hears of it."""
        chat.gone.add(user.id)
        before, after = ({"status": status, "user": user.json()} for status in ("member", "left"))
        changed = {"chat": chat.json(), "from": user.json(), "date": 1_700_000_000, "old_chat_member": before, "new_chat_member": after}
        if told:
            self._push({"chat_member": changed})

    async def message(self, chat: Chat, user: User, text: str, *, thread: int | None = None, **extra: Any) -> list[Message]:
        """Somebody writes and the bot replies: what it replied."""
        written = await self.say(chat, user, text, thread=thread, **extra)
        await self.until(lambda: self.replies(written))
        return self.replies(written)

    def replies(self, message: Message) -> list[Message]:
        """The bot's replies to a message."""
        return [one for one in message.chat.from_bot if one.replies_to == message.id]

    async def press(self, message: Message, button: str, user: User) -> dict[str, Any]:
        """Somebody presses the button of that label (or with that data); how the bot answered the callback."""
        id = str(next(self._callback_ids))
        data = message.buttons.get(button, button)
        self.world.callbacks[id] = None
        where = next(({"inline_message_id": id} for id, one in self.world.carried.items() if one is message), None)
        query = {"id": id, "from": user.json(), "chat_instance": str(message.chat.id), "data": data}
        query |= where or {"message": message.json()}
        self._push({"callback_query": query})
        await self.until(lambda: self.world.callbacks[id] is not None)
        return self.world.callbacks[id] or {}

    async def query(self, user: User, text: str, *, offset: str = "") -> dict[str, Any]:
        """Somebody writes @bot and the text, in whatever chat: what the bot lists."""
        id = f"q{next(self._callback_ids)}"
        self.world.inline_answers[id] = None
        query = {"id": id, "from": user.json(), "query": text, "offset": offset, "chat_type": "supergroup"}
        self._push({"inline_query": query})
        await self.until(lambda: self.world.inline_answers[id] is not None)
        return {"query": text} | (self.world.inline_answers[id] or {})

    async def choose(self, user: User, listed: Mapping[str, Any], result_id: str, *, feedback: bool = True) -> Message:
        """Somebody taps a result: the message that stands then, in a chat the bot is not told. feedback: BotFather's switch."""
        result = next(one for one in listed["results"] if one["id"] == result_id)
        inline_id, message = self.world.carry(result, self.faraway, user)
        if feedback:
            chosen = {"result_id": result_id, "from": user.json(), "query": listed["query"], "inline_message_id": inline_id}
            self._push({"chosen_inline_result": chosen})
        self._announce()
        return message

    def messages(self, chat: Chat) -> list[Message]:
        """All messages of a chat that stand."""
        return [one for one in chat.messages if not one.deleted]

    def fail_next(self, method: str, fault: str, times: int = 1, retry_after: int = 1) -> None:
        """The next calls of a method fail; see `FaultKind`."""
        self.faults.plan(method, FaultKind(fault), times=times, retry_after=retry_after)

    def outage(self, on: bool) -> None:
        """Every connection is torn while it lasts."""
        self.faults.outage = on
        self._announce()

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait for a condition. Raises TimeoutError after PATIENCE_S."""
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                await self._turn.wait()

    def _announce(self) -> None:
        # Everybody who waits looks again; who begins to wait from now on waits for the next turn.
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()

    def _push(self, update: dict[str, Any]) -> None:
        update["update_id"] = next(self._update_ids)
        self.violations += self._spec.value("Update", update)
        self._updates.append(update)
        self._announce()

    def hand_over(self, updates: Sequence[dict[str, Any]]) -> None:
        """All of these happen at once; the first hundred are judged, since judging all would take longer than whatever is measured."""
        self.violations += [fault for update in updates[:100] for fault in self._spec.value("Update", {**update, "update_id": 1})]
        self._updates += [{**update, "update_id": next(self._update_ids)} for update in updates]
        self._announce()

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(called == method for called, _ in self.calls)

    @property
    def polling(self) -> bool:
        """Whether a long poll is open."""
        return self._open_polls > 0

    @property
    def unconfirmed(self) -> int:
        """Updates the bot has not confirmed yet."""
        return len(self._updates)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if self.faults.outage:
            return _torn(request)
        if request.match_info["token"] != self.token:
            return _said(401, "Unauthorized") if ":" in request.match_info["token"] else _said(404, "Not Found")
        fault = self.faults.take(method)
        if fault and fault.kind is FaultKind.RESET_MID_UPLOAD:
            await request.content.readany()
            return _torn(request)
        call = await _read(request)
        self.calls.append((method, call.fields))
        try:
            return await self._answer(request, method, call, fault)
        finally:
            self._announce()

    async def _answer(self, request: web.Request, method: str, call: Call, fault: Fault | None) -> web.StreamResponse:
        self.violations += self._spec.request(method, call.fields, call.files.keys())
        if fault and fault.kind is FaultKind.THROTTLED:
            wait = fault.retry_after
            return _said(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
        if fault and fault.kind is FaultKind.BROKEN:
            return _said(500, "Internal Server Error")
        if fault and fault.kind is FaultKind.SILENT:
            return await self._silent()
        try:
            result = await self._updates_for(call) if method == "getUpdates" else self._do(method, call)
        except ApiError as error:
            return _said(error.code, error.description, error.parameters)
        if self.faults.outage:
            return _torn(request)
        self.violations += self._spec.answer(method, result)
        self._announce()
        if fault and fault.kind is FaultKind.ACCEPTED_THEN_SILENT:
            return await self._silent()
        return _said(500, "Internal Server Error") if fault else web.json_response({"ok": True, "result": result})

    def _do(self, method: str, call: Call) -> Any:
        deed = getattr(self.world, _SNAKE.sub("_", method).lower(), None)
        if deed is None:
            raise ApiError(404, "Not Found: method not found")
        return deed(call)

    async def _silent(self) -> web.StreamResponse:
        await self._closing.wait()
        return web.Response()

    async def _updates_for(self, call: Call) -> list[dict[str, Any]]:
        self._poll += 1
        mine, offset = self._poll, call.integer("offset")
        await self.tells.wait()
        if self.world.hook:
            raise ApiError(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._updates = [one for one in self._updates if one["update_id"] >= offset]
        self._announce()
        allowed = call.value("allowed_updates")
        if allowed is None:
            self.violations.append("getUpdates without allowed_updates")
        ends = asyncio.get_running_loop().time() + call.integer("timeout")
        while True:
            if mine != self._poll:
                raise ApiError(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
            left = ends - asyncio.get_running_loop().time()
            if self._updates or self.faults.outage or left <= 0:
                return [one for one in self._updates if allowed is None or any(kind in one for kind in allowed)][:100]
            await self._change_within(left)

    async def _post_for_ever(self) -> None:
        """Updates go to the webhook, if there is one, in their order; one that is not taken is posted again."""
        async with ClientSession() as session:
            while True:
                turn, hook = self._turn, self.world.hook
                if hook is None or not self._updates:
                    await turn.wait()
                elif not await self._posted(session, hook, self._updates[0]):
                    await self._change_within(REPEAT_S)

    async def _posted(self, session: ClientSession, hook: Hook, update: dict[str, Any]) -> bool:
        if hook.kinds is None or any(kind in update for kind in hook.kinds):
            try:
                async with session.post(hook.url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": hook.secret}) as answer:
                    self.world.hook_error = "" if answer.ok else f"Wrong response from the webhook: {answer.status} {answer.reason}"
            except ClientError:
                self.world.hook_error = "Connection refused"
            if self.world.hook_error:
                return False
        self._updates.remove(update)
        self._announce()
        return True

    async def _change_within(self, seconds: float) -> None:
        self._open_polls += 1
        try:
            # Not wait_for, which may swallow a cancellation on Python 3.11.
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._turn.wait()
        finally:
            self._open_polls -= 1

    async def _download(self, request: web.Request) -> web.StreamResponse:
        file: StoredFile | None = self.world.files.get(request.match_info["file"])
        return web.Response(body=file.content) if file else web.Response(status=404)


async def _read(request: web.Request) -> Call:
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    if request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = (value.filename, value.file.read())
            else:
                fields[name] = str(value)
    else:
        await request.read()
    return Call(fields=fields, files=files)


def _said(code: int, description: str, parameters: Mapping[str, int] | None = None) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description} | ({"parameters": parameters} if parameters else {})
    return web.json_response(body, status=code)


def _torn(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


@asynccontextmanager
async def telegram_double(token: str = TOKEN) -> AsyncIterator[TelegramDouble]:
    """A running double; leaving it fails if anything it saw or said broke the official structure."""
    double = TelegramDouble(token)
    await double.start()
    try:
        yield double
    finally:
        await double.close()
    assert not double.violations, "\n".join(sorted(set(double.violations)))


def dump(message: Message) -> dict[str, Any]:
    """A message with its history, for the control API."""
    history = [{"text": one.text, "entities": one.entities, "video": one.video.file_id if one.video else None} for one in message.versions]
    return message.json() | {"history": history, "from_bot": message.sender is BOT, "reply_to": message.replies_to}
