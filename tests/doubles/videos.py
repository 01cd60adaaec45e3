"""A server on loopback that speaks `/v1/videos`, as open servers do: jobs in memory, films made of moving noise."""

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
from aiohttp import web


def film(
    *,
    seconds: float = 1.0,
    size: tuple[int, int] = (416, 240),
    fps: int = 24,
    sound: bool = True,
    moving: bool = True,
    light: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> bytes:
    """An mp4 of moving noise with a tone. light: how much of red, green and blue there is, 0 to 1."""
    out = io.BytesIO()
    random = np.random.default_rng(7)
    with av.open(out, "w", format="mp4") as file:
        picture = file.add_stream("libx264", rate=fps)
        picture.width, picture.height, picture.pix_fmt = (*size, "yuv420p")
        voice = file.add_stream("aac", rate=44_100, layout="mono") if sound else None
        still = random.integers(0, 255, (size[1] // 8, size[0] // 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)
        still = (still * np.array(light)).astype(np.uint8)
        for index in range(round(seconds * fps)):
            shown = np.roll(still, 8 * index if moving else 0, axis=1)
            file.mux(picture.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="rgb24")))
        file.mux(picture.encode(None))
        if voice:
            tone = np.sin(np.arange(round(seconds * 44_100)) * 2 * np.pi * 330 / 44_100).astype(np.float32)[None] * 0.1
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate = 44_100
            file.mux(voice.encode(frame))
            file.mux(voice.encode(None))
    return out.getvalue()


@dataclass
class VideoJob:
    """A job. asked: the form. given: kind and bytes of the reference. states: what the next looks say, the last for ever. looks:
    how often it was asked for.
    """

    id: str
    asked: dict[str, Any]
    given: tuple[str, bytes] | None
    states: list[dict[str, Any]]
    looks: int = 0
    deleted: bool = False


@dataclass
class VideosDouble:
    """The server. Whatever it is told to do wrong, it does wrong for the next call of that kind.

    It is as strict as both servers are together: a form, whole seconds, a size of two numbers. tasks: what its model can do, as
    SGLang names it; others name nothing. at_once: jobs that are not final, more of them are 429.
    """

    owner: str = "sglang"
    tasks: tuple[str, ...] = ("T2V",)
    at_once: int = 100
    most: int = 0
    content: bytes = b""
    key: str | None = None
    url: str = ""
    jobs: list[VideoJob] = field(default_factory=list)
    script: list[dict[str, Any]] = field(default_factory=lambda: [{"status": "completed", "progress": 100}])
    wrong: dict[str, list[Callable[[web.Request], web.StreamResponse]]] = field(default_factory=dict)
    missing_content: int = 0
    forgetful: bool = False

    def fail_next(self, kind: str, status: int, body: Any = None, **headers: str) -> None:
        """The next call (`create`, `look`, `content`, `models`) is answered so. status 0: the connection is torn."""

        def answer(request: web.Request) -> web.StreamResponse:
            if status == 0 and request.transport:
                request.transport.abort()
            text = body if isinstance(body, str) else json.dumps(body)
            return web.Response(status=status or 500, text=text, content_type="application/json", headers=headers)

        self.wrong.setdefault(kind, []).append(answer)

    def _refused(self, kind: str, request: web.Request) -> web.StreamResponse | None:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": {"message": "no such key"}}, status=401)
        return self.wrong[kind].pop(0)(request) if self.wrong.get(kind) else None

    async def _models(self, request: web.Request) -> web.StreamResponse:
        wrong = self._refused("models", request)
        tasks = {"supported_task_types": list(self.tasks)} if self.owner == "sglang" else {}
        return wrong or web.json_response({"object": "list", "data": [{"id": "wan", "object": "model", "owned_by": self.owner, **tasks}]})

    async def _create(self, request: web.Request) -> web.StreamResponse:
        wrong = self._refused("create", request)
        if wrong:
            return wrong
        if not request.content_type.startswith("multipart/"):
            return web.json_response({"detail": [{"loc": ["body", "prompt"], "msg": "Field required"}]}, status=422)
        form = dict(await request.post())
        sent = form.pop("input_reference", None)
        given = (sent.content_type, sent.file.read()) if isinstance(sent, web.FileField) else None
        if not re.fullmatch(r"[1-9]\d*", str(form.get("seconds"))) or not re.fullmatch(r"\d+x\d+", str(form.get("size"))):
            return web.json_response({"detail": [{"loc": ["body", "seconds"], "msg": "should be a whole number"}]}, status=422)
        if self.running >= self.at_once:
            return web.json_response({"detail": "full"}, status=429, headers={"Retry-After": "0"})
        job = VideoJob(f"video_{len(self.jobs) + 1}", form, given, list(self.script))
        self.jobs.append(job)
        self.most = max(self.most, self.running)
        return web.json_response(self._told(job, {"status": "queued", "progress": 0}))

    async def _look(self, request: web.Request) -> web.StreamResponse:
        wrong = self._refused("look", request)
        job = self._job(request)
        if wrong or job is None:
            return wrong or web.json_response({"detail": "not found"}, status=404)
        job.looks += 1
        state = job.states.pop(0) if len(job.states) > 1 else job.states[0]
        return web.json_response(self._told(job, state), status=state.get("http", 200))

    async def _content(self, request: web.Request) -> web.StreamResponse:
        wrong = self._refused("content", request)
        job = self._job(request)
        if wrong:
            return wrong
        self.missing_content -= 1
        if job is None or self.missing_content >= 0:
            return web.json_response({"detail": "not ready"}, status=404)
        return web.Response(body=self.content, content_type="video/mp4")

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        job = self._job(request)
        if job is None:
            return web.json_response({"detail": "not found"}, status=404)
        wrong = self._refused("delete", request)
        if wrong:
            return wrong
        job.deleted = True
        return web.json_response({"id": job.id, "object": "video.deleted", "deleted": True})

    @property
    def running(self) -> int:
        """Jobs that have not come to an end."""
        return sum(not job.deleted and job.states[0]["status"] not in ("completed", "failed") for job in self.jobs)

    def _job(self, request: web.Request) -> VideoJob | None:
        return None if self.forgetful else next((job for job in self.jobs if job.id == request.match_info["id"] and not job.deleted), None)

    def _told(self, job: VideoJob, state: dict[str, Any]) -> dict[str, Any]:
        said = {key: value for key, value in state.items() if key != "http"}
        return {"id": job.id, "object": "video", "created_at": 1_790_000_000, "model": "wan", "size": job.asked["size"], **said}

    @asynccontextmanager
    async def open(self) -> AsyncIterator["VideosDouble"]:
        """It answers meanwhile."""
        app = web.Application()
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/videos", self._create)
        app.router.add_get("/v1/videos/{id}", self._look)
        app.router.add_get("/v1/videos/{id}/content", self._content)
        app.router.add_delete("/v1/videos/{id}", self._delete)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()
        await asyncio.sleep(0)
