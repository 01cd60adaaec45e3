"""A client for servers that speak `/v1/videos`: create, poll, content, delete.

The format is that of OpenAI's closed Videos API, as SGLang Diffusion (0.5.23) and vLLM-Omni (0.30.0) keep speaking it; what differs
between servers is a `Server`. Jobs live in the server's memory: a restart loses them, and an answer may be lost after it acted.
"""

import asyncio
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from walkon.types.errors import WalkonError

LARGEST_BYTES = 500_000_000
"""A clip of a minute in the best quality that servers write has about 100 MB."""
LARGEST_BODY = 1 << 20
CONTENT_TRIES = 10
DELETE_TRIES = 5
CONFLICT = 409
"""A server may say completed before its file can be had (seen as 404)."""
WORDS_KEPT = 300


class State(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"


class Reference(StrEnum):
    """What a clip can be made from beside words."""

    PICTURE = "picture"
    """It begins with that picture."""
    FILM = "film"
    """It is a film made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What a server can do. aborts: deleting a job stops its work on the card. counts: progress grows while it works.

    takes: what its model can be given. Whether it makes sound is heard in its films.
    """

    name: str
    aborts: bool
    counts: bool
    takes: frozenset[Reference] = frozenset()

    @property
    def taken(self) -> str:
        """What it takes, in words."""
        return " and ".join(["words", *sorted(f"a {one}" for one in self.takes)])


SGLANG = Server(name="sglang", aborts=False, counts=True)
VLLM = Server(name="vllm", aborts=True, counts=False)
UNKNOWN = Server(name="unknown", aborts=False, counts=False)
_TASKS: Mapping[str, Reference] = {"I2V": Reference.PICTURE, "TI2V": Reference.PICTURE, "V2V": Reference.FILM}
"""What SGLang says of its model in /v1/models, as supported_task_types (0.5.23, configs/task_type.py); others say nothing of it."""
_SENT_AS: Mapping[Reference, tuple[str, str]] = {Reference.PICTURE: ("first.png", "image/png"), Reference.FILM: ("film.mp4", "video/mp4")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for. seconds: at least. size: pixels, width first. reference: what `given` is, None for words alone."""

    model: str | None
    prompt: str
    seconds: float
    size: tuple[int, int]
    fps: int
    seed: int
    reference: Reference | None = None
    given: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as the server tells of it. progress: 0 to 100. error: why it failed, in the server's words."""

    id: str
    state: State
    progress: float = 0.0
    error: str = ""


@dataclass(eq=False)
class ServerAway(WalkonError):
    """The server cannot be reached, or has a fault of its own; another may do."""

    reason: str


@dataclass(eq=False)
class ServerBusy(WalkonError):
    """The server takes nothing more for now."""

    retry_after_s: float


@dataclass(eq=False)
class Refused(WalkonError):
    """The server does not take this wish, and will not at the next try. status: of its answer."""

    reason: str
    status: int = 0


@dataclass(eq=False)
class JobLost(WalkonError):
    """The server does not know the job any more."""

    job: str


class VideosApi:
    """One server. address: base of its API, without /v1. patience_s: to an answer, and between two pieces of a file."""

    def __init__(self, address: str, *, key: str | None = None, patience_s: float = 30.0) -> None:
        self.address = address.rstrip("/").removesuffix("/v1")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._patience = aiohttp.ClientTimeout(total=None, connect=patience_s, sock_read=patience_s)
        self._session: aiohttp.ClientSession | None = None

    async def server(self) -> Server:
        """What kind of server it is, by the owner it gives its models, and what it says that they take.

        Raises ServerAway, ServerBusy, Refused.
        """
        try:
            models = _items((await self._asked("GET", "/v1/models")).get("data"))
        except _Missing:
            return UNKNOWN
        owners = {str(model.get("owned_by", "")).lower() for model in models}
        known = (kind for kind in (SGLANG, VLLM) if any(owner.startswith(kind.name) for owner in owners))
        tasks = {task for model in models if isinstance(told := model.get("supported_task_types"), list) for task in told}
        return replace(next(known, UNKNOWN), takes=frozenset(_TASKS[task] for task in tasks & _TASKS.keys()))

    async def create(self, wish: Wish) -> Job:
        """Ask for a clip. Raises ServerAway, ServerBusy, Refused."""
        try:
            return _job(await self._asked("POST", "/v1/videos", data=await asyncio.to_thread(_form, wish)))
        except _Missing:
            raise Refused("the server does not make videos") from None

    async def look(self, id: str) -> Job:
        """Where the job is. Raises ServerAway, JobLost."""
        try:
            return _job(await self._asked("GET", f"/v1/videos/{id}"))
        except _Missing:
            raise JobLost(id) from None

    async def fetch(self, id: str, target: Path) -> None:
        """Write the finished clip to `target`. Raises ServerAway, JobLost, Refused."""
        for again in range(CONTENT_TRIES):
            try:
                await self._written(f"/v1/videos/{id}/content", target)
            except _Missing:
                await asyncio.sleep(jittered(0.2 * 1.5**again))
            else:
                return
        raise JobLost(id)

    async def delete(self, id: str) -> None:
        """Tell the server that nobody wants the job, some times where it cannot yet (409). Whether it stops is told by
        `Server.aborts`. Never raises but CancelledError.
        """
        for again in range(DELETE_TRIES):
            try:
                await self._asked("DELETE", f"/v1/videos/{id}")
            except Refused as refused:
                if refused.status != CONFLICT:
                    return
                await asyncio.sleep(jittered(0.2 * 2**again))
            except (WalkonError, _Missing):
                return
            else:
                return

    async def close(self) -> None:
        """Let go of connections."""
        session, self._session = self._session, None
        if session:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._patience)
        return self._session

    async def _asked(self, method: str, path: str, **sent: Any) -> Mapping[str, Any]:
        try:
            async with self._open().request(method, self.address + path, allow_redirects=False, **sent) as response:
                body = _read(await response.content.read(LARGEST_BODY))
                # A failed job is told as an error by some servers, with the job as its body.
                if response.status >= 400 and body.get("status") != State.FAILED:
                    _raise(response, body)
                return body
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ServerAway(f"{self.address}: {type(error).__name__}") from error

    async def _written(self, path: str, target: Path) -> None:
        try:
            async with self._open().get(self.address + path, allow_redirects=False) as response:
                if response.status >= 300:
                    _raise(response, _read(await response.content.read(LARGEST_BODY)))
                written = 0
                with target.open("wb") as file:
                    async for piece in response.content.iter_chunked(1 << 16):
                        written += len(piece)
                        if written > LARGEST_BYTES:
                            raise Refused(f"the server's file is larger than {LARGEST_BYTES} bytes")
                        file.write(piece)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ServerAway(f"{self.address}: {type(error).__name__}") from error


class _Missing(Exception):
    """404."""


def jittered(seconds: float) -> float:
    """About that long: many workers that wait for one server do not come back at once."""
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311  no secret


def _raise(response: aiohttp.ClientResponse, body: Mapping[str, Any]) -> None:
    words = _words(body) or f"HTTP {response.status}"
    if response.status == 404:
        raise _Missing
    if response.status in (429, 503):
        raise ServerBusy(_seconds(response.headers.get("Retry-After")))
    if response.status in (401, 403):
        raise Refused("the server wants another [engine] api_key")
    if response.status >= 500:
        raise ServerAway(words)
    raise Refused(words, response.status)


def _form(wish: Wish) -> aiohttp.FormData:
    """The wish as a form: vLLM-Omni takes nothing else, SGLang that and JSON. Both want whole seconds (0.30.0, 0.5.23)."""
    fields: dict[str, Any] = {
        "prompt": wish.prompt,
        "seconds": max(1, math.ceil(wish.seconds)),
        "size": f"{wish.size[0]}x{wish.size[1]}",
        "fps": wish.fps,
        "seed": wish.seed,
    }
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in (fields | ({"model": wish.model} if wish.model else {})).items():
        form.add_field(name, str(value))
    if wish.reference and wish.given:
        filename, kind = _SENT_AS[wish.reference]
        form.add_field("input_reference", wish.given.read_bytes(), filename=filename, content_type=kind)
    return form


def _seconds(header: str | None) -> float:
    return min(60.0, float(header)) if header and header.isdecimal() else 5.0


def _read(raw: bytes) -> Mapping[str, Any]:
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return body if isinstance(body, dict) else {}


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _words(body: Mapping[str, Any]) -> str:
    """Why, in the server's words, on one line: OpenAI's form, FastAPI's, or a bare text."""
    said = body.get("error", body.get("detail", ""))
    said = next(iter(_items(said)), "") if isinstance(said, list) else said
    text = said.get("message", said.get("msg", "")) if isinstance(said, dict) else said
    return " ".join(str(text or "").split())[:WORDS_KEPT]


def _job(body: Mapping[str, Any]) -> Job:
    id, state, progress = body.get("id"), body.get("status"), body.get("progress")
    if not isinstance(id, str) or not id.replace("-", "").replace("_", "").isalnum() or state not in frozenset(State):
        raise ServerAway("the answer is no job")
    done = float(progress) if isinstance(progress, int | float) else 0.0
    return Job(id=id, state=State(state), progress=min(100.0, max(0.0, done)), error=_words(body))
